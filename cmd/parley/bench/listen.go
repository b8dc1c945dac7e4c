package bench

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"parley/media"
	"parley/media/codec"
)

// What a packet of the bot's is taken for.
const (
	voicedAt = -45.0 // dB of full scale
	duckedBy = 6.0   // dB below what was before
	hushedBy = 30.0
)

// sound is one packet as it was heard.
type sound struct {
	at    time.Time
	level float64
}

// listening is what one caller hears. Packets in silence are not sent, so their
// absence is silence.
type listening struct {
	mu       sync.Mutex
	dec      codec.Decoder
	pcm      []int16
	log      []sound
	began    bool
	next     uint16
	received int
	missing  int
	last     time.Time // of the last voiced packet
	news     chan struct{}
}

func newListening() (*listening, error) {
	dec, err := codec.NewDecoder(media.CodecOpus)
	return &listening{dec: dec, news: make(chan struct{}, 1)}, err
}

// heard is told of each packet by the client's reader.
func (l *listening) heard(at time.Time, p *rtp.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ahead := int16(p.SequenceNumber - l.next); l.began && ahead > 0 {
		l.missing += int(ahead)
	} else if l.began && ahead < 0 {
		l.missing = max(0, l.missing-1) // it was only late
		return
	}
	l.began, l.next = true, p.SequenceNumber+1
	l.received++
	var err error
	if l.pcm, err = l.dec.Decode(p.Payload, l.pcm); err != nil {
		return
	}
	s := sound{at, level(l.pcm)}
	l.log = append(l.log, s)
	if s.level > voicedAt {
		l.last = at
		select {
		case l.news <- struct{}{}:
		default:
		}
	}
}

// voice waits for a voiced packet after t; false when ctx ends first.
func (l *listening) voice(ctx context.Context, t time.Time) bool {
	for {
		l.mu.Lock()
		last := l.last
		l.mu.Unlock()
		if last.After(t) {
			return true
		}
		select {
		case <-l.news:
		case <-ctx.Done():
			return false
		}
	}
}

// quiet waits until nothing voiced has come for d.
func (l *listening) quiet(ctx context.Context, d time.Duration) bool {
	for {
		l.mu.Lock()
		wait := time.Until(l.last.Add(d))
		l.mu.Unlock()
		if wait <= 0 {
			return true
		}
		if !sleep(ctx, wait) {
			return false
		}
	}
}

// sleep reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// first is when the first voiced packet after t came; false when none did.
func (l *listening) first(t time.Time) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.since(t) {
		if s.level > voicedAt {
			return s.at, true
		}
	}
	return time.Time{}, false
}

// since is the log from t on. The lock is held.
func (l *listening) since(t time.Time) []sound {
	i, _ := slices.BinarySearchFunc(l.log, t, func(s sound, t time.Time) int { return s.at.Compare(t) })
	return l.log[i:]
}

// speaking reports whether a voiced packet came shortly before t.
func (l *listening) speaking(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.since(t.Add(-80 * time.Millisecond)) {
		if s.at.After(t) {
			break
		}
		if s.level > voicedAt {
			return true
		}
	}
	return false
}

// voiced is how much of the time from a to b the bot was heard.
func (l *listening) voiced(a, b time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var d time.Duration
	for _, s := range l.since(a) {
		if s.at.Before(b) && s.level > voicedAt {
			d += media.Tick
		}
	}
	return d
}

// fall is how the bot's voice gave way after onset.
type fall struct {
	ducked, hushed     time.Duration
	hasDucked, hasHush bool
}

// gaveWay finds the first packet that is softer than the voice was before onset,
// and the end of the last one before a silence of 200 ms.
func (l *listening) gaveWay(onset time.Time, within time.Duration) (f fall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var before []float64
	for _, s := range l.since(onset.Add(-500 * time.Millisecond)) {
		if s.at.Before(onset) && s.level > voicedAt {
			before = append(before, s.level)
		}
	}
	if len(before) < 5 {
		return f
	}
	slices.Sort(before)
	ref := before[len(before)/2]
	end := onset
	for _, s := range l.since(onset) {
		if s.at.Sub(onset) > within || s.at.Sub(end) > 200*time.Millisecond {
			break
		}
		if !f.hasDucked && s.level <= ref-duckedBy {
			f.hasDucked, f.ducked = true, s.at.Sub(onset)
		}
		if s.level > ref-hushedBy {
			end = s.at.Add(media.Tick)
		}
	}
	f.hushed = end.Sub(onset)
	f.hasHush = f.hushed < within
	if f.hasHush && !f.hasDucked { // it fell silent at once
		f.hasDucked, f.ducked = true, f.hushed
	}
	return f
}

// counts are the packets that came and that were missing.
func (l *listening) counts() (received, missing int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.received, l.missing
}

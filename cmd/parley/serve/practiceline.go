package serve

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"

	"parley/dialog/voice"
	"parley/media"
	"parley/tts"
)

// practiceLine is a practice customer's telephone: it says what it is given, and notes
// when it hears somebody.
type practiceLine struct {
	id    media.LegID
	heard func()
	done  chan struct{}
	once  sync.Once

	mu  sync.Mutex
	say []int16
}

var (
	_     voice.Line = (*practiceLine)(nil)
	ready            = func() chan struct{} { c := make(chan struct{}); close(c); return c }()
)

// ID implements media.Leg.
func (l *practiceLine) ID() media.LegID { return l.id }

// Ready implements voice.Line: it is there from the beginning.
func (l *practiceLine) Ready() <-chan struct{} { return ready }

// Done implements voice.Line.
func (l *practiceLine) Done() <-chan struct{} { return l.done }

// Err implements voice.Line: it hangs up, and never fails.
func (l *practiceLine) Err() error { return nil }

// Close implements media.Leg.
func (l *practiceLine) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Pull implements media.Leg.
func (l *practiceLine) Pull(p *media.Packet) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.say) < media.TickSamples {
		return false
	}
	p.PCM = append(p.PCM[:0], l.say[:media.TickSamples]...)
	l.say = l.say[media.TickSamples:]
	p.Codec, p.Payload, p.Voiced = media.CodecPCM, p.Payload[:0], true
	return true
}

// audible is the level, as the root of the mean square of samples, above which somebody
// speaks: a microphone that is open is not silent.
const audible = 250

// Push implements media.Leg.
func (l *practiceLine) Push(p *media.Packet) {
	sum := 0.0
	for _, x := range p.PCM {
		sum += float64(x) * float64(x)
	}
	if n := len(p.PCM); n > 0 && math.Sqrt(sum/float64(n)) > audible {
		l.heard()
	}
}

// speaking reports whether there is still something to be said.
func (l *practiceLine) speaking() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.say) >= media.TickSamples
}

// speak has a text said after what is being said.
func (l *practiceLine) speak(ctx context.Context, s tts.Synthesizer, text string, v tts.Voice) error {
	x, err := s.Synthesize(ctx, text, v)
	if err != nil {
		return err
	}
	defer x.Close()
	var all []int16
	var f media.Frame
	for {
		err := x.ReadFrame(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		all = append(all, f.PCM...)
	}
	for len(all)%media.TickSamples != 0 {
		all = append(all, 0)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say = append(l.say, all...)
	return nil
}

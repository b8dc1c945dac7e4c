// Package mediatest has legs that a test feeds and looks into.
package mediatest

import (
	"math"
	"sync"

	"parley/media"
)

// PCM is a leg that moves PCM.
type PCM struct {
	Name media.LegID

	mu    sync.Mutex
	say   []int16
	heard []int16 // all that was pushed, silence included
	ticks int
}

// ID implements media.Leg.
func (l *PCM) ID() media.LegID { return l.Name }

// Say appends what the party says.
func (l *PCM) Say(pcm []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say = append(l.say, pcm...)
}

// Pull implements media.Leg.
func (l *PCM) Pull(p *media.Packet) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.say) < media.TickSamples {
		return false
	}
	p.PCM = append(p.PCM[:0], l.say[:media.TickSamples]...)
	l.say = l.say[media.TickSamples:]
	return true
}

// Push implements media.Leg.
func (l *PCM) Push(p *media.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ticks++
	if len(p.PCM) == 0 {
		l.heard = append(l.heard, make([]int16, media.TickSamples)...)
	}
	l.heard = append(l.heard, p.PCM...)
}

// Heard is all that was pushed so far.
func (l *PCM) Heard() []int16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]int16(nil), l.heard...)
}

// Close implements media.Leg.
func (l *PCM) Close() error { return nil }

// Coded is a leg that moves payloads.
type Coded struct {
	Name media.LegID
	Of   media.Codec

	mu   sync.Mutex
	in   []media.Packet
	sent []media.Packet
	keep bool
	n    int
}

// NewCoded returns a leg of codec c; keep says whether what is pushed is kept.
func NewCoded(name media.LegID, c media.Codec, keep bool) *Coded {
	return &Coded{Name: name, Of: c, keep: keep}
}

// ID implements media.Leg.
func (l *Coded) ID() media.LegID { return l.Name }

// Codec implements media.Coded.
func (l *Coded) Codec() media.Codec { return l.Of }

// Arrive lets a packet come in; the leg keeps it.
func (l *Coded) Arrive(p media.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.in = append(l.in, p)
}

// Pull implements media.Leg.
func (l *Coded) Pull(p *media.Packet) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.in) == 0 {
		return false
	}
	q := l.in[0]
	l.in = l.in[:copy(l.in, l.in[1:])]
	p.Payload = append(p.Payload[:0], q.Payload...)
	p.Codec, p.Seq, p.Timestamp, p.Marker, p.Mute, p.Waited = q.Codec, q.Seq, q.Timestamp, q.Marker, q.Mute, q.Waited
	return true
}

// Push implements media.Leg.
func (l *Coded) Push(p *media.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	if l.keep {
		q := *p
		q.Payload = append([]byte(nil), p.Payload...)
		q.PCM = append([]int16(nil), p.PCM...)
		l.sent = append(l.sent, q)
	}
}

// Sent is what was pushed, when it is kept.
func (l *Coded) Sent() []media.Packet {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]media.Packet(nil), l.sent...)
}

// Count is how many packets were pushed.
func (l *Coded) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// Close implements media.Leg.
func (l *Coded) Close() error { return nil }

// Tone is n samples of a sine at hz and amplitude a.
func Tone(hz, a float64, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(a * math.Sin(2*math.Pi*hz*float64(i)/media.SampleRate))
	}
	return out
}

// Level is the root mean square of x.
func Level(x []int16) float64 {
	var e float64
	for _, v := range x {
		e += float64(v) * float64(v)
	}
	return math.Sqrt(e / float64(max(len(x), 1)))
}

// Voice is a buzz with a moving pitch and level: enough like speech for a codec.
func Voice(ticks int) []int16 {
	out := make([]int16, ticks*media.TickSamples)
	phase := 0.0
	for i := range out {
		t := float64(i) / media.SampleRate
		phase += 2 * math.Pi * (120 + 20*math.Sin(2*math.Pi*2*t)) / media.SampleRate
		v := 0.0
		for h := 1.0; h < 12; h++ {
			v += math.Sin(h*phase) / h
		}
		out[i] = int16(4000 * v * (0.6 + 0.4*math.Sin(2*math.Pi*3*t)))
	}
	return out
}

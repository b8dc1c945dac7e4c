package bargein

import (
	"math/rand/v2"
	"time"

	"parley/media"
)

// line is the customer's leg of a replayed call: a microphone that hears what
// the trial puts into the room, and the bot's echo, and a loudspeaker.
type line struct {
	ready, done chan struct{}
	rng         *rand.Rand
	floor       float64 // RMS of the room's noise, in samples
	playout     time.Duration

	sounds []sound
	echo   *echoPath // nil: headphones
	said   func(at media.CallTime, pcm []int16)
}

// sound is something that the microphone hears from call time at on.
type sound struct {
	at  media.CallTime
	pcm []int16
}

func newLine(seed uint64) *line {
	l := &line{ready: make(chan struct{}), done: make(chan struct{}), rng: rand.New(rand.NewPCG(seed, 7)), floor: 8}
	close(l.ready)
	return l
}

func (l *line) ID() media.LegID        { return "customer" }
func (l *line) Ready() <-chan struct{} { return l.ready }
func (l *line) Done() <-chan struct{}  { return l.done }
func (l *line) Err() error             { return nil }
func (l *line) Close() error           { return nil }

// Network implements media.Network: what the customer's page reports.
func (l *line) Network() media.NetworkStats { return media.NetworkStats{Playout: l.playout} }

// Pull implements media.Leg: one tick of the microphone.
func (l *line) Pull(p *media.Packet) bool {
	var mix [media.TickSamples]float64
	for i := range mix {
		mix[i] = l.rng.NormFloat64() * l.floor
	}
	for _, s := range l.sounds {
		for i := range mix {
			if k := int(p.At-s.at) + i; k >= 0 && k < len(s.pcm) {
				mix[i] += float64(s.pcm[k])
			}
		}
	}
	if l.echo != nil {
		l.echo.add(p.At, mix[:])
	}
	p.PCM = p.PCM[:0]
	for _, v := range mix {
		p.PCM = append(p.PCM, int16(max(-32768, min(32767, v))))
	}
	return true
}

// Push implements media.Leg: one tick of the loudspeaker.
func (l *line) Push(p *media.Packet) {
	if l.echo != nil {
		l.echo.played(p.At, p.PCM)
	}
	if l.said != nil {
		l.said(p.At, p.PCM)
	}
}

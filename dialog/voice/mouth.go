package voice

import (
	"context"
	"sync"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/tts"
)

// Loudness of the bot while the customer may be speaking, and how fast gain moves.
const (
	duckGain = 0.25                    // −12 dB
	rampStep = 4.0 / media.TickSamples // a full swing takes 5 ms: no click, and the tick is soft as a whole
	maxGain  = 2.5
)

// mouth is the bot's leg: it turns replies into speech that the room pulls, and
// knows what the customer has heard of them. Pull is called by the room's tick;
// all else by the channel.
type mouth struct {
	id    media.LegID
	synth tts.Synthesizer
	emit  func(dialog.Event)
	asks  func(dialog.Expect) // told as soon as a reply says what it asks for; may be nil
	now   func() media.CallTime
	// delay from a packet's writing to the customer's ear.
	delay func() media.CallTime

	mu     sync.Mutex
	cur    *delivery // nil when there is nothing to say
	last   *delivery // the one before, for its last words
	next   *prepared // what may be said next; nil is nothing
	ducked bool
	hushed bool
	gain   float64 // where the ramp is
	volume float64 // as the customer asked; 1 is normal
	rate   float64
}

func newMouth(id media.LegID, synth tts.Synthesizer) *mouth {
	return &mouth{id: id, synth: synth, gain: 1, volume: 1, rate: 1}
}

// ID implements media.Leg.
func (m *mouth) ID() media.LegID { return m.id }

// Push implements media.Leg: the bot listens to the customer's seat, not to a mix.
func (m *mouth) Push(*media.Packet) {}

// Close implements media.Leg.
func (m *mouth) Close() error { return nil }

// Pull implements media.Leg: one tick of the bot's voice, or false for silence.
func (m *mouth) Pull(p *media.Packet) bool {
	m.mu.Lock()
	d := m.cur
	if d == nil {
		m.mu.Unlock()
		return false
	}
	hushed := m.hushed && m.gain == 0
	n := 0
	if !hushed {
		p.PCM, n = d.buf.take(p.PCM[:0])
	}
	first := n > 0 && !d.audible
	if n > 0 {
		if first {
			d.audible, d.timing.Packet = true, p.At.Duration()
		}
		d.marks.add(p.At+media.TickSamples, d.buf.pos)
		m.shape(p.PCM)
		d.begun(m)
		d.read(m)
	}
	d.settle(p.At, m.delay())
	timing := d.timing
	m.mu.Unlock()

	if first {
		m.emit(dialog.Audible{Reply: d.msg.ID, Timing: timing})
	}
	if n == 0 {
		return false
	}
	p.Codec, p.Payload, p.Voiced = media.CodecPCM, p.Payload[:0], true
	return true
}

// shape brings the gain to where it should be, by a ramp, and applies it.
func (m *mouth) shape(pcm []int16) {
	want := m.volume
	if m.ducked {
		want *= duckGain
	}
	if m.hushed {
		want = 0
	}
	if want == 1 && m.gain == 1 {
		return
	}
	step := rampStep * max(1, m.volume)
	for i, s := range pcm {
		if m.gain < want {
			m.gain = min(want, m.gain+step)
		} else if m.gain > want {
			m.gain = max(want, m.gain-step)
		}
		pcm[i] = int16(max(-32768, min(32767, float64(s)*m.gain)))
	}
}

func (m *mouth) duck(on bool) {
	m.mu.Lock()
	m.ducked = on
	m.mu.Unlock()
}

func (m *mouth) hush() {
	m.mu.Lock()
	m.hushed = true
	m.mu.Unlock()
}

// resume goes on from the start of the word at which the bot fell silent.
func (m *mouth) resume() {
	m.mu.Lock()
	if m.hushed {
		m.hushed = false
		if m.cur != nil {
			m.cur.rewind()
		}
	}
	m.mu.Unlock()
}

// finish ends what is said with the sentence under way.
func (m *mouth) finish() {
	m.mu.Lock()
	if m.cur != nil {
		m.cur.finishSentence()
	}
	m.mu.Unlock()
}

// speaking reports whether there is something to be heard.
func (m *mouth) speaking() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cur != nil && m.cur.audible && !m.hushed
}

func (m *mouth) tune(rate, gain float64) {
	m.mu.Lock()
	if rate > 0 {
		m.rate = min(max(rate, 0.5), 2)
	}
	if gain > 0 {
		m.volume = min(max(gain, 0.25), maxGain)
	}
	m.mu.Unlock()
}

// saying is the text around what is or was just being spoken, for telling the
// bot's own words from the customer's; "" when it has been silent for a while.
func (m *mouth) saying(at media.CallTime) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	text := ""
	if m.last != nil && at-m.last.endedAt < media.At(2*time.Second) {
		text = m.last.recent()
	}
	if m.cur != nil {
		text += " " + m.cur.recent()
	}
	return text
}

// deliver speaks a reply and returns what was heard of it. One at a time.
func (m *mouth) deliver(ctx context.Context, msg dialog.Message) (dialog.Turn, error) {
	m.mu.Lock()
	d := newDelivery(m, msg, tts.Voice{Language: msg.Language, Rate: m.rate})
	d.ready = m.take()
	m.cur, m.hushed = d, false
	if m.gain == 0 {
		m.gain = m.volume
	}
	m.mu.Unlock()

	err := d.run(ctx)

	m.mu.Lock()
	turn := d.turn(err)
	d.endedAt = m.now()
	m.cur, m.last, m.hushed = nil, d, false
	m.mu.Unlock()
	d.close()
	return turn, err
}

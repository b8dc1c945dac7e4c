package room

import (
	"math"

	"parley/media"
	"parley/media/codec"
)

// hangover is how many frames of silence are sent after sound, so that the far
// end's decoder comes to rest.
const hangover = 3

// mix is what one or several listeners hear: the sum of a set of seats, encoded
// once.
type mix struct {
	set       uint64
	codec     media.Codec
	listeners []*Seat

	enc    codec.Encoder
	failed bool
	tail   int // frames of silence still to be sent

	sum [media.TickSamples]int32
	pcm [media.TickSamples]int16
	out media.Packet // of this tick
	buf []byte
}

// make mixes and encodes one tick.
func (m *mix) make(r *Room, now media.CallTime) {
	m.out = media.Packet{At: now, Codec: m.codec}
	switch pcm, voices := m.voices(r); {
	case voices == 1:
		m.out.PCM, m.out.Voiced = pcm, true // one talker passes as it is
	case voices > 1:
		m.out.PCM, m.out.Voiced = m.saturate(), true
	}
	if m.codec == media.CodecPCM {
		return
	}
	if m.out.Voiced {
		m.tail = hangover
	} else if m.tail > 0 {
		m.tail--
		m.out.PCM = r.zero[:]
	} else {
		return
	}
	m.encode(r)
}

// voices adds up what is not silent.
func (m *mix) voices(r *Room) (one []int16, n int) {
	for i, s := range r.seats {
		if s == nil || m.set&(1<<i) == 0 || !s.voiced || s.veiled.Load() {
			continue
		}
		switch n++; n {
		case 1:
			one = s.in.PCM
		case 2:
			for k, v := range one {
				m.sum[k] = int32(v)
			}
			fallthrough
		default:
			for k, v := range s.in.PCM {
				m.sum[k] += int32(v)
			}
		}
	}
	return one, n
}

func (m *mix) saturate() []int16 {
	for k, v := range m.sum {
		m.pcm[k] = int16(min(max(v, math.MinInt16), math.MaxInt16))
	}
	return m.pcm[:]
}

func (m *mix) encode(r *Room) {
	if m.enc == nil {
		if m.failed {
			return
		}
		var err error
		m.enc, err = codec.NewEncoder(m.codec, codec.Params{Complexity: r.o.Complexity, Bitrate: r.o.Bitrate, FEC: true})
		if err != nil {
			m.failed = true
			return
		}
	}
	if loss, ok := m.loss(); ok {
		m.enc.SetLoss(loss)
	}
	var err error
	if m.buf, err = m.enc.Encode(m.out.PCM, m.buf); err == nil {
		m.out.Payload = m.buf
	}
}

// loss is the worst listener's, in percent, as far as it is known.
func (m *mix) loss() (percent int, known bool) {
	for _, s := range m.listeners {
		if s.network != nil {
			percent, known = max(percent, int(s.network.Network().Lost*100+0.5)), true
		}
	}
	return percent, known
}

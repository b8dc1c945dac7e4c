package codec

import (
	"fmt"
	"math/bits"

	"parley/media"
	"parley/media/resample"
)

// law is a companding of ITU-T G.711 as tables.
type law struct {
	name   string
	expand [256]int16
	code   [1 << 14]byte // of a sample's upper 14 bits
}

var ulaw, alaw = makeLaw("PCMU", expandMu, compressMu), makeLaw("PCMA", expandA, compressA)

func makeLaw(name string, expand func(byte) int16, compress func(int16) byte) law {
	l := law{name: name}
	for i := range l.expand {
		l.expand[i] = expand(byte(i))
	}
	for i := range l.code {
		l.code[i] = compress(int16(uint16(i) << 2))
	}
	return l
}

func expandMu(c byte) int16 {
	c = ^c
	v := (int(c&15)<<3 + 132) << (c >> 4 & 7)
	if v -= 132; c&0x80 != 0 {
		v = -v
	}
	return int16(v)
}

func compressMu(s int16) byte {
	v, sign := int(s), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, 32635) + 132
	e := bits.Len(uint(v)) - 8
	return ^(sign | byte(e)<<4 | byte(v>>(e+3)&15))
}

func expandA(c byte) int16 {
	c ^= 0x55
	v := int(c&15)<<4 + 8
	if e := c >> 4 & 7; e > 0 {
		v = (v + 256) << (e - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

func compressA(s int16) byte {
	v, sign := int(s), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	v = min(v, 32767)
	e := max(bits.Len(uint(v))-8, 0)
	m := v >> 4
	if e > 0 {
		m = v >> (e + 3)
	}
	return (sign | byte(e)<<4 | byte(m&15)) ^ 0x55
}

type g711Encoder struct {
	law  *law
	down *resample.Resampler
	buf  []int16
	left []int16 // 8 kHz samples that wait for a full frame
}

func newG711Encoder(l *law) (*g711Encoder, error) {
	down, err := resample.New(media.SampleRate, 8000)
	if err != nil {
		return nil, err
	}
	return &g711Encoder{law: l, down: down, buf: make([]int16, 0, 640), left: make([]int16, 0, 640)}, nil
}

func (e *g711Encoder) Encode(pcm []int16, dst []byte) ([]byte, error) {
	if len(pcm) != media.TickSamples {
		return dst[:0], fmt.Errorf("codec: %s: frame of %d samples, want %d", e.law.name, len(pcm), media.TickSamples)
	}
	e.left = e.down.Process(pcm, e.left)
	n := min(len(e.left), media.TickSamples/2)
	dst = dst[:0]
	for range media.TickSamples/2 - n { // the filter's beginning
		dst = append(dst, e.law.code[0])
	}
	for _, v := range e.left[:n] {
		dst = append(dst, e.law.code[uint16(v)>>2])
	}
	e.left = e.left[:copy(e.left, e.left[n:])]
	return dst, nil
}

func (e *g711Encoder) SetLoss(int) {}

type g711Decoder struct {
	law  *law
	up   *resample.Resampler
	wide []int16 // 8 kHz of this packet
	hide concealer
}

func newG711Decoder(l *law) (*g711Decoder, error) {
	up, err := resample.New(8000, media.SampleRate)
	if err != nil {
		return nil, err
	}
	return &g711Decoder{law: l, up: up, wide: make([]int16, 0, MaxSamples/2), hide: concealer{times: 1}}, nil
}

func (d *g711Decoder) Decode(payload []byte, pcm []int16) ([]int16, error) {
	pcm = grown(pcm)
	if len(payload) == 0 || len(payload) > MaxSamples/2 {
		return pcm, fmt.Errorf("%w: %s of %d bytes", ErrPayload, d.law.name, len(payload))
	}
	d.wide = d.wide[:0]
	for _, c := range payload {
		d.wide = append(d.wide, d.law.expand[c])
	}
	d.hide.arrived(d.wide)
	return d.even(d.up.Process(d.wide, pcm), 2*len(payload)), nil
}

// even makes up for the filter's beginning, so that every packet gives its length.
func (d *g711Decoder) even(pcm []int16, want int) []int16 {
	if short := want - len(pcm); short > 0 {
		pcm = append(pcm, make([]int16, short)...)
		copy(pcm[short:], pcm)
		clear(pcm[:short])
	}
	return pcm[:want]
}

func (d *g711Decoder) Conceal(_ []byte, samples int, pcm []int16) ([]int16, error) {
	samples = min(samples, MaxSamples) &^ 1
	d.wide = d.hide.lost(d.wide[:0], samples/2)
	return d.even(d.up.Process(d.wide, grown(pcm)), samples), nil
}

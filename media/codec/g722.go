package codec

import (
	"fmt"

	"parley/media"
)

// ITU-T G.722 at 64 kbit/s (mode 1): 16 kHz audio is split by a quadrature mirror
// filter; the lower band takes 6 bits of adaptive differential PCM, the upper one 2.
// The names of steps and tables are those of the recommendation, chapter 6.

// subband is the adaptive predictor and quantizer of one band.
type subband struct {
	s, sz   int32    // the predicted signal, and the zeros' share of it
	det, nb int32    // scale factor, and its logarithm
	a       [2]int32 // poles
	b       [6]int32 // zeros
	p, r    [2]int32 // partly and fully reconstructed signal, newest first
	d       [6]int32 // quantized differences, newest first
}

// The tables of the quantizers and of the scale factors' logarithms.
var (
	qmf = [12]int32{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}
	q6  = [30]int32{0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940,
		1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919}
	qm2 = [4]int32{-7408, -1616, 7408, 1616}
	qm4 = [16]int32{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0}
	qm6 = [64]int32{-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
		-9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688,
		-1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576,
		6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136}
	wl4 = [16]int32{-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60} // by the code's upper four bits
	wh2 = [4]int32{798, -214, 798, -214}
	ilb = [32]int32{2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
		2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008}
)

// clip16 saturates to 16 bit.
func clip16(v int32) int32 { return min(max(v, -32768), 32767) }

// scale adapts the scale factor: LOGSCL and SCALEL, LOGSCH and SCALEH.
func (b *subband) scale(w, most int32, shift int32) {
	b.nb = min(max(b.nb*127>>7+w, 0), most)
	v, by := ilb[b.nb>>6&31], shift-b.nb>>11
	if by < 0 {
		v <<= -by
	} else {
		v >>= by
	}
	b.det = v << 2
}

// adapt takes a quantized difference: RECONS, PARREC, UPPOL2, UPPOL1, UPZERO and the prediction.
func (b *subband) adapt(d int32) {
	r, p := clip16(b.s+d), clip16(b.sz+d)
	same0, same1 := p>>15 == b.p[0]>>15, p>>15 == b.p[1]>>15

	w := clip16(b.a[0] << 2)
	if same0 {
		w = -w
	}
	a1 := min(w, 32767)>>7 + b.a[1]*32512>>15
	if same1 {
		a1 += 128
	} else {
		a1 -= 128
	}
	a1 = min(max(a1, -12288), 12288)
	a0 := b.a[0] * 32640 >> 15
	if same0 {
		a0 += 192
	} else {
		a0 -= 192
	}
	most := clip16(15360 - a1)
	b.a[0], b.a[1] = min(max(clip16(a0), -most), most), a1

	for i := range b.b {
		z := b.b[i] * 32640 >> 15
		if d != 0 {
			if b.d[i]>>15 == d>>15 {
				z += 128
			} else {
				z -= 128
			}
		}
		b.b[i] = clip16(z)
	}
	copy(b.d[1:], b.d[:5])
	b.d[0] = d
	b.r[1], b.r[0] = b.r[0], r
	b.p[1], b.p[0] = b.p[0], p

	sp := clip16(b.a[0]*clip16(2*b.r[0])>>15 + b.a[1]*clip16(2*b.r[1])>>15)
	var sz int32
	for i := range b.d {
		sz += b.b[i] * clip16(2*b.d[i]) >> 15
	}
	b.sz = clip16(sz)
	b.s = clip16(sp + b.sz)
}

// bands is the state that encoder and decoder share.
type bands struct {
	low, high subband
	x         [24 + 2*media.TickSamples]int32 // of the filter: 22 samples of before, then what is at work
}

func newBands() bands {
	return bands{low: subband{det: 32}, high: subband{det: 8}}
}

type g722Encoder struct{ bands }

func newG722Encoder() *g722Encoder { return &g722Encoder{newBands()} }

func (e *g722Encoder) SetLoss(int) {}

func (e *g722Encoder) Encode(pcm []int16, dst []byte) ([]byte, error) {
	if len(pcm) != media.TickSamples {
		return dst[:0], fmt.Errorf("codec: G722: frame of %d samples, want %d", len(pcm), media.TickSamples)
	}
	dst = dst[:0]
	for i, v := range pcm {
		e.x[22+i] = int32(v)
	}
	for i := 0; i < len(pcm); i += 2 {
		x := e.x[i : i+24]
		var even, odd int32
		for k, c := range qmf {
			odd += x[2*k] * c
			even += x[2*k+1] * qmf[11-k]
		}
		// 12 bits of the filters' gain, one of the sum, one for the codec's 15 bits.
		dst = append(dst, e.lower((even+odd)>>14)|e.upper((even-odd)>>14)<<6)
	}
	copy(e.x[:22], e.x[len(pcm):])
	return dst, nil
}

// lower is BLOCK1L to BLOCK4L: the code of a sample of the lower band.
func (e *g722Encoder) lower(x int32) byte {
	b := &e.low
	el := clip16(x - b.s)
	m := el
	if el < 0 {
		m = -(el + 1)
	}
	i := int32(1)
	for i < 30 && m >= q6[i]*b.det>>12 {
		i++
	}
	code := 62 - i // of what is positive: 61 down to 32
	if el < 0 {
		code = 32 - i // 31 down to 2 …
		if i < 3 {
			code = 64 - i // … but for the two smallest: 63, 62
		} else {
			code += 2
		}
	}
	b.take(code)
	return byte(code)
}

// take adapts the lower band to a code.
func (b *subband) take(code int32) {
	d := b.det * qm4[code>>2] >> 15
	b.scale(wl4[code>>2], 18432, 8)
	b.adapt(d)
}

// upper is BLOCK1H to BLOCK4H.
func (e *g722Encoder) upper(x int32) byte {
	b := &e.high
	eh := clip16(x - b.s)
	m, code := eh, int32(3)
	if eh < 0 {
		m, code = -(eh + 1), 1
	}
	if m >= 564*b.det>>12 {
		code--
	}
	b.takeUpper(code)
	return byte(code)
}

// takeUpper adapts the upper band to a code, and gives the difference that it says.
func (b *subband) takeUpper(code int32) int32 {
	d := b.det * qm2[code] >> 15
	b.scale(wh2[code], 22528, 10)
	b.adapt(d)
	return d
}

type g722Decoder struct {
	bands
	hide concealer
}

func newG722Decoder() *g722Decoder {
	return &g722Decoder{bands: newBands(), hide: concealer{times: 2}}
}

func (d *g722Decoder) Decode(payload []byte, pcm []int16) ([]int16, error) {
	pcm = grown(pcm)
	if len(payload) == 0 || len(payload) > MaxSamples/2 {
		return pcm, fmt.Errorf("%w: G722 of %d bytes", ErrPayload, len(payload))
	}
	for part := payload; len(part) > 0; {
		n := min(len(part), media.TickSamples)
		pcm = d.join(part[:n], pcm)
		part = part[n:]
	}
	d.hide.arrived(pcm)
	return pcm, nil
}

// join decodes up to media.TickSamples codes, each to two samples.
func (d *g722Decoder) join(codes []byte, pcm []int16) []int16 {
	for i, c := range codes {
		low := d.low.s + d.low.det*qm6[c&63]>>15
		d.low.take(int32(c & 63))
		high := d.high.s
		high += d.high.takeUpper(int32(c >> 6))
		low, high = min(max(low, -16384), 16383), min(max(high, -16384), 16383)
		d.x[22+2*i], d.x[23+2*i] = low+high, low-high
		x := d.x[2*i : 2*i+24]
		var one, two int32
		for k, q := range qmf {
			two += x[2*k] * q
			one += x[2*k+1] * qmf[11-k]
		}
		pcm = append(pcm, int16(clip16(one>>11)), int16(clip16(two>>11)))
	}
	copy(d.x[:22], d.x[2*len(codes):])
	return pcm
}

func (d *g722Decoder) Conceal(_ []byte, samples int, pcm []int16) ([]int16, error) {
	return d.hide.lost(grown(pcm), min(samples, MaxSamples)), nil
}

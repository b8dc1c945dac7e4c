package echo

import (
	"math"
	"math/bits"

	"parley/media"
)

const (
	nBands = 16
	points = 512 // of the transform; a frame is 320 samples, then zeros
	half   = points / 2
)

// bands is the level of a frame in dB of full scale, from low to high frequencies.
type bands [nBands]float64

// silence is what bands are when nothing is played.
var silence = func() (b bands) {
	for i := range b {
		b[i] = bandFloor
	}
	return b
}()

const bandFloor = -85 // dB: below is silence

// edges of the bands in bins of 31.25 Hz: as wide as the ear's, from 125 Hz to 7 kHz.
var edges = [nBands + 1]int{4, 8, 12, 16, 20, 25, 31, 38, 46, 56, 68, 82, 99, 120, 146, 180, 224}

// tables of the window and the transform.
var window, cosine, sine = func() (w [media.TickSamples]float64, c, s [half]float64) {
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(w)))
	}
	for i := range c {
		s[i], c[i] = math.Sincos(-2 * math.Pi * float64(i) / points)
	}
	return w, c, s
}()

// reversed is the place of each pair of samples at which the transform begins.
var reversed = func() (at [half]uint8) {
	for i := range at {
		at[i] = bits.Reverse8(uint8(i))
	}
	return at
}()

// twiddles are the roots of the transform's later stages one after another: of 8 points,
// of 16, …, each half as many.
var twiddleRe, twiddleIm = func() (re, im [half]float64) {
	n := 0
	for size := 8; size <= half; size *= 2 {
		for k := range size / 2 {
			im[n], re[n] = math.Sincos(-2 * math.Pi * float64(k) / float64(size))
			n++
		}
	}
	return re, im
}()

// spectrum makes bands; it holds only what it computes in.
type spectrum struct{ re, im [half]float64 }

// of gives the bands of up to 20 ms. A real signal of 512 points is one of 256
// complex ones: even samples real, odd ones imaginary.
func (s *spectrum) of(pcm []int16, out *bands) {
	n := min(len(pcm), media.TickSamples)
	for i := range half {
		var a, b float64
		if k := 2 * i; k+1 < n {
			a, b = float64(pcm[k])*window[k], float64(pcm[k+1])*window[k+1]
		}
		r := reversed[i]
		s.re[r], s.im[r] = a, b
	}
	s.transform()
	const full = 32768.0 * 32768 * media.TickSamples * media.TickSamples * 0.375 / 4 // of a sine of full scale
	for b := range nBands {
		var e float64
		for k := edges[b]; k < edges[b+1]; k++ {
			e += s.power(k)
		}
		out[b] = max(10*math.Log10(e/full+1e-12), bandFloor)
	}
}

// transform is a fast Fourier transform in place, of input in reversed order. Its first
// two stages multiply by nothing but ±1 and ±i.
func (s *spectrum) transform() {
	for i := 0; i < half; i += 4 {
		re, im := (*[4]float64)(s.re[i:]), (*[4]float64)(s.im[i:])
		ar, ai, br, bi := re[0]+re[1], im[0]+im[1], re[0]-re[1], im[0]-im[1]
		cr, ci, dr, di := re[2]+re[3], im[2]+im[3], re[2]-re[3], im[2]-im[3]
		re[0], im[0], re[2], im[2] = ar+cr, ai+ci, ar-cr, ai-ci
		re[1], im[1], re[3], im[3] = br+di, bi-dr, br-di, bi+dr
	}
	roots := 0
	for size := 8; size <= half; size *= 2 {
		n := size / 2
		wr := twiddleRe[roots : roots+n]
		wi := twiddleIm[roots : roots+n][:len(wr)]
		roots += n
		for i := 0; i < half; i += size {
			ar, ai := s.re[i : i+n][:len(wr)], s.im[i : i+n][:len(wr)]
			br, bi := s.re[i+n : i+size][:len(wr)], s.im[i+n : i+size][:len(wr)]
			for k, w := range wr {
				v := wi[k]
				xr, xi := br[k]*w-bi[k]*v, br[k]*v+bi[k]*w
				br[k], bi[k] = ar[k]-xr, ai[k]-xi
				ar[k], ai[k] = ar[k]+xr, ai[k]+xi
			}
		}
	}
}

// power of bin k of the real signal, 0 < k < half.
func (s *spectrum) power(k int) float64 {
	j := half - k
	er, ei := (s.re[k]+s.re[j])/2, (s.im[k]-s.im[j])/2
	or, oi := (s.im[k]+s.im[j])/2, (s.re[j]-s.re[k])/2
	re, im := er+or*cosine[k]-oi*sine[k], ei+or*sine[k]+oi*cosine[k]
	return re*re + im*im
}

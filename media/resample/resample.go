// Package resample changes the sample rate of mono audio as it streams, with a
// polyphase filter whose images and aliases lie more than 70 dB below.
package resample

import (
	"fmt"
	"math"
)

// halfTaps is the filter's reach to either side, in samples of the lower rate.
const halfTaps = 24

// Resampler converts a stream from one rate to another. It is not for several
// goroutines at once.
type Resampler struct {
	up, down int
	taps     int // of each phase
	phases   [][]float32
	hist     []float32 // the last taps-1 samples, then what is being converted
	phase    int       // of the next output, in 1/up of an input sample
}

// New returns a Resampler; rates are in Hz, from 8000 to 96000.
func New(from, to int) (*Resampler, error) {
	if from < 8000 || from > 96000 || to < 8000 || to > 96000 {
		return nil, fmt.Errorf("resample: %d to %d Hz is out of range (8000 to 96000)", from, to)
	}
	g := gcd(from, to)
	r := &Resampler{up: to / g, down: from / g}
	if r.up == r.down {
		return r, nil
	}
	r.design()
	r.hist = make([]float32, r.taps-1, r.taps-1+4096)
	return r, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// design makes a Kaiser-windowed sinc (β for 80 dB) and splits it into phases.
func (r *Resampler) design() {
	cut, stretch := 1.0, 1.0 // of the input's Nyquist frequency
	if r.up < r.down {
		stretch = float64(r.down) / float64(r.up)
		cut = 1 / stretch
	}
	half := int(math.Ceil(halfTaps * stretch))
	r.taps = 2 * half
	// The pass band ends where the transition, as wide as the window makes it, ends at Nyquist.
	const beta, attenuation = 7.86, 80
	width := (attenuation - 8) / (2.285 * 2 * halfTaps * math.Pi) * cut
	fc := cut - width/2
	r.phases = make([][]float32, r.up)
	for p := range r.phases {
		h, sum := make([]float32, r.taps), 0.0
		for k := range h {
			// The distance of the tap to the output's instant, in input samples.
			x := float64(k-half+1) - float64(p)/float64(r.up)
			v := 0.0
			if w := x / float64(half); math.Abs(w) < 1 {
				v = fc * sinc(fc*x) * bessel(beta*math.Sqrt(1-w*w)) / bessel(beta)
			}
			h[k] = float32(v)
			sum += v
		}
		for k := range h {
			h[k] /= float32(sum)
		}
		r.phases[p] = h
	}
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of the first kind, order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// Process appends in, converted, to dst. What it gives lags half the filter
// behind: some 24 samples of the lower rate. Without growth of dst it does not allocate
// for blocks of up to 4096 samples.
func (r *Resampler) Process(in, dst []int16) []int16 {
	if r.phases == nil {
		return append(dst, in...)
	}
	for _, v := range in {
		r.hist = append(r.hist, float32(v))
	}
	at := 0
	for at+r.taps <= len(r.hist) {
		h, x := r.phases[r.phase], r.hist[at:at+r.taps]
		var sum float32
		for k, c := range h {
			sum += c * x[k]
		}
		dst = append(dst, clip(sum))
		r.phase += r.down
		at += r.phase / r.up
		r.phase %= r.up
	}
	n := copy(r.hist, r.hist[at:])
	r.hist = r.hist[:n]
	return dst
}

// Flush appends what the filter still holds and begins anew.
func (r *Resampler) Flush(dst []int16) []int16 {
	if r.phases == nil {
		return dst
	}
	dst = r.Process(make([]int16, r.taps/2), dst)
	clear(r.hist[:cap(r.hist)])
	r.hist, r.phase = r.hist[:r.taps-1], 0
	clear(r.hist)
	return dst
}

func clip(v float32) int16 {
	switch {
	case v > math.MaxInt16:
		return math.MaxInt16
	case v < math.MinInt16:
		return math.MinInt16
	}
	return int16(math.RoundToEven(float64(v)))
}

package openai

import "math"

// resampler converts between rates by a windowed sinc, a phase for each position
// between two input samples.
type resampler struct {
	up, down int
	taps     [][]float32 // of each phase
	hist     []float32   // the last inputs, oldest first
	phase    int
}

const half = 12 // taps on each side at the lower rate

func newResampler(from, to int) *resampler {
	g := gcd(from, to)
	r := &resampler{up: to / g, down: from / g}
	cut := math.Min(1, float64(to)/float64(from)) * 0.95
	n := int(math.Ceil(half/cut)) * 2
	for p := range r.up {
		taps := make([]float32, n)
		var sum float64
		w := make([]float64, n)
		for i := range taps {
			x := float64(i) - float64(n)/2 + 1 - float64(p)/float64(r.up)
			w[i] = sinc(x*cut) * (0.5 + 0.5*math.Cos(math.Pi*x/(float64(n)/2+1)))
			sum += w[i]
		}
		for i := range taps {
			taps[i] = float32(w[i] / sum)
		}
		r.taps = append(r.taps, taps)
	}
	r.hist = make([]float32, n/2, n+4096)
	return r
}

// Process appends the resampled in to dst.
func (r *resampler) Process(in, dst []int16) []int16 {
	for _, s := range in {
		r.hist = append(r.hist, float32(s))
	}
	n, at := len(r.taps[0]), 0
	for at+n <= len(r.hist) {
		taps := r.taps[r.phase]
		x := r.hist[at : at+n][:len(taps)]
		var even, odd float32 // n is even; two sums do not wait for each other
		for i := 0; i+1 < len(taps); i += 2 {
			even += taps[i] * x[i]
			odd += taps[i+1] * x[i+1]
		}
		dst = append(dst, int16(min(max(even+odd, -32768), 32767)))
		r.phase += r.down
		at += r.phase / r.up
		r.phase %= r.up
	}
	r.hist = r.hist[:copy(r.hist, r.hist[at:])]
	return dst
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package dialog

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// snr is how much louder speech is than the noise around it, in dB.
const snr = 15

// octaves of pink noise: one source each, renewed half as often as the one before.
const octaves = 13

// pink is noise that falls by 3 dB an octave, of RMS 1.
func pink(n int, r *rand.Rand) []float64 {
	var rows [octaves]float64
	for i := range rows {
		rows[i] = r.NormFloat64()
	}
	out := make([]float64, n)
	for i := range out {
		k := min(bits.TrailingZeros(uint(i+1)), octaves-1)
		rows[k] = r.NormFloat64()
		for _, x := range rows {
			out[i] += x
		}
	}
	return scaled(out, 1)
}

// babble is voices that speak at once, each from a place of its own; of RMS 1.
func babble(n int, voices [][]int16, r *rand.Rand) []float64 {
	out := make([]float64, n)
	for _, v := range voices {
		if len(v) == 0 {
			continue
		}
		at := r.IntN(len(v))
		for i := range out {
			out[i] += float64(v[(at+i)%len(v)])
		}
	}
	return scaled(out, 1)
}

// noisy adds pink noise and babble, half of the power each, to speech.
func noisy(speech []int16, voices [][]int16, r *rand.Rand) []int16 {
	loud := rms(speech) * math.Pow(10, -snr/20.0) / math.Sqrt2
	p, b := pink(len(speech), r), babble(len(speech), voices, r)
	out := make([]int16, len(speech))
	for i, s := range speech {
		x := float64(s) + loud*(p[i]+b[i])
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(x))))
	}
	return out
}

// rms of the samples that hold speech: pauses do not make it quieter.
func rms(pcm []int16) float64 {
	var sum float64
	n := 0
	for _, s := range pcm {
		if s > 100 || s < -100 {
			sum += float64(s) * float64(s)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(n))
}

// scaled makes a signal's RMS what is wanted.
func scaled(x []float64, want float64) []float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	if sum == 0 {
		return x
	}
	k := want / math.Sqrt(sum/float64(len(x)))
	for i := range x {
		x[i] *= k
	}
	return x
}

package local

import (
	"math"

	"parley/media"
)

const (
	window   = media.SampleRate / 100
	edge     = 2     // windows kept before and after the sound
	quiet    = 60    // RMS below which a window is silent
	loudness = 2600  // RMS of the windows that sound: -22 dBFS
	ceiling  = 29000 // no sample beyond: -1 dBFS
)

// clipped is without the silence before and after the sound, but for 20 ms.
func clipped(pcm []int16) []int16 {
	first, last := -1, 0
	for i := 0; i < len(pcm); i += window {
		if rms(pcm[i:min(i+window, len(pcm))]) > quiet {
			if first < 0 {
				first = i
			}
			last = i + window
		}
	}
	if first < 0 {
		return nil
	}
	return pcm[max(first-edge*window, 0):min(last+edge*window, len(pcm))]
}

// evened makes the two voices equally loud, without clipping.
func evened(pcm []int16) []int16 {
	var power float64
	n, peak := 0, 1.0
	for i := 0; i < len(pcm); i += window {
		w := pcm[i:min(i+window, len(pcm))]
		if r := rms(w); r > 4*quiet {
			power += r * r
			n++
		}
		for _, s := range w {
			peak = max(peak, math.Abs(float64(s)))
		}
	}
	if n == 0 {
		return pcm
	}
	gain := min(loudness/math.Sqrt(power/float64(n)), ceiling/peak)
	for i, s := range pcm {
		pcm[i] = int16(math.Round(float64(s) * gain))
	}
	return pcm
}

func rms(pcm []int16) float64 {
	if len(pcm) == 0 {
		return 0
	}
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

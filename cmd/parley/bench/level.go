package bench

import (
	"math"
	"slices"

	"parley/media"
)

// silent is the level of nothing, in dB of full scale.
const silent = -120.0

// level is the RMS of samples in dB of full scale.
func level(pcm []int16) float64 {
	var e float64
	for _, v := range pcm {
		e += float64(v) * float64(v)
	}
	if e == 0 || len(pcm) == 0 {
		return silent
	}
	return max(silent, 10*math.Log10(e/float64(len(pcm)))-20*math.Log10(32768))
}

// noisy reports whether the quietest twentieth of a recording is as loud as the
// edge of its speech, or nearly.
func noisy(pcm []int16) bool {
	l := levels(pcm)
	if len(l) == 0 {
		return true
	}
	slices.Sort(l)
	return l[len(l)/20] > l[len(l)-1]-edge-clearOf
}

const window = media.SampleRate / 100 // 10 ms

// levels is the level of each window.
func levels(pcm []int16) []float64 {
	var out []float64
	for len(pcm) >= window {
		out = append(out, level(pcm[:window]))
		pcm = pcm[window:]
	}
	return out
}

// trim cuts speech to what is within so many dB of its loudest window, to whole
// packets, so that its first and last sample are where the speech begins and ends.
func trim(pcm []int16, within float64) []int16 {
	l := levels(pcm)
	if len(l) == 0 {
		return nil
	}
	floor := slices.Max(l) - within
	loud := func(v float64) bool { return v >= floor }
	first := slices.IndexFunc(l, loud)
	last := len(l) - 1
	for !loud(l[last]) {
		last--
	}
	pcm = pcm[first*window : (last+1)*window]
	pcm = slices.Clone(pcm[len(pcm)%media.TickSamples:])
	const fade = media.SampleRate / 500 // 2 ms
	for i := range min(fade, len(pcm)) {
		pcm[i] = int16(int(pcm[i]) * i / fade)
		pcm[len(pcm)-1-i] = int16(int(pcm[len(pcm)-1-i]) * i / fade)
	}
	return pcm
}

// longestPause is the longest stretch, in windows, that is so many dB below the loudest.
func longestPause(pcm []int16, below float64) int {
	l := levels(pcm)
	if len(l) == 0 {
		return 0
	}
	floor, run, longest := slices.Max(l)-below, 0, 0
	for _, v := range l {
		if v < floor {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// scaled is pcm brought to a level, measured over its loud windows.
func scaled(pcm []int16, want float64) []int16 {
	l := levels(pcm)
	if len(l) == 0 {
		return pcm
	}
	floor, sum, n := slices.Max(l)-20, 0.0, 0
	for _, v := range l {
		if v >= floor {
			sum += v
			n++
		}
	}
	gain := math.Pow(10, (want-sum/float64(n))/20)
	out := make([]int16, len(pcm))
	for i, v := range pcm {
		out[i] = int16(min(max(float64(v)*gain, -32000), 32000))
	}
	return out
}

// steady is the loud part of speech at one level all along: each window is
// brought to it, with gains that glide, so that a change of loudness that is
// heard is not the speech's own.
func steady(pcm []int16, rate int, want float64) []int16 {
	w := rate / 50
	var loud []int16
	var at []float64
	peak := silent
	for i := 0; i+w <= len(pcm); i += w {
		peak = max(peak, level(pcm[i:i+w]))
	}
	for i := 0; i+w <= len(pcm); i += w {
		if l := level(pcm[i : i+w]); l > peak-15 {
			loud = append(loud, pcm[i:i+w]...)
			at = append(at, math.Pow(10, (want-l)/20))
		}
	}
	for i := range loud {
		k, f := i/w, float64(i%w)/float64(w)
		g := at[k] // glides from the middle of one window to that of the next
		if f < 0.5 && k > 0 {
			g = at[k-1] + (at[k]-at[k-1])*(f+0.5)
		} else if f >= 0.5 && k+1 < len(at) {
			g = at[k] + (at[k+1]-at[k])*(f-0.5)
		}
		loud[i] = int16(min(max(float64(loud[i])*g, -32000), 32000))
	}
	return loud
}

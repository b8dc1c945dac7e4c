package vad

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What is summed once must come out as if each sum were made by itself.
func TestSharedSumsAreTheSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, f := range map[string]func(float64) float64{
		"silence": func(float64) float64 { return 0 },
		"noise":   noise(rng, 300),
		"loud":    noise(rng, 40000), // clips
		"vowel":   vowel(8000),
		"mixed":   add(vowel(2000), noise(rng, 200)),
		"tone":    func(t float64) float64 { return 12000 * math.Sin(2*math.Pi*440*t) },
		"square":  func(t float64) float64 { return 32767 * math.Copysign(1, math.Sin(2*math.Pi*90*t)) },
	} {
		d := New(Options{})
		pcm := sound(40, f)
		for i := 0; i+tick <= len(pcm); i += tick {
			d.take(pcm[i : i+tick])
			v, p, g := d.voice()
			wv, wp, wg := plainVoice(d.buf[:])
			if v != wv || p != wp || g != wg {
				t.Fatalf("%s, tick %d: voicing %v, pitch %v, gain %v; want %v, %v, %v", name, i/tick, v, p, g, wv, wp, wg)
			}
		}
	}
}

// plainVoice is voice, sum by sum.
func plainVoice(x []int32) (voicing, pitch, gain float64) {
	if gain = plainGain(x); gain == 0 {
		return 0, 0, 1
	}
	now := x[decimated-40:] // 200 samples: 25 ms
	var e0 float64
	for _, v := range now {
		e0 += float64(v) * float64(v)
	}
	best, lag := 0.0, 0
	for l := lagMin; l <= lagMax; l++ {
		then := x[decimated-40-l : len(x)-l]
		var dot, e int64
		for i := 0; i < len(now); i += 2 {
			a, b := int64(now[i]), int64(then[i])
			dot += a * b
			e += b * b
		}
		if e == 0 || dot <= 0 {
			continue
		}
		if c := 2 * float64(dot) / math.Sqrt(e0*2*float64(e)); c > best*1.02 {
			best, lag = c, l
		}
	}
	if lag == 0 {
		return 0, 0, gain
	}
	return min(best, 1), 8000 / float64(lag), gain
}

// plainGain is predictionGain with each product of the normal equations summed by itself.
func plainGain(x []int32) float64 {
	var m [order][order + 1]float64 // normal equations
	var e float64
	for i := decimated; i < len(x); i++ {
		v := float64(x[i])
		e += v * v
		for a := range order {
			p := float64(x[i-1-a])
			m[a][order] += p * v
			for b := a; b < order; b++ {
				m[a][b] += p * float64(x[i-1-b])
			}
		}
	}
	for a := range order {
		for b := range a {
			m[a][b] = m[b][a]
		}
	}
	return explained(m, e)
}

// BenchmarkVoice compares the two.
func BenchmarkVoice(b *testing.B) {
	d := New(Options{})
	for pcm := sound(3, vowel(2000)); len(pcm) > 0; pcm = pcm[tick:] {
		d.take(pcm[:tick])
	}
	b.Run("shared", func(b *testing.B) {
		for b.Loop() {
			d.voice()
		}
	})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			plainVoice(d.buf[:])
		}
	})
}

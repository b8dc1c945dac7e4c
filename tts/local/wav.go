package local

import (
	"encoding/binary"
	"fmt"
	"math"

	"parley/media"
	"parley/media/resample"
	"parley/tts"
)

// decode reads the WAV that a program wrote to a pipe: its length is not to be
// trusted. It gives 16 kHz mono.
func decode(b []byte) ([]int16, error) {
	if len(b) == 0 {
		return nil, nil
	}
	bad := func(what string) error { return fmt.Errorf("local: %w: %s", tts.ErrUnavailable, what) }
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, bad("no WAV")
	}
	rate := 0
	for at := 12; at+8 <= len(b); {
		id, n := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		switch {
		case id == "fmt " && len(body) >= 16:
			rate = int(binary.LittleEndian.Uint32(body[4:]))
			if binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, bad("WAV is not 16 bit mono PCM")
			}
		case id == "data":
			return convert(body[:min(n, len(body))], rate)
		}
		if n < 0 || n > len(body) {
			break
		}
		at += 8 + n + n&1
	}
	return nil, bad("WAV without audio")
}

func convert(b []byte, rate int) ([]int16, error) {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	if rate == media.SampleRate {
		return pcm, nil
	}
	r, err := resample.New(rate, media.SampleRate)
	if err != nil {
		return nil, fmt.Errorf("local: %w: %w", tts.ErrUnavailable, err)
	}
	return r.Flush(r.Process(pcm, make([]int16, 0, len(pcm)))), nil
}

// trim takes the silence before and after the voice away, but for a breath.
func trim(pcm []int16) []int16 {
	const loud, breath = 150, media.SampleRate * 15 / 1000
	from, to := 0, len(pcm)
	for from < to && pcm[from] < loud && pcm[from] > -loud {
		from++
	}
	for to > from && pcm[to-1] < loud && pcm[to-1] > -loud {
		to--
	}
	return pcm[max(from-breath, 0):min(to+breath, len(pcm))]
}

// target is the level of every voice: −20 dB of full scale while it sounds.
const target = 3277

// level brings a voice to the common loudness without clipping it.
func level(pcm []int16) []int16 {
	var e float64
	n, peak := 0, 1
	for _, v := range pcm {
		a := int(v)
		if a < 0 {
			a = -a
		}
		peak = max(peak, a)
		if a > 300 {
			e += float64(v) * float64(v)
			n++
		}
	}
	if n == 0 {
		return pcm
	}
	g := min(target/math.Sqrt(e/float64(n)), 32000/float64(peak), 8)
	out := make([]int16, len(pcm))
	for i, v := range pcm {
		out[i] = int16(float64(v) * g)
	}
	return out
}

package tts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/tts"
)

// utterance is one sentence as it was spoken.
type utterance struct {
	pcm        []int16
	first, all time.Duration // from the request to the first and the last audio
}

// speak says a text and takes the time.
func speak(ctx context.Context, voice tts.Synthesizer, text, language string) (utterance, error) {
	began := time.Now()
	var u utterance
	s, err := voice.Synthesize(ctx, text, tts.Voice{Language: language})
	if err != nil {
		return u, fmt.Errorf("%q: %w", text, err)
	}
	defer s.Close()
	var f media.Frame
	for {
		err := s.ReadFrame(&f)
		u.all = time.Since(began)
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, fmt.Errorf("%q: %w", text, err)
		}
		if len(u.pcm) == 0 {
			u.first = u.all
		}
		u.pcm = append(u.pcm, f.PCM...)
	}
}

// telephone is what comes out of a line: 8 kHz, G.711 A-law, and back to 16 kHz.
func telephone(pcm []int16) ([]int16, error) {
	enc, err := codec.NewEncoder(media.CodecPCMA, codec.Params{})
	if err != nil {
		return nil, err
	}
	dec, err := codec.NewDecoder(media.CodecPCMA)
	if err != nil {
		return nil, err
	}
	var payload []byte
	var got, out []int16
	frame := make([]int16, media.TickSamples)
	for len(pcm) > 0 {
		clear(frame)
		pcm = pcm[copy(frame, pcm):]
		if payload, err = enc.Encode(frame, payload); err != nil {
			return nil, err
		}
		if got, err = dec.Decode(payload, got); err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

// Level of speech.
type Level struct {
	RMS     float64 `json:"rms_dbfs"` // of all samples, pauses included
	Least   float64 `json:"rms_least_dbfs"`
	Most    float64 `json:"rms_most_dbfs"`
	Peak    float64 `json:"peak_dbfs"`
	Clipped int     `json:"clipped_samples"` // at full scale
}

// levels of utterances, together and of the quietest and the loudest.
func levels(us []utterance) Level {
	l := Level{Least: math.Inf(1), Most: math.Inf(-1)}
	var power float64
	n, peak := 0, 1.0
	for _, u := range us {
		var own float64
		for _, s := range u.pcm {
			v := float64(s)
			own += v * v
			peak = max(peak, math.Abs(v))
			if s == math.MaxInt16 || s <= -math.MaxInt16 {
				l.Clipped++
			}
		}
		db := decibel(math.Sqrt(own / float64(max(len(u.pcm), 1))))
		l.Least, l.Most = min(l.Least, db), max(l.Most, db)
		power += own
		n += len(u.pcm)
	}
	l.RMS, l.Peak = decibel(math.Sqrt(power/float64(max(n, 1)))), decibel(peak)
	return l
}

func decibel(amplitude float64) float64 {
	return math.Round(200*math.Log10(max(amplitude, 1)/32768)) / 10
}

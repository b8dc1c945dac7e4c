package asrtest

import (
	"strings"
	"time"
)

// Vosk is a scripted server that speaks Vosk's WebSocket protocol.
type Vosk = Server

// NewVosk starts one. Close it.
func NewVosk(s Script) *Vosk { return newServer(s, vosk) }

func vosk(w *wire, s Script, words []string) {
	samples, said := 0, -1
	var ear Ear
	if s.Ear != nil {
		ear = s.Ear()
	}
	for {
		binary, b, ok := w.read()
		switch {
		case !ok:
			return
		case !binary && strings.Contains(string(b), "eof"):
			if ear != nil {
				ear.Over()
			}
			time.Sleep(s.Final)
			if w.send(voskFinal(words, s, samples)) {
				w.close()
			}
			if ear != nil {
				ear.Sent()
			}
			return
		case !binary:
			continue
		}
		samples += len(b) / 2
		w.took(len(b) / 2)
		now := s.said(words, samples)
		if ear != nil {
			words = strings.Fields(ear.Hear(samplesOf(b)))
			now = words
		}
		if len(now) != said {
			said = len(now)
			if !w.send(map[string]string{"partial": strings.Join(now, " ")}) {
				return
			}
		}
	}
}

func voskFinal(words []string, s Script, samples int) any {
	type word struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
		Conf  float64 `json:"conf"`
	}
	var result []word
	for i, w := range words {
		at := s.WordEvery.Seconds() * float64(i)
		result = append(result, word{w, at, min(at+s.WordEvery.Seconds(), float64(samples)/16000), 0.9})
	}
	return map[string]any{"text": strings.Join(words, " "), "result": result}
}

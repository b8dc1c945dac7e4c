package asrtest

import (
	"strings"
	"time"
)

// NewVosk starts a scripted peer that speaks Vosk's protocol. Close it.
func NewVosk(s Script) *Server { return newServer(s, vosk) }

func vosk(w *wire) {
	samples := 0
	var ear Ear
	for {
		binary, b, ok := w.read()
		if ok && ear == nil && w.s.Ear != nil {
			ear = w.s.Ear()
		}
		switch {
		case !ok:
			return
		case !binary && strings.Contains(string(b), "eof"):
			if ear != nil {
				ear.Over()
			}
			time.Sleep(w.s.Final)
			if w.finish(voskFinal(w.words, w.s, samples)) {
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
		now := w.said(samples)
		if ear != nil {
			w.words = strings.Fields(ear.Hear(samplesOf(b)))
			now = w.words
		}
		if !w.send(map[string]string{"partial": strings.Join(now, " ")}) {
			return
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

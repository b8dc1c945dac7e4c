package asrtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// NewFunASR starts a scripted server that speaks FunASR's two-pass protocol as its
// C++ runtime does, or with python as its Python server: is_final is set on
// all but the last message, and a stretch without speech is not answered.
func NewFunASR(s Script, python bool) *Server {
	return newServer(s, func(w *wire, s Script, words []string) { funasr(w, s, words, python) })
}

func funasr(w *wire, s Script, words []string, python bool) {
	samples, said := 0, 0
	for {
		binary, b, ok := w.read()
		if !ok {
			return
		}
		if binary {
			samples += len(b) / 2
			w.took(len(b) / 2)
			if now := s.said(words, samples); len(now) > said {
				// The first pass mishears every word, and sends each only once.
				text := strings.ToUpper(strings.Join(now[said:], " "))
				said = len(now)
				if !w.send(map[string]any{"mode": "2pass-online", "text": text, "wav_name": "call", "is_final": python}) {
					return
				}
			}
			continue
		}
		var m struct {
			Speaking *bool `json:"is_speaking"`
		}
		if json.Unmarshal(b, &m) != nil || m.Speaking == nil || *m.Speaking {
			continue
		}
		time.Sleep(s.Final)
		if len(words) == 0 && python {
			continue
		}
		var stamps []string
		for i := range words {
			at := int(s.WordEvery.Milliseconds()) * i
			stamps = append(stamps, fmt.Sprintf("[%d,%d]", at, min(at+int(s.WordEvery.Milliseconds()), samples/16)))
		}
		w.send(map[string]any{"mode": "2pass-offline", "text": strings.Join(words, " "), "wav_name": "call", "is_final": !python,
			"timestamp": "[" + strings.Join(stamps, ",") + "]"})
	}
}

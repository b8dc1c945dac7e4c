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
	return newServer(s, func(w *wire) { funasr(w, python) })
}

func funasr(w *wire, python bool) {
	samples, said := 0, 0
	for {
		binary, b, ok := w.read()
		if !ok {
			return
		}
		if binary {
			samples += len(b) / 2
			w.took(len(b) / 2)
			if now := w.said(samples); len(now) > said {
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
		time.Sleep(w.s.Final)
		if len(w.words) == 0 && python {
			continue
		}
		var stamps []string
		for i := range w.words {
			at := int(w.s.WordEvery.Milliseconds()) * i
			stamps = append(stamps, fmt.Sprintf("[%d,%d]", at, min(at+int(w.s.WordEvery.Milliseconds()), samples/16)))
		}
		final := map[string]any{"text": strings.Join(w.words, " "), "wav_name": "call", "is_final": !python}
		if len(w.words) > 0 { // the C++ server answers silence without a mode
			final["mode"], final["timestamp"] = "2pass-offline", "["+strings.Join(stamps, ",")+"]"
		}
		w.finish(final)
	}
}

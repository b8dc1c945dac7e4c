package asrtest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// NewRealtime starts a scripted server that speaks OpenAI's realtime
// transcription protocol.
func NewRealtime(s Script) *Server { return newServer(s, realtime) }

func realtime(w *wire, s Script, words []string) {
	if !w.send(map[string]any{"type": "session.created", "session": map[string]any{"type": "transcription"}}) {
		return
	}
	samples, said := 0, 0 // at 24 kHz
	for {
		_, b, ok := w.read()
		if !ok {
			return
		}
		var m struct{ Type, Audio string }
		if json.Unmarshal(b, &m) != nil {
			return
		}
		switch m.Type {
		case "session.update":
			w.send(map[string]any{"type": "session.updated"})
		case "input_audio_buffer.append":
			raw, err := base64.StdEncoding.DecodeString(m.Audio)
			if err != nil || len(raw)%2 != 0 {
				w.send(map[string]any{"type": "error", "error": map[string]string{"code": "invalid_audio", "message": "no base64 of PCM"}})
				return
			}
			samples += len(raw) / 2
			w.took(len(raw) / 2 * 2 / 3)
			if now := s.said(words, samples*2/3); len(now) > said {
				delta := strings.Join(now[said:], " ")
				if said > 0 {
					delta = " " + delta
				}
				said = len(now)
				w.send(map[string]any{"type": "conversation.item.input_audio_transcription.delta", "item_id": "item_1", "delta": delta})
			}
		case "input_audio_buffer.commit":
			if samples < 2400 { // the service wants 100 ms
				w.send(map[string]any{"type": "error", "error": map[string]string{"code": "input_audio_buffer_commit_empty", "message": "the buffer is too small"}})
				continue
			}
			w.send(map[string]any{"type": "input_audio_buffer.committed", "item_id": "item_1"})
			time.Sleep(s.Final)
			w.send(map[string]any{"type": "conversation.item.input_audio_transcription.completed", "item_id": "item_1", "transcript": strings.Join(words, " ")})
		}
	}
}

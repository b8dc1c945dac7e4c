package asrtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// NewRealtime starts a scripted server that speaks OpenAI's realtime
// transcription protocol.
func NewRealtime(s Script) *Server { return newServer(s, realtime) }

func realtime(w *wire) {
	if !w.send(map[string]any{"type": "session.created", "session": map[string]any{"type": "transcription"}}) {
		return
	}
	turn := 1
	samples, said, item := 0, 0, "item_1" // at 24 kHz
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
			if now := w.said(samples * 2 / 3); len(now) > said {
				delta := strings.Join(now[said:], " ")
				if said > 0 {
					delta = " " + delta
				}
				said = len(now)
				w.send(map[string]any{"type": "conversation.item.input_audio_transcription.delta", "item_id": item, "delta": delta})
			}
		case "input_audio_buffer.commit":
			if samples < 2400 { // the service wants 100 ms
				w.send(map[string]any{"type": "error", "error": map[string]string{"code": "input_audio_buffer_commit_empty", "message": "the buffer is too small"}})
				continue
			}
			w.send(map[string]any{"type": "input_audio_buffer.committed", "item_id": item})
			time.Sleep(w.s.Final)
			w.finish(map[string]any{"type": "conversation.item.input_audio_transcription.completed", "item_id": item, "transcript": strings.Join(w.words, " ")})
			turn++
			w.next = true
			samples, said, item = 0, 0, fmt.Sprintf("item_%d", turn)
		}
	}
}

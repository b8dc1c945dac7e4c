package realtime

import "testing"

func FuzzTake(f *testing.F) {
	for _, s := range []string{`{"type":"conversation.item.input_audio_transcription.delta","delta":"a"}`, `{"type":"conversation.item.input_audio_transcription.completed","transcript":"a b"}`,
		`{"type":"error"}`, `{"type":"error","error":{"code":"input_audio_buffer_commit_empty"}}`, `{"type":7}`, `{}`, ``} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, data string, over bool) {
		u := &utterance{}
		for range 3 {
			if a, err := u.Take([]byte(data), over); err != nil && (a.Says || a.Final) {
				t.Errorf("a result beside an error: %+v", a)
			}
		}
	})
}

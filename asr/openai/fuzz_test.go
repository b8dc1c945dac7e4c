package openai

import (
	"strings"
	"testing"
)

func FuzzTranscript(f *testing.F) {
	for _, s := range []string{`{"text":" a b "}`, `{"text":null}`, `{"text":7}`, `[]`, `{}`, `{"text":"a"`, ``} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		text, err := transcript([]byte(data))
		if err != nil && text != "" || text != strings.TrimSpace(text) {
			t.Errorf("%q, %v", text, err)
		}
	})
}

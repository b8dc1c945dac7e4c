package asr

import (
	"strings"
	"testing"
)

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		said, heard string
		want        int
	}{
		{"Where is my order?", "where is my order", 0},
		{"I’d like 2", "i'd like two", 0},
		{"a b c", "a c", 1},
		{"a c", "a b c", 1},
		{"a b c", "a x c", 1},
		{"", "um", 1},
		{"a b", "", 2},
		{"kitten on mat", "on a mat", 2},
	} {
		if got := wrong(words(c.said), words(c.heard)); got != c.want {
			t.Errorf("%q heard as %q: %d wrong, want %d", c.said, c.heard, got, c.want)
		}
	}
}

func TestGroups(t *testing.T) {
	if got := strings.Join(groups("en_fsdd_a.wav", "8000"), ","); got != "all,digits,8 kHz" {
		t.Error(got)
	}
	if got := strings.Join(groups("en_ivr_a.wav", "16000"), ","); got != "all,domain" {
		t.Error(got)
	}
}

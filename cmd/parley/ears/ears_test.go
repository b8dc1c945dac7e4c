package ears_test

import (
	"slices"
	"testing"

	"parley/asr"
	"parley/cmd/parley/config"
	"parley/cmd/parley/ears"
)

// Every engine behind a network can be looked for, and is made ready when a conversation opens.
func TestEveryEngineCanBeLookedFor(t *testing.T) {
	for _, name := range []string{"vosk", "funasr", "realtime", "openai"} {
		r, ok := ears.New(config.Engine{Engine: name, URL: "ws://127.0.0.1:1"})
		_, checks := r.(asr.Checker)
		_, warms := r.(asr.Warmer)
		if !ok || !checks || !warms || ears.Mend(config.Engine{Engine: name}) == "" {
			t.Errorf("%s: %v %v %v", name, ok, checks, warms)
		}
	}
	if _, ok := ears.New(config.Engine{Engine: "sphinx"}); ok {
		t.Error("sphinx is behind no network")
	}
	if got := ears.Names([]config.Engine{{Engine: "vosk"}, {Engine: "sphinx"}, {Engine: "vosk"}}); !slices.Equal(got, []string{"vosk", "sphinx", "vosk-2"}) {
		t.Error(got)
	}
}

package ears_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"parley/asr/sphinx"
	"parley/cmd/parley/ears"
)

// What is written down for the recogniser is made once, and of much knowledge not while one waits.
func TestTheLanguageModelIsMadeOnce(t *testing.T) {
	if _, err := os.Stat(sphinx.Dictionary); err != nil {
		t.Skip(err)
	}
	folder, log := t.TempDir(), slog.New(slog.DiscardHandler)
	made := func(written []string) (string, bool) {
		t.Helper()
		m, later, err := ears.LanguageModel(t.Context(), folder, written, log)
		if err != nil || m.Words == "" {
			t.Fatal(m, err)
		}
		if later != nil {
			defer func() {
				if err := later(t.Context()); err != nil {
					t.Error(err)
				}
			}()
		}
		b, err := os.ReadFile(m.Sentences)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), later != nil
	}
	has := func(model, word string) bool { return strings.Contains(model, word) }
	if m, later := made([]string{"The lantern is green."}); !has(m, "lantern") || later {
		t.Error("the first")
	}
	i, _ := os.Stat(folder + "/en.arpa")
	if m, later := made([]string{"The lantern is green."}); !has(m, "lantern") || later {
		t.Error("the same")
	}
	if j, _ := os.Stat(folder + "/en.arpa"); !os.SameFile(i, j) {
		t.Error("made twice")
	}
	if m, later := made([]string{"The ladder is green."}); !has(m, "ladder") || has(m, "lantern") || later {
		t.Error("another")
	}
	many := make([]string, 3000)
	for i := range many {
		many[i] = fmt.Sprintf("the window number %d", i%7)
	}
	if m, later := made(many); !has(m, "ladder") || !later {
		t.Error("many are not waited for")
	}
	if m, later := made(many); !has(m, "window") || has(m, "ladder") || later {
		t.Error("at the next start")
	}
}

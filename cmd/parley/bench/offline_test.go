package bench

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
)

// The server takes the settings that the bench gives it, and has providers only
// where they are scripted.
func TestSettingsOfTheServer(t *testing.T) {
	p := newPeers(Delays{})
	defer p.close()
	for _, offline := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "parley.yaml")
		if err := os.WriteFile(file, []byte(settings(p, Options{Offline: offline, Delays: Delays{Endpoint: 300 * time.Millisecond}}, 3)), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(file, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		if (len(c.LLM) == 0) != offline || c.Speech.Drafts {
			t.Errorf("offline %v: %+v, %+v", offline, c.LLM, c.Speech)
		}
	}
}

func TestOfflineIsJudgedByItsOwnBars(t *testing.T) {
	r := &Result{Calls: 1, Offline: true, Response: dist([]float64{600, 700, 1500})}
	r.judge()
	if len(r.Bars) != 2 || !r.Bars[0].Met || r.Bars[1].Met {
		t.Errorf("%+v", r.Bars)
	}
	var text bytes.Buffer
	if err := table(&text, []*Result{r}); err != nil || strings.Contains(text.String(), "own, hear") {
		t.Errorf("%v:\n%s", err, text.String())
	}
}

func TestScriptedDelaysAreRefusedOffline(t *testing.T) {
	if err := Call(t.Context(), []string{"-offline", "-tts", "50"}, io.Discard); err == nil || !strings.Contains(err.Error(), "-tts") {
		t.Error(err)
	}
}

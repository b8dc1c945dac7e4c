package serve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Recognisers hear by what was published a moment ago, without a restart.
func TestRecognisersLearnWhatIsPublished(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	const word = "zorblatt"
	if slices.Contains(x.ears.Hints("en"), word) {
		t.Fatal("it is known")
	}
	text := "Zorblatt care. A zorblatt must be cleaned weekly. The zorblatt lasts ten years. Every zorblatt has a number."
	if a := x.do("POST", "/v1/knowledge/documents", x.admin(), `{"title":"Zorblatt","language":"en","text":"`+text+`"}`); a.code != 202 {
		t.Fatal(a)
	}
	if err := x.learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := x.ears.Hints("en"); !slices.Contains(h, word) && !slices.Contains(h, "Zorblatt") {
		t.Errorf("%q", h)
	}
	if x.pool == nil {
		t.Skip("no offline recogniser here")
	}
	for _, file := range []string{"en.arpa", "en.words"} {
		b, err := os.ReadFile(filepath.Join(x.c.Data, file))
		if err != nil || !strings.Contains(strings.ToLower(string(b)), word) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

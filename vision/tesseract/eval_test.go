package tesseract

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/vision"
)

// TestRealPictures measures words and digit strings found in the shared pictures.
func TestRealPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	root := os.Getenv("PARLEY_TESTDATA")
	if root == "" {
		t.Skip("PARLEY_TESTDATA is not set")
	}
	manifest, err := os.ReadFile(filepath.Join(root, "images", "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	e := New(Options{})
	var words, digits share
	for _, row := range strings.Split(strings.TrimSpace(string(manifest)), "\n")[1:] {
		f := strings.Split(row, "\t")
		b, err := os.ReadFile(filepath.Join(root, "images", f[0]))
		if err != nil {
			t.Fatal(err)
		}
		truth, _ := os.ReadFile(filepath.Join(root, "images", f[1]))
		p, err := vision.Take(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		language := "en"
		if f[2] == "zh" {
			language = "zh-CN"
		}
		found, err := e.Read(t.Context(), []vision.Image{p.Image}, vision.Question{Language: language})
		if err != nil {
			t.Fatal(err)
		}
		var w, d share
		w.of(string(truth), found[0].Text(), wordRE)
		d.of(string(truth), found[0].Text(), digitRE)
		words.add(w)
		digits.add(d)
		t.Logf("%-22s words %.2f (%d) digits %.2f (%d) %s %s sure %.2f\n  missed %q", f[0], w.value(), w.n, d.value(), d.n, found[0].Kind, found[0].Trouble, certainty(found[0].Lines), append(w.missed, d.missed...))
		if testing.Verbose() {
			t.Logf("%s\n%v", found[0].Text(), found[0].Identifiers)
		}
	}
	t.Logf("words %.3f of %d, digit strings %.3f of %d", words.value(), words.n, digits.value(), digits.n)
	if words.value() < 0.91 || digits.value() < 0.91 {
		t.Errorf("fewer than 0.91 of the words or digit strings are found: %.3f, %.3f", words.value(), digits.value())
	}
}

var (
	wordRE  = regexp.MustCompile(`\p{Han}|[\p{Latin}\p{N}]+`)
	digitRE = regexp.MustCompile(`[0-9][0-9A-Z.,/:-]*[0-9A-Z]|[0-9]`)
)

type share struct {
	n, found int
	missed   []string
}

func (s *share) of(truth, read string, re *regexp.Regexp) {
	left := map[string]int{}
	for _, w := range re.FindAllString(strings.ToLower(read), -1) {
		left[w]++
	}
	for _, w := range re.FindAllString(strings.ToLower(truth), -1) {
		s.n++
		if left[w] > 0 {
			left[w]--
			s.found++
		} else if strings.Contains(strings.ToLower(read), w) && len(w) > 3 {
			s.found++
		} else {
			s.missed = append(s.missed, w)
		}
	}
}

func (s *share) add(o share) { s.n += o.n; s.found += o.found }
func (s *share) value() float64 {
	if s.n == 0 {
		return 1
	}
	return float64(s.found) / float64(s.n)
}

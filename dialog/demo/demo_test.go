package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/dialog/rag"
)

func passages(t *testing.T) map[string][]rag.Passage {
	t.Helper()
	out := map[string][]rag.Passage{}
	for _, d := range Documents() {
		out[strings.TrimPrefix(d.ID, "demo:")] = rag.Split(d)
	}
	return out
}

var figure = regexp.MustCompile(`\d[\d,.]*\d|\d`)

// The same facts in both languages: the same answers, in the same order, with the
// same figures.
func TestLanguagesAgree(t *testing.T) {
	all := passages(t)
	for _, company := range []string{Shop, Insurer} {
		en, zh := all[company+".en"], all[company+".zh"]
		if len(en) != len(zh) || len(en) < 34 {
			t.Fatalf("%s: %d answers in English, %d in Chinese", company, len(en), len(zh))
		}
		for i := range en {
			if en[i].Question == "" || zh[i].Question == "" {
				t.Errorf("%s: %q, %q: no question", company, en[i].Title, zh[i].Title)
			}
			a, b := figures(en[i].Text), figures(zh[i].Text)
			if len(a) > 0 && len(b) > 0 && overlap(a, b) < 0.3 && !strings.Contains(zh[i].Text, "万") {
				t.Errorf("%s: %q has %v, %q has %v", company, en[i].Question, a, zh[i].Question, b)
			}
		}
	}
}

func figures(s string) []string {
	var out []string
	for _, f := range figure.FindAllString(s, -1) {
		out = append(out, strings.ReplaceAll(f, ",", ""))
	}
	return out
}

// overlap is the share of the shorter list that the other has; amounts written
// as 100万 and hours of the afternoon differ, hence a share.
func overlap(a, b []string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for _, f := range a {
		if slices.Contains(b, f) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// Every way to ask that the knowledge lists finds its own answer.
func TestEveryQuestionFindsItsAnswer(t *testing.T) {
	ix := rag.New()
	for _, d := range Documents() {
		ix.Put(d)
	}
	n, wrong := 0, 0
	for file, ps := range passages(t) {
		for _, p := range ps {
			for _, q := range append([]string{p.Question}, p.Asked...) {
				n++
				hits := ix.Search(rag.Query{Text: q, Language: p.Language, K: 3})
				if len(hits) == 0 || hits[0].Passage != p.ID {
					wrong++
					t.Logf("%s: %q finds another answer first", file, q)
				}
			}
		}
	}
	if wrong*33 > n {
		t.Errorf("%d of %d questions find another answer first", wrong, n)
	}
}

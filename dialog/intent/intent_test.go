package intent

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/dialog/demo"
)

// questions of the demo's knowledge begin nothing.
func questions() []string {
	var out []string
	for _, d := range demo.Documents() {
		for _, line := range strings.Split(d.Text, "\n") {
			if q, ok := strings.CutPrefix(line, "### "); ok {
				out = append(out, q)
			}
		}
	}
	return out
}

func trained() *Model { return Train(demo.Procedures(), questions()) }

func TestExamplesOfTheIssue(t *testing.T) {
	m := trained()
	for text, want := range map[string]string{
		"我上周买的耳机一直没到，是不是快递出问题了？":                     "where_is_my_order",
		"My headphones from last week never arrived": "where_is_my_order",
		"I'd like to send these headphones back":     "return_item",
		"帮我约下周三下午两点":                                 "book_appointment",
		"could somebody ring me back tomorrow":       "callback",
		"地址填错了，帮我改一下":                                "change_address",
		"What is your return policy?":                None,
		"多久之内可以退货":                                   None,
		"hello":                                      None,
		"谢谢":                                         None,
		"那能赔我500吗？":                                  None,
		"":                                           None,
		"\xff\xfe":                                   None,
	} {
		if g := m.Guess(text); g.Name != want {
			t.Errorf("%q: %+v, want %q", text, g, want)
		}
	}
	if f, ok := m.Form("callback"); !ok || f.Name != "callback" {
		t.Error("a form is not given by its name")
	}
}

// TestFolds: of sentences that were not learnt from, patterns held out whole, most start
// the right procedure, and few that begin nothing start one.
func TestFolds(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	const folds = 5
	m := &Model{forms: trained().forms, classes: []string{None}}
	data := m.read(demo.Procedures())
	data = append(data, negatives(data, questions())...)
	r := rand.New(rand.NewPCG(1, 2))
	fold := map[string]int{}
	for _, d := range data {
		if _, ok := fold[d.origin]; !ok {
			fold[d.origin] = r.IntN(folds)
		}
	}
	begins, not := 0, 0
	levels := []float64{0.3, enough, 0.6, 0.75}
	right, wrong, false_ := make([]int, len(levels)), make([]int, len(levels)), make([]int, len(levels))
	for k := range folds {
		var train []example
		for _, d := range data {
			if fold[d.origin] != k {
				train = append(train, d)
			}
		}
		w := learn(train, len(m.classes), epochs)
		for _, d := range data {
			if fold[d.origin] != k {
				continue
			}
			if d.class == 0 {
				not++
			} else {
				begins++
			}
			class, p := w.likeliest(features(d.text))
			for i, l := range levels {
				switch {
				case p < l:
				case d.class == 0:
					false_[i]++
				case class == d.class:
					right[i]++
				default:
					wrong[i]++
				}
			}
		}
	}
	for i, l := range levels {
		t.Logf("from %.2f: %.3f of %d start the right procedure, %.3f another; %.3f of %d that begin nothing start one",
			l, float64(right[i])/float64(begins), begins, float64(wrong[i])/float64(begins), float64(false_[i])/float64(not), not)
	}
	if float64(right[1]) < 0.9*float64(begins) || float64(false_[1]) > 0.11*float64(not) {
		t.Error("the model has become worse")
	}
}

// garbled is a text as a recogniser may mishear it: a word dropped, a character said
// alike, letters wrong.
func garbled(text string, r *rand.Rand) string {
	rs := []rune(text)
	for i, c := range rs {
		if r.Float64() < 0.06 && c > 0x2e80 {
			rs[i] = []rune("的是他在有个上们来到时")[r.IntN(11)]
		} else if r.Float64() < 0.05 && c >= 'a' && c <= 'z' {
			rs[i] = rune('a' + r.IntN(26))
		}
	}
	return string(rs)
}

// TestHeard reads sentences that nobody has looked at here, when INTENTS names their
// folder: language, intent, sentence by tabs.
func TestHeard(t *testing.T) {
	dir := os.Getenv("INTENTS")
	if dir == "" {
		t.Skip("INTENTS is not set: there are no sentences")
	}
	m := trained()
	for _, name := range []string{"intents_en.tsv", "intents_zh.tsv"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, noise := range []bool{false, true} {
			r := rand.New(rand.NewPCG(9, 9))
			right, wrong, all, started, not := 0, 0, 0, 0, 0
			for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
				f := strings.SplitN(l, "\t", 3)
				text := f[2]
				if noise {
					text = garbled(text, r)
				}
				g := m.Guess(text)
				switch {
				case f[1] == "none":
					not++
					if g.Name != None {
						started++
					}
					continue
				case g.Name == f[1]:
					right++
				case g.Name != None:
					wrong++
				}
				all++
			}
			t.Logf("%s, noise %v: %d of %d right, %d started another; %d false starts of %d", name, noise, right, all, wrong, started, not)
		}
	}
}

func BenchmarkTrain(b *testing.B) {
	forms, others := demo.Procedures(), questions()
	for b.Loop() {
		Train(forms, others)
	}
}

func BenchmarkGuess(b *testing.B) {
	m := trained()
	for b.Loop() {
		m.Guess("my order from last Tuesday has still not arrived and I am worried")
	}
}

func FuzzGuess(f *testing.F) {
	m := trained()
	f.Add("where is my order")
	f.Add("我的快递到哪了")
	f.Fuzz(func(t *testing.T, s string) {
		if g := m.Guess(s); g.Probability < 0 || g.Probability > 1 {
			t.Fatalf("%q: %+v", s, g)
		}
	})
}

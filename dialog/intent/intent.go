// Package intent tells which procedure an utterance begins, learnt from the example
// sentences of the procedures, in both languages at once; or that it begins none.
//
// The model is a linear one over words, letters and sounds, so that a misrecognised
// utterance still resembles what was said. What begins nothing is learnt too, from
// sentences of our own (none.txt) and the questions of the company's knowledge.
package intent

import (
	_ "embed"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"parley/dialog/form"
	"parley/dialog/lately"
)

//go:embed none.txt
var none string

// enough is the probability that starts a procedure. TestFolds prints what others would
// do: sentences that were not learnt from, and that are nearly intents on purpose among
// those that begin nothing.
const enough = 0.4

// None is the class of what begins nothing.
const None = ""

// Guess is what an utterance may begin.
type Guess struct {
	Name        string  // None, or the procedure
	Probability float64 // of the likeliest procedure, whether or not it is enough
	Likeliest   string
}

// Model tells intents. It is safe for concurrent use.
type Model struct {
	forms   map[string]*form.Form
	classes []string // the first is None
	w       weights
	words   map[string]int // that the examples know
	guessed lately.Memo[Guess]
}

// example is a sentence of a class. Sentences of one pattern share their origin.
type example struct {
	text   string
	class  int
	origin string
}

// written are the sentences of a line: itself, or, when it has alternatives in
// parentheses, some of the sentences that those make.
func written(line string, class int) []example {
	if !strings.Contains(line, "(") {
		return []example{{line, class, line}}
	}
	var out []example
	for _, s := range expand(line, sentences) {
		out = append(out, example{s, class, line})
	}
	return out
}

// sentences that a pattern gives at most.
const sentences = 8

// expand gives different sentences of a pattern; the same ones each time.
func expand(line string, most int) []string {
	r := rand.New(rand.NewPCG(uint64(len(line)), 5))
	seen := map[string]bool{}
	var out []string
	for range most * 3 {
		var b strings.Builder
		rest := line
		for {
			before, after, ok := strings.Cut(rest, "(")
			b.WriteString(before)
			if !ok {
				break
			}
			group, tail, _ := strings.Cut(after, ")")
			choices := strings.Split(group, "|")
			b.WriteString(choices[r.IntN(len(choices))])
			rest = tail
		}
		if s := strings.Join(strings.Fields(b.String()), " "); !seen[s] && len(out) < most {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// Train learns from the forms' examples. others are sentences that begin nothing: the
// questions of the knowledge, say; those that are nearly an example are left out.
func Train(forms []*form.Form, others []string) *Model {
	m := &Model{forms: map[string]*form.Form{}, classes: []string{None}, guessed: lately.Memo[Guess]{Most: 512}}
	data := m.read(forms)
	data = append(data, negatives(data, others)...)
	m.w, m.words = learn(data, len(m.classes), epochs), vocabulary(data)
	return m
}

// read takes the forms' examples.
func (m *Model) read(forms []*form.Form) []example {
	var data []example
	for _, f := range forms {
		m.forms[f.Name] = f
		if len(f.Examples) == 0 {
			continue
		}
		m.classes = append(m.classes, f.Name)
		for _, l := range languages(f) {
			for _, s := range f.Examples[l] {
				data = append(data, written(s, len(m.classes)-1)...)
			}
		}
	}
	return data
}

func languages(f *form.Form) []string {
	var out []string
	for l := range f.Examples {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// alike is how near a sentence that begins nothing may come to an example.
const alike = 0.7

// negatives are our own and those of others that are no example.
func negatives(data []example, others []string) []example {
	var out []example
	for _, s := range strings.Split(none, "\n") {
		if s = strings.TrimSpace(s); s != "" && s[0] != '#' {
			out = append(out, written(s, 0)...)
		}
	}
	known := postings{}
	for i, d := range data {
		known.add(i, features(d.text))
	}
	near := make([]float64, len(data))
	for _, s := range others {
		if v := features(s); len(v) > 0 && known.nearest(v, near) <= alike {
			out = append(out, example{s, 0, s})
		}
	}
	return out
}

// Guess tells what an utterance begins.
func (m *Model) Guess(text string) Guess {
	return m.guessed.Of(text[:min(len(text), longest)], m.guess)
}

func (m *Model) guess(text string) Guess {
	v := features(m.mend(text))
	if len(v) == 0 || len(m.classes) < 2 {
		return Guess{}
	}
	best, p := m.w.likeliest(v)
	g := Guess{Probability: p, Likeliest: m.classes[best]}
	if p >= enough {
		g.Name = g.Likeliest
	}
	return g
}

// Starts gives the name of the procedure that an utterance begins, or None.
func (m *Model) Starts(text, _ string) string { return m.Guess(text).Name }

// Likely gives the likeliest procedure, and how likely it is.
func (m *Model) Likely(text, _ string) (string, float64) {
	g := m.Guess(text)
	return g.Likeliest, g.Probability
}

// Form gives a procedure by name.
func (m *Model) Form(name string) (*form.Form, bool) {
	f, ok := m.forms[name]
	return f, ok
}

// Using gives the procedure that changes things with a tool.
func (m *Model) Using(tool string) (*form.Form, bool) {
	names := slices.Sorted(maps.Keys(m.forms))
	for _, n := range names {
		for _, a := range m.forms[n].Steps {
			if a.Change == tool {
				return m.forms[n], true
			}
		}
	}
	return nil, false
}

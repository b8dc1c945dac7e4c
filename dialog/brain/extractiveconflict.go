package brain

import (
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/rag"
)

// rival is a passage that says the same of another number.
type rival struct {
	hit  rag.Hit
	line string
}

// otherwise looks among what was found for a passage that says otherwise.
func (e extractive) otherwise(s finding, text string) (rival, bool) {
	topic := marksOf(headingOf(s.hit))
	src := newSource(*citation(s.hit, text), s.hit.Title+"\n"+s.hit.Question, s.hit.Text, false)
	j, ours := judged{verdict: carried, text: text, sources: []*source{src}}, newClaim(text)
	if len(ours.facts) == 0 {
		return rival{}, false
	}
	for _, h := range s.all {
		if h.Passage == s.hit.Passage || h.Audience != s.hit.Audience || chinese(h.Language) != chinese(s.hit.Language) || len(h.Text) > maxPassage*4 ||
			overlap(topic, marksOf(headingOf(h))) < sameTopic {
			continue
		}
		if line := otherwise(j, ours, newSource(*citation(h, h.Text), h.Title+"\n"+h.Question, h.Text, false)); line != "" {
			return rival{h, line}, true
		}
	}
	return rival{}, false
}

// tellBoth names both, the newer first.
func (e extractive) tellBoth(h rag.Hit, text string, o rival, c dialog.Context, emit func(dialog.Delta) bool) {
	other := o.line
	a, b := h, o.hit
	if newer(b, a) {
		a, b, text, other = b, a, other, text
	}
	gap := dialog.Action{Kind: "gap", Reason: "conflict: " + a.Title + " / " + b.Title}
	_ = emit(dialog.Delta{Text: pick(c.Language, "Our pages differ here. ", "我们的资料说法不一。") + says(a, c.Language)}) &&
		emit(dialog.Delta{Text: text, Citation: citation(a, text)}) &&
		emit(dialog.Delta{Text: pick(c.Language, " ", "") + says(b, c.Language)}) &&
		emit(dialog.Delta{Text: other, Citation: citation(b, other)}) &&
		emit(dialog.Delta{Action: &gap, Text: pick(c.Language, " I can bring in a person to make sure.", "可以为您转人工确认。")})
}

// newer reports whether a holds from a later day than b, as far as it is known.
func newer(a, b rag.Hit) bool {
	return a.From.After(b.From) || a.From.Equal(b.From) && a.Document == b.Document && a.Version > b.Version
}

func says(h rag.Hit, language string) string {
	return pick(language, "“"+pathOf(h.Title)+"”"+since(h.From, language)+" says: ", "“"+pathOf(h.Title)+"”"+since(h.From, language)+"里写的是：")
}

// since is from when something holds, in words; "" when that is not known.
func since(from time.Time, language string) string {
	if from.IsZero() {
		return ""
	}
	return pick(language, from.Format(" (from 2 January 2006)"), from.Format("（2006年1月2日起）"))
}

// pathOf is the end of a title path, which tells pages apart.
func pathOf(title string) string {
	path := strings.Split(title, " › ")
	return strings.Join(path[max(0, len(path)-2):], " › ")
}

package form

import (
	"slices"
	"strings"

	"parley/dialog/spoken"
)

// maxEither bounds the values between which a customer is asked to decide.
const maxEither = 4

// rivals are different values for one number in an utterance, none of which corrects
// another: which is meant has to be asked.
func (t *turn) rivals(sl *Slot, found []spoken.Found, asked bool) []string {
	if t.from != "said" || sl.Type != Digits && sl.Type != Code && sl.Type != Phone {
		return nil
	}
	var out []string
	for _, f := range found {
		v, ok := sl.norm(f.Value)
		if !ok || t.overlaps(f) || !asked && f.Confidence < unasked || slices.Contains(out, v) {
			continue
		}
		if len(out) > 0 && len(v) != len(out[0]) { // digits of something else
			return nil
		}
		out = append(out, v)
	}
	if len(out) < 2 || len(out) > maxEither {
		return nil
	}
	return out
}

// divided keeps rivals until the customer has said which.
func (t *turn) divided(sl *Slot, values []string) {
	t.f.unset(t.s, sl.Name)
	t.s.Either, t.s.EitherOf = values, sl.Name
}

// decided takes "the second one" for one of the rivals.
func (r *run) decided(text string) bool {
	sl := r.f.slots[r.s.EitherOf]
	if sl == nil || len(r.s.Either) == 0 {
		return false
	}
	i, ok := place(squeeze(text), len(r.s.Either))
	if ok {
		v := r.s.Either[i]
		r.f.set(&r.s, sl.Name, Value{Value: v, Text: v, Confidence: 0.9, From: "said"})
	}
	return ok
}

// whichOf is the question that rivals leave.
func (r *run) whichOf() string {
	c := r.f.scope(&r.s)
	var shown []string
	for _, v := range r.s.Either {
		shown = append(shown, c.spread(v))
	}
	or := map[bool]string{true: "还是", false: " or "}[tongue(r.s.Language) == "zh"]
	c.item = map[string]any{"value": strings.Join(shown, or)}
	ps, _ := parse(r.s.own("which"))
	text, _ := c.write(ps)
	return text
}

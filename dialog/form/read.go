package form

import (
	"maps"
	"slices"
	"strings"

	"parley/dialog/spoken"
)

// Numbers are the different numbers in a text that could be the form's: of orders, of
// policies. One that is corrected in the text is not among them.
func (f *Form) Numbers(text string) []string {
	var out []string
	for i := range f.Slots {
		sl := &f.Slots[i]
		if sl.Type != Digits && sl.Type != Code {
			continue
		}
		for _, x := range f.extract(&State{}, sl, clip(text), false) {
			if v, ok := sl.norm(x.Value); ok && x.Confidence >= unasked && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// Numbered are the slots that name what the procedure is about: numbers, phones, and
// what is chosen from a list.
func (f *Form) Numbered() []string {
	var out []string
	for _, sl := range f.Slots {
		if sl.Type == Digits || sl.Type == Code || sl.Type == Phone || sl.From != "" {
			out = append(out, sl.Name)
		}
	}
	return out
}

// Names reports whether a text calls one of the form's numbers by its name: "claim".
func (f *Form) Names(text string) bool {
	sl := f.labelled(text)
	return sl != nil && (sl.Type == Digits || sl.Type == Code)
}

// Lends gives the words of an utterance that may ask for another procedure, although they
// could be taken for an answer; "" where they may not: where a message is taken down,
// a number is due, or the answer fits. values tells that there is a value for this form
// among them, which makes it less likely.
func (f *Form) Lends(s State, text string) (words string, values bool) {
	text = strings.TrimSpace(clip(text))
	if givesUp(text) {
		text = strings.Trim(giveUpZh.ReplaceAllString(giveUp.ReplaceAllString(text, " "), " "), " ,，.。!！")
		if long(text) || len([]rune(text)) > 5 {
			return text, false
		}
		return "", false
	}
	switch s.Stage {
	case Confirming:
		if a, _ := spoken.YesNo(text); a == spoken.Yes {
			return "", false
		}
		after, _ := f.Step(s, Said{Text: text, Language: s.Language, Via: s.Via, Now: s.Now})
		return text, after.EitherOf != "" || !maps.EqualFunc(s.Slots, after.Slots, func(a, b Value) bool { return a.Value == b.Value })
	case Asking:
		sl := f.slots[s.Slot]
		switch {
		case sl == nil:
		case sl.Type == Choice:
			if long(text) && len(sl.choose(f.scope(&s), text, true)) == 0 {
				return text, false
			}
		case sl.Type == Words && !sl.Open:
			if sl.Min >= 8 && strings.ContainsAny(text, "0123456789０１２３４５６７８９号") || sl.About == "time" && timely.MatchString(text) {
				return "", false // an address, a time
			}
			return text, false
		}
	}
	return "", false
}

// Called is the form's title with the numbers of a text: "cancelling an order, 205101".
func (f *Form) Called(text, language string, voice bool) string {
	title := f.Title[tongue(language)].Chat
	ns := f.Numbers(text)
	if voice {
		for i, n := range ns {
			ns[i] = strings.Join(strings.Split(n, ""), " ")
		}
	}
	if len(ns) == 0 {
		return title
	}
	if tongue(language) == "zh" {
		return title + strings.Join(ns, "、")
	}
	return title + ", " + strings.Join(ns, " and ")
}

// SlotOf is the slot that a tool's argument is filled from; the argument's own name where
// none is.
func (f *Form) SlotOf(tool, arg string) string {
	for _, a := range f.Steps {
		if a.tool() != tool {
			continue
		}
		ps, err := parse(a.Args[arg])
		for i := 0; err == nil && i < len(ps); i++ {
			if f.slots[ps[i].path] != nil {
				return ps[i].path
			}
			if o := ps[i].optional; len(o) > 0 && f.slots[o[0].path] != nil {
				return o[0].path
			}
		}
	}
	return arg
}

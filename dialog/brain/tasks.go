package brain

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/regexp"
	said "parley/dialog/spoken"
	"parley/dialog/verify"
)

// task is a procedure that is to come, with the customer's words for it.
type task struct {
	Form string `json:"form"`
	Text string `json:"text"`
}

// Bounds of what is asked for in one breath.
const (
	maxTasks    = 4
	maxPieces   = 12
	perhapsOne  = 0.3  // that a part of a sentence begins a procedure, beside another that does
	plainly     = 0.65 // the same, where it names no number
	surelyOther = 0.45 // that words begin another procedure than the one under way
	certainly   = 0.75 // the same, where they hold a value for this one
)

// Likely is what Forms may also tell: what an utterance most likely begins.
type Likely interface {
	Likely(text, language string) (name string, probability float64)
}

// likeliest is the procedure that words most likely begin.
func (t *turn) likeliest(text string) (string, float64) {
	if l, ok := t.m.o.Forms.(Likely); ok {
		return l.Likely(text, t.c.Language)
	}
	if name := t.m.o.Forms.Starts(text, t.c.Language); name != "" {
		return name, 1
	}
	return "", 0
}

var (
	joints  = regexp.MustCompile(`(?i)[.!?;。！？；\n]+|[,，、]+|\b(?:and|then|also|plus|as well as)\b|另外|还有|顺便|然后|并且|同时|以及|再(?:帮|把|查|改|退|取消|看)|[和跟]`)
	further = regexp.MustCompile(`(?i)\b(?:also|then|plus|as well)\b|另外|还有|顺便|然后|并且|同时|再`)
	lists   = regexp.MustCompile(`(?i)\band\b|[,，、和跟]|以及|还有`)
	mutual  = regexp.MustCompile(`(?i)\b(?:or|not|no|instead|sorry|mean|wait|actually)\b|还是|或者?|不是|不对|错`)
)

// piece of an utterance, with what stands before it.
type piece struct {
	text, joint string
	name        string // of the procedure that it begins, "" is none
	sure        float64
	numbers     []string // that the procedure could take
}

// tasks parts an utterance into what it asks for: each number goes with the words that
// it stands in. One task, or none, is nil: then the utterance is taken whole.
func (t *turn) tasks(text string) []task {
	if len(text) > 1000 {
		return nil
	}
	var groups []piece
	lead := ""
	for _, p := range t.pieces(text) {
		last := len(groups) - 1
		switch {
		case last < 0 && p.name == "":
			lead += p.joint + p.text
		case last < 0:
			p.text, p.joint = lead+p.joint+p.text, ""
			if f, ok := t.m.o.Forms.Form(p.name); ok {
				p.numbers = f.Numbers(p.text)
			}
			groups = append(groups, p)
		case t.parts(&groups[last], &p):
			groups = append(groups, p)
		default:
			if p.sure > groups[last].sure { // what it is about is said more plainly later
				groups[last].name, groups[last].sure = p.name, p.sure
			}
			groups[last].text += p.joint + p.text
			groups[last].numbers = append(groups[last].numbers, p.numbers...)
		}
	}
	if len(groups) < 2 || len(groups) > maxTasks {
		return nil
	}
	var out []task
	for _, g := range groups {
		out = append(out, task{Form: g.name, Text: strings.TrimSpace(g.text)})
	}
	return out
}

// pieces are the parts of an utterance, and what each begins by itself.
func (t *turn) pieces(text string) (out []piece) {
	cuts := joints.FindAllStringIndex(text, maxPieces)
	from, joint := 0, ""
	add := func(to int) {
		p := piece{text: text[from:to], joint: joint}
		if worded(p.text, 1, 2) {
			name, sure := t.likeliest(p.text)
			f, ok := t.m.o.Forms.Form(name)
			if ok && (sure >= plainly || sure >= perhapsOne && len(f.Numbers(p.text)) > 0) {
				p.name, p.sure = name, sure
			}
		}
		out = append(out, p)
	}
	for _, c := range cuts {
		add(c[0])
		from, joint = c[1], text[c[0]:c[1]]
		if r := []rune(joint); r[0] == '再' { // 「再查」: the verb belongs to what follows
			from, joint = c[0]+len("再"), "再"
		}
	}
	add(len(text))
	for i := range out {
		name := out[i].name
		for k := i - 1; k >= 0 && name == ""; k-- {
			name = out[k].name
		}
		if f, ok := t.m.o.Forms.Form(name); ok && name != "" {
			out[i].numbers = f.Numbers(out[i].text)
		}
	}
	return out
}

// worded reports whether a text has so many words or Han characters beside numbers.
func worded(text string, words, hans int) bool {
	n, h := 0, 0
	for _, w := range strings.Fields(plain(text)) {
		r := []rune(w)
		switch {
		case unicode.Is(unicode.Han, r[0]) || unicode.Is(unicode.Han, r[len(r)-1]):
			for _, c := range r {
				if unicode.Is(unicode.Han, c) {
					h++
				}
			}
		case unicode.IsLetter(r[0]):
			n++
		}
	}
	return n >= words || h >= hans
}

// parts reports whether a piece is a task of its own beside the one before it, and gives
// it its name.
func (t *turn) parts(before, p *piece) bool {
	differs := len(p.numbers) > 0 && len(before.numbers) > 0 && !slices.Contains(before.numbers, p.numbers[0])
	if mutual.MatchString(p.joint) || mutual.MatchString(p.text) && differs && p.name == "" {
		return false // one or the other, or one corrected
	}
	if p.name == "" || p.name == before.name {
		switch {
		case !differs:
			return false
		case p.name == "" && worded(p.text, 3, 5): // not understood: it is asked about in its turn
			return true
		case p.name != "" || lists.MatchString(p.joint):
			p.name = before.name
			return true
		}
		return false
	}
	a, ok := t.m.o.Forms.Form(before.name)
	b, ok2 := t.m.o.Forms.Form(p.name)
	if !ok || !ok2 {
		return false
	}
	if differs || further.MatchString(p.joint) {
		return true
	}
	for _, n := range a.Numbered() { // of one thing, it is one matter: "it never came and I want my money back"
		if n != "phone" && slices.Contains(b.Numbered(), n) {
			return false
		}
	}
	return true
}

// beginAll begins the first of several tasks; the others come after it.
func (t *turn) beginAll(ctx context.Context, ts []task) error {
	first, ok := t.m.o.Forms.Form(ts[0].Form)
	if !ok {
		return nil
	}
	t.mem.Next = append(ts[1:len(ts):len(ts)], t.mem.Next...)
	t.mem.Next = t.mem.Next[:min(len(t.mem.Next), maxTasks)]
	t.opened = true
	var names []string
	for _, x := range ts[1:] {
		if x.Form == "" {
			names = append(names, "“"+clip(x.Text, maxQuote)+"”")
		} else if f, ok := t.m.o.Forms.Form(x.Form); ok {
			names = append(names, f.Called(x.Text, t.c.Language, t.voice()))
		}
	}
	t.say("One after the other: first "+first.Called(ts[0].Text, t.c.Language, t.voice())+"; then "+strings.Join(names, "; then ")+".",
		"一件一件来：先办"+first.Called(ts[0].Text, t.c.Language, t.voice())+"，再办"+strings.Join(names, "，再办")+"。")
	return t.begin(ctx, first, ts[0].Text)
}

// listed parts an answer that names several numbers, each for the procedure under way:
// "206611 and 206627".
func (t *turn) enumerated(f *form.Form, text string) []task {
	if t.mem.Form.Stage != form.Asking || len(f.Numbers(text)) < 2 || len(f.Numbers(text)) > maxTasks || mutual.MatchString(text) {
		return nil
	}
	var out []task
	for _, p := range lists.Split(text, maxPieces) {
		if ns := f.Numbers(p); len(ns) == 1 {
			out = append(out, task{Form: f.Name, Text: strings.TrimSpace(p)})
		} else if len(ns) > 1 {
			return nil
		}
	}
	if len(out) != len(f.Numbers(text)) {
		return nil
	}
	return out
}

// within is the part of an utterance that asks for a procedure and names its number,
// where the whole asks for none.
func (t *turn) within(text string) (piece, bool) {
	if len(text) > 1000 {
		return piece{}, false
	}
	for _, p := range t.pieces(text) {
		if p.name != "" && len(p.numbers) > 0 && p.sure >= plainly && strings.TrimSpace(p.text) != strings.TrimSpace(text) {
			return p, true
		}
	}
	return piece{}, false
}

// besides keeps what is asked for in the words that ask for a person too, where it names
// a number: it comes after the person has been sent for.
func (t *turn) besides() {
	if t.m.o.Forms == nil || len(t.text) > 1000 {
		return
	}
	rest, _ := verify.Tail(t.text)
	for _, p := range t.pieces(rest) {
		if p.name != "" && p.name != callback && p.name != leaveMessage && len(p.numbers) > 0 && len(t.mem.Next) < maxTasks {
			t.mem.Next = append(t.mem.Next, task{Form: p.name, Text: strings.TrimSpace(p.text)})
		}
	}
}

func (t *turn) voice() bool { return t.c.Via == dialog.ViaVoice }

// next begins the task that waits, when nothing else is under way.
func (t *turn) next(ctx context.Context) error {
	for len(t.mem.Next) > 0 && t.mem.Form == nil && t.mem.Proposal == nil && !t.mem.Verify.Running() && t.m.o.Forms != nil {
		n := t.mem.Next[0]
		t.mem.Next = slices.Clone(t.mem.Next[1:])
		if n.Form == "" {
			t.say("You also said: “"+clip(n.Text, maxQuote)+"”. What shall I do there?", "您还说到“"+clip(n.Text, maxQuote)+"”，这个要怎么办？")
			return nil
		}
		f, ok := t.m.o.Forms.Form(n.Form)
		if !ok {
			continue
		}
		t.opened = true
		name := f.Called(n.Text, t.c.Language, t.voice())
		t.say("Now: "+name+".", "接着办："+name+"。")
		return t.begin(ctx, f, n.Text)
	}
	return nil
}

var (
	sameAgain = regexp.MustCompile(`(?i)\bsame (?:again|thing|for|with|goes for|on)\b|\bdo (?:it|that|the same)\b.{0,40}\b(?:too|as well|also|for)\b|\bthe same\b|\blikewise\b|\bditto\b|也一样|同样|一样(?:的)?(?:处理|办|操作|弄|取消|退)|也(?:要|帮我|给我)?(?:取消|退|换|改|查)|也是`)
	whatAbout = regexp.MustCompile(`(?i)^(?:(?:ok|okay|and|so|oh|right|then|thanks|well|great|fine)[,. ]+)*(?:(?:what|how) about|and)\b|^(?:那|还有|另外)?.{0,20}呢[?？。 ]*$`)
	otherOne  = regexp.MustCompile(`(?i)\b(?:my |the )?(?:other|second|another) (?:one|order|parcel|claim|policy|package|purchase)\b|(?:另|其[他它]|别的|第二)[^，。]{0,2}(?:单|订单|个|包裹|理赔|保单)`)
)

// again is the procedure that is asked for once more, for another thing: "the same with
// 206627", "and what about 204815?"
func (t *turn) sameFor(text string) (*form.Form, bool) {
	name := t.mem.Intent
	f, ok := t.m.o.Forms.Form(name)
	if name == "" || !ok || len([]rune(text)) > 120 {
		return nil, false
	}
	same, about := sameAgain.MatchString(text), whatAbout.MatchString(strings.TrimSpace(text))
	numbers := f.Numbers(text)
	if rest, ok := said.Correction(text); ok && t.mem.Form == nil && len(numbers) == 1 && !worded(text[rest:], 4, 5) {
		return f, true // the number was wrong, which the system has said
	}
	if !same && !about || mutual.MatchString(text) {
		return nil, false
	}
	if len(numbers) != 1 && !otherOne.MatchString(text) {
		return nil, false
	}
	if other, sure := t.likeliest(text); other != "" && other != name && sure >= perhapsOne {
		if o, ok := t.m.o.Forms.Form(other); ok && (sure >= surelyOther && !same && !about || o.Names(text) && !f.Names(text)) {
			return nil, false // "and where is my claim 880342?"
		}
	}
	return f, true
}

// turnsTo is another procedure that is asked for in the midst of one: "just give me the
// money then". later tells that it is about another thing, and comes after this one.
func (t *turn) turnsTo(f *form.Form, s form.State) (other *form.Form, later, ok bool) {
	words, values := f.Lends(s, t.text)
	if words == "" {
		return nil, false, false
	}
	words, _ = verify.Tail(words)
	if again, ok := t.sameFor(words); ok {
		return again, s.Stage == form.Confirming, true
	}
	if _, corrects := said.Correction(words); corrects && values {
		return nil, false, false
	}
	name, sure := t.likeliest(words)
	if name == "" || name == s.Form || sure < surelyOther || values && sure < certainly || name == callback {
		return nil, false, false
	}
	o, ok := t.m.o.Forms.Form(name)
	if !ok {
		return nil, false, false
	}
	ns := o.Numbers(words)
	later = s.Stage == form.Confirming && len(ns) > 0 && !slices.ContainsFunc(ns, func(n string) bool { return holds(s, n) })
	return o, later, !later || !mutual.MatchString(words)
}

// holds reports whether a form is about a number.
func holds(s form.State, number string) bool {
	for _, v := range s.Slots {
		if v.Value == number {
			return true
		}
	}
	return false
}

package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

// longestText bounds an utterance that is kept as a value, in bytes.
const longestText = 2000

// Step takes what happened and gives the state after it and what is to be done, in
// order. It changes neither s nor in, and never fails: what does not belong where the
// form is gives NotMine, or no move at all.
func (f *Form) Step(s State, in Input) (State, []Move) {
	r := run{f: f, s: clone(s)}
	switch in := in.(type) {
	case Begin:
		r.begin(in)
	case Said:
		r.said(in)
	case Keys:
		r.keys(in)
	case Result:
		r.result(in)
	case Verified:
		r.verified(in)
	case Resume:
		r.resume(in.Bare)
	case Missed:
		if r.s.Running() {
			r.miss(false)
		}
	}
	return r.s, r.moves
}

// count adds one to a counter.
func (s *State) count(key string) {
	if s.Misses == nil {
		s.Misses = map[string]int{}
	}
	s.Misses[key]++
}

func clone(s State) State {
	s.Slots, s.Results, s.Misses, s.Args = maps.Clone(s.Slots), maps.Clone(s.Results), maps.Clone(s.Misses), maps.Clone(s.Args)
	return s
}

// run is one step in the making.
type run struct {
	f     *Form
	s     State
	moves []Move
}

func (r *run) do(m Move) { r.moves = append(r.moves, m) }

func (r *run) say(text string) {
	if text != "" {
		r.do(Say{text})
	}
}

func (r *run) begin(b Begin) {
	r.s = State{Form: r.f.Name, Stage: Asking, Language: b.Language, Via: b.Via, Now: b.Now, Level: b.Level}
	r.say(r.f.text(&r.s, r.f.Open))
	r.pictured(b.Read, true)
	r.unsaid(b.Sealed)
	r.know(b.Known)
	r.pictured(b.Read, false)
	t := turn{f: r.f, s: &r.s, text: clip(b.Text), from: "said", amend: true}
	t.take()
	r.advance()
}

// know takes over what is known from elsewhere.
func (r *run) know(known map[string]Value) {
	for _, sl := range r.f.Slots {
		v, ok := known[sl.Name]
		if !ok || sl.From != "" || v.Value == "" || r.f.filled(&r.s, sl.Name) && r.s.Slots[sl.Name].From == fromPicture {
			continue
		}
		if value, ok := sl.norm(v.Value); ok {
			v.Value = value
			r.f.set(&r.s, sl.Name, v)
		}
	}
}

// clip makes an utterance short enough, and clean UTF-8.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), longestText)], "") }

func (r *run) said(in Said) {
	if !r.s.Running() {
		r.do(NotMine{})
		return
	}
	r.s.Language, r.s.Via, r.s.Now = in.Language, in.Via, in.Now
	in.Text = clip(in.Text)
	if r.sealed(in) {
		return
	}
	if r.s.Stage == Asking && r.pictured(in.Read, true) {
		t := turn{f: r.f, s: &r.s, text: in.Text, from: "said", amend: true}
		t.take()
		r.advance()
		return
	}
	switch r.s.Stage {
	case Asking, Amending:
		r.answer(in.Text)
	case ReadBack:
		r.heard(in.Text)
	case Confirming:
		r.decide(in)
	default:
		r.do(NotMine{Sure: true})
	}
}

// pictured gives slots what pictures show, of now or of before, and reports whether one
// took it.
func (r *run) pictured(list []Pictured, now bool) (took bool) {
	for _, p := range list {
		if p.Now != now {
			continue
		}
		for _, sl := range r.f.Slots {
			if sl.Type != Digits && sl.Type != Code || sl.From != "" || !sl.called(p.Names) && (r.s.Slot != sl.Name || len(list) > 1) {
				continue
			}
			v, ok := sl.norm(p.Value)
			if !ok || r.f.filled(&r.s, sl.Name) {
				continue
			}
			r.f.set(&r.s, sl.Name, Value{Value: v, Text: p.Value, Confidence: 0.5, From: fromPicture, Sure: p.Sure})
			took = true
			break
		}
	}
	return took
}

// fromPicture are values that are read back before they are used, whatever the slot says.
const fromPicture = "picture"

// Pictured is what a slot is called whose value a picture can show; false: it is none.
func (f *Form) Pictured(slot, language string) (label string, ok bool) {
	sl := f.slots[slot]
	if sl == nil || sl.Type != Digits && sl.Type != Code || sl.From != "" {
		return "", false
	}
	if ls := sl.Labels[tongue(language)]; len(ls) > 0 {
		label = ls[0]
	}
	return label, true
}

// called reports whether a slot has one of the names.
func (sl *Slot) called(names []string) bool {
	for _, labels := range sl.Labels {
		for _, l := range labels {
			if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, l) }) {
				return true
			}
		}
	}
	return false
}

func (r *run) keys(in Keys) {
	if !in.Now.IsZero() {
		r.s.Now = in.Now
	}
	switch r.s.Stage {
	case Asking, Amending:
		t := turn{f: r.f, s: &r.s, text: clip(in.Digits), amend: r.s.Stage == Amending, from: "keypad", asked: r.s.Slot}
		if sl := r.f.slots[r.s.Slot]; sl != nil && sl.Type == YesNo {
			t.text = yesKey(in.Digits)
		}
		if len(t.take()) > 0 {
			r.advance()
			return
		}
		r.miss(false)
	case ReadBack:
		r.heard(yesKey(in.Digits))
	case Confirming:
		r.decide(Said{Text: yesKey(in.Digits), Cut: in.Cut, Late: in.Late})
	}
}

func yesKey(d string) string { return map[string]string{"1": "yes", "2": "no"}[d] }

// answer takes what was said to a question for a slot, or to "what should I change?".
func (r *run) answer(text string) {
	if givesUp(text) {
		r.cancel()
		return
	}
	asked := r.f.slots[r.s.Slot]
	amend := spoken.Amends(text) || alters(text) || r.s.Stage == Amending
	if sl := r.f.labelled(text); asked != nil && asked.Type == Words && r.s.Stage == Asking && (sl == nil || sl == asked) {
		amend = false // the digits of an address are no order number
	}
	if rest, asked := parted(text); asked {
		text = rest // what is asked beside the answer is another's business
	}
	t := turn{f: r.f, s: &r.s, text: text, from: "said", asked: r.s.Slot, amend: amend, mends: r.s.Stage == Amending}
	question := isQuestion(text) || asked != nil && asked.Type == Name && either(text, asks, asksZh) && len(spoken.Name(text, spoken.Options{})) == 0
	if r.decided(text) {
		r.s.Either, r.s.EitherOf = nil, ""
		r.advance()
		return
	}
	if asked != nil && asked.Optional && either(text, skips, skipsZh) {
		r.f.set(&r.s, asked.Name, Value{Skipped: true})
		r.advance()
		return
	}
	if amend {
		if sl := r.f.labelled(text); sl != nil && sl != asked && r.f.filled(&r.s, sl.Name) {
			if r.restated(sl, text) {
				r.advance()
				return
			}
			t.asked = sl.Name
		}
	}
	open := asked != nil && !slices.Contains([]Type{Digits, Code, Phone, Email}, asked.Type)
	if question && open {
		r.do(NotMine{Sure: true})
		return
	}
	if asked != nil && asked.Type == Words && either(text, unknowing, unknowingZh) && !long(text) {
		r.miss(true)
		return
	}
	if a, rest := spoken.YesNo(text); asked != nil && asked.Type == Words && r.s.Stage == Asking && a == spoken.Yes && rest == 0 && !timely.MatchString(text) {
		r.miss(false) // a yes is no text
		return
	}
	if len(t.take()) > 0 {
		r.advance()
		return
	}
	r.unfilled(text, t, question)
}

// unfilled is an utterance that gave no value.
func (r *run) unfilled(text string, t turn, question bool) {
	if sl := r.f.slots[r.s.EitherOf]; sl != nil && !question {
		r.ask(sl, "")
		return
	}
	if sl := r.f.slots[t.asked]; sl != nil && t.asked != r.s.Slot {
		r.f.unset(&r.s, sl.Name)
		r.ask(sl, "")
		return
	}
	a, _ := spoken.YesNo(text)
	switch {
	case r.s.Stage == Amending && a == spoken.No:
		r.cancel()
	case question:
		r.do(NotMine{Sure: true})
	case either(text, unknowing, unknowingZh):
		r.miss(true)
	case !t.wrong && long(text):
		r.do(NotMine{})
	default:
		r.miss(false)
	}
}

// heard takes the answer to a read-back.
func (r *run) heard(text string) {
	sl := r.f.slots[r.s.Slot]
	if sl == nil {
		r.advance()
		return
	}
	if givesUp(text) {
		r.cancel()
		return
	}
	a, rest := spoken.YesNo(text)
	if a == spoken.Yes && rest <= 3 {
		v := r.s.Slots[sl.Name]
		v.Sure = true
		r.s.Slots[sl.Name] = v
		r.advance()
		return
	}
	t := turn{f: r.f, s: &r.s, text: text, from: "said", asked: sl.Name, amend: true, mends: a != spoken.Yes}
	if sl.Type != Words && sl.Type != Name || a == spoken.Unclear && !isQuestion(text) {
		if len(t.take()) > 0 {
			r.advance()
			return
		}
	}
	switch {
	case a == spoken.No:
		r.f.unset(&r.s, sl.Name)
		r.s.Stage, r.s.Slot = Asking, sl.Name
		key := "wrong " + sl.Name
		r.s.count(key)
		r.s.Misses[sl.Name] = r.s.Misses[key] - 1
		r.miss(false)
	case isQuestion(text):
		r.do(NotMine{Sure: true})
	case long(text):
		r.do(NotMine{})
	default:
		r.miss(false)
	}
}

// decide takes the answer to a confirmation.
func (r *run) decide(in Said) {
	a, rest := spoken.YesNo(in.Text)
	if r.agrees(in.Text) {
		a, rest = spoken.Yes, 0
	}
	if a == spoken.Yes && r.changes(in.Text) {
		a = spoken.Unclear // "please, but 206627" is none to 206611
	}
	switch {
	case a == spoken.Yes && rest <= 3 && r.proof() > r.s.Level: // it was proven too long ago
		r.s.Stage = Verifying
		r.do(Verify{r.proof()})
		return
	case a == spoken.Yes && rest <= 3 && in.Late:
		r.confirm(r.s.own("late"))
		return
	case a == spoken.Yes && rest <= 3 && in.Cut:
		r.confirm(r.s.own("unheard"))
		return
	case a == spoken.Yes && rest <= 3:
		r.s.Stage = Waiting
		r.do(Change{Call: r.s.Call, Tool: r.f.Steps[r.s.At].Change, Args: maps.Clone(r.s.Args)})
		return
	case givesUp(in.Text):
		r.cancel()
		return
	}
	t := turn{f: r.f, s: &r.s, text: in.Text, from: "said", amend: true, mends: a == spoken.No || spoken.Amends(in.Text)}
	sl := r.f.labelled(in.Text)
	if sl != nil && sl.Type != Words && sl.Type != Name {
		t.asked = sl.Name
	}
	question := isQuestion(in.Text)
	if rest, asked := parted(in.Text); asked && question {
		t.text, question = rest, false
	}
	words := sl == nil || sl.Type == Words
	if !question && (sl != nil && words && r.restated(sl, in.Text) || words && r.anewText(sl, in.Text) ||
		len(t.take()) > 0 || r.restated(sl, in.Text) || r.hour(&t)) {
		r.advance()
		return
	}
	switch {
	case r.f.slots[r.s.EitherOf] != nil && !question:
		r.ask(r.f.slots[r.s.EitherOf], "")
	case question:
		r.do(NotMine{Sure: true})
	case sl != nil && (alters(in.Text) || a == spoken.No):
		r.f.unset(&r.s, sl.Name)
		r.ask(sl, "")
	case a == spoken.No && (rest == 0 || spoken.Amends(in.Text)):
		r.s.Stage, r.s.Slot = Amending, ""
		r.do(Ask{Text: r.s.own("what")})
	case alters(in.Text):
		r.s.Stage, r.s.Slot = Amending, ""
		r.do(Ask{Text: r.s.own("what")})
	case long(in.Text):
		r.do(NotMine{})
	default:
		r.miss(false)
	}
}

// hour takes a bare number for the time that it corrects: "make that eleven".
func (r *run) hour(t *turn) bool {
	rest, ok := spoken.Correction(t.text)
	if !ok || len([]rune(t.text[rest:])) > 20 || t.asked != "" {
		return false
	}
	t.text = t.text[rest:]
	for i := range r.f.Slots {
		if sl := &r.f.Slots[i]; sl.Type == Time && r.f.filled(&r.s, sl.Name) {
			t.slot(sl, true)
		}
	}
	return len(t.got) > 0
}

// changes reports whether a text holds another value than one that is to be confirmed.
func (r *run) changes(text string) bool {
	s := clone(r.s)
	t := turn{f: r.f, s: &s, text: text, from: "said", amend: true}
	return len(t.take()) > 0 || s.EitherOf != r.s.EitherOf
}

// agrees reports whether the last thing said is the step's own way to say yes. After a
// no it counts with another yes alone: "no wait. hm, ok, cancel it".
func (r *run) agrees(text string) bool {
	agreed, denied := false, false
	for _, p := range partings.Split(strings.TrimSpace(text), 20) {
		low, own := squeeze(p), false
		for _, w := range r.f.Steps[r.s.At].Agree {
			if k := squeeze(w); !own && named(low, k) {
				low, own = strings.Replace(low, k, " ", 1), true
			}
		}
		a, rest := spoken.YesNo(low)
		switch {
		case isQuestion(p), rest > 2:
			return false
		case a == spoken.No:
			agreed, denied = false, true
		case a == spoken.Yes:
			denied, agreed = false, agreed || own
		case own:
			agreed = true
		}
	}
	return agreed && !denied
}

var sentences = regexp.MustCompile(`[^.!?。！？]+[.!?。！？]*`)

// restated takes a text or a name that is said anew: "the address is 12 Mill Street".
func (r *run) restated(sl *Slot, text string) bool {
	if sl == nil || sl.Type != Words && sl.Type != Name {
		return false
	}
	m := anew.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	v := strings.Trim(m[1], " .。，,")
	if sl.Type == Name {
		found := spoken.Name(v, spoken.Options{Asked: true})
		if len(found) == 0 {
			return false
		}
		v = found[0].Value
	}
	if !sl.valid(v) {
		return false
	}
	r.f.set(&r.s, sl.Name, Value{Value: v, Text: v, Confidence: 0.85, From: "said"})
	return true
}

func (r *run) cancel() {
	r.s.Stage = Over
	text := r.f.text(&r.s, r.f.Cancel)
	if text == "" {
		text = r.s.own("cancelled")
	}
	r.say(text)
	r.do(Done{"cancelled"})
}

// resume asks the open question again.
func (r *run) resume(bare bool) {
	lead := r.s.own("back")
	if bare {
		lead = ""
	}
	switch r.s.Stage {
	case Asking:
		if sl := r.f.slots[r.s.Slot]; sl != nil {
			r.ask(sl, lead)
		}
	case ReadBack:
		if sl := r.f.slots[r.s.Slot]; sl != nil {
			r.readBack(sl)
		}
	case Amending:
		r.do(Ask{Text: lead + r.s.own("what")})
	case Confirming:
		r.confirm(lead)
	case Verifying:
		r.advance()
	}
}

// proof is the level that the steps up to the next one need.
func (r *run) proof() (level int) {
	for i, a := range r.f.Steps[:min(r.s.At+1, len(r.f.Steps))] {
		if i == r.s.At || r.f.scope(&r.s).holds(a.If) {
			level = max(level, a.Level)
		}
	}
	return level
}

func (r *run) verified(in Verified) {
	if r.s.Running() {
		r.know(in.Known)
	}
	if r.s.Stage != Verifying {
		r.s.Level = max(r.s.Level, in.Level)
		return
	}
	r.s.Level = in.Level
	if in.Level < r.proof() {
		r.s.Stage = Over
		r.say(r.s.own("unverified"))
		r.do(Handoff{"unverified"})
		r.do(Done{"failed"})
		return
	}
	r.advance()
}

// call names the next tool call.
func (r *run) call() string {
	r.s.Calls++
	return fmt.Sprintf("%s-%d", r.f.Name, r.s.Calls)
}

// args fills a step's arguments; those that are not known are left out.
func (r *run) args(a Action) map[string]any {
	c := r.f.scope(&r.s)
	out := map[string]any{}
	for k, t := range a.Args {
		ps, err := parse(t)
		if err != nil {
			continue
		}
		if len(ps) == 1 && ps[0].path != "" && (ps[0].filter == "" || ps[0].filter == "raw") {
			if v, ok := c.look(ps[0].path); ok {
				out[k] = v
			}
			continue
		}
		c.via = dialog.ViaChat
		if s, ok := c.write(ps); ok && s != "" {
			out[k] = s
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return map[string]any{}
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	plainArgs := map[string]any{}
	if d.Decode(&plainArgs) != nil {
		return map[string]any{}
	}
	return plainArgs
}

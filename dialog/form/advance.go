package form

import (
	"maps"

	"parley/dialog"
)

// advance goes on to the next thing to ask or do.
func (r *run) advance() {
	r.s.Slot, r.s.Call, r.s.Args = "", "", nil
	for r.s.At < len(r.f.Steps) {
		a := r.f.Steps[r.s.At]
		if !r.f.scope(&r.s).holds(a.If) {
			r.s.At++
			continue
		}
		if r.collect(a) {
			return
		}
		if a.Level > r.s.Level {
			r.s.Stage = Verifying
			r.do(Verify{a.Level})
			return
		}
		switch {
		case a.Read != "":
			r.s.Stage, r.s.Call = Waiting, r.call()
			r.s.Args = r.args(a)
			r.do(Read{Call: r.s.Call, Tool: a.Read, Args: maps.Clone(r.s.Args)})
			return
		case a.Change != "":
			r.s.Call, r.s.Args = r.call(), r.args(a)
			r.confirm("")
			return
		case a.Handoff != "":
			r.say(r.f.text(&r.s, a.Say))
			r.do(Handoff{a.Handoff})
		default:
			r.say(r.f.text(&r.s, a.Say))
		}
		r.s.At++
		r.s.Frozen = r.s.At
		if a.End {
			break
		}
	}
	r.s.Stage = Over
	r.do(Done{"done"})
}

// collect asks for the next slot of a step, or reads one back.
func (r *run) collect(a Action) bool {
	for _, name := range a.Needs {
		sl := r.f.slots[name]
		r.auto(sl)
		if r.f.needed(&r.s, sl) {
			r.ask(sl, "")
			return true
		}
		for _, n := range append([]string{name}, sl.Or...) {
			if o := r.f.slots[n]; r.f.unread(&r.s, o) {
				r.readBack(o)
				return true
			}
		}
	}
	return false
}

// auto takes a choice that what is known decides: the appointment at the time named.
func (r *run) auto(sl *Slot) {
	if sl.Auto == "" || r.f.filled(&r.s, sl.Name) {
		return
	}
	c := r.f.scope(&r.s)
	v, ok := c.fill(sl.Auto)
	for _, o := range sl.options(c) {
		if ok && o.Value == v {
			r.f.set(&r.s, sl.Name, Value{Value: v, Confidence: 1, From: "known", Sure: true})
		}
	}
}

// ask asks for a slot, in other words each time it was misunderstood.
func (r *run) ask(sl *Slot, lead string) {
	r.s.Stage, r.s.Slot = Asking, sl.Name
	if sl.From != "" && len(sl.options(r.f.scope(&r.s))) == 0 {
		r.say(r.s.own("no options"))
		r.do(Handoff{"not_found"})
		return
	}
	m := Ask{Slot: sl.Name, Expect: sl.expect()}
	voice := r.s.Via == dialog.ViaVoice
	m.Keypad = voice && sl.keypad()
	ask := r.f.text(&r.s, sl.Ask)
	if sl.Type == Choice && sl.From != "" {
		ask += r.listed(sl)
	}
	switch r.s.Misses[sl.Name] {
	case 0:
		m.Text = ask
	case 1:
		if m.Text = r.f.text(&r.s, sl.Retry); m.Text == "" {
			m.Text = r.s.own(map[bool]string{true: "retry", false: "retry chat"}[voice]) + ask
		} else if sl.From != "" {
			m.Text += r.listed(sl)
		}
	default:
		switch other := r.f.text(&r.s, sl.Other); {
		case other != "":
			m.Text = other
		case m.Keypad:
			m.Text = r.s.own("keypad")
		default:
			m.Text = ask
		}
	}
	if r.s.EitherOf == sl.Name && len(r.s.Either) > 0 {
		m.Text = r.whichOf()
	}
	m.Text = lead + m.Text
	r.do(m)
}

// listed names what can be chosen.
func (r *run) listed(sl *Slot) string {
	out := ""
	zh := tongue(r.s.Language) == "zh"
	for i, o := range sl.options(r.f.scope(&r.s)) {
		if i == 5 {
			break
		}
		name := safe(o.Name.In(r.s.Language, r.s.Via))
		switch {
		case r.s.Via != dialog.ViaVoice:
			out += "\n- " + name
		case zh && i > 0:
			out += "，" + name
		case i > 0:
			out += "; " + name
		default:
			out += " " + name
		}
	}
	switch {
	case r.s.Via != dialog.ViaVoice:
	case zh:
		out += "。"
	default:
		out += "."
	}
	return out
}

func (r *run) readBack(sl *Slot) {
	r.s.Stage, r.s.Slot = ReadBack, sl.Name
	key := "readback"
	if r.s.Slots[sl.Name].From == fromPicture {
		key = "read"
	}
	ps, _ := parse(r.s.own(key))
	c := r.f.scope(&r.s)
	c.item = map[string]any{"value": c.slot(sl)}
	text, _ := c.write(ps)
	m := Ask{Slot: sl.Name, Text: text, Expect: dialog.ExpectYesNo, Keypad: r.s.Via == dialog.ViaVoice}
	switch r.s.Misses["readback "+sl.Name] {
	case 0:
	case 1:
		m.Text = r.s.own(map[bool]string{true: "retry", false: "retry chat"}[r.s.Via == dialog.ViaVoice]) + text
	default:
		m.Text = text + " " + r.s.own("keypad yes")
	}
	r.do(m)
}

// confirm asks for the customer's yes to the change of the step.
func (r *run) confirm(lead string) {
	a := r.f.Steps[r.s.At]
	r.s.Stage, r.s.Slot = Confirming, ""
	text := r.f.text(&r.s, a.Confirm)
	switch n := r.s.Misses["confirm"]; {
	case n == 1:
		lead = r.s.own("yes or no")
	case n > 1 && r.s.Via == dialog.ViaVoice:
		text += " " + r.s.own("keypad yes")
	}
	r.do(Confirm{Call: r.s.Call, Tool: a.Change, Args: maps.Clone(r.s.Args), Text: lead + text, Keypad: r.s.Via == dialog.ViaVoice})
}

// miss counts a misunderstanding and goes another way after the second: keypad or
// another slot, then a person. other goes there at once: the customer does not have it.
func (r *run) miss(other bool) {
	key := r.s.Slot
	switch r.s.Stage {
	case ReadBack:
		key = "readback " + r.s.Slot
	case Confirming:
		key = "confirm"
	case Amending:
		key = "amend"
	case Asking:
	default:
		return
	}
	r.s.count(key)
	if other && r.s.Misses[key] < 2 {
		r.s.Misses[key] = 2
	}
	n := r.s.Misses[key]
	sl := r.f.slots[r.s.Slot]
	voice := r.s.Via == dialog.ViaVoice
	way := r.s.Stage != Asking && voice && r.s.Stage != Amending || sl != nil && r.s.Stage == Asking && (len(sl.Other) > 0 || voice && sl.keypad() && !other)
	if n > 2 || n == 2 && !way {
		r.say(r.s.own("person"))
		r.do(Handoff{"not_understood"})
		return
	}
	switch r.s.Stage {
	case Asking:
		r.ask(sl, "")
	case ReadBack:
		r.readBack(sl)
	case Confirming:
		r.confirm("")
	case Amending:
		r.do(Ask{Text: r.s.own("retry") + r.s.own("what")})
	}
}

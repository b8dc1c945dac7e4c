package form

import (
	"cmp"
)

// result takes what a tool answered.
func (r *run) result(in Result) {
	if r.s.Stage != Waiting || in.Call != r.s.Call || r.s.At >= len(r.f.Steps) {
		return
	}
	a := r.f.Steps[r.s.At]
	if a.Read != "" && (in.Failure == Refused && in.Text == "" && len(a.Missing) > 0 || in.Failure == OK && r.found(a, in.Data) == false) {
		r.missing(a)
		return
	}
	if in.Failure != OK {
		r.failed(a, in)
		return
	}
	if r.s.Results == nil {
		r.s.Results = map[string]any{}
	}
	if in.Data == nil {
		in.Data = map[string]any{}
	}
	r.s.Results[a.as()] = in.Data
	text := r.f.text(&r.s, a.Say)
	if len(a.Say) == 0 && (a.Change != "" || a.Tell) {
		text = in.Text
	}
	r.say(text)
	r.s.At++
	if a.Change != "" {
		r.s.Frozen = r.s.At
	}
	if a.End {
		r.s.Stage = Over
		r.do(Done{"done"})
		return
	}
	r.advance()
}

// found reports whether a read found anything.
func (r *run) found(a Action, data any) bool {
	if m, ok := data.(map[string]any); ok && m["found"] == false {
		return false
	}
	if a.Empty == "" {
		return !hollow(data)
	}
	v, ok := dig(data, a.Empty, true)
	return ok && v != false
}

// missing asks again for what a read found nothing by; the second time a person helps.
func (r *run) missing(a Action) {
	key := "missing " + a.as()
	r.s.count(key)
	r.say(cmp.Or(r.f.text(&r.s, a.Missing), r.s.own("nothing")))
	for _, name := range a.Clear {
		r.f.unset(&r.s, name)
	}
	if r.s.Misses[key] > 1 || len(a.Clear) == 0 {
		r.s.Stage = Over
		r.do(Handoff{"not_found"})
		r.do(Done{"failed"})
		return
	}
	r.s.Misses[a.Clear[0]] = max(r.s.Misses[a.Clear[0]], 1) // asked in other words
	r.advance()
}

// failed tells honestly that a tool did not do it.
func (r *run) failed(a Action, in Result) {
	text := r.f.text(&r.s, a.Fail[string(in.Failure)])
	if text == "" {
		text = r.f.text(&r.s, a.Fail["any"])
	}
	if text == "" && in.Failure != Forbidden {
		text = in.Text
	}
	ours := map[Failure]string{Refused: "refused", Unavailable: "unable", Unknown: "unknown", Forbidden: "unverified"}[in.Failure]
	r.say(cmp.Or(text, r.s.own(cmp.Or(ours, "unable"))))
	r.s.Stage = Over
	if in.Failure != Refused {
		r.do(Handoff{string(in.Failure)})
	}
	r.do(Done{"failed"})
}

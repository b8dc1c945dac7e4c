package form

import (
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/card"
)

// unsaid fills slots with card data that was taken out of the words, and reports whether
// one took it.
func (r *run) unsaid(list []dialog.Sealed) (took bool) {
	for _, x := range list {
		for i := range r.f.Slots {
			if sl := &r.f.Slots[i]; string(sl.Type) == x.Kind && x.Ref != "" {
				r.f.set(&r.s, sl.Name, Value{Value: x.Ref, Text: x.Last4, Confidence: 1, From: "sealed", Sure: true})
				delete(r.s.Misses, sl.Name)
				took = true
				break
			}
		}
	}
	return took
}

// sealed takes card data, asked for or not, and reports whether that was all there was to
// the utterance. What cannot be card data is asked for anew, of a part the rest is awaited.
func (r *run) sealed(in Said) bool {
	if len(in.Sealed) == 0 || r.s.Stage != Asking && r.s.Stage != Amending && r.s.Stage != Confirming {
		return false
	}
	if r.unsaid(in.Sealed) {
		t := turn{f: r.f, s: &r.s, text: strings.ReplaceAll(in.Text, card.Mark, ""), from: "said", amend: true}
		t.take()
		r.advance()
		return true
	}
	sl := r.f.slots[r.s.Slot]
	if sl == nil || r.s.Stage != Asking || string(sl.Type) != in.Sealed[0].Kind {
		return false
	}
	if in.Sealed[len(in.Sealed)-1].Part {
		r.do(Ask{Slot: sl.Name, Text: r.s.own("go on"), Expect: sl.expect(), Keypad: r.s.Via == dialog.ViaVoice})
		return true
	}
	r.miss(false)
	return true
}

// Asks is the kind of card data that a form waits for; "" is none.
func (f *Form) Asks(s State) string {
	if sl := f.slots[s.Slot]; sl != nil && s.Stage == Asking {
		return sl.expect().Card()
	}
	return ""
}

// TakesCard reports whether card data is among what the procedure needs.
func (f *Form) TakesCard() bool {
	return slices.ContainsFunc(f.Slots, func(sl Slot) bool { return sl.sealed() })
}

package brain

import (
	"strings"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/verify"
)

// listening notes what the customer is left with: whatever is said after a question takes
// the next yes away from it.
func (t *turn) listening(emit func(dialog.Delta) bool) func(dialog.Delta) bool {
	return func(d dialog.Delta) bool {
		if strings.TrimSpace(d.Text) != "" {
			t.mem.Asked, t.yesno = "", false
		}
		if d.Expect == dialog.ExpectYesNo {
			t.yesno = true
		}
		return emit(d)
	}
}

// confirm asks for the yes to a change.
func (t *turn) confirm(text string) {
	t.say(text, text)
	t.emit(dialog.Delta{Expect: dialog.ExpectYesNo})
	t.mem.Asked = clip(text, maxQuote)
}

// heard reports whether the question that waits for a yes is what the customer heard last,
// to its end. The floor and people say things that come by no brain.
func (t *turn) heard() bool {
	if t.mem.Asked == "" {
		return false
	}
	for i := len(t.c.History) - 1; i >= 0; i-- {
		switch last := t.c.History[i]; {
		case last.From == dialog.Customer: // answered, or cut in on: the memory tells which
			return true
		case last.From == dialog.Agent, last.Cut:
			return false
		case last.From == dialog.Bot:
			return last.ReplyTo != "" || strings.Contains(last.Text, strings.TrimSuffix(t.mem.Asked, "…"))
		}
	}
	return true
}

// drop ends what waits for the customer, when a person is sent for instead.
func (t *turn) drop() {
	t.mem.Proposal = nil
	if v := &t.mem.Verify; v.Running() {
		v.Stage, v.Facts, v.Fact, v.Code = verify.Idle, nil, "", nil
	}
	if s := t.mem.Form; s != nil && s.Stage == form.Verifying {
		t.keepKnown(*s)
		t.mem.Form = nil
	}
}

// agrees reports whether the customer takes the offer of a person.
func (t *turn) agrees() bool {
	p := strings.ReplaceAll(plain(t.text), " ", "")
	if t.keyed() {
		return p == "1"
	}
	for _, w := range []string{"yes", "yesplease", "yeah", "yep", "ok", "okay", "sure", "please", "pleasedo", "doit", "goahead", "thatwouldbegood", "好", "好的", "可以", "行", "要", "是", "是的", "嗯", "对", "麻烦了", "好啊", "那好吧", "转吧"} {
		if p == w {
			return true
		}
	}
	return false
}

package brain

import (
	"context"
	"time"

	"parley/dialog/form"
	"parley/dialog/verify"
)

const (
	// lateYes is how long after its question a yes still confirms a change: prices, stock
	// and plans change.
	lateYes = time.Hour
	// asleep is how long after the customer's last words it is found out anew who is speaking.
	asleep = 12 * time.Hour
)

// lateYes reports whether the question that waits for a yes was asked too long ago.
func (t *turn) lateYes() bool { return !t.answered.IsZero() && t.c.Now.Sub(t.answered) > lateYes }

// wake takes up a conversation whose customer comes back after a long time. What was
// proven holds no longer, unless the page's site vouches for it; what was open is open still.
func (t *turn) wake() {
	seen := t.mem.Seen
	t.answered, t.mem.At, t.mem.Seen = t.mem.At, t.c.Now, t.c.Now
	if seen.IsZero() || t.c.Now.Sub(seen) < asleep {
		return
	}
	t.woken, t.mem.Grave = true, 0
	v := &t.mem.Verify
	if v.Method != verify.BySite || v.Running() {
		kept := verify.State{Failures: v.Failures, Sends: v.Sends}
		if v.Method == verify.BySite {
			kept.Level, kept.Customer, kept.Method, kept.At = v.Level, v.Customer, v.Method, v.At
		}
		*v = kept
	}
	if f := t.mem.Form; f != nil {
		f.Level = v.Level
	}
}

// takesUp says what was open, in a clause, and puts the question again that a proof was
// asked for. It reports whether that was all.
func (t *turn) takesUp(ctx context.Context) (bool, error) {
	s := t.mem.Form
	if !t.woken || t.m.o.Forms == nil || s == nil || !s.Running() {
		return false, nil
	}
	f, ok := t.m.o.Forms.Form(s.Form)
	if !ok {
		return false, nil
	}
	if title := f.Called("", t.c.Language, t.voice()); title != "" {
		t.say("Welcome back. This is still open: "+title+".", "欢迎回来，上次的“"+title+"”还没办完。")
	}
	if s.Stage != form.Verifying || t.asksSomething() {
		return false, nil
	}
	return true, t.carry(ctx, f, *s, form.Resume{})
}

package brain

import (
	"context"
	"errors"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/tool"
	"parley/dialog/verify"
)

// Identity says how customers are shown to be who they are. The zero value knows
// signed pages alone.
type Identity struct {
	Tool   string        // that checks claims and facts: gives "level" and "customer"
	Sender verify.Sender // of one-time codes; nil: there are none
	Guard  *verify.Guard // limits attempts over all conversations; nil: one of the brain's own
	Count  Count         // of a conversation's attempts, kept at once; nil: the memo counts, which goes with a reply that is dropped
	Tries  int           // failed checks in a conversation; 0 is 3
}

// Count adds to how often something was tried in a conversation, durably, and gives the sum.
type Count func(ctx context.Context, id dialog.ConversationID, kind string, by int) (int, error)

// The kinds of attempts.
const (
	proofs = "proof" // claims and facts, and codes
	sends  = "send"  // of codes
)

// attempt counts one before its outcome is known, and reports whether it could be counted:
// whoever interrupts the reply to a wrong answer has used it up all the same.
func (t *turn) attempt(ctx context.Context, kind string, counted *int) bool {
	if t.m.o.Identity.Count == nil {
		return true
	}
	n, err := t.m.o.Identity.Count(context.WithoutCancel(ctx), t.c.Conversation, kind, 1)
	if err != nil {
		t.m.o.Log.Error("attempt not counted", "conversation", t.c.Conversation, "err", err)
		return false
	}
	*counted = max(*counted, n-1)
	return true
}

// forgive takes an attempt back that was none, or was right.
func (t *turn) forgive(ctx context.Context) {
	if t.m.o.Identity.Count == nil {
		return
	}
	if _, err := t.m.o.Identity.Count(context.WithoutCancel(ctx), t.c.Conversation, proofs, -1); err != nil {
		t.m.o.Log.Error("attempt not forgiven", "conversation", t.c.Conversation, "err", err)
	}
}

func (i Identity) options() verify.Options {
	return verify.Options{Tries: i.tries(), Codes: i.Sender != nil}
}

func (i Identity) tries() int {
	if i.Tries <= 0 {
		return verify.MaxTries
	}
	return i.Tries
}

// errUncounted ends a reply that would let somebody try without its being counted.
var errUncounted = errors.New("brain: an attempt to prove who is speaking cannot be counted")

// verification is who the customer has been shown to be.
func (t *turn) verification() Verification {
	s := t.mem.Verify
	return Verification{Level: s.Level, Customer: s.Customer, Method: s.Method}
}

// vouched takes over an identity that the page has signed.
func (t *turn) vouched() {
	if id := t.c.Known.Customer; id != "" {
		t.mem.Verify, _ = verify.Step(t.m.o.Identity.options(), t.mem.Verify, verify.Signed{Customer: id, Now: t.c.Now})
	}
}

// identify begins to find out who is speaking, for a form that needs to know.
func (t *turn) identify(ctx context.Context, level int) error {
	claims := map[string]string{}
	for _, s := range t.mem.slots() {
		claims[s.Name] = s.Value
	}
	if t.m.o.Identity.Tool == "" && t.m.o.Identity.Sender == nil { // nothing here could find out
		return t.identified(ctx, nil)
	}
	return t.prove(ctx, verify.Begin{Level: level, Told: t.tail, Claims: claims, Language: t.c.Language, Via: t.c.Via, Now: t.c.Now})
}

// proves gives the words to the verification under way.
func (t *turn) proves(ctx context.Context) error {
	if t.c.Draft && t.mem.Verify.Stage != verify.Claiming {
		return dialog.ErrNoDraft // an attempt counts once
	}
	before := t.mem.Verify
	_, moves := verify.Step(t.m.o.Identity.options(), before, verify.Said{Text: t.text, Language: t.c.Language, Via: t.c.Via, Now: t.c.Now})
	if len(moves) == 1 {
		if _, aside := moves[0].(verify.NotMine); aside {
			if err := t.knowledge(ctx); err != nil {
				return err
			}
			return t.prove(ctx, verify.Resume{})
		}
	}
	return t.prove(ctx, verify.Said{Text: t.text, Language: t.c.Language, Via: t.c.Via, Now: t.c.Now})
}

// prove steps the verification and does what follows.
func (t *turn) prove(ctx context.Context, in verify.Input) error {
	for steps := 0; in != nil && steps < maxSteps; steps++ {
		_, said := in.(verify.Said)
		code := said && t.mem.Verify.Stage == verify.Coding
		if code && !t.attempt(ctx, proofs, &t.mem.Verify.Failures) {
			return errUncounted
		}
		failures := t.mem.Verify.Failures
		var moves []verify.Move
		t.mem.Verify, moves = verify.Step(t.m.o.Identity.options(), t.mem.Verify, in)
		if code && t.mem.Verify.Failures == failures {
			t.forgive(ctx)
		}
		in = nil
		for _, m := range moves {
			switch m := m.(type) {
			case verify.Say:
				if t.refuses(moves) {
					continue // in its own words
				}
				t.say(m.Text, m.Text)
			case verify.Ask:
				t.say(m.Text, m.Text)
				t.emit(dialog.Delta{Expect: m.Expect})
			case verify.Check:
				if t.c.Draft {
					return dialog.ErrNoDraft // an attempt counts once
				}
				in = t.check(ctx, m)
			case verify.Send:
				if t.c.Draft {
					return dialog.ErrNoDraft
				}
				in = t.send(ctx, m)
			case verify.Passed:
				return t.identified(ctx, m.Claims)
			case verify.Failed:
				if m.Reason == "cancelled" {
					t.mem.Form, t.mem.Proposal = nil, nil
					return nil
				}
				return t.identified(ctx, nil)
			}
		}
	}
	return nil
}

// refuses reports whether the form that waits says itself that it cannot go on.
func (t *turn) refuses(moves []verify.Move) bool {
	f, failed := moves[len(moves)-1].(verify.Failed)
	return failed && f.Reason != "cancelled" && f.Reason != "down" && t.mem.Proposal == nil && t.mem.Form != nil && t.mem.Form.Stage == form.Verifying
}

// identified goes on with the form that waited, whatever came of it. Numbers may have
// been corrected while they were checked.
func (t *turn) identified(ctx context.Context, claims map[string]string) error {
	if p := t.mem.Proposal; p != nil {
		if t.mem.Verify.Level < p.Level {
			t.mem.Proposal = nil
			return nil
		}
		return t.ask(ctx)
	}
	s := t.mem.Form
	if s == nil || s.Stage != form.Verifying || t.m.o.Forms == nil {
		return nil
	}
	f, ok := t.m.o.Forms.Form(s.Form)
	if !ok {
		t.mem.Form = nil
		return nil
	}
	known := map[string]form.Value{}
	for name, v := range claims {
		known[name] = form.Value{Value: v, Confidence: 1, From: "said", Sure: true}
	}
	return t.carry(ctx, f, *s, form.Verified{Level: t.mem.Verify.Level, Known: known})
}

// check asks the business system whether claims and facts go together. Attempts are
// limited for each claimed number over all conversations.
func (t *turn) check(ctx context.Context, m verify.Check) verify.Checked {
	if !t.attempt(ctx, proofs, &t.mem.Verify.Failures) {
		return verify.Checked{Down: true}
	}
	if t.mem.Verify.Failures >= t.m.o.Identity.tries() {
		return verify.Checked{}
	}
	c := t.inquire(ctx, m)
	if c.Level > 0 || c.Down {
		t.forgive(ctx)
	}
	return c
}

// inquire asks the business system, if the claimed numbers have attempts left.
func (t *turn) inquire(ctx context.Context, m verify.Check) verify.Checked {
	return t.m.o.Identity.Guard.Check(m.Args, t.c.Now, func() verify.Checked {
		if t.m.o.Tools == nil {
			return verify.Checked{Down: true}
		}
		u := tool.User{Role: tool.Customer, Conversation: t.c.Conversation, Language: t.c.Language}
		r, err := t.m.o.Tools.Read(ctx, u, t.m.o.Identity.Tool, m.Args)
		if errors.Is(err, tool.ErrArguments) {
			return verify.Checked{}
		}
		if err != nil {
			t.m.o.Log.Warn("identity not checked", "conversation", t.c.Conversation, "err", err)
			return verify.Checked{Down: true}
		}
		data, _ := r.Data.(map[string]any)
		customer, _ := data["customer"].(string)
		return verify.Checked{Level: whole(data["level"]), Customer: customer}
	})
}

// whole is a number of a tool's data.
func whole(v any) int {
	switch x := v.(type) {
	case float64:
		return int(x)
	case int:
		return x
	case interface{ Int64() (int64, error) }: // json.Number
		n, err := x.Int64()
		if err != nil {
			return 0
		}
		return int(n)
	}
	return 0
}

// send sends a one-time code.
func (t *turn) send(ctx context.Context, m verify.Send) verify.Sent {
	plain, kept, err := verify.NewCode(t.c.Now)
	if err != nil || t.m.o.Identity.Sender == nil {
		return verify.Sent{Down: true}
	}
	before := 0
	if !t.attempt(ctx, sends, &before) || before >= verify.MaxSends {
		return verify.Sent{Down: true}
	}
	customer, err := t.m.o.Identity.Sender.SendCode(ctx, m, plain, t.c.Language)
	if err != nil {
		t.m.o.Log.Warn("one-time code not sent", "conversation", t.c.Conversation, "err", err)
		return verify.Sent{Down: true}
	}
	return verify.Sent{Customer: customer, Code: kept}
}

package brain

import (
	"context"

	"parley/dialog/form"
	"parley/dialog/verify"
)

// takeUp goes on with what is open when the customer has come from the chat to a call, or
// back: nothing is asked that was answered, and the question that stands, stands again.
func (t *turn) takeUp(ctx context.Context) error {
	t.wake()
	t.acquaint(ctx)
	if err := t.untold(ctx); err != nil || t.said.Len() > 0 {
		return err
	}
	s := t.mem.Form
	switch {
	case t.mem.Verify.Running():
		t.mem.Verify.Via, t.mem.Verify.Language = t.c.Via, t.c.Language
		t.whereWeWere()
		return t.prove(ctx, verify.Resume{})
	case t.mem.Proposal != nil && t.m.o.Tools != nil:
		return t.ask(ctx)
	case s != nil && s.Running() && t.m.o.Forms != nil:
		f, ok := t.m.o.Forms.Form(s.Form)
		if !ok {
			break
		}
		if s.Stage == form.Waiting {
			t.say("What you asked for is still being done; I tell you as soon as I know.", "您要办的正在处理，一有结果就告诉您。")
			return nil
		}
		now := *s
		now.Via, now.Language = t.c.Via, t.c.Language
		t.whereWeWere()
		return t.carry(ctx, f, now, form.Resume{Bare: true})
	case len(t.mem.Next) > 0:
		return t.next(ctx)
	}
	if t.voice() {
		t.say("Please go on, I am listening.", "您请讲，我在听。")
	}
	return nil
}

// whereWeWere names the procedure that is open.
func (t *turn) whereWeWere() {
	if t.mem.Form == nil || t.m.o.Forms == nil {
		return
	}
	f, ok := t.m.o.Forms.Form(t.mem.Form.Form)
	if !ok {
		return
	}
	name := f.Called("", t.c.Language, t.voice())
	if t.voice() {
		t.say("Where we were: "+name+".", "我们刚才在办："+name+"。")
	} else {
		t.say("Here is where we stand: "+name+".", "目前办到："+name+"。")
	}
}

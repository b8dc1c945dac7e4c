package sip

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCallOutAndIn(t *testing.T) {
	got := make(chan *Call, 1)
	from, to := pair(t, Options{}, Options{Incoming: answering(got)})
	out, err := from.Dial(t.Context(), "out", Request{To: "+49 30 222", Name: "Shop", Headers: map[string]string{"X-Case": "7"}})
	if err != nil {
		t.Fatal(err)
	}
	in := within(t, got, "the call at the other end")
	if in.Number != "+4930222" || in.Caller.Number != "+4930111" || in.Caller.Asserted != "+4930111" ||
		in.Caller.Name != "Shop" || in.Headers["X-Case"] != "7" || in.Trunk != "in" || in.Direction != Inbound {
		t.Errorf("the call came as %+v", in.Info)
	}
	if from.Stats().Calls != 1 || to.Stats().Calls != 1 || to.Stats().Answered != 1 {
		t.Errorf("calls up: %+v, %+v", from.Stats(), to.Stats())
	}
	in.Hangup(CauseBusy)
	within(t, out.Done(), "BYE")
	if e := out.End(); e.By != "remote" || e.Cause != CauseBusy || e.Text != "User busy" {
		t.Errorf("ended as %+v", e)
	}
	if e := in.End(); e.By != "local" {
		t.Errorf("ended as %+v", e)
	}
	for _, c := range []*Call{in, out} {
		if m := c.Media().(*fakeMedia); m.closed != 1 {
			t.Errorf("media closed %d times", m.closed)
		}
	}
	if from.Stats().Calls != 0 || to.Stats().Calls != 0 {
		t.Error("calls are left")
	}
}

func TestCallOutHangsUp(t *testing.T) {
	got := make(chan *Call, 1)
	from, _ := pair(t, Options{}, Options{Incoming: answering(got)})
	out, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
	if err != nil {
		t.Fatal(err)
	}
	in := within(t, got, "the call")
	out.Hangup(CauseNormal)
	within(t, in.Done(), "BYE")
	if e := in.End(); e.By != "remote" || e.Cause != CauseNormal {
		t.Errorf("ended as %+v", e)
	}
}

func TestCallRefused(t *testing.T) {
	from, _ := pair(t, Options{}, Options{Incoming: func(ctx context.Context, c *Call) { c.Reject(486) }})
	_, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
	var st *StatusError
	if !errors.As(err, &st) || st.Code != 486 {
		t.Errorf("refused with %v", err)
	}
}

func TestCallNobodyDecides(t *testing.T) {
	from, _ := pair(t, Options{}, Options{Incoming: func(ctx context.Context, c *Call) {}})
	_, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
	var st *StatusError
	if !errors.As(err, &st) || st.Code != 480 {
		t.Errorf("refused with %v", err)
	}
}

func TestRingsNoLonger(t *testing.T) {
	t.Parallel()
	ended := make(chan *Call, 1)
	from, _ := pair(t, Options{}, Options{Incoming: func(ctx context.Context, c *Call) {
		c.Ring()
		<-ctx.Done()
		ended <- c
	}})
	_, err := from.Dial(t.Context(), "out", Request{To: "+4930222", Ring: 400 * time.Millisecond})
	if !errors.Is(err, ErrRinging) {
		t.Errorf("got %v", err)
	}
	c := within(t, ended, "CANCEL")
	within(t, c.Done(), "the end")
	if e := c.End(); e.By != "remote" || e.Code != 487 || e.Cause != CauseNoAnswer {
		t.Errorf("ended as %+v", e)
	}
	if c.Answer(t.Context()) == nil {
		t.Error("a cancelled call was answered")
	}
}

func TestDialRefuses(t *testing.T) {
	from, to := pair(t, Options{}, Options{Incoming: answering(nil)})
	for _, e := range []struct {
		trunk string
		q     Request
		want  error
	}{
		{"nowhere", Request{To: "+4930222"}, ErrTrunk},
		{"out", Request{To: "112"}, ErrEmergency},
		{"out", Request{To: "9-1-1"}, ErrEmergency},
		{"out", Request{To: "0110"}, ErrEmergency},
		{"out", Request{To: "+4930222\r\nX: y"}, ErrNumber},
		{"out", Request{To: "a@b"}, ErrNumber},
		{"out", Request{To: "+4930222", Headers: map[string]string{"From": "x"}}, ErrHeader},
		{"out", Request{To: "+4930222", Headers: map[string]string{"X-A": "x\r\nY: z"}}, ErrHeader},
		{"out", Request{To: "+4930222", Name: "a\"b"}, ErrHeader},
		{"", Request{User: "nobody"}, ErrUser},
	} {
		if _, err := from.Dial(t.Context(), e.trunk, e.q); !errors.Is(err, e.want) {
			t.Errorf("%+v: %v, not %v", e.q, err, e.want)
		}
	}
	if to.Stats().In != 0 || from.Stats().Emergency != 3 || from.Stats().Calls != 0 {
		t.Errorf("stats %+v", from.Stats())
	}
	if err := from.Block("out", true, false); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Dial(t.Context(), "out", Request{To: "+4930222"}); !errors.Is(err, ErrBlocked) {
		t.Errorf("a blocked trunk dialled: %v", err)
	}
	from.Block("out", false, false)
	if _, err := from.Dial(t.Context(), "out", Request{To: "+4930222"}); err != nil {
		t.Errorf("an unblocked trunk did not dial: %v", err)
	}
}

func TestEmergencyComesIn(t *testing.T) {
	s := start(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback}}, Incoming: answering(nil)})
	w := dialWire(t, s)
	w.send(strings.ReplaceAll(invite, "sip:+4930222@{you}", "sip:112@{you}"))
	if m := w.expect("SIP/2.0 404"); !strings.Contains(get(m, "Reason"), "cause=3") {
		t.Errorf("refused with %q", m)
	}
	if s.Stats().Emergency != 1 {
		t.Errorf("stats %+v", s.Stats())
	}
}

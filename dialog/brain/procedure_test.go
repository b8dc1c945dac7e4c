package brain_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/form"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/tool/tooltest"
)

const procedures = `
name: return_item
title: {en: a return, zh: 退货}
open: {en: "I can do that.", zh: "好的，我来办。"}
slots:
  - name: order
    type: digits
    min: 4
    max: 8
    labels: {en: [order number], zh: [订单号]}
    ask: {en: "What is the order number?", zh: "请问订单号是多少？"}
do:
  - read: find_order
    args: {number: "{order}"}
    missing: {en: "I find no such order.", zh: "没有找到这个订单。"}
    clear: [order]
    say: {en: "It is the {find_order.item}.", zh: "是{find_order.item}。"}
  - change: create_return
    args: {number: "{order}"}
    confirm: {en: "Shall I start the return of order {order}?", zh: "要为订单{order}办理退货吗？"}
    say: {en: "The return {create_return.id} is on its way.", zh: "退货单{create_return.id}已经建好。"}
---
name: callback
title: {en: a call back, zh: 回电}
slots:
  - name: phone
    type: phone
    ask: {en: "What is the best number to reach you?", zh: "请问您的电话是多少？"}
do:
  - say: {en: "A colleague will call you on {phone}.", zh: "同事会拨打{phone}联系您。"}
`

// book has the procedures, begun by a word.
type book map[string]*form.Form

func (b book) Form(name string) (*form.Form, bool) { f, ok := b[name]; return f, ok }

func (b book) Starts(text, _ string) string {
	if strings.Contains(text, "return my") || strings.Contains(text, "要退货") {
		return "return_item"
	}
	return ""
}

// company is a business system with its outbox.
type company struct {
	brain.Options
	box    *tool.Box
	outbox *tool.Outbox
	runs   int
	hold   chan struct{} // non-nil: a change waits for it
}

func systems(t *testing.T) *company {
	t.Helper()
	c := &company{}
	forms, err := form.Load([]byte(procedures))
	if err != nil {
		t.Fatal(err)
	}
	b := book{}
	for _, f := range forms {
		b[f.Name] = f
	}
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	box := tool.NewBox(tool.Options{})
	c.box = box
	schema := json.RawMessage(`{"type":"object","properties":{"number":{"type":"string"}},"required":["number"]}`)
	add := func(spec tool.Spec, f func(context.Context, tool.Call) (tool.Result, error)) {
		spec.Schema = schema
		if err := box.Add(&tooltest.Tool{S: spec, F: f}); err != nil {
			t.Fatal(err)
		}
	}
	add(tool.Spec{Name: "find_order", Effect: tool.Reads, Title: tool.Text{"en": "Orders"}}, func(_ context.Context, k tool.Call) (tool.Result, error) {
		if k.Args["number"] != "4815" && k.Args["number"] != "4817" {
			return tool.Result{Data: map[string]any{"found": false}}, nil
		}
		return tool.Result{Data: map[string]any{"item": "Brightwood Air"}}, nil
	})
	add(tool.Spec{Name: "create_return", Effect: tool.Changes, Idempotent: tool.ByKey, Title: tool.Text{"en": "Return"}}, func(_ context.Context, k tool.Call) (tool.Result, error) {
		if c.hold != nil {
			<-c.hold
		}
		c.runs++
		return tool.Result{Data: map[string]any{"id": "R7"}}, nil
	})
	c.outbox = tool.NewOutbox(tool.OutboxOptions{Box: box, Journal: s, Alone: true})
	if err := c.outbox.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.outbox.Close(context.Background())
		_ = box.Close()
		_ = s.Close()
	})
	c.Options = brain.Options{Forms: b, Tools: box, Outbox: c.outbox}
	return c
}

func TestAProcedureIsCarriedOut(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	for _, x := range []struct{ say, want string }{
		{"I want to return my headphones", "What is the order number?"},
		{"how long does a refund take?", "5 working days"}, // an aside, and the question stands again
		{"4816", "no such order"},
		{"sorry, 4815", "Shall I start the return of order 4815?"},
	} {
		s := k.say(x.say)
		if !strings.Contains(s, x.want) || c.runs != 0 {
			t.Errorf("%q: %q, %d runs", x.say, s, c.runs)
		}
	}
	if s := k.say("yes"); !strings.Contains(s, "R7 is on its way") || c.runs != 1 || len(k.told) != 1 {
		t.Errorf("%q, %d runs, told %v", s, c.runs, k.told)
	}
	if k.say("yes"); c.runs != 1 {
		t.Error("run twice")
	}
	k.say("let me talk to a person")
	p := k.packet()
	if len(p.Slots) != 1 || p.Slots[0].Value != "4815" || p.Intent != "return_item" || len(p.Actions) != 1 || p.Actions[0].State != "done" {
		t.Errorf("%+v", p)
	}
	if s := k.say("020 7946 0123"); !strings.Contains(s, "A colleague will call you") {
		t.Errorf("%q", s)
	}
}

func TestAnAsideIsAnsweredAndTheQuestionStandsAgain(t *testing.T) {
	k := begin(t, "zh-CN", systems(t).Options)
	k.say("我要退货")
	if s := k.say("退款多久到账？"); !strings.Contains(s, "5个工作日") || !strings.HasSuffix(s, "请问订单号是多少？") {
		t.Errorf("%q", s)
	}
}

func TestNothingIsChangedInADraft(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	q := dialog.Context{Conversation: "c", Via: dialog.ViaVoice, Language: "en", History: k.history, Question: []dialog.Turn{{From: dialog.Customer, Text: "yes"}}, Known: k.known, Draft: true}
	var last error
	for d, err := range k.b.Answer(q)(context.Background()) {
		if d.Text != "" {
			t.Errorf("said %q", d.Text)
		}
		last = err
	}
	if !errors.Is(last, dialog.ErrNoDraft) || c.runs != 0 {
		t.Errorf("%v, %d runs", last, c.runs)
	}
}

func TestAnInterruptedChangeIsToldLater(t *testing.T) {
	c := systems(t)
	c.hold = make(chan struct{})
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	ctx, cancel := context.WithCancel(context.Background())
	q := dialog.Context{Conversation: "c", Via: dialog.ViaVoice, Language: "en", History: k.history, Question: []dialog.Turn{{From: dialog.Customer, Text: "yes"}}, Known: k.known}
	time.AfterFunc(50*time.Millisecond, cancel) // the customer speaks up
	for range k.b.Answer(q)(ctx) {
	}
	close(c.hold)
	// The reply was dropped, and its memory with it; the customer says yes again.
	if s := k.say("yes!"); !strings.Contains(s, "R7 is on its way") || c.runs != 1 || len(k.told) == 0 {
		t.Errorf("%q, %d runs", s, c.runs)
	}
	if s := k.say("thanks"); strings.Contains(s, "R7") {
		t.Errorf("told twice: %q", s)
	}
}

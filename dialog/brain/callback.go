package brain

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/form"
)

// Kinds of actions: CallBack has the customer called at Args "phone" when it is their turn,
// CallOff takes that back.
const (
	CallBack = "callback"
	CallOff  = "callback_off"
)

// callMe are words that ask to be called.
var callMe = regexp.MustCompile(`(?i)\b(?:(?:call|ring|phone) me(?: back)?|call ?backs?|give me a (?:call|ring))\b|回(?:个)?(?:电|拨)|(?:打|致电)(?:个)?(?:电话)?给我|给我(?:打|来|回)(?:个)?(?:电话|过来)`)

// offersCall are the sentences in which a callback is offered.
var offersCall = regexp.MustCompile(`say “call me back”|take down a call back or a message for them|说“给我回电”|为您登记回电或留言`)

// endsInCall are the words with which a procedure gives up while nobody is there: a yes is to
// them, though the procedure would still take an answer.
var endsInCall = regexp.MustCompile(`Just say so if they are to call you back\.$|需要回电的话请告诉我。$`)

// noCall takes such words back: "don't call me".
var noCall = regexp.MustCompile(`(?i)\b(?:don['’]?t|do not|no need to|never|stop) (?:call|ring|phone)|(?:别|不要|不用|无需)(?:再)?(?:给我)?(?:打|回)`)

// wantsCall reports whether a customer who waits for a person would rather be called.
func (t *turn) wantsCall() bool {
	if t.m.o.Callable == nil || t.open() || !t.m.o.coming(t.c) || utf8.RuneCountInString(t.text) > mostWords*2 || noCall.MatchString(t.text) {
		return false
	}
	return callMe.MatchString(t.text) || t.agrees() && offersCall.MatchString(t.lastSaid())
}

// takesCall reports whether a customer for whom nobody could come takes the offer of a callback
// with a yes.
func (t *turn) takesCall() bool {
	if !t.agrees() || t.m.o.Forms == nil || !t.knows(callback) {
		return false
	}
	last := strings.TrimSpace(t.lastSaid())
	return endsInCall.MatchString(last) || !t.open() && offersCall.MatchString(last)
}

// lastSaid is what the bot said last.
func (t *turn) lastSaid() string {
	for i := len(t.c.History) - 1; i >= 0; i-- {
		if t.c.History[i].From == dialog.Bot {
			return t.c.History[i].Text
		}
	}
	return ""
}

// callsBack lets the customer wait elsewhere: at the number that calls, or at one that is
// asked for.
func (t *turn) callsBack(ctx context.Context) error {
	if t.c.Draft {
		return dialog.ErrNoDraft
	}
	if n := t.ownNumber(); n != "" {
		t.willCall(n, "")
		end := n[max(0, len(n)-4):]
		t.say("All right, your place in line is kept. I call you at the number that you are calling from, ending in "+oneByOne(end)+", when it is your turn. You can hang up now, or ask me anything else.",
			"好的，已为您保留排队位置，轮到您时我会拨打您现在的来电号码，尾号"+oneByOne(end)+"。您可以先挂断，也可以继续问我。")
		return nil
	}
	if t.m.o.Forms != nil {
		if f, ok := t.m.o.Forms.Form(callback); ok {
			return t.begin(ctx, f, t.opens(f))
		}
	}
	return t.matter(ctx)
}

// AsksNumber reports whether the company has a procedure that takes down whom to call back.
func (m *Manager) AsksNumber() bool {
	if m.o.Forms == nil {
		return false
	}
	_, ok := m.o.Forms.Form(callback)
	return ok
}

// ownNumber is the number that calls, where it may be called back.
func (t *turn) ownNumber() string {
	if t.c.Caller != "" && t.m.o.Callable != nil && t.m.o.Callable(t.c.Caller) {
		return t.c.Caller
	}
	return ""
}

// oneByOne has digits spoken so.
func oneByOne(digits string) string { return strings.Join(strings.Split(digits, ""), " ") }

// willCall has the customer called.
func (t *turn) willCall(number, when string) {
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: CallBack, Reason: "customer", Args: map[string]any{"phone": number, "when": when, "language": t.c.Language}}})
}

// calledBack has the customer called whom a finished procedure has taken down.
func (t *turn) calledBack(s form.State) {
	known := s.Known()
	n := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '+' {
			return r
		}
		return -1
	}, known["phone"].Value)
	if s.Form != callback || n == "" || t.m.o.Callable == nil || !t.m.o.Callable(n) {
		return
	}
	t.willCall(n, known["when"].Value)
	t.say("You are called at that number as soon as a colleague is free.", "有同事空闲时，我们会拨打这个号码。")
}

// numberKnown is what a procedure that takes down whom to call knows of a caller.
func (t *turn) numberKnown(f *form.Form, known map[string]form.Value) map[string]form.Value {
	n := t.ownNumber()
	if f.Name != callback || n == "" {
		return known
	}
	out := map[string]form.Value{"phone": {Value: n, Text: n, Confidence: 1, From: "caller", Sure: true}}
	for k, v := range known {
		out[k] = v
	}
	return out
}

// asksToConnect is the question with which the floor begins such a call.
var asksToConnect = regexp.MustCompile(`Shall I connect you|为您接通吗`)

// itIsMe are the words of somebody who was called and asked for.
var itIsMe = regexp.MustCompile(`(?i)^(?:(?:yes|yeah|hello|hi),? )?(?:it is me|it's me|this is (?:he|she|me)|speaking|that(?: i|')s (?:me|right)|connect me|put me through)[.! ]*$|^(?:喂，?)?(?:我是|是我|我就是|对，?是我|接通吧|转吧|请接通)[。！ ]*$`)

// noMore are the words of somebody who was called and needs nobody any more.
var noMore = regexp.MustCompile(`(?i)^(?:no|nope|no,? thank(?:s| you)|not (?:now|any ?more)|i don'?t need (?:it|that|anyone)(?: any ?more)?|it(?: is|'s) (?:solved|settled|done)|never ?mind)[.! ]*$|^(?:不用了?|不需要了?|不要|算了|已经(?:解决|好)了|没事了)[。！，谢 ]*$`)

// calledUp takes the answer of a customer whom we have called back: whether a person, who is
// free by now, is to take over. It comes first, and takes nothing but such answers: of a lone
// "speaking" a learnt ear makes anything.
func (t *turn) calledUp(ctx context.Context) (bool, error) {
	if t.c.Out == nil || !t.c.Out.Person || t.open() || t.m.o.coming(t.c) {
		return false, nil
	}
	text, asked := strings.TrimSpace(t.text), asksToConnect.MatchString(t.lastSaid())
	switch {
	case asked && noMore.MatchString(text):
		if t.c.Draft {
			return true, dialog.ErrNoDraft
		}
		t.emit(dialog.Delta{Action: &dialog.Action{Kind: CallOff, Reason: "customer"}})
		t.say("All right, then nobody calls you about it any more. Is there anything that I can do for you?", "好的，这次回电就取消了。请问还有什么我可以帮您？")
		return true, nil
	case asked && t.agrees(), itIsMe.MatchString(text):
		return true, t.person(ctx, "callback")
	}
	return false, nil
}

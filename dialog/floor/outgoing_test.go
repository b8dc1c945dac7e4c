package floor

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

// outgoingCall is a call that we made, answered a moment ago.
func outgoingCall(t *testing.T, c Config, o dialog.Out) *outTest {
	x := &outTest{t: t}
	c.Company = "Brightwood"
	x.s = New(c, "t_", "en")
	x.step(dialog.Opened{Via: dialog.ViaVoice, Call: "c", Language: "en", Phone: true, Caller: "+12125550123", Out: &o})
	return x
}

type outTest struct {
	t   *testing.T
	s   State
	now time.Duration
	out []Effect
}

func (x *outTest) step(e dialog.Event) {
	s, out := Step(x.s, e, x.now)
	x.s, x.out = s, append(x.out, out...)
}

// pass lets time pass, with deadlines; whatever is said is heard at once.
func (x *outTest) pass(d time.Duration) {
	end := x.now + d
	for {
		for x.s.Reply.ID != "" {
			id, text := x.s.Reply.ID, x.s.Reply.Text
			x.step(dialog.Audible{Reply: id})
			x.step(dialog.Delivered{Reply: id, Turn: dialog.Turn{Text: text}})
		}
		at, ok := x.s.Wake()
		if !ok || at > end {
			break
		}
		x.now = at
		x.step(dialog.Deadline{})
	}
	x.now = end
}

func (x *outTest) said() string {
	var all []string
	for _, e := range x.out {
		if s, ok := e.(Say); ok {
			all = append(all, s.Text)
		}
	}
	return strings.Join(all, " | ")
}

func (x *outTest) hungUp() string {
	for _, e := range x.out {
		if h, ok := e.(Hangup); ok {
			return h.Reason
		}
	}
	return ""
}

func (x *outTest) hears(text string, after time.Duration) {
	x.step(dialog.Onset{Measured: true})
	x.pass(after)
	x.step(dialog.Offset{})
	x.pass(300 * time.Millisecond)
	x.step(dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: text}})
}

var order = dialog.Out{Purpose: "your order 4815"}

func TestWhoAnswersSaysHelloFirst(t *testing.T) {
	x := outgoingCall(t, Config{}, order)
	x.pass(time.Second)
	if x.said() != "" {
		t.Fatal("it speaks before who answered: ", x.said())
	}
	x.hears("hello", 700*time.Millisecond)
	x.pass(time.Second)
	if s := x.said(); !strings.Contains(s, "an AI assistant for Brightwood. I am calling about your order 4815.") || x.s.Question != nil {
		t.Errorf("%q, to be answered: %v", s, x.s.Question)
	}
	x.hears("when does it come", time.Second)
	if !x.s.Reply.Answer {
		t.Error("what is asked after it is not answered")
	}
}

// The recogniser takes its time: the hello that was answered is no question.
func TestAHelloThatComesLateIsNoQuestion(t *testing.T) {
	x := outgoingCall(t, Config{}, order)
	x.step(dialog.Onset{Measured: true})
	x.pass(time.Second)
	x.step(dialog.Offset{})
	x.pass(650 * time.Millisecond)
	if x.said() == "" {
		t.Fatal("it waits for the words of the hello")
	}
	x.step(dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "hello who is there"}})
	if x.s.Question != nil || x.s.Reply.Answer {
		t.Error("it is answered")
	}
	x.pass(time.Second)
	x.hears("when does it come", time.Second)
	if !x.s.Reply.Answer {
		t.Error("nor is what comes after it")
	}
}

func TestWhoSaysNothingIsGreeted(t *testing.T) {
	x := outgoingCall(t, Config{}, dialog.Out{Purpose: "Your parcel is at the door.", Callback: true})
	x.pass(3 * time.Second)
	if s := x.said(); !strings.Contains(s, "I am calling you back, as you asked. Your parcel is at the door. |") {
		t.Error(s)
	}
}

func TestWhoIsCalledBackIsAskedWhetherAPersonMayCome(t *testing.T) {
	x := outgoingCall(t, Config{}, dialog.Out{Callback: true, Person: true})
	x.pass(3 * time.Second)
	if s := x.said(); !strings.Contains(s, "I am calling you back, as you asked. |") || !strings.Contains(s, "Shall I connect you?") {
		t.Error(s)
	}
}

func TestAMachineGetsAMessage(t *testing.T) {
	for name, meets := range map[string]func(x *outTest){
		"it speaks on": func(x *outTest) {
			x.step(dialog.Onset{Measured: true})
			x.pass(5 * time.Second)
			x.step(dialog.Machine{})
			x.pass(4 * time.Second)
			x.step(dialog.Offset{})
		},
		"its words": func(x *outTest) { x.hears("please leave a message after the tone", 2*time.Second) },
		"its words, and it was taken for a person": func(x *outTest) {
			x.hears("hello", time.Second)
			x.pass(time.Second)
			x.hears("you have reached the voicemail of john", 2*time.Second)
		},
	} {
		x := outgoingCall(t, Config{Record: true, RecordNotice: true}, order)
		meets(x)
		before := len(x.said())
		x.pass(500 * time.Millisecond)
		x.step(dialog.Machine{Tone: true})
		x.pass(time.Second)
		if s := x.said()[before:]; !strings.Contains(s, "I am calling about your order 4815. Please call us back at the number that you see. Goodbye.") || x.hungUp() != "voicemail" || x.s.Reply.Answer {
			t.Errorf("%s: %q, %q", name, s, x.hungUp())
		}
	}
}

func TestAMachineWithoutAToneGetsItToo(t *testing.T) {
	x := outgoingCall(t, Config{}, order)
	x.hears("please leave a message", 2*time.Second)
	x.step(dialog.Onset{Measured: true})
	x.pass(time.Second)
	if x.said() != "" {
		t.Fatal("it speaks into the machine's words")
	}
	x.step(dialog.Offset{})
	x.pass(4 * time.Second)
	if x.hungUp() != "voicemail" || !strings.Contains(x.said(), "Goodbye") {
		t.Errorf("%q %q", x.said(), x.hungUp())
	}
}

func TestAMachineIsHungUpOnWhereThatIsWanted(t *testing.T) {
	x := outgoingCall(t, Config{NoMessage: true}, order)
	x.hears("please leave a message", 2*time.Second)
	x.pass(time.Second)
	if x.said() != "" || x.hungUp() != "voicemail" {
		t.Errorf("%q %q", x.said(), x.hungUp())
	}
}

func TestAMachineIsToldOnce(t *testing.T) {
	x := outgoingCall(t, Config{}, dialog.Out{Callback: true, Person: true, Informed: true})
	x.hears("please leave a message", 2*time.Second)
	x.pass(time.Second)
	if x.said() != "" || x.hungUp() != "voicemail" {
		t.Errorf("%q %q", x.said(), x.hungUp())
	}
}

// A person who tells a long story is no machine, and a beep in a talk is none.
func TestAPersonIsNoMachine(t *testing.T) {
	x := outgoingCall(t, Config{}, order)
	x.hears("hello", time.Second)
	x.pass(5 * time.Second)
	x.step(dialog.Onset{Measured: true})
	x.pass(5 * time.Second)
	x.step(dialog.Machine{})
	x.step(dialog.Partial{Text: "well I had a long"})
	x.step(dialog.Machine{Tone: true})
	x.pass(time.Second)
	if x.hungUp() != "" || x.s.Outgoing != greeted {
		t.Error("it was taken for a machine")
	}
}

func TestWhoDoesNotWantToBeCalledIsNot(t *testing.T) {
	x := outgoingCall(t, Config{}, order)
	x.hears("hello", time.Second)
	x.pass(5 * time.Second)
	x.hears("please do not call me again", time.Second)
	x.pass(time.Second)
	if x.hungUp() != "do_not_call" || !strings.Contains(x.said(), "We will not call this number again") {
		t.Errorf("%q %q", x.said(), x.hungUp())
	}
	in := New(Config{}, "t_", "en")
	in, _ = Step(in, dialog.Opened{Via: dialog.ViaVoice, Call: "c", Language: "en", Phone: true}, 0)
	if in.command("do not call me again") != none {
		t.Error("who calls us is hung up on")
	}
}

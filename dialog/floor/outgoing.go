package floor

import (
	"strings"
	"time"
	"unicode"

	"parley/dialog"
)

// outgoing is how far a call that we made is.
type outgoing uint8

const (
	incoming  outgoing = iota // it is none
	answered                  // who answered is listened to first
	greeted                   // a person, as far as we know
	recording                 // a machine, whose tone is awaited
	told                      // a machine, which gets its message
)

// Times of a call that we made.
const (
	speaksUp    = 2500 * time.Millisecond // without a word from who answered, we begin
	hello       = 600 * time.Millisecond  // of silence after the first words, until we begin
	toneWait    = 25 * time.Second        // for a machine's tone
	afterNotice = 2500 * time.Millisecond // of silence after a machine's words, which had no tone
	machineTime = 45 * time.Second        // after the answer it is a machine no more
)

// listens lets who has answered say hello first.
func (t *step) listens() {
	t.Outgoing, t.Resumed, t.Hello = answered, false, false
	t.Began = t.now
	t.At.Greet = t.now + speaksUp
}

// unmet reports whether who answered our call has not been greeted, is a machine, or is still
// to be heard with the words that came before our greeting.
func (t *step) unmet() bool {
	return t.Outgoing == answered || t.Outgoing == recording || t.Outgoing == told || t.Hello
}

// picksUp follows the voice of who answered.
func (t *step) picksUp(speaks bool) {
	switch {
	case t.Outgoing == answered && speaks:
		t.Hello = true
		t.At.Greet = t.now + machineTime // somebody who speaks on and on is told by the ear
	case t.Outgoing == answered:
		t.At.Greet = t.now + hello
	case t.Outgoing == recording && speaks:
		t.At.Greet = t.now + toneWait
	case t.Outgoing == recording:
		t.At.Greet = t.now + afterNotice
	}
}

// metBy takes the first words of who answered.
func (t *step) metBy() {
	t.Question, t.Hello = nil, false
	if t.Outgoing == answered {
		t.At.Greet = 0
		t.greets()
	}
}

// greets begins to speak: to a person, or after a machine's words.
func (t *step) greets() {
	switch t.Outgoing {
	case answered:
		t.Outgoing = greeted
		t.greet()
	case recording:
		t.leaveMessage()
	}
}

// machine takes what the ear has found.
func (t *step) machine(e dialog.Machine) {
	if t.Outgoing != answered && t.Outgoing != greeted && t.Outgoing != recording || t.byAgent() || t.now-t.Began > machineTime {
		return
	}
	if e.Tone {
		if t.Outgoing == greeted && t.Spoke { // somebody pressed a key, or a phone beeped in a talk
			return
		}
		if t.toMachine() {
			t.leaveMessage()
		}
		return
	}
	if t.Outgoing == greeted && !e.Words && !t.noticing() { // whom we have greeted may tell a long story
		return
	}
	if t.Outgoing != recording && t.toMachine() {
		t.At.Greet = t.now + toneWait
	}
}

// toMachine ends what was said to a person, and reports whether there is a message to leave.
func (t *step) toMachine() bool {
	t.Outgoing = recording
	t.Taping = settled // nobody is there who could decline
	t.Queue, t.Question = nil, nil
	t.dropDraft()
	t.cancel(dialog.ErrSuperseded)
	t.At.Greet, t.At.Still = 0, 0
	if t.Config.NoMessage || t.Out != nil && t.Out.Informed {
		t.Outgoing, t.End = told, "voicemail"
		return false
	}
	return true
}

func (t *step) leaveMessage() {
	t.Outgoing, t.End = told, "voicemail"
	t.say(t.message(), true)
}

// message is what a machine gets.
func (t *step) message() string {
	s := t.calls(t.introduction())
	if t.Caller != "" {
		s += t.pick(" Please call us back at the number that you see.", "请回拨来电显示的号码。")
	}
	return s + t.pick(" Goodbye.", "再见。")
}

// calls says why we call.
func (t *step) calls(intro string) string {
	purpose := strings.TrimSpace(t.Out.Purpose)
	switch {
	case t.Out.Callback:
		intro += t.pick(" I am calling you back, as you asked.", "您之前要求我们给您回电。")
	case purpose == "":
		return intro
	}
	switch {
	case purpose == "":
	case sentence(purpose):
		intro += t.pick(" ", "") + purpose
	case t.Out.Callback:
		intro += t.pick(" It is about "+purpose+".", "是关于"+purpose+"的。")
	default:
		intro += t.pick(" I am calling about "+purpose+".", "这次来电是关于"+purpose+"的。")
	}
	return intro
}

// asks is what who answered our call is asked.
func (t *step) asks() string {
	if t.Out.Person {
		return t.pick("A colleague is free for you now. Shall I connect you?", "现在有同事可以接待您，需要为您接通吗？")
	}
	return t.pick("What would you like to know about it?", "请问您想了解哪方面的情况？")
}

func sentence(s string) bool {
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？")
}

// machines are what they say, and people who answer do not.
var machines = []string{"leave a message", "leave your message", "leave me a message", "after the tone", "after the beep", "at the tone", "voicemail", "voice mail", "mailbox", "not available to take",
	"cannot take your call", "can't take your call", "unable to take your call", "you have reached the", "record your message",
	"请留言", "留言", "嘀声", "滴声", "提示音", "语音信箱", "暂时无法接听", "无法接通", "已关机", "请稍后再拨", "不在服务区"}

// hearsMachine looks for a machine in what was heard.
func (t *step) hearsMachine(text string) {
	if t.Out == nil || t.Outgoing != answered && t.Outgoing != greeted || t.now-t.Began > machineTime {
		return
	}
	p := strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
	for _, m := range machines {
		if contains(p, m) {
			t.machine(dialog.Machine{Words: true})
			return
		}
	}
}

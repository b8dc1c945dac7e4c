package floor

import (
	"fmt"
	"time"

	"parley/dialog"
)

// due does what the time has come for.
func (t *step) due() {
	past := func(d *time.Duration) bool {
		if *d == 0 || *d > t.now {
			return false
		}
		*d = 0
		return true
	}
	if past(&t.At.Stir) && !t.Talking && !t.Hushed { // it was nothing
		t.unduck()
	}
	if past(&t.At.Hush) && t.Talking && t.speaking() && !t.Hushed {
		t.hush()
	}
	if past(&t.At.Yield) && t.Talking {
		t.interrupt()
	}
	if past(&t.At.Resume) && (!t.Talking || t.Measured) {
		t.Bored = t.Talking
		t.resume()
	}
	if past(&t.At.Finish) {
		t.unfinished()
	}
	if past(&t.At.Fill) && t.Reply.Answer && !t.Reply.Audible && !t.Reply.Cancelled {
		t.fill()
	}
	if past(&t.At.Stall) && t.Reply.ID != "" && (!t.Reply.Audible || t.Reply.Filler != "" && !t.Reply.Begun) {
		t.cancel(dialog.ErrDeadline)
	}
	if past(&t.At.Words) { // a recogniser that says no more
		t.Words = ""
	}
	if past(&t.At.Keys) {
		t.keyed()
	}
	if past(&t.At.Greet) {
		t.greets()
	}
	if past(&t.At.Still) && !t.Talking && t.Voice && !t.byAgent() {
		t.stillThere()
	}
}

func (t *step) stillThere() {
	if t.rating() { // who says nothing to it has said good-bye
		t.thank()
		return
	}
	t.Asked++
	switch {
	case t.Relayed: // who types needs minutes, and is never hung up on
		t.say(t.pick("I am still here. Take all the time you need.", "我还在，您慢慢来，不着急。"), false)
		t.At.Still = t.now + t.Config.Hold
	case t.Asked <= t.asksStill():
		t.say(t.pick("Are you still there?", "您还在吗？"), false)
		t.At.Still = t.now + (t.Config.Gone+3*time.Second)<<(t.Asked-1)
	default:
		t.End = "silence"
		t.say(t.pick("I cannot hear anybody, so I will hang up now. Please call again any time. Goodbye.", "没有听到您的声音，我先挂断了，欢迎您随时再来电，再见。"), false)
	}
}

// ending tells that a call has become too long.
func (t *step) ending(in time.Duration) string {
	n := max(1, int((in+30*time.Second)/time.Minute))
	if n == 1 {
		return t.pick("This call has become very long, and ends in one minute. You are welcome to call again.", "本次通话时间已较长，将在一分钟后结束，欢迎您再次来电。")
	}
	return t.pick(fmt.Sprintf("This call has become very long, and ends in %d minutes. You are welcome to call again.", n), fmt.Sprintf("本次通话时间已较长，将在%d分钟后结束，欢迎您再次来电。", n))
}

// asksStill is how often it is asked whether somebody is there, with longer and longer pauses,
// until the call ends. By phone a relay service may be at work that has not said so.
func (t *step) asksStill() int {
	if t.Phone {
		return 3
	}
	return 1
}

// relays are words by which who speaks for a customer makes that known.
var relays = []string{"relay service", "relay operator", "relay call", "relay assistant", "relay agent", "text relay", "video relay", "communication assistant", "communications assistant",
	"speech to speech", "sign language interpreter", "i am interpreting", "i'm interpreting", "i am an interpreter", "i'm an interpreter", "interpreting for",
	"手语翻译", "文字转接", "语音转接员", "中继服务", "转译员", "我是翻译", "帮他翻译", "帮她翻译", "代听障", "替听障"}

// relayed notes who speaks for the customer.
func (t *step) relayed(text string) {
	if t.Relayed {
		return
	}
	p := plain(text)
	for _, w := range relays {
		if contains(p, w) {
			t.Relayed = true
			return
		}
	}
}

// goOn starts what comes next when nothing is being delivered.
func (t *step) goOn() {
	if t.Reply.ID != "" {
		return
	}
	if len(t.Queue) > 0 {
		if t.Talking && !t.Queue[0].Mandatory && t.End == "" {
			return // the customer has the floor
		}
		s := t.Queue[0]
		t.Queue = t.Queue[1:]
		s.ID = t.next()
		t.Reply = Current{ID: s.ID, Mandatory: s.Mandatory, Text: s.Text}
		t.At.Stall = t.now + t.Config.Stall
		t.do(s)
		return
	}
	if t.End != "" {
		if t.End == "silence" && (t.Talking || t.Words != "") {
			return // somebody is there after all
		}
		if t.Voice {
			t.do(Hangup{t.End})
		}
		t.End = ""
		return
	}
	if len(t.Question) == 0 {
		t.tell()
		return
	}
	if t.Voice && t.Words != "" && t.spokenLast() {
		return // the customer goes on
	}
	t.News, t.Resumed = false, false // the brain tells it first, and what is open goes on with the answer
	a := Answer{ID: t.next(), Question: t.Question, Language: t.Language, Adopt: t.DraftOf != "" && t.DraftOf == joined(t.Question)}
	if !a.Adopt {
		t.dropDraft()
	}
	t.DraftOf = ""
	t.Reply = Current{ID: a.ID, Answer: true}
	t.At.Still = 0
	t.At.Stall = t.now + t.Config.Stall
	if t.Voice && t.Config.Filler > 0 {
		t.At.Fill = t.now + t.Config.Filler
	}
	t.do(a)
}

// tell lets the brain say what has settled and take up what is open, once the customer is
// silent, and has said whether the call is recorded.
func (t *step) tell() {
	if t.byAgent() || t.unmet() || !t.News && !t.Resumed || t.Voice && (t.Talking || t.Words != "" || t.Keys != "" || t.DraftOf != "" || t.Taping == asked) {
		return
	}
	resumed := t.Resumed
	t.News, t.Resumed = false, false
	t.Reply = Current{ID: t.next(), Answer: true, News: true, Resumed: resumed}
	t.At.Still = 0
	t.At.Stall = t.now + t.Config.Stall
	t.do(Answer{ID: t.Reply.ID, Language: t.Language, Resumed: resumed})
}

func (t *step) spokenLast() bool {
	return t.Question[len(t.Question)-1].Via == dialog.ViaVoice
}

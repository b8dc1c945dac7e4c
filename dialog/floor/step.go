package floor

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/dialog"
)

// step is one Step in the making.
type step struct {
	State
	now time.Duration
	out []Effect
}

// Step takes an event at a time that never goes back, and gives the state after
// it and what is to be done, in order.
func Step(s State, e dialog.Event, now time.Duration) (State, []Effect) {
	t := &step{State: s, now: now}
	switch e := e.(type) {
	case dialog.Opened:
		t.opened(e)
	case dialog.Onset:
		t.onset(e)
	case dialog.Stir:
		t.stir()
	case dialog.Lasting:
		t.lasting(e)
	case dialog.Offset:
		t.offset()
	case dialog.Partial:
		t.partial(e)
	case dialog.Tentative:
		t.tentative(e.Turn)
	case dialog.Said:
		t.said(e)
	case dialog.Key:
		t.key(e.Digit)
	case dialog.Begun:
		t.begun(e.Reply)
	case dialog.Audible:
		t.audible(e)
	case dialog.Delivered:
		t.delivered(e)
	case dialog.Failed:
		t.failed(e)
	case dialog.Unheard:
		t.unheard()
	case dialog.Left:
		t.left(e)
	case dialog.Settled:
		t.News = true
	case dialog.Held:
		t.held(e)
	case dialog.Typing:
		t.typing()
	case dialog.Machine:
		t.machine(e)
	case dialog.Ending:
		t.say(t.ending(e.In), false)
	case dialog.Muted:
		t.muted(e.On)
	case dialog.Close:
		t.cancel(dialog.ErrClosing)
		t.Queue, t.Question, t.End, t.News, t.Resumed = nil, nil, "", false, false
		if t.Voice {
			t.do(Hangup{e.Reason})
		}
	}
	t.due()
	t.goOn()
	return t.State, t.out
}

func (t *step) do(e Effect) { t.out = append(t.out, e) }

func (t *step) opened(e dialog.Opened) {
	if e.Language != "" && (!t.Greeted && !t.Met || e.Via == dialog.ViaVoice && (!t.Met || t.Language == "")) {
		t.Language = e.Language
	}
	if e.Via == dialog.ViaChat {
		t.Chat = true
		return
	}
	t.Voice, t.Call, t.End = true, e.Call, ""
	t.Out, t.Outgoing = e.Out, incoming
	t.Phone, t.Caller, t.Midway, t.Resumed = e.Phone, e.Caller, t.Met, t.Met
	t.Muted, t.Spoke, t.Writes, t.Relayed, t.Answered, t.Rating = false, false, false, false, false, unrated
	t.Rate, t.Gain, t.Missed, t.Asked, t.Failures, t.Deaf, t.Taping = 1, 1, 0, 0, 0, false, untaped
	t.Talking, t.Ducked, t.Hushed, t.Words, t.Keys, t.Expecting = false, false, false, "", "", dialog.ExpectAnything
	t.At = deadlines{}
	t.cancel(dialog.ErrSuperseded) // what was being written is said instead
	t.Greeted = true
	if t.Out != nil {
		t.listens()
		return
	}
	t.greet()
}

func (t *step) greet() {
	for _, s := range t.greeting() {
		t.say(s.Text, s.Mandatory)
	}
}

// say puts a sentence of the floor's own behind what is to be said.
func (t *step) say(text string, mandatory bool) {
	t.Queue = append(slices.Clip(t.Queue), Say{Text: text, Language: t.Language, Mandatory: mandatory})
}

// speaking reports whether the customer hears the bot right now, or would.
func (t *step) speaking() bool { return t.Reply.ID != "" && t.Reply.Audible && !t.Reply.Cancelled }

func (t *step) onset(e dialog.Onset) {
	if e.Echo {
		return
	}
	t.picksUp(true)
	if t.Deaf { // nobody makes words of it: the customer types, and is there
		if t.Asked = 0; t.End == "silence" {
			t.interrupt()
		}
		if t.At.Still > 0 {
			t.At.Still = 0
			t.rest()
		}
		return
	}
	if !t.Hushed || !t.Measured { // what goes on within the pause is one sound
		t.Sound = dialog.Lasting{}
	}
	t.Bored = false
	t.Talking, t.Asked, t.Measured = true, 0, e.Measured
	t.At.Still, t.At.Resume = 0, 0
	if t.Hushed && t.Measured {
		t.At.Resume = t.now + patience
	}
	if t.Reply.ID == "" || t.Reply.Cancelled || t.Reply.Mandatory {
		return
	}
	t.At.Stir, t.Stirred = 0, 0
	t.duck()
	switch {
	case t.Hushed:
	case t.speaking() && t.early(): // the customer goes on, and the bot has hardly begun
		t.Reply.Early = true
		t.hush()
	case !e.Measured:
		t.At.Hush = t.now + t.Config.Hush
	}
	if !e.Measured {
		t.At.Yield = t.now + t.Config.Yield
	}
}

// early reports whether the answer came so soon after the customer's turn that
// speech now belongs to that turn.
func (t *step) early() bool {
	return t.Reply.Answer && !t.Reply.News && t.Ended > 0 && t.now-t.Ended <= t.Config.Rejoin
}

func (t *step) offset() {
	t.picksUp(false)
	t.Talking = false
	t.At.Hush, t.At.Yield = 0, 0
	switch {
	case t.Hushed:
		t.At.Resume = t.now + t.Config.Linger
	case t.Ducked:
		t.unduck()
	}
}

// resume lets the bot go on when what interrupted it was nothing.
func (t *step) resume() {
	t.At.Hush, t.At.Yield, t.At.Resume = 0, 0, 0
	t.Reply.Early = false
	if t.Hushed {
		t.Hushed = false
		t.do(Resume{})
	}
	t.unduck()
}

func (t *step) partial(e dialog.Partial) {
	if e.Echo || e.Text == "" {
		return
	}
	t.hearsMachine(e.Text)
	t.Words, t.Deaf = e.Text, false
	t.Spoke, t.Writes = true, false
	t.At.Words = t.now + t.Config.Words
	t.do(Hear{e.Text})
	if t.Reply.ID == "" || t.Reply.Cancelled || t.Reply.Mandatory {
		return
	}
	if t.convincing(e.Text) {
		t.interrupt()
	}
}

// interrupt gives the floor to the customer: while thinking, the question goes on.
func (t *step) interrupt() {
	if t.End == "silence" { // somebody is there after all
		t.End, t.Asked = "", 0
	}
	switch {
	case t.Reply.Mandatory: // is said to its end; what the customer says is answered then
	case t.Reply.Answer && !t.Reply.News && (!t.Reply.Audible || t.Reply.Early):
		t.cancel(dialog.ErrRejoined)
	default:
		t.cancel(dialog.ErrYield)
	}
	t.Queue = slices.DeleteFunc(slices.Clone(t.Queue), func(s Say) bool { return !s.Mandatory })
}

func (t *step) cancel(cause error) {
	t.At.Hush, t.At.Yield, t.At.Resume, t.At.Finish, t.At.Fill, t.At.Stall = 0, 0, 0, 0, 0, 0
	if t.Reply.ID != "" && !t.Reply.Cancelled {
		t.Reply.Cancelled = true
		t.do(Cancel{cause})
	}
	t.Hushed = false
	t.unduck()
}

func (t *step) tentative(turn dialog.Turn) {
	if t.byAgent() || t.unmet() || !t.Config.Drafts || turn.Text == "" || t.Reply.ID != "" && !t.Reply.Cancelled || t.command(turn.Text) != none {
		return
	}
	q := append(slices.Clip(t.Question), turn)
	key := joined(q)
	if key == t.DraftOf {
		return
	}
	t.dropDraft()
	t.DraftOf = key
	t.do(Draft{Question: q, Language: t.languageOf(turn)})
}

func (t *step) dropDraft() {
	if t.DraftOf != "" {
		t.DraftOf = ""
		t.do(DropDraft{})
	}
}

// joined is what several turns of the customer ask together.
func joined(q []dialog.Turn) string {
	var parts []string
	for _, t := range q {
		parts = append(parts, t.Text)
	}
	return strings.Join(parts, "\n")
}

func (t *step) said(e dialog.Said) {
	spoken := e.Turn.Via == dialog.ViaVoice
	if spoken {
		t.Words, t.At.Words = "", 0
		t.Ended = t.now
	}
	text := strings.TrimSpace(e.Turn.Text)
	if text == "" && len(e.Turn.Images) == 0 {
		t.nothingSaid(e.Misheard)
		return
	}
	if spoken && t.speaking() && !t.Reply.Mandatory && len(e.Turn.Sealed) == 0 && !t.meant(e.Turn) {
		if !t.Talking {
			t.resume()
		}
		return
	}
	t.Missed, t.Asked, t.At.Still = 0, 0, 0
	t.Met = true
	if spoken {
		t.Spoke, t.Writes = true, false
	} else if text != "" {
		t.Writes = true
	}
	t.Language = t.languageOf(e.Turn)
	if e.Turn.ID == "" {
		e.Turn.ID = dialog.TurnID(t.next())
	}
	if spoken {
		t.do(Append{e.Turn})
	}
	if spoken {
		t.hearsMachine(text)
		t.relayed(text)
	}
	if spoken && t.unmet() { // a hello, or a machine
		t.metBy()
		return
	}
	if spoken && t.rates(text) {
		t.dropDraft()
		return
	}
	if text != "" && t.consent(text) || t.Voice && !t.byAgent() && t.obey(t.command(text)) {
		t.dropDraft()
		return
	}
	if t.byAgent() { // it was said to a person
		return
	}
	t.Question = append(slices.Clip(t.Question), e.Turn)
	if !spoken && t.speaking() && !t.Hushed && t.End == "" {
		t.finish()
		return
	}
	t.interrupt()
}

// nothingSaid: noise lets the bot go on; speech that nobody understood is asked
// for again once, and then another way is offered.
func (t *step) nothingSaid(misheard bool) {
	if t.Reply.ID != "" && !t.Reply.Cancelled {
		if !t.Talking {
			t.resume()
		}
		return
	}
	t.dropDraft()
	if t.unmet() {
		t.metBy()
		return
	}
	if !misheard || len(t.Queue) > 0 || t.Deaf || t.byAgent() {
		t.rest()
		return
	}
	switch t.Missed++; t.Missed {
	case 1:
		t.say(t.pick("Sorry, I did not catch that. Could you say it again?", "抱歉，我没有听清，请您再说一遍好吗？"), false)
	case 2:
		t.say(t.pick("I still have trouble hearing you. You can type your question on the page, use the keypad, or ask for a person.",
			"还是听不太清楚。您可以在页面上打字，用按键输入，或者说“转人工”。"), false)
	default:
		t.say(t.pick("The line is hard to hear. Please type your question on the page, and I will answer you aloud.",
			"这条线路听不清，请在页面上打字提问，我会读给您听。"), false)
	}
}

func (t *step) audible(e dialog.Audible) {
	if e.Reply != t.Reply.ID || t.Reply.Cancelled {
		return
	}
	t.Reply.Audible = true
	t.awaited()
	if t.Talking && !t.Reply.Mandatory { // never begin over the customer
		t.Ducked = true
		t.do(Duck{true})
		if t.Measured && !t.Config.Voices.Hush.in(t.Sound) {
			return // a noise
		}
		t.hush()
		if t.At.Yield == 0 && !t.Measured {
			t.At.Yield = t.now + t.Config.Yield
		}
	}
}

// delivered is the end of a delivery, whatever ended it.
func (t *step) delivered(e dialog.Delivered) {
	if e.Reply != t.Reply.ID {
		return
	}
	r := t.Reply
	t.Reply = Current{}
	t.Hushed = false
	t.unduck()
	t.At.Hush, t.At.Yield, t.At.Resume, t.At.Finish, t.At.Fill, t.At.Stall = 0, 0, 0, 0, 0, 0
	heard := strings.TrimSpace(e.Turn.Text) != "" || e.Turn.Shown != ""
	if heard {
		t.do(Append{e.Turn})
	}
	own := r.own(e.Turn.Text)
	if heard = own != "" || e.Turn.Shown != ""; heard {
		t.Last = own
	}
	t.Answered = t.Answered || r.Answer && heard
	if r.Answer && t.Voice && e.Turn.Expect != t.Expecting {
		t.Expecting = e.Turn.Expect
		t.do(Expect{e.Turn.Expect})
	}
	if r.News { // what was asked meanwhile is not answered by it
		again := !heard && deliberate(e.Err) && !errors.Is(e.Err, dialog.ErrClosing)
		t.News, t.Resumed = t.News || again, t.Resumed || again && r.Resumed
	} else if r.Answer && (heard || e.Err == nil) && !errors.Is(e.Err, dialog.ErrRejoined) && !errors.Is(e.Err, dialog.ErrSuperseded) {
		// What is left of the question came after the answer began.
		t.Question = t.unanswered(e.Turn)
	}
	switch {
	case e.Err == nil:
		if r.Answer { // an apology that was heard is no answer
			t.Failures = 0
		}
		if r.Mandatory && (t.Taping == noticed || t.Taping == passed) && t.Voice {
			if t.Taping == passed {
				t.Taping = settled
			}
			t.do(Record{true})
		}
	case deliberate(e.Err):
	default:
		t.broken(r, e.Turn)
	}
	t.rest()
}

// unanswered is what the customer said that the answer was not given.
func (t *step) unanswered(turn dialog.Turn) []dialog.Turn {
	for i, q := range t.Question {
		if q.ID == turn.ReplyTo {
			return slices.Clone(t.Question[i+1:])
		}
	}
	return nil
}

func deliberate(err error) bool {
	for _, e := range []error{dialog.ErrYield, dialog.ErrRejoined, dialog.ErrSuperseded, dialog.ErrLeft, dialog.ErrClosing} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (t *step) left(e dialog.Left) {
	if e.Via == dialog.ViaChat {
		t.Chat = false
		return
	}
	if e.Call != t.Call {
		return // another has taken its place
	}
	t.cancel(dialog.ErrLeft)
	t.dropDraft()
	t.Question = slices.DeleteFunc(slices.Clone(t.Question), func(q dialog.Turn) bool { return q.Via == dialog.ViaVoice && (t.Phone || e.Reason != "network") })
	t.Resumed = t.Voice && t.Met && !t.Phone // what is open stands in the chat
	t.Voice, t.Talking, t.Queue, t.End, t.Words = false, false, nil, "", ""
	t.At = deadlines{}
}

// rest begins the wait for the customer's next words. Who has no voice in the call is not
// waited for, and who writes has time to.
func (t *step) rest() {
	if t.Muted || t.Writes && !t.Spoke || t.Holder == dialog.HeldByQueue { // who waits on hold may be silent
		return
	}
	wait := t.Config.Still
	if t.rating() {
		wait = rateWait
	} else if t.Writes || t.Relayed {
		wait = t.Config.Hold
	}
	if t.Voice && !t.byAgent() && t.Reply.ID == "" && len(t.Queue) == 0 && len(t.Question) == 0 && !t.Talking && t.At.Still == 0 {
		t.At.Still = max(t.now+wait, t.Patience)
	}
}

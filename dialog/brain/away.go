package brain

import (
	"context"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/regexp"
)

// Desk is where people are; it never waits.
type Desk interface {
	// Staffed reports whether somebody works who could come to a customer.
	Staffed(via dialog.Via, language string) bool
	// Place is where a conversation stands that waits for a person, 1 is next, and how
	// long it will take; false: it does not wait.
	Place(id dialog.ConversationID) (position int, wait time.Duration, ok bool)
	// Words say that to the customer.
	Words(language string, position int, wait time.Duration) string
}

// leaveMessage is the procedure that takes down a message for people.
const leaveMessage = "leave_message"

// away reports whether no person is there who could take over; back tells in words when
// one is, "" when that is not known.
func (o Options) away(c dialog.Context) (back string, away bool) {
	if o.Hours.Open(c.Now) {
		return "", o.Desk != nil && !o.Desk.Staffed(c.Via, c.Language) && !o.coming(c)
	}
	if at, ok := o.Hours.Back(c.Now); ok {
		back = o.Hours.Words(at, c.Now, c.Language)
	}
	return back, true
}

// coming reports whether the customer waits for a person already.
func (o Options) coming(c dialog.Context) bool {
	if o.Desk == nil {
		return false
	}
	_, _, waits := o.Desk.Place(c.Conversation)
	return waits
}

// absent says that nobody is there, and until when.
func absent(back, language string) string {
	if back == "" {
		return pick(language, "None of my colleagues is here right now.", "现在没有同事在岗。")
	}
	return pick(language, "None of my colleagues is here right now; they are back "+back+".", "现在没有同事在岗，"+back+"恢复人工服务。")
}

// wayOn is what is offered where the knowledge has no answer.
func (o Options) wayOn(c dialog.Context, en, zh string) string {
	if back, away := o.away(c); away {
		return absent(back, c.Language) + pick(c.Language, " I can take a message, or have you called back.", "可以帮您留言，或登记回电。")
	}
	return pick(c.Language, en, zh)
}

// away is Options.away of this turn.
func (t *turn) away() (back string, away bool) { return t.m.o.away(t.c) }

func (t *turn) absent() bool {
	_, away := t.away()
	return away
}

// sent tells a customer for whom a person was sent for already how that stands.
func (t *turn) sent(en, zh string) {
	if back, away := t.away(); away {
		t.say("Everything you told me is written down for them. "+absent(back, t.c.Language), "您说的情况都记下来了。"+absent(back, t.c.Language))
		return
	}
	t.say(en, zh)
}

// alone is what somebody in danger is told of us: that a colleague knows, or that there is
// nobody to wait for.
func (t *turn) alone(en, zh string) string {
	if back, away := t.away(); away {
		return absent(back, t.c.Language) + pick(t.c.Language, " Please do not wait for us.", "请不要等我们。")
	}
	return pick(t.c.Language, en, zh)
}

// later is person while nobody is there: it says so, and takes down how to reach the
// customer, or a message.
func (t *turn) later(ctx context.Context, reason, back string, again bool) error {
	lead := opening[reason]
	s := pick(t.c.Language, lead[0], lead[1]) + absent(back, t.c.Language) + pick(t.c.Language, " Everything you told me is written down for them.", "您说的情况都记下来了。")
	f, ok := t.taker()
	switch {
	case again:
		t.say(s+" What else can I do for you meanwhile?", s+"这段时间还有什么我能帮您的吗？")
		return nil
	case !ok:
		t.say(s+" Please leave your name, how we can reach you, and a message if you like.", s+"请留下您的称呼和联系方式，也可以留言。")
		return nil
	}
	if f.Name == callback && t.knows(leaveMessage) {
		s += pick(t.c.Language, " I take down whom they are to call back; or say that you would rather leave a message.", "我先登记回电，您也可以说“留言”。")
	}
	t.say(s, s)
	t.opened = true
	return t.begin(ctx, f, t.opens(f))
}

func (t *turn) knows(name string) bool {
	_, ok := t.m.o.Forms.Form(name)
	return ok
}

// opening is what is said before the customer hears that nobody is there.
var opening = map[string][2]string{
	"anger": {"I am sorry that this has been so annoying. ", "非常抱歉让您这么不愉快。"},
	"topic": {"That is a matter for my colleagues. ", "这件事由同事专门处理。"},
	"vip":   {"A colleague who knows you takes care of you. ", "您由专人服务。"},
}

// honest takes back what procedures and tools promise of people while nobody is there.
func (t *turn) honest(text string) string {
	back, away := t.away()
	if !away {
		return text
	}
	if hands.MatchString(text) { // a model's sentence
		return text[:len(text)-len(strings.TrimLeft(text, " \n"))] + absent(back, t.c.Language)
	}
	for _, p := range promises {
		text = p.of.ReplaceAllString(text, p.is)
	}
	return text
}

// hands are sentences that offer to bring a person into the conversation now.
var hands = regexp.MustCompile(`(?i)\b(?:connect|transfer|hand|put|pass|patch) you (?:over |through |on )?(?:to|with)\b|\b(?:bring in|fetch|get you|get) (?:a|an|one of (?:our|my)) (?:person|human|colleagues?|agent|representative|specialist)\b[^.]*$|(?:为|帮|给)您(?:转接|转到|接通)`)

// promises are sentences of procedures and tools that a person is at hand, and what is
// true of them while nobody is.
var promises = []struct {
	of *regexp.Regexp
	is string
}{
	{regexp.MustCompile(` ?Let me bring in a person\.`), ""},
	{regexp.MustCompile(`，?我帮您转人工。`), "。"},
	{regexp.MustCompile(`I have told a colleague, who can help you in another way\.`), "A colleague can help you in another way."},
	{regexp.MustCompile(`我已经告诉同事，可以用别的方式帮您。`), "同事可以用别的方式帮您。"},
	{regexp.MustCompile(`I can bring in a person, if you like\.`), "A colleague can look at it."},
	{regexp.MustCompile(`, or I bring in a person\.`), ", or a colleague looks at it."},
	{regexp.MustCompile(`需要的话可以为您转人工。`), "需要的话可以请同事处理。"},
	{regexp.MustCompile(`也可以为您转人工。`), "也可以请同事处理。"},
}

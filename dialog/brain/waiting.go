package brain

import (
	"strings"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/regexp"
)

// Stay is the kind of the action that the customer waits for a person no more.
const Stay = "stay"

// fetches tells a customer that a person is being asked, and that the bot stays meanwhile.
func (t *turn) fetches(reason string) {
	if f := t.mem.Form; f != nil && (f.Form == callback || f.Form == leaveMessage) {
		t.mem.Form = nil // there is somebody to talk to
	}
	said := personSaid[reason]
	if said[0] == "" {
		said = personSaid["offered"]
	}
	t.say(said[0], said[1])
	t.say("I stay with you until then: ask me anything, or say “never mind” to go on with me alone.",
		"同事接入之前我会一直在，有问题可以继续问我；不想等了，说“算了”就可以。")
}

// queued tells a customer who asks again for the person who is being fetched how it stands.
func (t *turn) queued(reason string) bool {
	if t.m.o.Desk == nil || reason != "customer" && reason != "offered" {
		return false
	}
	n, wait, ok := t.m.o.Desk.Place(t.c.Conversation)
	if !ok {
		return false
	}
	s := t.m.o.Desk.Words(t.c.Language, n, wait)
	t.say("A colleague is being asked already, with everything you told me. "+s, "已经在为您请同事了，您说的情况都转过去了。"+s)
	return true
}

// givesUp reports whether a customer who waits for a person goes on with the bot instead.
func (t *turn) givesUp() bool {
	return t.m.o.coming(t.c) && !t.open() && (nevermind(t.text) || t.signal.Person == care.Refuses)
}

// unasks takes the wish for a person back.
func (t *turn) unasks() error {
	if t.c.Draft {
		return dialog.ErrNoDraft
	}
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: Stay}})
	t.say("All right, I take care of it myself then. What would you like me to do?", "好的，那由我继续为您处理。请问您需要我做什么？")
	return nil
}

// mostWords bounds, in runes, what is taken for giving up waiting: longer words are about
// something.
const mostWords = 40

var giveUp = regexp.MustCompile(`(?i)\b(?:never ?mind|forget (?:it|about it|that)|no need|don'?t (?:bother|need (?:a |an )?(?:person|human|agent|colleague))|i(?:'ll| will) (?:stay|go on) with you|stop waiting|no longer (?:want to )?wait)\b|算了|不用(?:等|转|了|人工)|不(?:想)?等了|不需要(?:人工|了)|别转了|取消(?:转接|人工|排队)|不转了`)

// nevermind reports whether words say that the customer waits no more.
func nevermind(text string) bool {
	text = strings.TrimSpace(text)
	return utf8.RuneCountInString(text) <= mostWords && giveUp.MatchString(text)
}

// Packet is what a person is given to know of a conversation as it stands, for a reason.
func (m *Manager) Packet(c dialog.Context, reason string) Packet {
	t := &turn{m: m, c: c, mem: recall(c)}
	for i := len(c.History) - 1; i >= 0 && t.text == ""; i-- {
		if c.History[i].From == dialog.Customer {
			t.text = c.History[i].Text
		}
	}
	return t.packet(reason)
}

package wall

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Bounds of what is kept of a conversation.
const (
	said     = 6   // utterances that a new one is compared with
	alike    = 0.7 // from which on it is the same again
	lastText = 160 // runes of the last words
	points   = 30  // of the spark line
)

// talk is what is known of a live conversation. Its records bring it forward.
type talk struct {
	id       dialog.ConversationID
	name     string
	site     string
	state    string
	holder   dialog.Holder
	agent    string
	had      string // the last person who did
	line     string // the queue that its customer would wait in; "" is any
	queue    string
	language string
	began    time.Time
	read     time.Time // up to which its records were read from the store
	touched  time.Time
	last     Words

	call     dialog.CallID  // that is up
	waits    *desk.Transfer // for a person; nil: does not
	asked    time.Time      // of the customer's message that nobody has answered
	anger    float64
	repeats  int
	failures int
	was      map[dialog.Party][]map[string]bool

	spark  []int
	marked time.Time // the last of them
}

// Words are the last of a conversation.
type Words struct {
	From dialog.Party `json:"from"`
	Text string       `json:"text"`
	At   time.Time    `json:"at"`
}

// newTalk is a conversation as the store has it.
func newTalk(c store.Conversation) *talk {
	return &talk{id: c.ID, name: c.Name(), site: c.Site, state: c.State, holder: c.Holder, agent: c.Agent, had: c.Agent, line: c.Line(), queue: c.Queue, language: c.Locale,
		began: time.UnixMicro(c.Created), touched: time.UnixMicro(c.Updated), was: map[dialog.Party][]map[string]bool{}}
}

// see takes one record that came after those that were read.
func (t *talk) see(r dialog.Record) {
	switch r.Type {
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(r.Data, &m) == nil {
			t.hear(m, r.At)
		}
	case dialog.CallStarted, dialog.CallEnded:
		var c dialog.CallData
		if json.Unmarshal(r.Data, &c) != nil {
			return
		}
		switch {
		case r.Type == dialog.CallStarted:
			t.call = c.Call
		case t.call == c.Call:
			t.call = ""
		}
		t.touched = r.At
	case dialog.TransferUpdated:
		var x struct {
			State  desk.State  `json:"state"`
			Reason desk.Reason `json:"reason"`
		}
		if json.Unmarshal(r.Data, &x) != nil {
			return
		}
		t.touched = r.At
		if x.State == desk.Failed || x.State == desk.Returned && x.Reason != desk.ChangedMind {
			t.failures++
		}
	case dialog.ConversationUpdated:
		var u dialog.UpdatedData
		if json.Unmarshal(r.Data, &u) != nil {
			return
		}
		t.state, t.holder, t.agent, t.queue = u.State, u.Holder, u.Agent, u.Queue
		t.had = cmp.Or(u.Agent, t.had)
		if u.Language != "" {
			t.language = u.Language
		}
	}
}

// hear takes a message.
func (t *talk) hear(m dialog.MessageData, at time.Time) {
	t.touched = at
	if m.From == dialog.System {
		return
	}
	text := []rune(strings.TrimSpace(m.Text))
	if len(text) == 0 && len(m.Images) == 0 {
		return
	}
	t.last = Words{m.From, string(text[:min(len(text), lastText)]), at}
	x := grams(m.Text)
	again := false
	for _, y := range t.was[m.From] {
		again = again || similar(x, y) >= alike
	}
	if len(x) > 0 {
		t.was[m.From] = append(t.was[m.From], x)
		t.was[m.From] = t.was[m.From][max(0, len(t.was[m.From])-said):]
	}
	switch {
	case again && m.From != dialog.Agent:
		t.repeats++
	case m.From == dialog.Customer && t.repeats > 0:
		t.repeats-- // it goes on
	}
	if m.From != dialog.Customer {
		t.asked = time.Time{}
		return
	}
	if t.asked.IsZero() {
		t.asked = at
	}
	if m.Language != "" {
		t.language = m.Language
	}
	t.anger = max(care.Read(m.Text).Anger, 0.6*t.anger)
}

// signs are how it goes now; target is how soon people are to answer.
func (t *talk) signs(now time.Time, target time.Duration) Signs {
	s := Signs{Target: target, Anger: t.anger, Repeats: t.repeats, Failures: t.failures, Call: t.call != ""}
	if t.waits != nil {
		s.Wait = t.waits.Wait(now)
	}
	switch {
	case t.waits != nil: // who waits is silent, and that is no other reason
	case s.Call:
		s.Silence = max(now.Sub(t.touched), 0)
	case !t.asked.IsZero():
		s.Silence = max(now.Sub(t.asked), 0)
	}
	return s
}

// live reports whether it is going on: a call is up, a customer waits, or something
// happened a short while ago.
func (t *talk) live(now time.Time, still time.Duration) bool {
	if t.state == store.Closed || t.state == store.Sleeping || t.state == "wrapup" {
		return false
	}
	return t.call != "" || t.waits != nil || now.Sub(t.touched) < still
}

// grams are the pairs of neighbouring letters of what is said, whatever its writing.
func grams(text string) map[string]bool {
	var kept []rune
	for _, r := range strings.ToLower(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if kept = append(kept, r); len(kept) == 400 {
				break
			}
		}
	}
	if len(kept) < 4 { // yes, no, 好的: not the same again
		return nil
	}
	out := make(map[string]bool, len(kept))
	for i := 1; i < len(kept); i++ {
		out[string(kept[i-1:i+1])] = true
	}
	return out
}

// similar is the share of pairs that two texts have in common.
func similar(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for g := range a {
		if b[g] {
			n++
		}
	}
	return float64(n) / float64(len(a)+len(b)-n)
}

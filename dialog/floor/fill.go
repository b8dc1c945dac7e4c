package floor

import (
	"strings"
	"time"

	"parley/dialog"
)

// own is what was heard of a reply without what filled the wait for it.
func (r Current) own(heard string) string {
	heard = strings.TrimSpace(heard)
	if r.Filler == "" {
		return heard
	}
	if strings.HasPrefix(r.Filler, heard) {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(heard, r.Filler))
}

// begun notes that the brain's own words come: there is no more to fill.
func (t *step) begun(id dialog.ReplyID) {
	if id != t.Reply.ID || t.Reply.Cancelled {
		return
	}
	t.Reply.Begun = true
	t.At.Fill = 0
	if t.Reply.Audible {
		t.awaited()
	}
}

// awaited ends the waiting for a reply that is heard, unless all of it that is
// heard is what fills the wait.
func (t *step) awaited() {
	t.At.Fill = 0
	if t.Reply.Filler == "" || t.Reply.Begun {
		t.At.Stall = 0
	}
}

// refill is how long a filler waits again when the customer is speaking.
const refill = 500 * time.Millisecond

// fill says that the answer takes a while: once, and not over the customer.
func (t *step) fill() {
	if t.Talking {
		t.At.Fill = t.now + refill
		return
	}
	t.Reply.Filler = t.pick("One moment, I'm looking that up.", "请稍等，我查一下。")
	t.do(Fill{t.Reply.ID, t.Reply.Filler})
}

package floor

import "parley/dialog"

// byAgent reports whether a person has the conversation: the bot is silent.
func (s *State) byAgent() bool { return s.Holder == dialog.HeldByAgent }

// held gives the conversation to its new holder. A person gets the floor at once: what the
// bot is saying ends, and what waits for an answer is the person's to answer.
func (t *step) held(e dialog.Held) {
	t.Holder = e.By
	t.Unrated = t.Unrated || e.Released
	if e.By == dialog.HeldByQueue {
		t.At.Still, t.Asked = 0, 0
		if t.End == "silence" {
			t.End = ""
		}
	}
	if t.byAgent() {
		t.Answered = true
		t.dropDraft()
		t.cancel(dialog.ErrSuperseded)
		t.Queue, t.Question, t.End, t.Resumed = nil, nil, "", false
		if t.Voice && t.Expecting.Card() != "" { // nobody waits for it any more
			t.Expecting = dialog.ExpectAnything
			t.do(Expect{t.Expecting})
		}
		t.At.Still, t.At.Keys, t.Keys = 0, 0, ""
	}
	if e.Say == "" {
		return
	}
	before := t.Language
	if e.Language != "" {
		t.Language = e.Language
	}
	t.say(e.Say, false)
	t.Language = before
}

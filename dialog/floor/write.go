package floor

import (
	"slices"

	"parley/dialog"
)

// typing: who writes is there.
func (t *step) typing() {
	if !t.Voice {
		return
	}
	t.Writes = true
	t.present()
}

// muted: who has no microphone reads and writes.
func (t *step) muted(on bool) {
	if t.Muted = on; t.Voice {
		t.present()
	}
}

// present takes back what was said because nobody seemed to be there.
func (t *step) present() {
	if t.Asked = 0; t.End == "silence" {
		t.interrupt()
	}
	t.At.Still = 0
	t.rest()
}

// finish lets the bot end its sentence, since the customer has written something. What
// would come after it is answered to with that.
func (t *step) finish() {
	t.Queue = slices.DeleteFunc(slices.Clone(t.Queue), func(s Say) bool { return !s.Mandatory })
	if t.Reply.Mandatory || t.Reply.Finishing {
		return
	}
	t.Reply.Finishing = true
	t.At.Finish = t.now + t.Config.Finish
	t.do(Finish{})
}

// unfinished is a sentence that takes too long to end.
func (t *step) unfinished() {
	if t.Reply.Finishing {
		t.cancel(dialog.ErrYield)
	}
}

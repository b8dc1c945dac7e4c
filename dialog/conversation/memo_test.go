package conversation_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/dialogtest"
)

// counting leaves in the working memory how often it was asked, by what it was given.
func counting(b *dialogtest.Brain) {
	b.Memo = func(c dialog.Context) json.RawMessage {
		n := 0
		_ = json.Unmarshal(c.Known.Memo, &n)
		return json.RawMessage(fmt.Sprint(n + 1))
	}
}

func (r *rig) memo() string {
	k, err := r.log.Known(r.Context(), id)
	if err != nil {
		r.Error(err)
	}
	return string(k.Memo)
}

func TestWorkingMemoryIsKeptWithTheTurn(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.brain.Set(counting)
		for i := range 3 {
			r.voice.Say(fmt.Sprintf("question %d", i), time.Second)
			time.Sleep(6 * time.Second)
			if m := r.memo(); m != fmt.Sprint(i+1) {
				r.Errorf("after answer %d the memory is %q", i+1, m)
			}
		}
	})
}

func TestWorkingMemoryOfADroppedReplyIsDropped(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.brain.Set(counting)
		r.brain.Set(func(b *dialogtest.Brain) { b.First = 2 * time.Second })
		r.voice.Say("I bought headphones", time.Second)
		time.Sleep(400 * time.Millisecond)
		r.voice.Say("and they are broken", time.Second) // joins: the first reply was never heard
		time.Sleep(12 * time.Second)
		if m := r.memo(); m != "1" {
			r.Errorf("the memory is %q: a reply that nobody heard has left something", m)
		}
	})
}

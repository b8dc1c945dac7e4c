package conversation_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/dialogtest"
)

// What a reply wants done is done once with its turn: not for one that is dropped and made
// anew, and all the same for one that nobody will answer again.
func TestWhatARepliesWantIsDoneOnce(t *testing.T) {
	for name, x := range map[string]struct {
		then func(r *rig)
		want []string
	}{
		"heard":         {func(r *rig) { time.Sleep(5 * time.Second) }, []string{"get me a person"}},
		"made anew":     {func(r *rig) { r.voice.Say("right now please", time.Second); time.Sleep(8 * time.Second) }, []string{"right now please"}},
		"customer left": {func(r *rig) { r.voice.Leave(); time.Sleep(time.Second) }, []string{"get me a person"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var done []string
			b := &dialogtest.Brain{First: 2 * time.Second, Each: 20 * time.Millisecond, Action: func(c dialog.Context) *dialog.Action {
				if c.Resumed {
					return nil
				}
				return &dialog.Action{Kind: "handoff", Reason: c.Question[len(c.Question)-1].Text}
			}}
			c := config()
			c.Drafts = false
			r := &rig{T: t, log: dialogtest.NewLog(), brain: b, voice: dialogtest.NewVoice("call"), done: make(chan error, 1)}
			r.hub = conversation.NewHub(conversation.Options{Log: r.log, Bus: r.log, Brain: b, Chat: chat.New(), Floor: c,
				Action: func(_ context.Context, _ dialog.ConversationID, a dialog.Action) {
					mu.Lock()
					defer mu.Unlock()
					done = append(done, a.Reason)
				}})
			r.open("en")
			time.Sleep(8 * time.Second)
			r.voice.Say("get me a person", time.Second)
			time.Sleep(time.Second) // the answer is in the making
			mu.Lock()
			if len(done) > 0 {
				t.Errorf("%s: done before anybody heard of it: %q", name, done)
			}
			mu.Unlock()
			x.then(r)
			r.end()
			if !slices.Equal(done, x.want) {
				t.Errorf("%s: %q", name, done)
			}
		})
	}
}

package conversation_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/dialogtest"
)

// What is written in a call is answered aloud, after the sentence that is being said.
func TestWritingInACall(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.reply(func(c dialog.Context) (string, error) {
			if len(c.Question) > 0 && strings.Contains(c.Question[0].Text, "order") {
				return "It is on its way to you now. It comes tomorrow before noon. You need not be at home.", nil
			}
			return "Yes it can wait.", nil
		})
		r.voice.Say("where is my order", time.Second)
		time.Sleep(2 * time.Second)
		r.write("m1", "can it wait")
		time.Sleep(10 * time.Second)
		ts := r.turns()
		n := len(ts)
		if n < 2 {
			t.Fatal(ts)
		}
		cut, answer := ts[n-2], ts[n-1]
		if cut.Text != "It is on its way to you now." || !cut.Cut {
			t.Errorf("the sentence under way: %+v", cut)
		}
		if answer.Text != "Yes it can wait." || answer.Via != dialog.ViaVoice || answer.ReplyTo != "m1" {
			t.Errorf("the answer: %+v", answer)
		}
	})
}

// The bot's words can be read along while they are said.
func TestCaptions(t *testing.T) {
	call(t, config(), func(r *rig) {
		records, stop := r.log.Watch(id)
		defer stop()
		r.voice.Say("where is my order", time.Second)
		time.Sleep(5 * time.Second)
		last, n := "", 0
		for {
			select {
			case rec := <-records:
				var p dialog.PartialData
				if rec.Type == dialog.SpeechPartial && json.Unmarshal(rec.Data, &p) == nil && p.From == dialog.Bot {
					if !strings.HasPrefix(p.Text, last) || p.ID == "" {
						t.Errorf("%+v after %q", p, last)
					}
					last, n = p.Text, n+1
				}
				continue
			default:
			}
			break
		}
		if !strings.HasPrefix(last, "You asked where is my") || n < 5 { // the last word comes with the message
			t.Errorf("%d pieces, the last %q", n, last)
		}
	})
}

// A picture that is asked for is shown to the watchers once: as soon as the words are heard
// in a call, with the words in the chat, never for a reply that nobody received.
func TestAPictureIsAskedFor(t *testing.T) {
	for name, x := range map[string]struct {
		calls bool
		cut   bool
		want  int
	}{"in a call": {true, false, 1}, "in the chat": {false, false, 1}, "of a reply that is made anew": {true, true, 1}} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var done []dialog.Action
			b := &dialogtest.Brain{First: 2 * time.Second, Each: 300 * time.Millisecond, Action: func(c dialog.Context) *dialog.Action {
				if len(c.Question) == 0 {
					return nil
				}
				return &dialog.Action{Kind: dialog.AskPicture, Reason: "a photo of the label"}
			}}
			c := config()
			c.Drafts = false
			r := &rig{T: t, log: dialogtest.NewLog(), brain: b, voice: dialogtest.NewVoice("call"), done: make(chan error, 1)}
			r.hub = conversation.NewHub(conversation.Options{Log: r.log, Bus: r.log, Brain: b, Chat: chat.New(), Floor: c,
				Action: func(_ context.Context, _ dialog.ConversationID, a dialog.Action) {
					mu.Lock()
					defer mu.Unlock()
					done = append(done, a)
				}})
			asked := func() (out []dialog.RequestedData) {
				for _, rec := range r.log.Records(id, dialog.ImageRequested) {
					var d dialog.RequestedData
					if err := json.Unmarshal(rec.Data, &d); err != nil {
						t.Fatal(err)
					}
					out = append(out, d)
				}
				return out
			}
			if x.calls {
				r.open("en")
				time.Sleep(8 * time.Second)
				r.voice.Say("can I send you a picture", time.Second)
			} else {
				r.done <- nil
				r.write("m1", "can I send you a picture")
			}
			time.Sleep(time.Second)
			if len(asked()) > 0 {
				t.Errorf("%s: asked for before anybody heard of it", name)
			}
			if x.cut {
				r.voice.Say("right now", time.Second)
				time.Sleep(time.Second)
			}
			if x.calls {
				time.Sleep(1500 * time.Millisecond) // the first words are heard, the rest is to come
				if n := len(asked()); n != 1 {
					t.Errorf("%s: %d requests while it is said", name, n)
				}
			}
			time.Sleep(10 * time.Second)
			got := asked()
			if len(got) != x.want || len(done) != x.want {
				t.Fatalf("%s: %+v, done %d", name, got, len(done))
			}
			d := got[0]
			if d.Reason != "a photo of the label" || (d.Call == "call") != x.calls || time.Until(d.Until) < 10*time.Minute || d.Link {
				t.Errorf("%s: %+v", name, d)
			}
			if of, ok := done[0].Args["request"].(dialog.RequestedData); !ok || of.ID != d.ID {
				t.Errorf("%s: %+v", name, done[0])
			}
			r.end()
		})
	}
}

// After a call the chat is where the conversation goes on, and so does a call after a chat.
func TestChatToCallAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(), &dialogtest.Brain{First: 100 * time.Millisecond, Reply: func(c dialog.Context) (string, error) {
			switch {
			case c.Resumed && c.Via == dialog.ViaVoice:
				return "So which order is it?", nil
			case c.Resumed:
				return "We were at the order number.", nil
			}
			return "Which order is it?", nil
		}})
		r.write("m1", "我要退货")
		time.Sleep(3 * time.Minute) // it sleeps, and remembers the language
		if _, awake := r.hub.Snapshot(id); awake {
			t.Error("it does not sleep")
		}
		r.open("en")
		time.Sleep(10 * time.Second)
		h := r.voice.Heard()
		if strings.Contains(h, "有什么可以帮您") || !strings.Contains(h, "智能客服") || !strings.HasSuffix(h, "So which order is it?") {
			t.Errorf("heard %q", h)
		}
		r.voice.Leave()
		time.Sleep(5 * time.Second)
		if m := r.last(); m.Text != "We were at the order number." || m.Via != dialog.ViaChat {
			t.Errorf("%+v", m)
		}
		r.end()
	})
}

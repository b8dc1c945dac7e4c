package conversation_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/dialogtest"
)

// While nobody knows whether another node has the call, who posts is told so: what was posted
// would be lost else, were that node dead.
func TestWhatMayBeAnotherNodesIsPostedAgain(t *testing.T) {
	log := dialogtest.NewLog()
	away, unknown := false, errors.New("redis is away")
	hub := conversation.NewHub(conversation.Options{Log: log, Bus: log, Brain: &dialogtest.Brain{First: time.Millisecond}, Chat: chat.New(), Floor: config(),
		Elsewhere: func(context.Context, dialog.ConversationID) (bool, error) { return away, unknown }})
	defer func() {
		if err := hub.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	settled := dialog.Settled{Change: "c1"}
	if err := hub.Post(t.Context(), id, settled); !errors.Is(err, unknown) {
		t.Errorf("it is not said that it is not known: %v", err)
	}
	unknown, away = nil, true
	if err := hub.Post(t.Context(), id, settled); err != nil {
		t.Error(err)
	}
	if _, awake := hub.Snapshot(id); awake {
		t.Error("another node's conversation is woken here")
	}
	away = false
	if err := hub.Post(t.Context(), id, settled); err != nil {
		t.Error(err)
	}
	if _, awake := hub.Snapshot(id); !awake {
		t.Error("nobody is told")
	}
}

// What a customer wrote at another node beside a call that is here, while nodes heard nothing
// of one another, is answered when it is looked for: once, and what was heard is not again.
func TestWhatWasMissedIsAnsweredOnce(t *testing.T) {
	call(t, config(), func(r *rig) {
		asked := map[string]int{}
		r.reply(func(c dialog.Context) (string, error) {
			for _, q := range c.Question {
				asked[q.Text]++
			}
			return "Yes.", nil
		})
		kept := func(turn dialog.TurnID, text string) {
			b, err := json.Marshal(dialog.Turn{ID: turn, From: dialog.Customer, Via: dialog.ViaChat, Text: text}.Data())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.log.Append(t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b}); err != nil {
				t.Fatal(err)
			}
		}
		look := func() {
			if err := r.hub.Missed(context.Background()); err != nil {
				t.Error(err)
			}
			time.Sleep(8 * time.Second)
		}
		r.write("m1", "heard")
		time.Sleep(8 * time.Second)
		kept("m2", "missed")
		look() // it may be on its way
		if asked["missed"] != 0 {
			t.Error("what may be on its way is taken twice")
		}
		look()
		look()
		r.write("m3", "after it")
		time.Sleep(8 * time.Second)
		look()
		if asked["heard"] != 1 || asked["missed"] != 1 || asked["after it"] != 1 {
			t.Errorf("%v", asked)
		}
	})
}

package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func TestUnanswered(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		now := time.Now()
		talk := func(ts ...dialog.Turn) dialog.ConversationID {
			id, _, err := s.Create(ctx, store.NewConversation{})
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range ts {
				x.ID = dialog.TurnID(string(id) + string(rune('a'+i)))
				if x.Via == "" {
					x.Via = dialog.ViaChat
				}
				b, err := json.Marshal(x.Data())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Append(ctx, id, 0, dialog.Record{Type: dialog.MessageCreated, At: x.At, Data: b}); err != nil {
					t.Fatal(err)
				}
			}
			return id
		}
		at := now.Add(-time.Minute)
		customer := func(text string) dialog.Turn { return dialog.Turn{From: dialog.Customer, Text: text, At: at} }
		bot := dialog.Turn{From: dialog.Bot, Text: "Yes.", At: at}
		waits := talk(customer("one"), bot, customer("two"), dialog.Turn{From: dialog.System, Text: "removed", At: at}, customer("three"))
		talk(customer("one"), bot)
		talk(dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "spoken", At: at})
		talk(dialog.Turn{From: dialog.Customer, Text: "long ago", At: now.Add(-time.Hour)})
		talk(dialog.Turn{From: dialog.Customer, Text: "just now", At: now})
		closed := talk(customer("bye"))
		if _, err := s.CloseConversation(ctx, closed, store.Closing{}); err != nil {
			t.Fatal(err)
		}
		us, err := s.Unanswered(ctx, now.Add(-30*time.Minute), now.Add(-10*time.Second), 100)
		if err != nil || len(us) != 1 || us[0].Conversation != waits || len(us[0].Turns) != 2 || us[0].Turns[0].Text != "two" || us[0].Turns[1].Text != "three" {
			t.Errorf("%+v, %v", us, err)
		}
	})
}

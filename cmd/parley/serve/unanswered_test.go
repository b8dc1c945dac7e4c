package serve

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/store"
)

// What a customer wrote when the server went down is answered when it is back, once.
func TestWhatACrashLeftIsAnswered(t *testing.T) {
	t.Parallel()
	k := talk{}
	x := up(t, func(c *config.Config) {
		s, err := store.Open(t.Context(), store.Options{Folder: c.Data})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if k.ID, k.Token, err = s.Create(t.Context(), store.NewConversation{Locale: "en"}); err != nil {
			t.Fatal(err)
		}
		for i, text := range []string{"Hello there.", "How long does delivery take?"} {
			turn := dialog.Turn{ID: dialog.TurnID("m_" + string(rune('a'+i))), From: dialog.Customer, Via: dialog.ViaChat, Text: text, Language: "en"}
			b, err := json.Marshal(turn.Data())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Append(t.Context(), k.ID, 0, dialog.Record{Type: dialog.MessageCreated, At: time.Now().Add(-time.Minute), Data: b}); err != nil {
				t.Fatal(err)
			}
		}
	})
	x.watch(k, 0).says(dialog.Bot, "2 to 4 working days")
	a := x.do("GET", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, "")
	if strings.Count(a.body, `"from":"customer"`) != 2 || strings.Count(a.body, `"from":"bot"`) != 1 {
		t.Error(a)
	}
}

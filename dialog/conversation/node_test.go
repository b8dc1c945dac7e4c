package conversation_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"parley/dialog"
)

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

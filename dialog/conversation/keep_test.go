package conversation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/dialogtest"
)

// busy is a log that refuses some of what is asked of it first.
type busy struct {
	*dialogtest.Log
	left atomic.Int32
}

var errBusy = errors.New("the database is locked")

func (b *busy) Claim(ctx context.Context, id dialog.ConversationID) (int64, error) {
	if b.left.Add(-1) >= 0 {
		return 0, errBusy
	}
	return b.Log.Claim(ctx, id)
}

func (b *busy) Append(ctx context.Context, id dialog.ConversationID, epoch int64, rs ...dialog.Record) ([]dialog.Record, error) {
	if bytes.Contains(rs[0].Data, []byte(`"from":"bot"`)) && b.left.Add(-1) >= 0 {
		return nil, errBusy
	}
	return b.Log.Append(ctx, id, epoch, rs...)
}

// A log that is busy for a while costs time, and no reply.
func TestABusyLogLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &busy{Log: dialogtest.NewLog()}
		hub := conversation.NewHub(conversation.Options{Log: log, Bus: log, Brain: &dialogtest.Brain{First: time.Millisecond}, Chat: chat.New(), Floor: config()})
		ask := func(turn dialog.TurnID) {
			m := dialog.Turn{ID: turn, From: dialog.Customer, Via: dialog.ViaChat, Text: "where is my order"}
			b, _ := json.Marshal(m.Data())
			if _, err := log.Append(t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b}); err != nil {
				t.Fatal(err)
			}
			if err := hub.Post(t.Context(), id, dialog.Said{Turn: m}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Second)
		}
		log.left.Store(3) // of the claim
		ask("m1")
		log.left.Store(2) // of the reply
		ask("m2")
		replies := map[dialog.TurnID]int{}
		for _, r := range log.Records(id, dialog.MessageCreated) {
			var m dialog.MessageData
			if json.Unmarshal(r.Data, &m) == nil && m.From == dialog.Bot {
				replies[m.ReplyTo]++
			}
		}
		if replies["m1"] != 1 || replies["m2"] != 1 {
			t.Errorf("replies: %v", replies)
		}
		if err := hub.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

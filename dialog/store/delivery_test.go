package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// heads are the events that an endpoint is to be told of now.
func heads(t *testing.T, s *store.Store, endpoint string, now time.Time) (ds []store.Delivery, texts string) {
	t.Helper()
	ds, _, err := s.DueDeliveries(t.Context(), endpoint, now, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		texts += fmt.Sprintf("%s %d;", d.Type, d.Seq)
	}
	return ds, texts
}

func TestEventsWaitForTheirEndpoints(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if err := s.Subscribe(ctx, []store.Subscription{{Endpoint: "some", Types: []string{dialog.MessageCreated}}, {Endpoint: "all", Types: []string{"*"}}, {Endpoint: "inside", Internal: true}}); err != nil {
			t.Fatal(err)
		}
		id, other := begin(t, s), begin(t, s)
		say := func(id dialog.ConversationID, kind, data string) {
			t.Helper()
			if _, err := s.Append(ctx, id, 0, dialog.Record{Type: kind, Data: json.RawMessage(data)}); err != nil {
				t.Fatal(err)
			}
		}
		say(id, dialog.CallStarted, `{}`)
		say(id, dialog.MessageCreated, `{"text":"one"}`)
		say(id, dialog.NoteCreated, `{"text":"a note","private":true}`)
		failed := errors.New("undone")
		if _, err := s.Keep(ctx, id, 0, nil, func(context.Context) error { return failed }, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{}`)}); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		say(id, dialog.MessageCreated, `{"text":"two"}`)
		say(other, dialog.MessageCreated, `{"text":"another's"}`)
		now := time.Now().Add(time.Second)
		some, texts := heads(t, s, "some", now)
		if texts != "message.created 1;message.created 2;" && texts != "message.created 2;message.created 1;" {
			t.Fatalf("of each conversation the first: %s", texts)
		}
		if _, texts := heads(t, s, "all", now); texts != "call.started 1;message.created 1;" {
			t.Errorf("every type: %s", texts)
		}
		for _, d := range some {
			if d.Conversation != id {
				continue
			}
			r, ok, err := s.TakeDelivery(ctx, &d, now.Add(time.Minute))
			if err != nil || !ok || r.Seq != 2 || string(r.Data) != `{"text":"one"}` {
				t.Fatal(r, ok, err)
			}
			again := some[0]
			again.ID, again.Attempts = d.ID, 0
			if _, ok, err := s.TakeDelivery(ctx, &again, now.Add(time.Minute)); ok || err != nil {
				t.Error("taken twice", err)
			}
			if _, texts := heads(t, s, "some", now.Add(time.Second)); texts != "message.created 1;" {
				t.Errorf("while the first is under way the second waits: %s", texts)
			}
			if err := s.Delivered(ctx, d, now); err != nil {
				t.Fatal(err)
			}
		}
		second, texts := heads(t, s, "some", now)
		if len(second) != 2 || texts != "message.created 1;message.created 4;" && texts != "message.created 4;message.created 1;" {
			t.Errorf("the note is not told, nor what was rolled back: %s", texts)
		}
		seen := 0
		for now := now; ; now = now.Add(time.Minute) { // the one inside sees the note
			ds, _ := heads(t, s, "inside", now)
			if len(ds) == 0 {
				break
			}
			for _, d := range ds {
				if _, ok, err := s.TakeDelivery(ctx, &d, now.Add(time.Minute)); err != nil || !ok || s.Delivered(ctx, d, now) != nil {
					t.Fatal(ok, err)
				}
				seen++
			}
		}
		if seen != 5 {
			t.Errorf("%d events inside, of 5", seen)
		}
		ws, err := s.Webhooks(ctx)
		if err != nil || ws["some"].Delivered != 1 || ws["some"].Waiting != 2 || ws["inside"].Delivered != 5 {
			t.Error(ws, err)
		}
		cert, err := s.Forget(ctx, id, "customer")
		if err != nil || cert.Removed.Deliveries != 1+4-1 {
			t.Errorf("%+v %v", cert.Removed, err)
		}
		if _, texts := heads(t, s, "some", now); texts != "message.created 1;" {
			t.Errorf("after forgetting: %s", texts)
		}
	})
}

func TestWhatWasGivenUpIsSeenAndTriedAgain(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now().Add(time.Second)
		subs := []store.Subscription{{Endpoint: "e"}}
		if err := s.Subscribe(ctx, subs); err != nil {
			t.Fatal(err)
		}
		id := begin(t, s)
		for range 3 {
			if _, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)}); err != nil {
				t.Fatal(err)
			}
		}
		ds, _ := heads(t, s, "e", now)
		d := ds[0]
		if _, ok, err := s.TakeDelivery(ctx, &d, now.Add(time.Minute)); !ok || err != nil {
			t.Fatal(err)
		}
		if err := s.Undelivered(ctx, d, "answered 500", now, now.Add(5*time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, texts := heads(t, s, "e", now); texts != "" {
			t.Errorf("it is not due, and the next ones wait for it: %s", texts)
		}
		if _, next, err := s.DueDeliveries(ctx, "e", now.Add(3*time.Second), 10); err != nil || !next.Equal(now.Add(5*time.Second).UTC().Truncate(time.Microsecond)) {
			t.Error(next, err)
		}
		tried, _, err := s.Deliveries(ctx, false, "", 10)
		if err != nil || len(tried) != 1 || tried[0].Body != "answered 500" {
			t.Error(tried, err)
		}
		if err := s.TurnOff(ctx, "e", "answered 410", now); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		ws, err := s.Webhooks(ctx)
		if w := ws["e"]; err != nil || w.Off == 0 || w.Lost != 3 || w.Waiting != 0 || w.Body != "answered 410" {
			t.Errorf("%+v %v", w, err)
		}
		if err := s.Subscribe(ctx, subs); err != nil { // the next start
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		first, next, err := s.Deliveries(ctx, true, "", 2)
		if err != nil || len(first) != 2 || next == "" {
			t.Fatal(first, next, err)
		}
		rest, next, err := s.Deliveries(ctx, true, next, 2)
		if err != nil || len(rest) != 1 || next != "" {
			t.Fatal(rest, next, err)
		}
		if _, _, err := s.Deliveries(ctx, true, "nonsense", 2); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
		if err := s.RetryDelivery(ctx, rest[0].ID, now); err != nil {
			t.Fatal(err)
		}
		if err := s.RetryDelivery(ctx, "whd_none", now); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
		ds, _ = heads(t, s, "e", now)
		if len(ds) != 1 || ds[0].ID != rest[0].ID {
			t.Fatal(ds)
		}
		if _, ok, err := s.TakeDelivery(ctx, &ds[0], now.Add(time.Minute)); !ok || err != nil || s.Delivered(ctx, ds[0], now) != nil {
			t.Fatal(ok, err)
		}
		if _, err := s.Append(ctx, id, 0, dialog.Record{Type: "b", Data: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		if _, texts := heads(t, s, "e", time.Now().Add(time.Second)); texts != "b 6;" {
			t.Errorf("one that answers again is on again: %s", texts)
		}
		if n, err := s.SweepDeliveries(ctx, now.Add(time.Hour)); n != 2 || err != nil {
			t.Error(n, err)
		}
	})
}

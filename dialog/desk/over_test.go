package desk

import (
	"context"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/store"
)

// opened is a desk over a store, at which Ann is available.
func opened(t *testing.T) (*Desk, *store.Store, string) {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	u, err := s.AddUser(ctx, "ann@desk.example", "Ann", store.Agent, "horse battery")
	if err != nil {
		t.Fatal(err)
	}
	f, told := NewFeed(time.Now()), func(context.Context, dialog.ConversationID, dialog.Event) error { return nil }
	d, err := New(ctx, Options{Store: s, Bus: f.Tap(bus.NewLocal()), Feed: f, Post: told, Tell: told})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if _, err := d.Connect(ctx, u.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Wish(ctx, u.ID, Available); err != nil {
		t.Fatal(err)
	}
	return d, s, u.ID
}

// asked is a conversation whose customer has asked for a person.
func asked(t *testing.T, d *Desk, s *store.Store) Transfer {
	t.Helper()
	id, _, err := s.Create(t.Context(), store.NewConversation{Locale: "en"})
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Ask(t.Context(), Request{Conversation: id, Asked: "customer"})
	if err != nil || x.State != Queued {
		t.Fatal(x, err)
	}
	return x
}

func nothingLeft(t *testing.T, d *Desk, ann string) {
	t.Helper()
	if ws, err := d.o.Registry.Waiting(t.Context()); err != nil || len(ws) > 0 {
		t.Errorf("in the line: %+v %v", ws, err)
	}
	as, err := d.o.Registry.Agents(t.Context())
	if err != nil || len(as) != 1 || len(as[0].Seats) > 0 {
		t.Errorf("places: %+v %v", as, err)
	}
	if os := d.Offers(ann); len(os) > 0 {
		t.Errorf("rings: %+v", os)
	}
}

func TestNobodyIsAskedForWhatIsClosed(t *testing.T) {
	d, s, ann := opened(t)
	ctx := t.Context()
	for _, told := range []bool{true, false} { // of the end
		x := asked(t, d, s)
		if _, err := s.CloseConversation(ctx, x.Conversation, store.Closing{Who: ann}); err != nil {
			t.Fatal(err)
		}
		var err error
		if told {
			err = d.Over(ctx, x.Conversation)
		} else {
			err = d.ask(ctx, func(ctx context.Context) error { return d.pickUp(ctx, false) })
		}
		if err != nil {
			t.Fatal(err)
		}
		if row, err := s.TransferOf(ctx, x.Conversation); err != nil || row.State != string(Abandoned) || row.Ended == 0 {
			t.Errorf("%+v %v", row, err)
		}
		nothingLeft(t, d, ann)
	}
}

func TestTheForgottenAreNotInTheLine(t *testing.T) {
	d, s, ann := opened(t)
	x := asked(t, d, s)
	if err := d.ask(t.Context(), func(ctx context.Context) error { // forgotten after it was read
		if _, err := s.Forget(ctx, x.Conversation, "customer"); err != nil {
			return err
		}
		d.step(ctx, &running{Transfer: x}, Begin{})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d, ann)
	if err := d.ask(t.Context(), func(ctx context.Context) error { return d.o.Registry.Wait(ctx, x.Entry()) }); err != nil { // a phantom of before
		t.Fatal(err)
	}
	if err := d.ask(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d, ann)
}

package desk

import (
	"context"
	"slices"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

// withPhone is a conversation that a phone has.
func withPhone(t *testing.T, d *Desk, s *store.Store, number string) dialog.ConversationID {
	t.Helper()
	id, _, err := s.Create(t.Context(), store.NewConversation{Locale: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.ask(t.Context(), func(ctx context.Context) error {
		if err := d.invite(ctx, number); err != nil {
			return err
		}
		if _, err := s.Hold(ctx, id, dialog.HeldByAgent, Outside(number), "support"); err != nil {
			return err
		}
		d.hold(id, Outside(number), "support")
		return d.o.Registry.Keep(ctx, Outside(number), id, Call)
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// withTheBot checks that the bot has it, and that the phone is none of the people.
func withTheBot(t *testing.T, d *Desk, s *store.Store, id dialog.ConversationID) {
	t.Helper()
	if c, err := s.Conversation(t.Context(), id); err != nil || c.Holder != dialog.HeldByBot {
		t.Errorf("%s has it, %v", c.Holder, err)
	}
	as, err := d.o.Registry.Agents(t.Context())
	if err != nil || slices.ContainsFunc(as, func(a Agent) bool { return OutsideNumber(a.ID) != "" }) {
		t.Errorf("people: %+v %v", as, err)
	}
}

func TestAPhoneThatIsOnNoLineHasNothing(t *testing.T) {
	d, s, _ := opened(t)
	id := withPhone(t, d, s, "+862112345678")
	if err := d.ask(t.Context(), func(ctx context.Context) error {
		d.strays = nil
		if err := d.strayed(ctx); err != nil {
			return err
		}
		if d.held[id].agent == "" {
			t.Error("taken from a phone that may be about to be there")
		}
		d.strays[id] = d.o.Now().Add(-doubtful)
		return d.strayed(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	withTheBot(t, d, s, id)
}

func TestAPhoneIsGoneWithItsNode(t *testing.T) {
	h := newHouse(t)
	a := h.open(Rules{})
	id := withPhone(t, a.Desk, h.store, "+862112345678")
	a.die()
	b := h.open(Rules{})
	withTheBot(t, b.Desk, h.store, id)
}

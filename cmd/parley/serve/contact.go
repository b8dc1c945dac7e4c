package serve

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/hours"
	"parley/web"
)

// contacts takes what customers leave while nobody is there.
type contacts server

// Back implements web.Contacts.
func (k *contacts) Back(language string) (time.Time, string) {
	s := (*server)(k)
	c := s.live.config().Hours
	if c == nil {
		return time.Time{}, ""
	}
	h, err := hours.New(c.Zone, c.Open, c.Holidays)
	if err != nil { // it was checked when it was set
		return time.Time{}, ""
	}
	now := time.Now()
	at, ok := h.Back(now)
	if !ok || h.Open(now) {
		return time.Time{}, ""
	}
	return at, h.Words(at, now, language)
}

// Leave implements web.Contacts. Where it is not known when people are back, somebody is to
// answer at once.
func (k *contacts) Leave(ctx context.Context, id dialog.ConversationID, c web.Contact) (time.Time, func(context.Context), error) {
	s := (*server)(k)
	at, words := k.Back(c.Language)
	x, err := s.packet(ctx, id, brain.LeftForm)
	if err != nil {
		return time.Time{}, nil, err
	}
	p, _ := x.(brain.Packet)
	p.Reason, p.Last, p.Language = brain.LeftForm, c.Text, c.Language
	if c.Name != "" {
		p.Name = c.Name
	}
	to := c.Email
	if to == "" {
		to = c.Phone
	}
	p.Slots = slices.DeleteFunc(p.Slots, func(x brain.Slot) bool { return slices.Contains(leftSlots, x.Name) }) // of a form before
	for i, value := range []string{c.Text, c.Email, c.Phone} {
		if value != "" {
			p.Slots = append(p.Slots, brain.Slot{Name: leftSlots[i], Label: brain.SlotLabel(leftSlots[i], c.Language), Value: value, Verified: true}) // typed
		}
	}
	due := time.Now()
	if !at.IsZero() {
		due = at
		p.Back = &at
	}
	b, err := json.Marshal(p)
	if err != nil {
		return time.Time{}, nil, err
	}
	if err := s.store.AddHandoff(ctx, id, brain.LeftForm, b, due); err != nil {
		return time.Time{}, nil, err
	}
	return at, func(ctx context.Context) {
		by := dialog.HeldByBot
		if now, err := s.store.Conversation(ctx, id); err == nil { // somebody may have taken it meanwhile
			by = now.Holder
		}
		e := dialog.Held{By: by, Say: brain.Noted(c.Language, c.Text, to, words), Language: c.Language}
		if err := s.hub.Post(ctx, id, e); err != nil {
			s.log.Warn("a customer is not told that a message is kept", "conversation", id, "err", err)
		}
	}, nil
}

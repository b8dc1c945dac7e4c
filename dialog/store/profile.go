package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

type profile struct {
	bun.BaseModel `bun:"table:profiles"`

	Tenant   dialog.TenantID `bun:",pk"`
	Space    string          `bun:",pk"`
	Customer string          `bun:",pk"`
	Body     string
	Updated  int64
}

// maxProfile bounds what is kept of one customer, in bytes.
const maxProfile = 64 << 10

// Profile gives what is kept of a customer; nil is nothing.
func (s *Store) Profile(ctx context.Context, customer dialog.Person) (json.RawMessage, error) {
	var p profile
	err := s.db.NewSelect().Model(&p).Where("tenant = ? AND space = ? AND customer = ?", dialog.DefaultTenant, customer.Space, customer.ID).Scan(ctx)
	switch err = failure("profile", err); {
	case errors.Is(err, dialog.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return json.RawMessage(p.Body), nil
}

// UpdateProfile changes what is kept of a customer, in one transaction: change is given
// what is there (nil: nothing) and gives what is to be there (nil: as it was).
func (s *Store) UpdateProfile(ctx context.Context, customer dialog.Person, change func(json.RawMessage) (json.RawMessage, error)) error {
	if customer.ID == "" || customer.Space == "" {
		return fmt.Errorf("profile: %w", dialog.ErrNotFound)
	}
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var old profile
		q := tx.NewSelect().Model(&old).Where("tenant = ? AND space = ? AND customer = ?", dialog.DefaultTenant, customer.Space, customer.ID)
		if s.postgres {
			q = q.For("UPDATE")
		}
		if err := failure("profile", q.Scan(ctx)); err != nil && !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		var body json.RawMessage
		if old.Body != "" {
			body = json.RawMessage(old.Body)
		}
		body, err := change(body)
		if err != nil || body == nil {
			return err
		}
		if len(body) > maxProfile {
			return fmt.Errorf("profile of %d bytes, at most %d", len(body), maxProfile)
		}
		p := profile{Tenant: dialog.DefaultTenant, Space: customer.Space, Customer: customer.ID, Body: string(body), Updated: micro(time.Now())}
		_, err = tx.NewInsert().Model(&p).On("CONFLICT (tenant, space, customer) DO UPDATE").Set("body = EXCLUDED.body, updated = EXCLUDED.updated").Exec(ctx)
		return err
	})
	return failure("profile", err)
}

// identified notes whose conversations are whose.
type identified struct {
	bun.BaseModel `bun:"table:identified"`

	Tenant       dialog.TenantID       `bun:",pk"`
	Space        string                `bun:",pk"`
	Customer     string                `bun:",pk"`
	Conversation dialog.ConversationID `bun:",pk"`
}

// Identify notes who was shown to be speaking in a conversation.
func (s *Store) Identify(ctx context.Context, id dialog.ConversationID, customer dialog.Person) error {
	row := identified{Tenant: dialog.DefaultTenant, Space: customer.Space, Customer: customer.ID, Conversation: id}
	return failure("identity", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		return err
	}))
}

// Together gives the conversations of a conversation's customer, itself among them: those
// that its site opened with the same signed id, and those in which the same customer of the
// business systems was shown to be speaking.
func (s *Store) Together(ctx context.Context, id dialog.ConversationID) ([]dialog.ConversationID, error) {
	ids, _, err := together(ctx, s.reads(ctx), id)
	return ids, failure("conversation", err)
}

func together(ctx context.Context, db bun.IDB, id dialog.ConversationID) (ids []dialog.ConversationID, people []dialog.Person, err error) {
	var c Conversation
	if err := db.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx); err != nil {
		return nil, nil, err
	}
	seen := map[dialog.ConversationID]bool{id: true}
	ids = []dialog.ConversationID{id}
	add := func(more []dialog.ConversationID) {
		for _, m := range more {
			if !seen[m] {
				seen[m] = true
				ids = append(ids, m)
			}
		}
	}
	if c.Customer != "" {
		people = append(people, dialog.Person{Space: dialog.SiteSpace(c.Site), ID: c.Customer})
		var more []dialog.ConversationID
		if err := db.NewSelect().Table("conversations").Column("id").Where("tenant = ? AND site = ? AND customer = ?", c.Tenant, c.Site, c.Customer).Scan(ctx, &more); err != nil {
			return nil, nil, err
		}
		add(more)
	}
	var known []identified
	if err := db.NewSelect().Model(&known).Where("conversation = ?", id).Scan(ctx); err != nil {
		return nil, nil, err
	}
	for _, k := range known {
		people = append(people, dialog.Person{Space: k.Space, ID: k.Customer})
		var more []dialog.ConversationID
		if err := db.NewSelect().Table("identified").Column("conversation").Where("tenant = ? AND space = ? AND customer = ?", k.Tenant, k.Space, k.Customer).Scan(ctx, &more); err != nil {
			return nil, nil, err
		}
		add(more)
	}
	return ids, people, nil
}

package store

import (
	"context"
	"crypto/rand"
	"errors"
	"hash/fnv"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// maxTokens bounds the further tokens of a conversation; the oldest gives way.
const maxTokens = 20

type token struct {
	bun.BaseModel `bun:"table:tokens"`

	Token        string `bun:",pk"` // hashed
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Created      int64
}

// ByToken gives the conversation that a token opens.
func (s *Store) ByToken(ctx context.Context, given string) (Conversation, error) {
	var c Conversation
	h := hashed(given)
	err := failure("conversation", s.row(ctx, s.hot.byToken, &c, h))
	if errors.Is(err, dialog.ErrNotFound) {
		err = failure("conversation", s.db.NewSelect().Model(&c).Where("id = (SELECT conversation FROM tokens WHERE token = ?)", h).Scan(ctx))
	}
	return c, err
}

// Resume gives the newest conversation of a site's customer that is not closed, with a
// token of its own; without one it creates one, as it does for a stranger. Two devices
// that ask at once get the same.
func (s *Store) Resume(ctx context.Context, n NewConversation) (id dialog.ConversationID, secret string, resumed bool, err error) {
	if n.Customer == "" {
		id, secret, err = s.Create(ctx, n)
		return id, secret, false, err
	}
	if n.Tenant == "" {
		n.Tenant = dialog.DefaultTenant
	}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.oneAtATime(ctx, tx, "resume\x00"+string(n.Tenant)+"\x00"+n.Site+"\x00"+n.Customer); err != nil {
			return err
		}
		err := tx.NewSelect().Table("conversations").Column("id").Where("tenant = ? AND customer = ? AND site = ? AND state <> ?", n.Tenant, n.Customer, n.Site, Closed).
			Order("created DESC", "id").Limit(1).Scan(ctx, &id)
		err = failure("conversation", err)
		if errors.Is(err, dialog.ErrNotFound) {
			id, secret, err = s.Create(context.WithValue(ctx, txKey{}, tx), n)
			return err
		}
		if err != nil {
			return err
		}
		secret, resumed = rand.Text(), true
		if _, err := tx.NewInsert().Model(&token{Token: hashed(secret), Tenant: n.Tenant, Conversation: id, Created: micro(time.Now())}).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewDelete().Table("tokens").Where("conversation = ? AND token NOT IN (SELECT token FROM tokens WHERE conversation = ? ORDER BY created DESC, token LIMIT ?)", id, id, maxTokens).Exec(ctx)
		return err
	})
	if err != nil {
		return "", "", false, failure("resume", err)
	}
	return id, secret, resumed, nil
}

// oneAtATime waits until no other node is in a transaction of that name. SQLite has one
// writer anyway.
func (s *Store) oneAtATime(ctx context.Context, tx bun.Tx, name string) error {
	if !s.postgres {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	_, err := tx.NewRaw("SELECT pg_advisory_xact_lock(?)", int64(h.Sum64())).Exec(ctx)
	return err
}

package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Link lets whoever has its token send pictures into one conversation, and nothing else.
type Link struct {
	bun.BaseModel `bun:"table:links"`

	Token        string `bun:",pk"` // hashed
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Call         dialog.CallID // during which it was sent; "" is none
	Language     string
	Created      int64 // Unix µs
	Expires      int64 // likewise
	Used         int   // pictures that came by it
}

// MaxLinked is how many pictures come by one link.
const MaxLinked = 6

// AddLink keeps a link for a while and gives its token, which is not kept. The links that
// the conversation had end.
func (s *Store) AddLink(ctx context.Context, l Link, lasts time.Duration) (token string, err error) {
	token = rand.Text()
	now := time.Now()
	l.Token, l.Tenant, l.Created, l.Expires, l.Used = hashed(token), dialog.DefaultTenant, micro(now), micro(now.Add(lasts)), 0
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, l.Conversation); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model((*Link)(nil)).Set("expires = ?", l.Created).
			Where("conversation = ? AND expires > ?", l.Conversation, l.Created).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&l).Exec(ctx)
		return err
	})
	return token, failure("link", err)
}

// LinkBy gives the link of a token: dialog.ErrNotFound when there never was one,
// dialog.ErrClosed when it has ended.
func (s *Store) LinkBy(ctx context.Context, token string) (Link, error) {
	var l Link
	if err := s.in(ctx).NewSelect().Model(&l).Where("token = ?", hashed(token)).Scan(ctx); err != nil {
		return l, failure("link", err)
	}
	if l.Expires <= micro(time.Now()) || l.Used >= MaxLinked {
		return l, fmt.Errorf("link: %w", dialog.ErrClosed)
	}
	return l, nil
}

// UseLink counts pictures that come by a link; dialog.ErrClosed when it has ended, or does
// not let so many in any more. With the pictures, when ctx is that of their transaction.
func (s *Store) UseLink(ctx context.Context, token string, pictures int) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Model((*Link)(nil)).Set("used = used + ?", pictures).
		Where("token = ? AND expires > ? AND used + ? <= ?", hashed(token), micro(time.Now()), pictures, MaxLinked))
	if err == nil && n == 0 {
		err = dialog.ErrClosed
	}
	return failure("link", err)
}

// CurtailLinks lets the links of a call last so long from now on, and not longer.
func (s *Store) CurtailLinks(ctx context.Context, call dialog.CallID, lasts time.Duration) error {
	until := micro(time.Now().Add(lasts))
	_, err := s.in(ctx).NewUpdate().Model((*Link)(nil)).Set("expires = ?", until).Where("call = ? AND expires > ?", call, until).Exec(ctx)
	return failure("link", err)
}

// SweepLinks removes links that ended before a time.
func (s *Store) SweepLinks(ctx context.Context, before time.Time) (int, error) {
	n, err := removed(ctx, s.write.NewDelete().Model((*Link)(nil)).Where("expires < ?", micro(before)))
	return n, failure("link", err)
}

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

// callerKey is what a number is found by. The number itself is in the body.
func callerKey(number string) string {
	if number == "" {
		return ""
	}
	return hashed("phone " + number)
}

// Phone is the number of who called, or was called, as +862112345678; "" when there was none.
func (c Conversation) Phone() string { return c.about().Phone }

// Line is the queue that the number which was called stands for; "" when it names none.
func (c Conversation) Line() string { return c.about().Queue }

type callBody struct {
	Phone string `json:"phone"`
	Queue string `json:"queue"`
}

func (c Conversation) about() (b callBody) {
	_ = json.Unmarshal([]byte(c.Body), &b) // a body that is empty has neither
	return b
}

// ByPhone gives the conversations with a number, the newest first. That a number called
// proves nothing of who did.
func (s *Store) ByPhone(ctx context.Context, number string, limit int) ([]Conversation, error) {
	if number == "" {
		return nil, nil
	}
	var cs []Conversation
	err := s.from(ctx).NewSelect().Model(&cs).Where("tenant = ? AND caller = ?", dialog.DefaultTenant, callerKey(number)).Order("created DESC").Limit(int64(limit)).Scan(ctx)
	return cs, failure("conversations", err)
}

// Reached notes the number by which a conversation's customer is called, where none is noted.
func (s *Store) Reached(ctx context.Context, id dialog.ConversationID, number string) error {
	return failure("conversation", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var c Conversation
		if err := tx.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx); err != nil {
			return err
		}
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		if c.Caller != "" {
			return nil
		}
		b := map[string]any{}
		if c.Body != "" {
			if err := json.Unmarshal([]byte(c.Body), &b); err != nil {
				return err
			}
		}
		b["phone"] = number
		body, err := json.Marshal(b)
		if err != nil {
			return err
		}
		_, err = tx.NewUpdate().Table("conversations").Set("body = ?, caller = ?", string(body), callerKey(number)).Where("id = ?", id).Exec(ctx)
		return err
	}))
}

// Dial is a call that we made.
type Dial struct {
	bun.BaseModel `bun:"table:dials"`

	ID           dialog.CallID `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Trunk        string
	At           int64
	Seconds      int64  // from its answer; 0: none
	Body         string // the number
}

// AddDial notes a call that is about to be made.
func (s *Store) AddDial(ctx context.Context, d Dial) error {
	d.Tenant, d.At = dialog.DefaultTenant, micro(time.Now())
	_, err := s.in(ctx).NewInsert().Model(&d).Exec(ctx)
	return failure("dial", err)
}

// EndDial notes how long it lasted.
func (s *Store) EndDial(ctx context.Context, id dialog.CallID, lasted time.Duration) error {
	_, err := s.in(ctx).NewUpdate().Table("dials").Set("seconds = ?", int64((lasted+time.Second-1)/time.Second)).Where("id = ?", id).Exec(ctx)
	return failure("dial", err)
}

// Dials gives the calls that we made since a time.
func (s *Store) Dials(ctx context.Context, since time.Time) ([]Dial, error) {
	var ds []Dial
	err := s.from(ctx).NewSelect().Model(&ds).Where("tenant = ? AND at >= ?", dialog.DefaultTenant, micro(since)).Order("at").Scan(ctx)
	return ds, failure("dials", err)
}

// Barred is a number that must not be called.
type Barred struct {
	bun.BaseModel `bun:"table:do_not_call"`

	Tenant dialog.TenantID `bun:",pk"`
	ID     string          `bun:",pk"`
	At     int64
	Author string // user id, or "customer"
	Body   string
}

type barredBody struct {
	Number string `json:"number"`
	Reason string `json:"reason,omitempty"`
}

// Number and reason of a number that must not be called.
func (b Barred) Number() (number, reason string) {
	var x barredBody
	_ = json.Unmarshal([]byte(b.Body), &x) // written by Bar alone
	return x.Number, x.Reason
}

// Bar puts a number (E.164) on the do-not-call list. One that is there stays as it is.
func (s *Store) Bar(ctx context.Context, number, reason, by string) (Barred, error) {
	body, err := json.Marshal(barredBody{number, reason})
	if err != nil {
		return Barred{}, fmt.Errorf("store: %w", err)
	}
	b := Barred{Tenant: dialog.DefaultTenant, ID: callerKey(number), At: micro(time.Now()), Author: by, Body: string(body)}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&b).On("CONFLICT (tenant, id) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		return tx.NewSelect().Model(&b).WherePK().Scan(ctx)
	})
	return b, failure("do not call", err)
}

// Unbar takes a number off the list.
func (s *Store) Unbar(ctx context.Context, number string) error {
	n, err := removed(ctx, s.in(ctx).NewDelete().Model((*Barred)(nil)).Where("tenant = ? AND id = ?", dialog.DefaultTenant, callerKey(number)))
	if err == nil && n == 0 {
		err = dialog.ErrNotFound
	}
	return failure("do not call", err)
}

// IsBarred reports whether a number must not be called.
func (s *Store) IsBarred(ctx context.Context, number string) (bool, error) {
	n, err := s.from(ctx).NewSelect().Model((*Barred)(nil)).Where("tenant = ? AND id = ?", dialog.DefaultTenant, callerKey(number)).Count(ctx)
	return n > 0, failure("do not call", err)
}

// BarredNumbers lists the do-not-call list, the newest first. Before is the time of the last
// one seen, 0 at the beginning, and after its id.
func (s *Store) BarredNumbers(ctx context.Context, before int64, after string, limit int) ([]Barred, error) {
	var bs []Barred
	q := s.from(ctx).NewSelect().Model(&bs).Where("tenant = ?", dialog.DefaultTenant).Order("at DESC", "id").Limit(int64(limit))
	if before > 0 {
		q.Where("at < ? OR at = ? AND id > ?", before, before, after)
	}
	return bs, failure("do not call", q.Scan(ctx))
}

type toggle struct {
	bun.BaseModel `bun:"table:switches"`

	Tenant dialog.TenantID `bun:",pk"`
	Name   string          `bun:",pk"`
	Value  string
	Author string
	At     int64
}

// Switch keeps the state of a switch of the operator's.
func (s *Store) Switch(ctx context.Context, name, value, by string) error {
	x := toggle{Tenant: dialog.DefaultTenant, Name: name, Value: value, Author: by, At: micro(time.Now())}
	_, err := s.in(ctx).NewInsert().Model(&x).On("CONFLICT (tenant, name) DO UPDATE").Set("value = EXCLUDED.value, author = EXCLUDED.author, at = EXCLUDED.at").Exec(ctx)
	return failure("switch", err)
}

// Switched gives it; "" when it was never set.
func (s *Store) Switched(ctx context.Context, name string) (string, error) {
	x := toggle{Tenant: dialog.DefaultTenant, Name: name}
	err := failure("switch", s.from(ctx).NewSelect().Model(&x).WherePK().Scan(ctx))
	if errors.Is(err, dialog.ErrNotFound) {
		return "", nil
	}
	return x.Value, err
}

package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Conversation is one row.
type Conversation struct {
	bun.BaseModel `bun:"table:conversations"`

	ID       dialog.ConversationID `bun:",pk"`
	Tenant   dialog.TenantID
	Token    string // hashed
	Site     string
	Locale   string
	Customer string // of a verified customer, the site's id
	State    string
	Holder   dialog.Holder
	Epoch    int64
	Seq      int64
	Score    int64
	Body     string
	OpenTurn string
	Memo     string // the brain's working memory
	Agent    string // the person who has it, or had it last: user id
	Queue    string // in which it waits, or came to the person
	Caller   string // what its phone number is found by
	Indexed  int64  // the seq up to which its words are noted
	Digested int64  // the seq up to which reports know it
	Released int64  // when a person let the customer go for how they spoke; 0: none did
	Created  int64
	Updated  int64
}

type event struct {
	bun.BaseModel `bun:"table:events"`

	Conversation dialog.ConversationID `bun:",pk"`
	Seq          int64                 `bun:",pk"`
	Tenant       dialog.TenantID
	Type         string
	At           int64
	Body         string
}

// NewConversation is what a conversation begins with.
type NewConversation struct {
	Tenant                 dialog.TenantID // "" is the default
	Site, Locale, Customer string
	Name                   string // as the customer gives it
	Phone                  string // that calls or is called, as +862112345678
	Queue                  string // in which its customer waits for people; "": what fits
}

// Create opens a conversation; the token is given once and kept as a hash.
func (s *Store) Create(ctx context.Context, n NewConversation) (id dialog.ConversationID, token string, err error) {
	if n.Tenant == "" {
		n.Tenant = dialog.DefaultTenant
	}
	about := map[string]string{"name": n.Name}
	if n.Phone != "" {
		about["phone"] = n.Phone
	}
	if n.Queue != "" {
		about["queue"] = n.Queue
	}
	body, err := json.Marshal(about)
	if err != nil {
		return "", "", fmt.Errorf("store: %w", err)
	}
	now := micro(time.Now())
	c := &Conversation{ID: dialog.ConversationID("conv_" + rand.Text()), Tenant: n.Tenant, Site: n.Site, Locale: n.Locale,
		Customer: n.Customer, State: Awake, Holder: dialog.HeldByBot, Body: string(body), Caller: callerKey(n.Phone), Created: now, Updated: now}
	token = rand.Text()
	c.Token = hashed(token)
	_, err = s.in(ctx).NewInsert().Model(c).Exec(ctx)
	return c.ID, token, failure("conversation", err)
}

// Conversation gives one.
func (s *Store) Conversation(ctx context.Context, id dialog.ConversationID) (Conversation, error) {
	var c Conversation
	err := s.row(ctx, s.hot.byID, &c, id)
	return c, failure("conversation", err)
}

// Append implements dialog.Log. The sequence numbers are given in the
// transaction that keeps the records.
func (s *Store) Append(ctx context.Context, id dialog.ConversationID, epoch int64, rs ...dialog.Record) ([]dialog.Record, error) {
	var out []dialog.Record
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		out, err = s.appendTx(ctx, tx, id, epoch, rs)
		return err
	})
	if err != nil {
		return nil, failure("append", err)
	}
	s.signal()
	return out, nil
}

// Keep implements dialog.Log.
func (s *Store) Keep(ctx context.Context, id dialog.ConversationID, epoch int64, memo json.RawMessage, then func(context.Context) error, rs ...dialog.Record) ([]dialog.Record, error) {
	var out []dialog.Record
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if out, err = s.appendTx(ctx, tx, id, epoch, rs); err != nil {
			return err
		}
		if memo != nil {
			_, err = within(ctx, tx, s.hot.remember).ExecContext(ctx, string(memo), id)
		}
		if err == nil && then != nil {
			err = then(context.WithValue(ctx, txKey{}, tx))
		}
		return err
	})
	if err != nil {
		return nil, failure("keep", err)
	}
	s.signal()
	return out, nil
}

// Known implements dialog.Log.
func (s *Store) Known(ctx context.Context, id dialog.ConversationID) (dialog.Known, error) {
	c, err := s.Conversation(ctx, id)
	if err != nil {
		return dialog.Known{}, err
	}
	k := dialog.Known{Site: c.Site, Locale: c.Locale, Customer: c.Customer, Name: c.Name(), Holder: c.Holder, Released: c.Released > micro(time.Now().Add(-ReleasedFor))}
	if c.Memo != "" {
		k.Memo = json.RawMessage(c.Memo)
	}
	return k, nil
}

// ReleasedFor is how long people are not fetched for a customer who was let go.
const ReleasedFor = 24 * time.Hour

// Release notes that a person let a customer go, in ctx's transaction.
func (s *Store) Release(ctx context.Context, id dialog.ConversationID) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Table("conversations").Set("released = ?", micro(time.Now())).Where("id = ?", id))
	if err == nil && n == 0 {
		err = dialog.ErrNotFound
	}
	return failure("release", err)
}

// late, as epoch, is what is noted of a conversation that may be over: a call's end, a rating.
const late = -1

func (s *Store) appendTx(ctx context.Context, tx bun.Tx, id dialog.ConversationID, epoch int64, rs []dialog.Record) ([]dialog.Record, error) {
	now := time.Now()
	var c Conversation
	err := within(ctx, tx, s.hot.count).QueryRowContext(ctx, len(rs), micro(now), id).
		Scan(&c.ID, &c.Seq, &c.Tenant, &c.State, &c.Epoch, &c.Holder, &c.Locale)
	if err != nil {
		return nil, err
	}
	if c.State == Closed && epoch == 0 {
		return nil, dialog.ErrClosed
	}
	if epoch > 0 && epoch < c.Epoch {
		return nil, dialog.ErrStale
	}
	asked := len(rs)
	if rs, err = wakeTx(ctx, tx, &c, rs); err != nil {
		return nil, err
	}
	out := make([]dialog.Record, len(rs))
	for i, r := range rs {
		if r.At.IsZero() {
			r.At = now
		}
		r.At = when(micro(r.At))
		r.Seq, r.Conversation = c.Seq-int64(len(rs)-1-i), id
		out[i] = r
	}
	if len(out) == 0 {
		return out, nil
	}
	add := within(ctx, tx, s.hot.event)
	for _, r := range out {
		if _, err = add.ExecContext(ctx, id, r.Seq, c.Tenant, r.Type, micro(r.At), string(r.Data)); err != nil {
			return nil, err
		}
	}
	if err := keepTx(ctx, tx, id, out, now); err != nil {
		return nil, err
	}
	return out[len(out)-asked:], s.queue(ctx, tx, c.Tenant, out)
}

// Since implements dialog.Log.
func (s *Store) Since(ctx context.Context, id dialog.ConversationID, after int64, limit int) ([]dialog.Record, error) {
	var rows []event
	err := s.db.NewSelect().Model(&rows).Where("conversation = ? AND seq > ?", id, after).Order("seq").Limit(int64(max(limit, 1))).Scan(ctx)
	if err != nil {
		return nil, failure("events", err)
	}
	out := make([]dialog.Record, len(rows))
	for i, r := range rows {
		out[i] = dialog.Record{Seq: r.Seq, Type: r.Type, At: when(r.At), Conversation: id, Data: json.RawMessage(r.Body)}
	}
	return out, nil
}

// Claim implements dialog.Log.
func (s *Store) Claim(ctx context.Context, id dialog.ConversationID) (epoch int64, err error) {
	err = s.in(ctx).NewRaw("UPDATE conversations SET epoch = epoch + 1 WHERE id = ? RETURNING epoch", id).Scan(ctx, &epoch)
	return epoch, failure("claim", err)
}

// SaveOpen keeps the turn that an owner is speaking; nil forgets it. A stale epoch
// changes nothing.
func (s *Store) SaveOpen(ctx context.Context, id dialog.ConversationID, epoch int64, t *dialog.Turn) error {
	body := ""
	if t != nil {
		b, err := json.Marshal(t.Data())
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		body = string(b)
	}
	_, err := s.in(ctx).NewUpdate().Table("conversations").Set("open_turn = ?", body).Where("id = ? AND epoch <= ?", id, epoch).Exec(ctx)
	return failure("open turn", err)
}

// Closed is the state of a conversation that is over.
const Closed = "closed"

// Closing is who ended a conversation, and with what in mind; customers see none of it.
type Closing struct{ Who, Source, Disposition, Note string }

type audit struct {
	bun.BaseModel `bun:"table:audit"`

	ID     string `bun:",pk"`
	Tenant dialog.TenantID
	Who    string
	What   string
	Source string
	Body   string
	At     int64
}

// closing is what the trail calls the end of a conversation.
const closing = "conversation.close"

// CloseConversation ends a conversation for good and gives the event that tells of it.
// The customer can write and call no more; ErrClosed when it was over already.
func (s *Store) CloseConversation(ctx context.Context, id dialog.ConversationID, by Closing) (dialog.Record, error) {
	body, err := json.Marshal(map[string]any{"conversation": id, "disposition": by.Disposition, "note": by.Note})
	if err != nil {
		return dialog.Record{}, fmt.Errorf("store: %w", err)
	}
	return s.noted(ctx, id, 0, dialog.ConversationUpdated, func(ctx context.Context, tx bun.Tx) (any, error) {
		var c Conversation
		err := tx.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
		return dialog.UpdatedData{State: Closed, Holder: c.Holder, Language: c.Locale}, err
	}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Table("conversations").Set("state = ?", Closed).Where("id = ?", id).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&audit{ID: "audit_" + rand.Text(), Tenant: dialog.DefaultTenant, Who: by.Who, What: closing,
			Source: by.Source, Body: string(body), At: micro(time.Now())}).Exec(ctx)
		return err
	})
}

// Rate keeps the customer's satisfaction, 1 to 5.
func (s *Store) Rate(ctx context.Context, id dialog.ConversationID, score int, comment string) error {
	b, err := json.Marshal(map[string]any{"score": score, "comment": comment})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := s.appendTx(ctx, tx, id, late, []dialog.Record{{Type: dialog.ConversationRated, Data: b}}); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Table("conversations").Set("score = ?", score).Where("id = ?", id).Exec(ctx)
		return err
	})
	if err != nil {
		return failure("rating", err)
	}
	s.signal()
	return nil
}

// Recover closes what a crash left open: turns are closed as cut, calls as ended.
// It returns how many of each.
//
// What belongs to calls of nodes that are alive stays as it is.
func (s *Store) Recover(ctx context.Context, alive ...string) (turns, calls int, err error) {
	alive = append([]string{"-"}, alive...) // no node has that name: a list is never empty
	var open []Conversation
	if err := s.db.NewSelect().Model(&open).Where("open_turn <> ''").
		Where("NOT EXISTS (SELECT 1 FROM calls WHERE calls.conversation = conversation.id AND calls.ended = 0 AND calls.node IN (?))", bun.In(alive)).Scan(ctx); err != nil {
		return 0, 0, failure("recover", err)
	}
	for _, c := range open {
		err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := s.appendTx(ctx, tx, c.ID, late, []dialog.Record{{Type: dialog.MessageCreated, Data: json.RawMessage(c.OpenTurn)}}); err != nil {
				return err
			}
			_, err := tx.NewUpdate().Table("conversations").Set("open_turn = ''").Where("id = ?", c.ID).Exec(ctx)
			return err
		})
		if err != nil {
			return turns, calls, failure("recover", err)
		}
		turns++
	}
	var live []Call
	if err := s.db.NewSelect().Model(&live).Where("ended = 0 AND node NOT IN (?)", bun.In(alive)).Scan(ctx); err != nil {
		return turns, 0, failure("recover", err)
	}
	for _, c := range live {
		if _, err := s.EndCall(ctx, c.ID, "crash"); errors.Is(err, dialog.ErrConflict) { // another node was faster
			continue
		} else if err != nil {
			return turns, calls, err
		}
		calls++
	}
	return turns, calls, nil
}

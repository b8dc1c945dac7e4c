package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"parley/dialog"
)

// Removed counts what was forgotten.
type Removed struct {
	Conversations int `json:"conversations"`
	Events        int `json:"events"`
	Recordings    int `json:"recordings"`
	Images        int `json:"images"`
	Profiles      int `json:"profiles"`
	Gaps          int `json:"gaps"`
	Handoffs      int `json:"handoffs"`
	Transfers     int `json:"transfers"`
	Changes       int `json:"changes"`
	Phrasings     int `json:"phrasings"`
	Deliveries    int `json:"deliveries"` // that webhooks were still to be told of
}

// Certificate proves what was removed, and names what was not. It holds nothing of
// the customer.
type Certificate struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	At           time.Time             `json:"at"`
	By           string                `json:"by"` // "customer", or the staff's id
	Removed      Removed               `json:"removed"`
	Kept         []string              `json:"kept"` // with the reason
}

type certificate struct {
	bun.BaseModel `bun:"table:certificates"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Body         string
	At           int64
}

// Forget removes what is kept of a conversation's customer: of a verified one every
// conversation and the profile, of a stranger this conversation. The conversations are
// closed, and who owned them writes no more. What it removes it removes in one
// transaction; files go after it, so that a file that cannot be deleted is named. Of the
// further tokens those in keep stay, which read the certificate.
func (s *Store) Forget(ctx context.Context, id dialog.ConversationID, by string, keep ...string) (Certificate, error) {
	cert := Certificate{ID: "cert_" + rand.Text(), Conversation: id, At: when(micro(time.Now())), By: by, Kept: []string{}}
	var blobs []string
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		blobs, err = s.forgetTx(ctx, tx, id, keep, &cert)
		return err
	})
	if err != nil {
		return Certificate{}, failure("forget", err)
	}
	for _, b := range blobs {
		if err := s.Blobs.Delete(b); err != nil && !errors.Is(err, dialog.ErrNotFound) {
			cert.Kept = append(cert.Kept, "a recording or picture: it could not be deleted")
			continue
		}
		if !strings.HasPrefix(b, imagePrefix) {
			cert.Removed.Recordings++
		}
	}
	b, err := json.Marshal(cert)
	if err != nil {
		return Certificate{}, fmt.Errorf("store: %w", err)
	}
	_, err = s.in(ctx).NewInsert().Model(&certificate{ID: cert.ID, Tenant: dialog.DefaultTenant, Conversation: id, Body: string(b), At: micro(cert.At)}).Exec(ctx)
	return cert, failure("certificate", err)
}

func (s *Store) forgetTx(ctx context.Context, tx bun.Tx, id dialog.ConversationID, keep []string, cert *Certificate) (blobs []string, err error) {
	ids, people, err := together(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		n, err := removed(ctx, tx.NewDelete().Table("profiles").Where("tenant = ? AND space = ? AND customer = ?", dialog.DefaultTenant, p.Space, p.ID))
		if err != nil {
			return nil, err
		}
		cert.Removed.Profiles += n
	}
	for _, id := range ids { // shown to be who they are before that was noted
		n, err := removed(ctx, tx.NewDelete().Table("profiles").Where("tenant = ? AND body LIKE ?", dialog.DefaultTenant, `%"`+string(id)+`"%`))
		if err != nil {
			return nil, err
		}
		cert.Removed.Profiles += n
	}
	in := bun.In(ids)
	// First of all, so that what is derived of them meanwhile waits, and finds that it is late.
	if _, err := tx.NewUpdate().Table("conversations").Set("epoch = epoch + ?", forgotten).Where("id IN (?)", in).Exec(ctx); err != nil {
		return nil, err
	}
	if cert.Removed.Phrasings, err = removed(ctx, tx.NewDelete().Table("phrasings").Where("conversation IN (?) AND state <> ?", in, Approved)); err != nil {
		return nil, err
	}
	if _, err := tx.NewUpdate().Table("phrasings").Set("conversation = ''").Where("conversation IN (?)", in).Exec(ctx); err != nil {
		return nil, err
	}
	if err := tx.NewSelect().Model((*Call)(nil)).Column("recording").Where("conversation IN (?) AND recording <> ''", in).Scan(ctx, &blobs); err != nil {
		return nil, err
	}
	var images []Image
	if err := tx.NewSelect().Model(&images).Where("conversation IN (?)", in).Scan(ctx); err != nil {
		return nil, err
	}
	for _, i := range images {
		blobs = append(blobs, i.Blob(), i.Thumb())
	}
	if cert.Removed.Images, err = removed(ctx, tx.NewDelete().Table("images").Where("conversation IN (?)", in)); err != nil {
		return nil, err
	}
	if _, err := tx.NewUpdate().Table("calls").Set("recording = ''").Where("conversation IN (?)", in).Exec(ctx); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		table string
		n     *int
	}{{"events", &cert.Removed.Events}, {"gaps", &cert.Removed.Gaps}, {"handoffs", &cert.Removed.Handoffs}, {"transfers", &cert.Removed.Transfers}, {"deliveries", &cert.Removed.Deliveries}} {
		if *x.n, err = removed(ctx, tx.NewDelete().Table(x.table).Where("conversation IN (?)", in)); err != nil {
			return nil, err
		}
	}
	for _, table := range []string{"attempts", "identified", "links", "conversation_words", "tasks", "wrapups", "mentions", "answers", "overrules", "judgements", "behaviours", "recommendations"} {
		if _, err := removed(ctx, tx.NewDelete().Table(table).Where("conversation IN (?)", in)); err != nil {
			return nil, err
		}
	}
	if _, err := tx.NewUpdate().Table("dials").Set("body = ''").Where("conversation IN (?)", in).Exec(ctx); err != nil { // what they cost stays
		return nil, err
	}
	barred, err := tx.NewSelect().Table("do_not_call").Where("id IN (?)", tx.NewSelect().Table("conversations").Column("caller").Where("id IN (?) AND caller <> ''", in)).Count(ctx)
	if err != nil {
		return nil, err
	}
	if barred > 0 {
		cert.Kept = append(cert.Kept, "the number on the do-not-call list, so that it is not called")
	}
	if err := undigest(ctx, tx, ids); err != nil {
		return nil, err
	}
	tokens := tx.NewDelete().Table("tokens").Where("conversation IN (?)", in)
	for _, t := range keep {
		tokens.Where("token <> ?", hashed(t))
	}
	if _, err := removed(ctx, tokens); err != nil {
		return nil, err
	}
	if err := unnote(ctx, tx, ids); err != nil {
		return nil, err
	}
	if cert.Removed.Changes, err = removed(ctx, tx.NewDelete().Table("changes").Where("conversation IN (?) AND settled > 0", in)); err != nil {
		return nil, err
	}
	left, err := tx.NewSelect().Table("changes").Where("conversation IN (?)", in).Count(ctx)
	if err != nil {
		return nil, err
	}
	if left > 0 {
		cert.Kept = append(cert.Kept, fmt.Sprintf("%d changes that business systems have not answered yet", left))
	}
	cert.Removed.Conversations, err = removed(ctx, tx.NewUpdate().Table("conversations").
		Set("customer = '', caller = '', body = '', open_turn = '', memo = '', indexed = seq, state = ?", Closed).Where("id IN (?)", in))
	return blobs, err
}

// unnote takes out of the trail what the staff wrote at the end of conversations; who ended
// them stays.
func unnote(ctx context.Context, tx bun.Tx, ids []dialog.ConversationID) error {
	for _, id := range ids {
		var rows []audit
		if err := tx.NewSelect().Model(&rows).Where("tenant = ? AND what = ? AND body LIKE ?", dialog.DefaultTenant, closing, `%"`+string(id)+`"%`).Scan(ctx); err != nil {
			return err
		}
		for _, a := range rows {
			var x map[string]json.RawMessage
			if json.Unmarshal([]byte(a.Body), &x) != nil || string(x["conversation"]) != `"`+string(id)+`"` {
				continue
			}
			delete(x, "note")
			b, err := json.Marshal(x)
			if err != nil {
				return err
			}
			if _, err := tx.NewUpdate().Table("audit").Set("body = ?", string(b)).Where("id = ?", a.ID).Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgotten is added to the epoch of a forgotten conversation: no owner gets there otherwise.
const forgotten = 1 << 40

// Remembers gives dialog.ErrClosed for a conversation that was forgotten: what still runs
// of it is to leave nothing.
func (s *Store) Remembers(ctx context.Context, id dialog.ConversationID) error {
	return failure("conversation", remembers(ctx, s.in(ctx), id))
}

// remembers is Remembers, and lets no forgetting come between it and what its transaction writes.
func remembers(ctx context.Context, db bun.IDB, id dialog.ConversationID) error {
	var epoch int64
	q := db.NewSelect().Table("conversations").Column("epoch").Where("id = ?", id)
	if db.Dialect().Name() == dialect.PG { // SQLite has one writer
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx, &epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && epoch >= forgotten {
		return dialog.ErrClosed
	}
	return err
}

// removed runs a query and counts its rows.
func removed(ctx context.Context, q interface {
	Exec(ctx context.Context, dest ...any) (sql.Result, error)
}) (int, error) {
	r, err := q.Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// CertificateOf gives one.
func (s *Store) CertificateOf(ctx context.Context, id string) (Certificate, error) {
	var row certificate
	if err := s.db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx); err != nil {
		return Certificate{}, failure("certificate", err)
	}
	var c Certificate
	if err := json.Unmarshal([]byte(row.Body), &c); err != nil {
		return Certificate{}, fmt.Errorf("store: %w", err)
	}
	return c, nil
}

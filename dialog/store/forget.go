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
	Changes       int `json:"changes"`
	Phrasings     int `json:"phrasings"`
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
// transaction; files go after it, so that a file that cannot be deleted is named.
func (s *Store) Forget(ctx context.Context, id dialog.ConversationID, by string) (Certificate, error) {
	cert := Certificate{ID: "cert_" + rand.Text(), Conversation: id, At: when(micro(time.Now())), By: by, Kept: []string{}}
	var blobs []string
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		blobs, err = s.forgetTx(ctx, tx, id, &cert)
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

func (s *Store) forgetTx(ctx context.Context, tx bun.Tx, id dialog.ConversationID, cert *Certificate) (blobs []string, err error) {
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
	}{{"events", &cert.Removed.Events}, {"gaps", &cert.Removed.Gaps}, {"handoffs", &cert.Removed.Handoffs}} {
		if *x.n, err = removed(ctx, tx.NewDelete().Table(x.table).Where("conversation IN (?)", in)); err != nil {
			return nil, err
		}
	}
	for _, table := range []string{"attempts", "identified"} {
		if _, err := removed(ctx, tx.NewDelete().Table(table).Where("conversation IN (?)", in)); err != nil {
			return nil, err
		}
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
		Set("customer = '', body = '', open_turn = '', memo = '', state = ?, epoch = epoch + ?", Closed, forgotten).Where("id IN (?)", in))
	return blobs, err
}

// forgotten is added to the epoch of a forgotten conversation: no owner gets there otherwise.
const forgotten = 1 << 40

// Remembers gives dialog.ErrClosed for a conversation that was forgotten: what still runs
// of it is to leave nothing.
func (s *Store) Remembers(ctx context.Context, id dialog.ConversationID) error {
	return failure("conversation", remembers(ctx, s.in(ctx), id))
}

func remembers(ctx context.Context, db bun.IDB, id dialog.ConversationID) error {
	n, err := db.NewSelect().Table("conversations").Where("id = ? AND epoch >= ?", id, forgotten).Count(ctx)
	if err == nil && n > 0 {
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

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
	"parley/dialog/recommend"
)

// ProductList is what the company sells. Version 0 is none that was ever set.
type ProductList struct {
	Version  int64
	At       time.Time
	By       string // user id; "" is the program
	Products []recommend.Product
}

type productList struct {
	bun.BaseModel `bun:"table:products"`

	Tenant  dialog.TenantID `bun:",pk"`
	Version int64
	Body    string
	Who     string
	At      int64
}

// Products gives what the company sells.
func (s *Store) Products(ctx context.Context) (ProductList, error) {
	var row productList
	err := s.reads(ctx).NewSelect().Model(&row).Where("tenant = ?", dialog.DefaultTenant).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return ProductList{}, nil
	}
	if err != nil {
		return ProductList{}, failure("products", err)
	}
	out := ProductList{Version: row.Version, At: when(row.At), By: row.Who}
	if err := json.Unmarshal([]byte(row.Body), &out.Products); err != nil {
		return out, fmt.Errorf("store: products %d: %w", row.Version, err)
	}
	return out, nil
}

// ProductsVersion is the version of what the company sells.
func (s *Store) ProductsVersion(ctx context.Context) (int64, error) {
	var v int64
	err := s.reads(ctx).NewSelect().Table("products").ColumnExpr("coalesce(max(version), 0)").Where("tenant = ?", dialog.DefaultTenant).Scan(ctx, &v)
	return v, failure("products", err)
}

// PutProducts replaces what the company sells: recommend.Check passes it.
func (s *Store) PutProducts(ctx context.Context, ps []recommend.Product, by string) (ProductList, error) {
	if err := recommend.Check(ps); err != nil {
		return ProductList{}, err
	}
	if ps == nil {
		ps = []recommend.Product{}
	}
	b, err := json.Marshal(ps)
	if err != nil {
		return ProductList{}, fmt.Errorf("store: %w", err)
	}
	row := productList{Tenant: dialog.DefaultTenant, Version: 1, Body: string(b), Who: by, At: micro(time.Now())}
	err = s.in(ctx).NewInsert().Model(&row).On("CONFLICT (tenant) DO UPDATE").
		Set("version = product_list.version + 1, body = EXCLUDED.body, who = EXCLUDED.who, at = EXCLUDED.at").
		Returning("version").Scan(ctx, &row.Version)
	return ProductList{Version: row.Version, At: when(row.At), By: by, Products: ps}, failure("products", err)
}

type behaviour struct {
	bun.BaseModel `bun:"table:behaviours"`

	Conversation dialog.ConversationID `bun:",pk"`
	Tenant       dialog.TenantID
	Body         string
	At           int64
}

// MaxBehaviour is how many events of the pages are kept of a conversation: the last ones.
const MaxBehaviour = 200

// Behaviour gives what a conversation's customer did on the company's pages, oldest first.
func (s *Store) Behaviour(ctx context.Context, id dialog.ConversationID) ([]recommend.Event, error) {
	return behaved(ctx, s.reads(ctx).NewSelect(), id)
}

func behaved(ctx context.Context, q *bun.SelectQuery, id dialog.ConversationID) ([]recommend.Event, error) {
	var row behaviour
	err := q.Model(&row).Where("conversation = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, failure("behaviour", err)
	}
	var out []recommend.Event
	if err := json.Unmarshal([]byte(row.Body), &out); err != nil {
		return nil, fmt.Errorf("store: behaviour: %w", err)
	}
	return out, nil
}

// Behave notes what a conversation's customer did on the company's pages. What was
// recommended to them and is now in the cart or bought was taken.
func (s *Store) Behave(ctx context.Context, id dialog.ConversationID, events ...recommend.Event) error {
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		// Of two that come at once, and of a conversation that is being forgotten, one waits.
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		q := tx.NewSelect()
		if s.postgres {
			q = q.For("UPDATE")
		}
		all, err := behaved(ctx, q, id)
		if err != nil {
			return err
		}
		all = append(all, events...)
		all = all[max(0, len(all)-MaxBehaviour):]
		b, err := json.Marshal(all)
		if err != nil {
			return err
		}
		now := micro(time.Now())
		row := behaviour{Conversation: id, Tenant: dialog.DefaultTenant, Body: string(b), At: now}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (conversation) DO UPDATE").Set("body = EXCLUDED.body, at = EXCLUDED.at").Exec(ctx); err != nil {
			return err
		}
		var taken []string
		for _, e := range events {
			if (e.Kind == recommend.CartAdded || e.Kind == recommend.Purchased) && !slices.Contains(taken, e.Product) {
				taken = append(taken, e.Product)
			}
		}
		if len(taken) == 0 {
			return nil
		}
		_, err = tx.NewUpdate().Table("recommendations").Set("state = ?, changed = ?", recommend.Taken, now).
			Where("conversation = ? AND product IN (?) AND state <> ?", id, bun.In(taken), recommend.Taken).Exec(ctx)
		return err
	})
	return failure("behaviour", err)
}

// Recommendation is a product that a customer was told of.
type Recommendation struct {
	bun.BaseModel `bun:"table:recommendations"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Product      string
	Name         string
	Who          string // user id; "" is the bot
	State        recommend.State
	At           int64
	Changed      int64
}

// Recommended notes that a conversation's customer was told of a product, or what became of
// that. Of a product there is one in a conversation: it goes from Offered to another state,
// and what was taken stays so.
func (s *Store) Recommended(ctx context.Context, id dialog.ConversationID, product, name, who string, state recommend.State) error {
	now := micro(time.Now())
	row := Recommendation{ID: "rec_" + rand.Text(), Tenant: dialog.DefaultTenant, Conversation: id, Product: product, Name: name, Who: who, State: state, At: now, Changed: now}
	return failure("recommendation", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		if state == recommend.Unheard {
			_, err := tx.NewDelete().Table("recommendations").Where("conversation = ? AND product = ? AND state = ?", id, product, recommend.Offered).Exec(ctx)
			return err
		}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (conversation, product) DO UPDATE").
			Set("state = EXCLUDED.state, changed = EXCLUDED.changed").
			Where("recommendation.state <> ? AND EXCLUDED.state <> ?", recommend.Taken, recommend.Offered).Exec(ctx)
		return err
	}))
}

// Recommendations lists what a conversation's customer was told of, oldest first.
func (s *Store) Recommendations(ctx context.Context, id dialog.ConversationID) ([]Recommendation, error) {
	var out []Recommendation
	err := s.reads(ctx).NewSelect().Model(&out).Where("conversation = ?", id).Order("at", "id").Scan(ctx)
	return out, failure("recommendations", err)
}

// RecommendationRow counts what was recommended alike.
type RecommendationRow struct {
	Slot    int64 // of the conversation
	Flags   int64
	Product string
	Name    string
	ByBot   bool
	State   recommend.State
	N       int64
}

// RecommendationRows counts what was recommended in the conversations of a span that have flags.
func (s *Store) RecommendationRows(ctx context.Context, p Span, h Having) ([]RecommendationRow, error) {
	var out []RecommendationRow
	digests := h.among(p.within(s.db.NewSelect().Table("digests").Column("conversation", "slot", "flags")))
	err := s.reads(ctx).NewSelect().TableExpr("recommendations AS r").Join("JOIN (?) AS d ON d.conversation = r.conversation", digests).
		ColumnExpr("d.slot, d.flags, r.product, max(r.name) AS name, r.who = '' AS by_bot, r.state, count(*) AS n").
		GroupExpr("d.slot, d.flags, r.product, r.who = '', r.state").Scan(ctx, &out)
	return out, failure("recommendations", err)
}

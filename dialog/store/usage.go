package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Usage is what one request to a model cost.
type Usage struct {
	bun.BaseModel `bun:"table:usage"`

	ID           string `bun:",pk"` // given by AddUsage
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID // "": none, as of embeddings
	Role         string                // "llm" or "embed"
	Model        string
	Prompt       int64 // tokens
	Cached       int64 // of Prompt
	Reply        int64
	Estimated    bool
	Cost         float64 // in Currency
	Currency     string
	At           int64 // microseconds
}

// AddUsage notes what was used.
func (s *Store) AddUsage(ctx context.Context, us ...Usage) error {
	if len(us) == 0 {
		return nil
	}
	for i := range us {
		us[i].ID = "use_" + rand.Text()
		if us[i].Tenant == "" {
			us[i].Tenant = dialog.DefaultTenant
		}
		if us[i].At == 0 {
			us[i].At = micro(time.Now())
		}
	}
	_, err := s.in(ctx).NewInsert().Model(&us).Exec(ctx)
	return failure("usage", err)
}

// UsageSum is what a model was used for, added up.
type UsageSum struct {
	Role     string  `json:"role"`
	Model    string  `json:"model"`
	Requests int64   `json:"requests"`
	Prompt   int64   `json:"prompt_tokens"`
	Cached   int64   `json:"cached_tokens"`
	Reply    int64   `json:"reply_tokens"`
	Guessed  int64   `json:"estimated"` // requests whose tokens were estimated
	Cost     float64 `json:"cost"`
	Currency string  `json:"currency"`
}

func (s *Store) usage(ctx context.Context, where string, args ...any) ([]UsageSum, error) {
	var out []UsageSum
	err := s.db.NewSelect().Table("usage").
		ColumnExpr("role, model, currency, COUNT(*) AS requests, SUM(prompt) AS prompt, SUM(cached) AS cached, SUM(reply) AS reply, SUM(cost) AS cost").
		ColumnExpr("SUM(CASE WHEN estimated THEN 1 ELSE 0 END) AS guessed").
		Where("tenant = ?", dialog.DefaultTenant).Where(where, args...).
		Group("role", "model", "currency").Order("role", "model", "currency").Scan(ctx, &out)
	return out, failure("usage", err)
}

// UsageDay is what a model was used for on one day.
type UsageDay struct {
	Day string `json:"day" format:"date" doc:"UTC"`
	UsageSum
}

const microsOfDay = 24 * 3600 * 1_000_000

// UsageByDay adds up what all cost from a time on and before another, by UTC day, model and
// currency, newest day first.
func (s *Store) UsageByDay(ctx context.Context, from, to time.Time) ([]UsageDay, error) {
	var rows []struct {
		Days int64
		UsageSum
	}
	err := s.db.NewSelect().Table("usage").ColumnExpr("at / ? AS days", int64(microsOfDay)).
		ColumnExpr("role, model, currency, COUNT(*) AS requests, SUM(prompt) AS prompt, SUM(cached) AS cached, SUM(reply) AS reply, SUM(cost) AS cost").
		ColumnExpr("SUM(CASE WHEN estimated THEN 1 ELSE 0 END) AS guessed").
		Where("tenant = ? AND at >= ? AND at < ?", dialog.DefaultTenant, micro(from), micro(to)).
		GroupExpr("days, role, model, currency").OrderExpr("days DESC, role, model, currency").Scan(ctx, &rows)
	if err != nil {
		return nil, failure("usage", err)
	}
	out := make([]UsageDay, len(rows))
	for i, r := range rows {
		out[i] = UsageDay{Day: when(r.Days * microsOfDay).Format(time.DateOnly), UsageSum: r.UsageSum}
	}
	return out, nil
}

// UsageOf adds up what a conversation cost, by model and currency.
func (s *Store) UsageOf(ctx context.Context, id dialog.ConversationID) ([]UsageSum, error) {
	return s.usage(ctx, "conversation = ?", id)
}

// UsageSince adds up what all cost from a time on, by model and currency.
func (s *Store) UsageSince(ctx context.Context, from time.Time) ([]UsageSum, error) {
	return s.usage(ctx, "at >= ?", micro(from))
}

type embedding struct {
	bun.BaseModel `bun:"table:embeddings"`

	Tenant dialog.TenantID `bun:",pk"`
	Model  string          `bun:",pk"`
	Hash   string          `bun:",pk"`
	Vector []byte          // float32, little endian
	Used   int64           // when it was asked for last, to a day
}

const (
	vectorsAtOnce = 400 // of a statement: below the limit of variables of both databases
	staleUse      = 24 * time.Hour
)

// Vectors gives those that are kept of the texts with these hashes.
func (s *Store) Vectors(ctx context.Context, model string, hashes []string) (map[string][]float32, error) {
	out := map[string][]float32{}
	now := time.Now()
	for len(hashes) > 0 {
		n := min(len(hashes), vectorsAtOnce)
		var rows []embedding
		err := s.db.NewSelect().Model(&rows).Where("tenant = ? AND model = ?", dialog.DefaultTenant, model).Where("hash IN (?)", bun.List(hashes[:n])).Scan(ctx)
		if err != nil {
			return nil, failure("vectors", err)
		}
		stale := false
		for _, r := range rows {
			if len(r.Vector)%4 != 0 {
				return nil, fmt.Errorf("store: vectors: %s has %d bytes", r.Hash, len(r.Vector))
			}
			v := make([]float32, len(r.Vector)/4)
			for i := range v {
				v[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.Vector[4*i:]))
			}
			out[r.Hash] = v
			stale = stale || when(r.Used).Before(now.Add(-staleUse))
		}
		if stale {
			_, err := s.in(ctx).NewUpdate().Model((*embedding)(nil)).Set("used = ?", micro(now)).
				Where("tenant = ? AND model = ?", dialog.DefaultTenant, model).Where("hash IN (?)", bun.List(hashes[:n])).Exec(ctx)
			if err != nil {
				return nil, failure("vectors", err)
			}
		}
		hashes = hashes[n:]
	}
	return out, nil
}

// PutVectors keeps vectors by the hashes of their texts.
func (s *Store) PutVectors(ctx context.Context, model string, vs map[string][]float32) error {
	var rows []embedding
	now := micro(time.Now())
	put := func() error {
		if len(rows) == 0 {
			return nil
		}
		_, err := s.in(ctx).NewInsert().Model(&rows).On("CONFLICT (tenant, model, hash) DO UPDATE").Set("vector = EXCLUDED.vector, used = EXCLUDED.used").Exec(ctx)
		rows = nil
		return failure("vectors", err)
	}
	for h, v := range vs {
		b := make([]byte, 0, 4*len(v))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		rows = append(rows, embedding{Tenant: dialog.DefaultTenant, Model: model, Hash: h, Vector: b, Used: now})
		if len(rows) == vectorsAtOnce {
			if err := put(); err != nil {
				return err
			}
		}
	}
	return put()
}

// KeepVectors drops the vectors of other models, and those of this one that are of none of
// these texts and were not asked for since a time. It gives how many there were.
func (s *Store) KeepVectors(ctx context.Context, model string, hashes map[string]bool, before time.Time) (n int64, err error) {
	res, err := s.in(ctx).NewDelete().Model((*embedding)(nil)).Where("tenant = ? AND model <> ?", dialog.DefaultTenant, model).Exec(ctx)
	if err != nil {
		return 0, failure("vectors", err)
	}
	if n, err = res.RowsAffected(); err != nil {
		return n, failure("vectors", err)
	}
	var old []string
	err = s.db.NewSelect().Model((*embedding)(nil)).Column("hash").Where("tenant = ? AND model = ? AND used < ?", dialog.DefaultTenant, model, micro(before)).Scan(ctx, &old)
	if err != nil {
		return n, failure("vectors", err)
	}
	old = slices.DeleteFunc(old, func(h string) bool { return hashes[h] })
	for gone := range slices.Chunk(old, vectorsAtOnce) {
		res, err := s.in(ctx).NewDelete().Model((*embedding)(nil)).Where("tenant = ? AND model = ?", dialog.DefaultTenant, model).Where("hash IN (?)", bun.List(gone)).Exec(ctx)
		if err != nil {
			return n, failure("vectors", err)
		}
		k, err := res.RowsAffected()
		if n += k; err != nil {
			return n, failure("vectors", err)
		}
	}
	return n, nil
}

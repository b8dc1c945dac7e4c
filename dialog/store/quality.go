package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Score is how well a conversation went. A criterion that does not apply is -1.
type Score struct {
	bun.BaseModel `bun:"table:digest_scores"`

	Conversation  dialog.ConversationID `bun:",pk"`
	Tenant        dialog.TenantID
	Began         int64
	Slot          int64
	Day           int64
	Flags         int64
	Agent         string
	Total         int64
	Greeting      int64
	Understanding int64
	Correctness   int64
	Tone          int64
	Resolution    int64
	Compliance    int64
	Body          string // the grades, as JSON

	Faults []Fault `bun:"-"`
}

// Fault is something that went wrong in a conversation.
type Fault struct {
	bun.BaseModel `bun:"table:digest_faults"`

	Conversation dialog.ConversationID `bun:",pk"`
	Fault        string                `bun:",pk"`
	Criterion    string
	Tenant       dialog.TenantID
	Began        int64
	Slot         int64
	Flags        int64
}

// Overrule is what a person says of a score instead.
type Overrule struct {
	bun.BaseModel `bun:"table:overrules"`

	Conversation dialog.ConversationID `bun:",pk"`
	Criterion    string                `bun:",pk"`
	Tenant       dialog.TenantID
	Fault        string // that the score rested on, "": none
	Score        int64
	Was          int64
	Who          string // user id
	Body         string // why
	At           int64
}

// keepScores keeps those of digests.
func keepScores(ctx context.Context, tx bun.Tx, ds []Digest) error {
	var scores []Score
	var faults []Fault
	for _, d := range ds {
		if d.Scored == nil {
			continue
		}
		x := *d.Scored
		x.Conversation, x.Tenant, x.Began, x.Slot, x.Day, x.Flags, x.Agent = d.Conversation, d.Tenant, d.Began, d.Slot, d.Day, d.Flags, d.Agent
		scores = append(scores, x)
		for _, f := range x.Faults {
			f.Conversation, f.Tenant, f.Began, f.Slot, f.Flags = d.Conversation, d.Tenant, d.Began, d.Slot, d.Flags
			faults = append(faults, f)
		}
	}
	if err := insertAll(ctx, tx, scores); err != nil {
		return err
	}
	return insertAll(ctx, tx, faults)
}

// ScoreOf gives a conversation's score.
func (s *Store) ScoreOf(ctx context.Context, id dialog.ConversationID) (Score, error) {
	var x Score
	err := s.reads(ctx).NewSelect().Model(&x).Where("conversation = ?", id).Scan(ctx)
	return x, failure("score", err)
}

// PutOverrule keeps what a person says of a score. The digest is made anew with it.
func (s *Store) PutOverrule(ctx context.Context, o Overrule) error {
	o.Tenant, o.At = dialog.DefaultTenant, micro(time.Now())
	return failure("overrule", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, o.Conversation); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&o).On("CONFLICT (conversation, criterion) DO UPDATE").
			Set("fault = EXCLUDED.fault, score = EXCLUDED.score, was = EXCLUDED.was, who = EXCLUDED.who, body = EXCLUDED.body, at = EXCLUDED.at").Exec(ctx)
		if err == nil {
			_, err = tx.NewUpdate().Table("conversations").Set("digested = 0").Where("id = ?", o.Conversation).Exec(ctx)
		}
		return err
	}))
}

// OverrulesOf gives what people said of conversations.
func (s *Store) OverrulesOf(ctx context.Context, ids ...dialog.ConversationID) ([]Overrule, error) {
	var out []Overrule
	err := s.reads(ctx).NewSelect().Model(&out).Where("conversation IN (?)", bun.In(ids)).Order("conversation", "criterion").Scan(ctx)
	return out, failure("overrules", err)
}

// Verdicts count how often people upheld a fault, and how often they did not.
type Verdicts struct {
	Fault        string
	Upheld, Gone int64
}

// Verdicts of all faults that people have looked at.
func (s *Store) Verdicts(ctx context.Context) ([]Verdicts, error) {
	var out []Verdicts
	err := s.reads(ctx).NewSelect().Table("overrules").
		ColumnExpr("fault, sum(CASE WHEN score <= was THEN 1 ELSE 0 END) AS upheld, sum(CASE WHEN score > was THEN 1 ELSE 0 END) AS gone").
		Where("tenant = ? AND fault <> ''", dialog.DefaultTenant).Group("fault").Order("fault").Scan(ctx, &out)
	return out, failure("overrules", err)
}

type rubric struct {
	bun.BaseModel `bun:"table:rubrics"`

	Tenant  dialog.TenantID `bun:",pk"`
	Version int64           `bun:",pk"`
	Who     string
	Body    string
	At      int64
}

// Rubric gives the company's, and its version; nil and 0 when it has none of its own.
func (s *Store) Rubric(ctx context.Context) (json.RawMessage, int64, error) {
	var r rubric
	err := s.reads(ctx).NewSelect().Model(&r).Where("tenant = ?", dialog.DefaultTenant).Order("version DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return json.RawMessage(r.Body), r.Version, failure("rubric", err)
}

// PutRubric keeps a further version, based on a former one; dialog.ErrConflict when that is
// no more the last.
func (s *Store) PutRubric(ctx context.Context, who string, based int64, body json.RawMessage) (version int64, err error) {
	r := rubric{Tenant: dialog.DefaultTenant, Version: based + 1, Who: who, Body: string(body), At: micro(time.Now())}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var last int64
		if err := tx.NewSelect().Model((*rubric)(nil)).ColumnExpr("coalesce(max(version), 0)").Where("tenant = ?", dialog.DefaultTenant).Scan(ctx, &last); err != nil {
			return err
		}
		if last != based {
			return dialog.ErrConflict
		}
		_, err := tx.NewInsert().Model(&r).Exec(ctx)
		return err
	})
	return r.Version, failure("rubric", err)
}

// ScoreSum adds up the scores of a day and a person. Sums are of the criteria in the order of
// Score's fields, and Ns how many conversations each applied to.
type ScoreSum struct {
	Day   int64
	Agent string
	N     int64
	Total int64
	Low   int64 // of a total below 60
	G, GN int64
	U, UN int64
	C, CN int64
	T, TN int64
	R, RN int64
	P, PN int64
}

// Sums are those of the criteria, in their order.
func (x ScoreSum) Sums() (sums, ns [6]int64) {
	return [6]int64{x.G, x.U, x.C, x.T, x.R, x.P}, [6]int64{x.GN, x.UN, x.CN, x.TN, x.RN, x.PN}
}

// ScoreSums adds up the scores of a span.
func (s *Store) ScoreSums(ctx context.Context, p Span, h Having) ([]ScoreSum, error) {
	var out []ScoreSum
	q := s.reads(ctx).NewSelect().Table("digest_scores").ColumnExpr("day, agent, count(*) AS n, sum(total) AS total, sum(CASE WHEN total < 60 THEN 1 ELSE 0 END) AS low")
	for _, c := range [][2]string{{"g", "greeting"}, {"u", "understanding"}, {"c", "correctness"}, {"t", "tone"}, {"r", "resolution"}, {"p", "compliance"}} {
		q = q.ColumnExpr("sum(CASE WHEN ? >= 0 THEN ? ELSE 0 END) AS ?", bun.Ident(c[1]), bun.Ident(c[1]), bun.Ident(c[0])).
			ColumnExpr("sum(CASE WHEN ? >= 0 THEN 1 ELSE 0 END) AS ?", bun.Ident(c[1]), bun.Ident(c[0]+"n"))
	}
	err := h.among(p.within(q)).GroupExpr("day, agent").Scan(ctx, &out)
	return out, failure("scores", err)
}

// FaultCount is how many conversations have a fault.
type FaultCount struct {
	Fault, Criterion string
	N                int64
}

// FaultCounts counts the faults of a span.
func (s *Store) FaultCounts(ctx context.Context, p Span, h Having) ([]FaultCount, error) {
	var out []FaultCount
	q := s.reads(ctx).NewSelect().Table("digest_faults").ColumnExpr("fault, criterion, count(*) AS n").GroupExpr("fault, criterion").OrderExpr("n DESC, fault")
	err := h.among(p.within(q)).Scan(ctx, &out)
	return out, failure("faults", err)
}

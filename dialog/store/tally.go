package store

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
	"parley/dialog/recommend"
)

// Span is the time from From on and before To.
type Span struct {
	From, To time.Time
	Scope    *Scope // nil: of everything
}

// SlotOf is the half hour of a time, since 1970.
func SlotOf(t time.Time) int64 { return t.Unix() / slotSeconds }

const slotSeconds = 1800

// BeginOf a slot is when it begins.
func BeginOf(slot int64) time.Time { return time.Unix(slot*slotSeconds, 0).UTC() }

// within narrows a query to what began in the span.
func (p Span) within(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("tenant = ? AND slot >= ? AND slot <= ?", dialog.DefaultTenant, SlotOf(p.From), SlotOf(p.To.Add(-time.Microsecond)))
	if p.From.Unix()%slotSeconds != 0 || p.To.Unix()%slotSeconds != 0 {
		q = q.Where("began >= ? AND began < ?", micro(p.From), micro(p.To))
	}
	return p.Scope.digested(q.DB(), q)
}

// Having are flags that must be set, and such that must not.
type Having struct{ All, None int64 }

func (h Having) among(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("(flags & ?) = ?", h.All|h.None, h.All)
}

// apart leaves out what has them; the zero value leaves out nothing.
func (h Having) apart(q *bun.SelectQuery) *bun.SelectQuery {
	if h == (Having{}) {
		return q
	}
	return q.Where("(flags & ?) <> ?", h.All|h.None, h.All)
}

// Tally is how many are alike. Age is 0, or the number of the bounds before the last of which
// nothing has happened any more.
type Tally struct {
	Slot, Flags, Age, N int64
}

// Tally counts the conversations that began in a span by slot, flags and age; first and second
// are the bounds of the age, the later one first.
func (s *Store) Tally(ctx context.Context, p Span, first, second time.Time) ([]Tally, error) {
	var out []Tally
	q := s.reads(ctx).NewSelect().Table("digests").ColumnExpr("slot, flags, CASE WHEN last < ? THEN 2 WHEN last < ? THEN 1 ELSE 0 END AS age, count(*) AS n", micro(second), micro(first)).
		GroupExpr("slot, flags, age")
	err := p.within(q).Scan(ctx, &out)
	return out, failure("tally", err)
}

// TalkRow is a digest without what says whose it is.
type TalkRow struct {
	Slot, Flags, ReplyMS, HandleMS, Turns, Score int64
	Matter, Agent, Queue                         string
}

// TalkRows gives the digests of a span that have flags.
func (s *Store) TalkRows(ctx context.Context, p Span, h Having) ([]TalkRow, error) {
	var out []TalkRow
	q := s.reads(ctx).NewSelect().Table("digests").Column("slot", "flags", "reply_ms", "handle_ms", "turns", "score", "matter", "agent", "queue")
	err := h.among(p.within(q)).Scan(ctx, &out)
	return out, failure("digests", err)
}

// MatterTally is how many conversations were about a matter.
type MatterTally struct {
	Matter   string
	Flags, N int64
}

// Matters counts what conversations of a span were about.
func (s *Store) Matters(ctx context.Context, p Span, h Having) ([]MatterTally, error) {
	var out []MatterTally
	q := s.reads(ctx).NewSelect().Table("digests").ColumnExpr("matter, flags, count(*) AS n").GroupExpr("matter, flags")
	err := h.among(p.within(q)).Scan(ctx, &out)
	return out, failure("matters", err)
}

// TransferRows gives the transfers whose wait began in a span, and that have flags.
func (s *Store) TransferRows(ctx context.Context, p Span, h Having) ([]DigestTransfer, error) {
	var out []DigestTransfer
	q := s.reads(ctx).NewSelect().Model(&out)
	err := h.among(p.within(q)).Scan(ctx)
	return out, failure("transfers", err)
}

// WaitRow is what turns waited in a conversation.
type WaitRow struct {
	Slot, Flags int64
	Body        []byte
}

// EachWait calls each with those of a span that have flags, by slot, one after the other: all
// of them may be more than there is memory for. each must not ask the store.
func (s *Store) EachWait(ctx context.Context, p Span, h Having, each func(WaitRow)) error {
	q := s.reads(ctx).NewSelect().Table("digest_waits").Column("slot", "flags", "body").Order("slot")
	rows, err := h.among(p.within(q)).Rows(ctx)
	if err != nil {
		return failure("waits", err)
	}
	for rows.Next() && err == nil {
		var r WaitRow
		if err = rows.Scan(&r.Slot, &r.Flags, &r.Body); err == nil {
			each(r)
		}
	}
	return failure("waits", errors.Join(err, rows.Err(), rows.Close()))
}

// CostTally is what conversations cost in a currency.
type CostTally struct {
	Currency    string
	Slot, Flags int64
	N           int64
	Cost        float64
}

// CostTally adds up what the conversations of a span cost.
func (s *Store) CostTally(ctx context.Context, p Span, h Having) ([]CostTally, error) {
	var out []CostTally
	q := s.reads(ctx).NewSelect().Table("digest_costs").ColumnExpr("currency, slot, flags, count(*) AS n, sum(cost) AS cost").GroupExpr("currency, slot, flags")
	err := h.among(p.within(q)).Scan(ctx, &out)
	return out, failure("costs", err)
}

// WordSum is in how many conversations a word was said in a time, and in one before.
type WordSum struct {
	Word             string
	N, Angry, Before int64
}

// WordSums counts the words that at least so many conversations of the days from first to last
// have, and how many had them from the day before on until first: at most limit of them, the
// most said first.
func (s *Store) WordSums(ctx context.Context, before, first, last int64, practice bool, least, limit int64) ([]WordSum, error) {
	var out []WordSum
	err := s.saidIn(ctx, before, last, practice).
		ColumnExpr("word, sum(CASE WHEN day >= ? THEN n ELSE 0 END) AS n, sum(CASE WHEN day >= ? THEN angry ELSE 0 END) AS angry, sum(CASE WHEN day < ? THEN n ELSE 0 END) AS before", first, first, first).
		GroupExpr("word").Having("sum(CASE WHEN day >= ? THEN n ELSE 0 END) >= ?", first, least).
		OrderExpr("2 DESC, length(word) DESC, word").Limit(limit).Scan(ctx, &out)
	return out, failure("words", err)
}

// SaidDays are the days from first to last on which anything was said, in their order.
func (s *Store) SaidDays(ctx context.Context, first, last int64, practice bool) ([]int64, error) {
	var out []int64
	err := s.saidIn(ctx, first, last, practice).ColumnExpr("DISTINCT day").Order("day").Scan(ctx, &out)
	return out, failure("words", err)
}

func (s *Store) saidIn(ctx context.Context, first, last int64, practice bool) *bun.SelectQuery {
	return s.reads(ctx).NewSelect().Table("digest_word_days").
		Where("tenant = ? AND practice = ? AND day >= ? AND day <= ?", dialog.DefaultTenant, bit(practice), first, last)
}

// WordSlots counts when a word was said.
func (s *Store) WordSlots(ctx context.Context, p Span, word string, practice bool) ([]Tally, error) {
	var out []Tally
	err := s.reads(ctx).NewSelect().Table("digest_words").ColumnExpr("slot, angry AS flags, count(*) AS n").
		Where("tenant = ? AND word = ? AND practice = ? AND slot >= ? AND slot <= ?", dialog.DefaultTenant, word, bit(practice), SlotOf(p.From), SlotOf(p.To.Add(-time.Microsecond))).
		GroupExpr("slot, angry").Scan(ctx, &out)
	return out, failure("words", err)
}

// Behind says which digests are looked for, the ones that began last first.
type Behind struct {
	Span
	Having
	Not        Having    // such are left out; zero: none
	LastBefore time.Time // nothing has happened in them since; zero: whenever
	StillSince time.Time // with OverFlag: over when nothing has happened since, and HeldFlag is not set
	OverFlag   int64
	HeldFlag   int64
	Transfers  Having // of which one of their transfers must be; zero: whatever
	ByTransfer bool   // Span is of the transfers' waits
	Matter     *string
	Agent      string
	Queue      string
	Word       string
	Fault      string
	Product    string          // that was recommended in them, "*" is any
	Became     recommend.State // what became of that; "" is whatever
	Practice   bool            // of Word
	Score      int64
	Slots      []int64 // one of which they began in; nil: any
	Before     Cursor  // Updated is when it began
	Limit      int
}

// Behind lists digests.
func (s *Store) Behind(ctx context.Context, b Behind) ([]Digest, error) {
	var out []Digest
	q := s.reads(ctx).NewSelect().Model(&out).OrderExpr("slot DESC, began DESC, conversation DESC").Limit(int64(b.Limit))
	if b.ByTransfer {
		t := b.Not.apart(b.Transfers.among(b.Span.within(s.db.NewSelect().Table("digest_transfers").Column("conversation"))))
		q = q.Where("tenant = ? AND conversation IN (?)", dialog.DefaultTenant, t)
	} else {
		q = b.Not.apart(b.Span.within(q))
	}
	h := b.Having
	if b.OverFlag != 0 && h.All&b.OverFlag != 0 && !b.StillSince.IsZero() {
		h.All &^= b.OverFlag
		q = q.Where("((flags & ?) <> 0 OR (flags & ?) = 0 AND last < ?)", b.OverFlag, b.HeldFlag, micro(b.StillSince))
	}
	q = h.among(q)
	if !b.LastBefore.IsZero() {
		q = q.Where("last < ?", micro(b.LastBefore))
	}
	if b.Matter != nil {
		q = q.Where("matter = ?", *b.Matter)
	}
	if b.Agent != "" {
		q = q.Where("agent = ?", b.Agent)
	}
	if b.Queue != "" {
		q = q.Where("queue = ?", b.Queue)
	}
	if b.Score != 0 {
		q = q.Where("score = ?", b.Score)
	}
	if b.Word != "" {
		q = q.Where("conversation IN (?)", s.db.NewSelect().Table("digest_words").Column("conversation").
			Where("tenant = ? AND word = ? AND practice = ?", dialog.DefaultTenant, b.Word, bit(b.Practice)))
	}
	if b.Fault != "" {
		q = q.Where("conversation IN (?)", s.db.NewSelect().Table("digest_faults").Column("conversation").Where("fault = ?", b.Fault))
	}
	if b.Product != "" {
		r := s.db.NewSelect().Table("recommendations").Column("conversation").Where("tenant = ?", dialog.DefaultTenant)
		if b.Product != "*" {
			r = r.Where("product = ?", b.Product)
		}
		if b.Became != "" {
			r = r.Where("state = ?", b.Became)
		}
		q = q.Where("conversation IN (?)", r)
	}
	if len(b.Slots) > 0 {
		q = q.Where("slot IN (?)", bun.In(b.Slots))
	}
	if b.Before.ID != "" {
		q = q.Where("(began < ? OR began = ? AND conversation < ?)", b.Before.Updated, b.Before.Updated, b.Before.ID)
	}
	err := q.Scan(ctx)
	return out, failure("digests", err)
}

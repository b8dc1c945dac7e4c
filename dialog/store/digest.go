package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Digest is what reports read of a conversation. Times are microseconds.
type Digest struct {
	bun.BaseModel `bun:"table:digests"`

	Conversation dialog.ConversationID `bun:",pk"`
	Tenant       dialog.TenantID
	Began        int64
	Last         int64 // when something was said, or a call or a transfer moved, last
	Slot         int64 // the half hour that it began in, since 1970
	Day          int64 // the company's, since 1970
	Flags        int64 // the meaning is the caller's
	Person       string
	Matter       string
	Agent        string
	Queue        string
	ReplyMS      int64
	HandleMS     int64
	Turns        int64
	Score        int64

	Seq       int64              `bun:"-"` // of the conversation, up to which it was read
	Practice  bool               `bun:"-"`
	Angry     bool               `bun:"-"`
	Words     []string           `bun:"-"`
	Waits     []byte             `bun:"-"` // of its turns, as the caller packs them
	Costs     map[string]float64 `bun:"-"` // by currency
	Transfers []DigestTransfer   `bun:"-"`
	Scored    *Score             `bun:"-"` // nil: it is not over
	Nothing   bool               `bun:"-"` // no report counts it
}

// DigestTransfer is what reports read of a transfer.
type DigestTransfer struct {
	bun.BaseModel `bun:"table:digest_transfers"`

	ID           string `bun:",pk"`
	Conversation dialog.ConversationID
	Tenant       dialog.TenantID
	Began        int64 // when the customer began to wait
	Slot         int64
	Flags        int64
	State        string
	Reason       string
	Asked        string
	Queue        string
	Agent        string
	WaitMS       int64
	Tries        int64
}

type digestWaits struct {
	bun.BaseModel `bun:"table:digest_waits"`

	Conversation dialog.ConversationID `bun:",pk"`
	Tenant       dialog.TenantID
	Slot         int64
	Began        int64
	Flags        int64
	Body         []byte
}

type digestCost struct {
	bun.BaseModel `bun:"table:digest_costs"`

	Conversation dialog.ConversationID `bun:",pk"`
	Currency     string                `bun:",pk"`
	Tenant       dialog.TenantID
	Slot         int64
	Began        int64
	Flags        int64
	Cost         float64
}

type digestWord struct {
	bun.BaseModel `bun:"table:digest_words"`

	Conversation dialog.ConversationID `bun:",pk"`
	Word         string                `bun:",pk"`
	Tenant       dialog.TenantID
	Practice     int64
	Day          int64
	Slot         int64
	Angry        int64
}

type digestWordDay struct {
	bun.BaseModel `bun:"table:digest_word_days"`

	Tenant   dialog.TenantID `bun:",pk"`
	Practice int64           `bun:",pk"`
	Day      int64           `bun:",pk"`
	Word     string          `bun:",pk"`
	N        int64
	Angry    int64
}

// Material is what a digest is made of.
type Material struct {
	Conversation Conversation
	Records      []dialog.Record // those of digestedTypes
	Transfers    []Transfer      // oldest first
	Person       dialog.Person   // zero: nobody knows who it was
	Costs        map[string]float64
	Overrules    []Overrule
	Judged       Judgement // zero: no model has judged it
	Forgotten    bool
}

// digestedTypes are the records that digests are made of.
var digestedTypes = []string{dialog.MessageCreated, dialog.ConversationUpdated, dialog.CallStarted, dialog.CallEnded, dialog.TurnMeasured, dialog.TransferUpdated}

// Undigested gives what has happened in conversations since they were last digested, the
// longest ago first, at most limit of them; only those in which nothing has happened since
// quiet, or that are at rest.
func (s *Store) Undigested(ctx context.Context, quiet time.Time, limit int) ([]Material, error) {
	var cs []Conversation
	err := s.reads(ctx).NewSelect().Model(&cs).Where("digested < seq AND (updated <= ? OR state <> ?)", micro(quiet), Awake).
		Order("updated").Limit(int64(min(limit, digestBatch))).Scan(ctx)
	if err != nil || len(cs) == 0 {
		return nil, failure("digests", err)
	}
	ms, err := s.material(ctx, cs)
	return ms, failure("digests", err)
}

// digestBatch is how many conversations are digested in one transaction.
const digestBatch = 200

func (s *Store) material(ctx context.Context, cs []Conversation) ([]Material, error) {
	out := make([]Material, len(cs))
	ids := make([]dialog.ConversationID, len(cs))
	at := map[dialog.ConversationID]*Material{}
	for i, c := range cs {
		out[i].Conversation, ids[i], at[c.ID] = c, c.ID, &out[i]
		out[i].Forgotten = c.Epoch >= forgotten
		if c.Customer != "" {
			out[i].Person = dialog.Person{Space: dialog.SiteSpace(c.Site), ID: c.Customer}
		}
	}
	db, in := s.reads(ctx), bun.In(ids)
	var es []event
	if err := db.NewSelect().Model(&es).Where("conversation IN (?) AND type IN (?)", in, bun.In(digestedTypes)).Order("conversation", "seq").Scan(ctx); err != nil {
		return nil, err
	}
	for _, e := range es {
		m := at[e.Conversation]
		m.Records = append(m.Records, dialog.Record{Seq: e.Seq, Type: e.Type, At: when(e.At), Conversation: e.Conversation, Data: []byte(e.Body)})
	}
	var ts []Transfer
	if err := db.NewSelect().Model(&ts).Where("conversation IN (?)", in).Order("conversation", "created").Scan(ctx); err != nil {
		return nil, err
	}
	for _, t := range ts {
		at[t.Conversation].Transfers = append(at[t.Conversation].Transfers, t)
	}
	var known []identified
	if err := db.NewSelect().Model(&known).Where("conversation IN (?)", in).Order("conversation", "space", "customer").Scan(ctx); err != nil {
		return nil, err
	}
	for _, k := range known {
		if m := at[k.Conversation]; m.Person.ID == "" {
			m.Person = dialog.Person{Space: k.Space, ID: k.Customer}
		}
	}
	for i, c := range cs { // whoever calls from a number is taken for the same
		if m := &out[i]; m.Person.ID == "" && c.Caller != "" {
			m.Person = dialog.Person{Space: "phone", ID: c.Caller}
		}
	}
	var costs []struct {
		Conversation dialog.ConversationID
		Currency     string
		Cost         float64
	}
	err := db.NewSelect().Table("usage").ColumnExpr("conversation, currency, sum(cost) AS cost").
		Where("tenant = ? AND conversation IN (?)", dialog.DefaultTenant, in).Group("conversation", "currency").Scan(ctx, &costs)
	for _, c := range costs {
		m := at[c.Conversation]
		if m.Costs == nil {
			m.Costs = map[string]float64{}
		}
		m.Costs[c.Currency] = c.Cost
	}
	if err != nil {
		return nil, err
	}
	overrules, err := s.OverrulesOf(ctx, ids...)
	for _, o := range overrules {
		at[o.Conversation].Overrules = append(at[o.Conversation].Overrules, o)
	}
	if err != nil {
		return nil, err
	}
	judged, err := s.judgementsOf(ctx, ids)
	for _, j := range judged {
		at[j.Conversation].Judged = j
	}
	return out, err
}

// KeepDigests keeps digests in the place of those that were there. mark is given all digests
// of one person, the earliest first, and changes the flags that tell of one another. What was
// forgotten meanwhile leaves nothing.
func (s *Store) KeepDigests(ctx context.Context, ds []Digest, mark func([]Digest)) error {
	return failure("digests", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var ids []dialog.ConversationID
		kept := ds[:0:0]
		people := map[string]bool{}
		for _, d := range ds {
			n, err := removed(ctx, tx.NewUpdate().Table("conversations").Set("digested = ?", d.Seq).
				Where("id = ? AND epoch < ? AND digested <= ?", d.Conversation, forgotten, d.Seq))
			if err != nil {
				return err
			}
			if n == 0 { // another node knows more, or it was forgotten
				if _, err := tx.NewUpdate().Table("conversations").Set("digested = seq").Where("id = ? AND epoch >= ?", d.Conversation, forgotten).Exec(ctx); err != nil {
					return err
				}
				continue
			}
			ids = append(ids, d.Conversation)
			if d.Nothing {
				continue
			}
			d.Tenant = dialog.DefaultTenant
			kept = append(kept, d)
			if d.Person != "" {
				people[d.Person] = true
			}
		}
		if len(ids) == 0 {
			return nil
		}
		if err := undigest(ctx, tx, ids); err != nil {
			return err
		}
		if err := insertDigests(ctx, tx, kept); err != nil {
			return err
		}
		return markPeople(ctx, tx, slices.Sorted(maps.Keys(people)), mark)
	}))
}

func insertDigests(ctx context.Context, tx bun.Tx, ds []Digest) error {
	var (
		ts    []DigestTransfer
		waits []digestWaits
		costs []digestCost
		words []digestWord
	)
	for _, d := range ds {
		for _, t := range d.Transfers {
			t.Tenant, t.Conversation = d.Tenant, d.Conversation
			ts = append(ts, t)
		}
		if len(d.Waits) > 0 {
			waits = append(waits, digestWaits{Conversation: d.Conversation, Tenant: d.Tenant, Slot: d.Slot, Began: d.Began, Flags: d.Flags, Body: d.Waits})
		}
		for _, currency := range slices.Sorted(maps.Keys(d.Costs)) {
			costs = append(costs, digestCost{Conversation: d.Conversation, Currency: currency, Tenant: d.Tenant, Slot: d.Slot, Began: d.Began, Flags: d.Flags, Cost: d.Costs[currency]})
		}
		for _, w := range d.Words {
			words = append(words, digestWord{Conversation: d.Conversation, Word: w, Tenant: d.Tenant, Practice: bit(d.Practice), Day: d.Day, Slot: d.Slot, Angry: bit(d.Angry)})
		}
	}
	if err := insertAll(ctx, tx, ds); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, ts); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, waits); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, costs); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, words); err != nil {
		return err
	}
	if err := keepScores(ctx, tx, ds); err != nil {
		return err
	}
	return addWords(ctx, tx, words, 1)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// insertedAtOnce is how many rows a statement has: databases bound its arguments.
const insertedAtOnce = 400

func insertAll[T any](ctx context.Context, tx bun.Tx, rows []T) error {
	for part := range slices.Chunk(rows, insertedAtOnce) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// addWords counts words into their days, or out of them.
func addWords(ctx context.Context, tx bun.Tx, words []digestWord, sign int64) error {
	days := map[digestWordDay]*digestWordDay{}
	for _, w := range words {
		key := digestWordDay{Tenant: w.Tenant, Practice: w.Practice, Day: w.Day, Word: w.Word}
		d := days[key]
		if d == nil {
			x := key
			d = &x
			days[key] = d
		}
		d.N += sign
		d.Angry += sign * w.Angry
	}
	rows := make([]digestWordDay, 0, len(days))
	for _, d := range days {
		rows = append(rows, *d)
	}
	slices.SortFunc(rows, func(a, b digestWordDay) int { // all in one order, so that no two wait for each other
		return cmp.Or(cmp.Compare(a.Practice, b.Practice), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Word, b.Word))
	})
	for part := range slices.Chunk(rows, insertedAtOnce) {
		_, err := tx.NewInsert().Model(&part).On("CONFLICT (tenant, practice, day, word) DO UPDATE").
			Set("n = digest_word_day.n + EXCLUDED.n, angry = digest_word_day.angry + EXCLUDED.angry").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// undigest removes what reports read of conversations.
func undigest(ctx context.Context, tx bun.Tx, ids []dialog.ConversationID) error {
	in := bun.In(ids)
	var words []digestWord
	if err := tx.NewSelect().Model(&words).Where("conversation IN (?)", in).Scan(ctx); err != nil {
		return err
	}
	if err := addWords(ctx, tx, words, -1); err != nil {
		return err
	}
	for _, w := range words {
		if _, err := tx.NewDelete().Table("digest_word_days").Where("tenant = ? AND practice = ? AND day = ? AND word = ? AND n <= 0", w.Tenant, w.Practice, w.Day, w.Word).Exec(ctx); err != nil {
			return err
		}
	}
	for _, table := range []string{"digest_words", "digest_faults", "digest_scores", "digest_costs", "digest_waits", "digest_transfers", "digests"} {
		if _, err := tx.NewDelete().Table(table).Where("conversation IN (?)", in).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mostOfPerson is how many of a person's digests tell of one another: the latest.
const mostOfPerson = 500

func markPeople(ctx context.Context, tx bun.Tx, people []string, mark func([]Digest)) error {
	for _, p := range people {
		var ds []Digest
		err := tx.NewSelect().Model(&ds).Where("tenant = ? AND person = ?", dialog.DefaultTenant, p).Order("began DESC", "conversation DESC").Limit(mostOfPerson).Scan(ctx)
		if err != nil {
			return err
		}
		slices.Reverse(ds)
		was := make([]int64, len(ds))
		for i, d := range ds {
			was[i] = d.Flags
		}
		mark(ds)
		for i, d := range ds {
			if d.Flags == was[i] {
				continue
			}
			for _, table := range []string{"digests", "digest_waits", "digest_costs"} {
				if _, err := tx.NewUpdate().Table(table).Set("flags = ?", d.Flags).Where("conversation = ?", d.Conversation).Exec(ctx); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

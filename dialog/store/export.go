package store

import (
	"context"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// exportBatch is how many rows are in memory while an export is read: each batch is a
// query of its own, so that a slow reader holds nothing of the database.
const exportBatch = 500

// turnBatch is of how many conversations the turns are read together.
const turnBatch = 50

// eachOf reads the rows of a span that have flags in the order in which they began; key
// is the column that tells those of one moment apart.
func eachOf[T any](ctx context.Context, s *Store, p Span, h Having, key string, place func(T) (slot, began int64, id string), each func([]T) error) error {
	var slot, began int64
	last := ""
	for {
		var rows []T
		q := h.among(p.within(s.reads(ctx).NewSelect().Model(&rows))).Order("slot", "began", key).Limit(exportBatch)
		if last != "" {
			q = q.Where("slot >= ? AND (began > ? OR began = ? AND ? > ?)", slot, began, began, bun.Ident(key), last)
		}
		if err := q.Scan(ctx); err != nil {
			return failure("export", err)
		}
		if len(rows) > 0 {
			slot, began, last = place(rows[len(rows)-1])
			if err := each(rows); err != nil {
				return err
			}
		}
		if len(rows) < exportBatch {
			return nil
		}
	}
}

func one[T any](each func(T) error) func([]T) error {
	return func(rows []T) error {
		for _, r := range rows {
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	}
}

func digestPlace(d Digest) (int64, int64, string) { return d.Slot, d.Began, string(d.Conversation) }

// EachDigest calls each with the digests of a span that have flags, as they began. An
// error of each ends it.
func (s *Store) EachDigest(ctx context.Context, p Span, h Having, each func(Digest) error) error {
	return eachOf(ctx, s, p, h, "conversation", digestPlace, one(each))
}

// EachScore is EachDigest for scores.
func (s *Store) EachScore(ctx context.Context, p Span, h Having, each func(Score) error) error {
	return eachOf(ctx, s, p, h, "conversation", func(x Score) (int64, int64, string) { return x.Slot, x.Began, string(x.Conversation) }, one(each))
}

// EachTransfer is EachDigest for transfers.
func (s *Store) EachTransfer(ctx context.Context, p Span, h Having, each func(DigestTransfer) error) error {
	return eachOf(ctx, s, p, h, "id", func(x DigestTransfer) (int64, int64, string) { return x.Slot, x.Began, x.ID }, one(each))
}

// EachRecord calls each with the records of a type of the conversations of EachDigest,
// those of one conversation together.
func (s *Store) EachRecord(ctx context.Context, p Span, h Having, kind string, each func(dialog.Record) error) error {
	return eachOf(ctx, s, p, h, "conversation", digestPlace, func(ds []Digest) error {
		for len(ds) > 0 {
			n := min(turnBatch, len(ds))
			place := make(map[dialog.ConversationID]int, n)
			ids := make([]dialog.ConversationID, n)
			for i, d := range ds[:n] {
				ids[i], place[d.Conversation] = d.Conversation, i
			}
			ds = ds[n:]
			var rows []event
			if err := s.reads(ctx).NewSelect().Model(&rows).Where("conversation IN (?) AND type = ?", bun.In(ids), kind).Order("conversation", "seq").Scan(ctx); err != nil {
				return failure("export", err)
			}
			of := make([][]event, n)
			for _, r := range rows {
				i := place[r.Conversation]
				of[i] = append(of[i], r)
			}
			for _, list := range of {
				for _, r := range list {
					if err := each(dialog.Record{Seq: r.Seq, Type: r.Type, At: when(r.At), Conversation: r.Conversation, Data: []byte(r.Body)}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// CountExport is how many rows an export has: of a table of digests, or of the records of
// a type.
func (s *Store) CountExport(ctx context.Context, table, kind string, p Span, h Having) (int64, error) {
	of := s.reads(ctx).NewSelect().Table(table)
	of = h.among(p.within(of))
	if kind == "" {
		n, err := of.Count(ctx)
		return n, failure("export", err)
	}
	n, err := s.reads(ctx).NewSelect().Table("events").Where("type = ? AND conversation IN (?)", kind, of.Column("conversation")).Count(ctx)
	return n, failure("export", err)
}

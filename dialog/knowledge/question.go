package knowledge

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/rag"
	"parley/dialog/store"
)

// Changed is a question that customers asked and that a draft would answer otherwise.
type Changed struct {
	Question      string
	Count         int
	Asked         time.Time // last
	Before, After rag.Hit   // the best passages; zero: none
}

// How far back questions are looked at, and how many.
const (
	askedSince   = 90 * 24 * time.Hour
	askedMost    = 5000 // messages, of customers and others
	askedTried   = 1000 // questions that are tried, the newest
	believable   = 0.3  // coverage below which a passage is no answer
	shortestAsk  = 4    // characters
	longestAsk   = 500
	passagesMost = 200_000 // that a draft is tried beside
)

// Questions tries what customers asked lately against the knowledge as it is, and as it
// would be with a document's draft, and gives those whose best passage would change,
// newest first.
func (s *Service) Questions(ctx context.Context, id string) ([]Changed, error) {
	d, err := s.shown(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Draft == "" {
		return nil, ErrNoDraft
	}
	asked, err := s.asked(ctx)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	before, after := rag.New(), rag.New()
	if err := s.fill(ctx, d, before, after); err != nil {
		return nil, err
	}
	var out []Changed
	for _, q := range asked {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q.Before, q.After = best(before, q.Question), best(after, q.Question)
		if q.Before.Document != q.After.Document || q.Before.Title != q.After.Title || q.Before.Text != q.After.Text {
			out = append(out, q)
		}
	}
	return out, nil
}

// best is the passage that answers; zero when none seems to.
func best(ix *rag.Index, q string) rag.Hit {
	hits := ix.Search(rag.Query{Text: q, Language: rag.LanguageOf(q), K: 1})
	if len(hits) == 0 || max(hits[0].Coverage, hits[0].Likeness) < believable {
		return rag.Hit{}
	}
	return hits[0]
}

// fill puts all knowledge into two indexes, and of one document the published text into
// the first and the draft into the second.
func (s *Service) fill(ctx context.Context, of store.Document, before, after *rag.Index) error {
	n := 0
	for last := int64(0); ; {
		ds, err := s.o.Store.Changed(ctx, last, page)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if last = d.Change; d.Deleted != 0 || s.o.Hide(d.ID) {
				continue
			}
			doc, err := s.document(ctx, d)
			if err != nil {
				return err
			}
			ps := rag.Split(doc)
			if n += len(ps); n > passagesMost {
				return ErrTooMuch
			}
			before.PutPassages(d.ID, ps)
			if d.ID == of.ID {
				c := held(&of, true)
				doc.Text, doc.Title, doc.Language, doc.Audience, doc.From, doc.Until = c.Text, c.Title, c.Language, c.Audience, c.From, c.Until
				ps = rag.Split(doc)
			}
			after.PutPassages(d.ID, ps)
		}
		if len(ds) < page {
			return nil
		}
	}
}

// asked are the questions of customers, newest first, those that are the same once.
func (s *Service) asked(ctx context.Context) ([]Changed, error) {
	rs, err := s.o.Store.RecentMessages(ctx, time.Now().Add(-askedSince), askedMost)
	if err != nil {
		return nil, err
	}
	var out []Changed
	at := map[string]int{}
	for _, r := range rs {
		var m dialog.MessageData
		if json.Unmarshal(r.Data, &m) != nil || m.From != dialog.Customer {
			continue
		}
		text := strings.TrimSpace(m.Text)
		if n := utf8.RuneCountInString(text); n < shortestAsk || n > longestAsk {
			continue
		}
		key := plain(text)
		if i, ok := at[key]; ok {
			out[i].Count++
			continue
		}
		if len(out) == askedTried {
			continue
		}
		at[key] = len(out)
		out = append(out, Changed{Question: text, Count: 1, Asked: r.At})
	}
	return out, nil
}

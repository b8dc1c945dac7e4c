package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Finding says which conversations are looked for. Zero values exclude nothing.
type Finding struct {
	State  string
	Holder dialog.Holder
	Agent  string                  // user id: whose they are or were
	Queues []string                // with Agent: or that wait in these lines; nil: in none
	Also   []dialog.ConversationID // with Agent: or one of these
	Scope  *Scope                  // nil: everything
	Words  string                  // all of which were said or written in it, or its id
	Before Cursor
	Limit  int
}

// Cursor is a place in a list, newest first; zero is its beginning.
type Cursor struct {
	Updated int64
	ID      dialog.ConversationID
}

// Found is one of them, with what was said last.
type Found struct {
	Conversation
	Name string // as the customer gave it
	Last *dialog.Record
}

// Find lists conversations, the one in which something happened last first. What was said
// is found by words that are kept beside it, for nobody looks into bodies.
func (s *Store) Find(ctx context.Context, f Finding) ([]Found, error) {
	var cs []Conversation
	q := s.reads(ctx).NewSelect().Model(&cs).ModelTableExpr("conversations AS c").ColumnExpr("c.*").Where("c.tenant = ?", dialog.DefaultTenant).
		OrderExpr("c.updated DESC, c.id DESC").Limit(int64(f.Limit))
	if f.State != "" {
		q = q.Where("c.state = ?", f.State)
	}
	if f.Holder != "" {
		q = q.Where("c.holder = ?", f.Holder)
	}
	if f.Agent != "" {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("c.agent = ?", f.Agent)
			if len(f.Also) > 0 {
				q = q.WhereOr("c.id IN (?)", bun.In(f.Also))
			}
			if len(f.Queues) > 0 {
				q = q.WhereOr("c.holder = ? AND c.queue IN (?)", dialog.HeldByQueue, bun.In(f.Queues))
			}
			return q
		})
	}
	if f.Scope != nil {
		q = f.Scope.seen(q, s.postgres)
	}
	if f.Before.ID != "" {
		q = q.Where("(c.updated < ? OR c.updated = ? AND c.id < ?)", f.Before.Updated, f.Before.Updated, f.Before.ID)
	}
	if w := strings.TrimSpace(f.Words); w != "" {
		if err := s.Index(ctx, mostIndexed); err != nil {
			return nil, err
		}
		words := wordsOf(w, maxQuery)
		if len(words) == 0 {
			return nil, nil
		}
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("c.id = ?", w).WhereOr("c.id IN (SELECT conversation FROM conversation_words WHERE word IN (?) GROUP BY conversation HAVING count(*) = ?)", bun.In(words), len(words))
		})
	}
	if err := q.Scan(ctx); err != nil {
		return nil, failure("conversations", err)
	}
	out := make([]Found, len(cs))
	for i, c := range cs {
		out[i] = Found{Conversation: c, Name: c.Name()}
		var e []event
		err := s.reads(ctx).NewSelect().Model(&e).Where("conversation = ? AND type = ?", c.ID, dialog.MessageCreated).Order("seq DESC").Limit(1).Scan(ctx)
		if err != nil {
			return nil, failure("events", err)
		}
		if len(e) > 0 {
			out[i].Last = &dialog.Record{Seq: e[0].Seq, Type: e[0].Type, At: when(e[0].At), Conversation: c.ID, Data: json.RawMessage(e[0].Body)}
		}
	}
	return out, nil
}

// Name is what the customer is called, "" when that was not said.
func (c Conversation) Name() string {
	var body struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal([]byte(c.Body), &body) // a body without a name is none
	return body.Name
}

// Bounds of the words.
const (
	mostIndexed = 2000 // conversations that a search waits for
	maxQuery    = 24   // words of a question
	maxWords    = 400  // words of a message
)

// Index notes the words of what was said since they were last noted, in at most so many
// conversations.
func (s *Store) Index(ctx context.Context, most int) error {
	for most > 0 {
		var cs []Conversation
		err := s.reads(ctx).NewSelect().Model(&cs).Column("id", "seq", "indexed", "body").Where("indexed < seq").Order("updated").Limit(int64(min(most, 200))).Scan(ctx)
		if err != nil || len(cs) == 0 {
			return failure("index", err)
		}
		for _, c := range cs {
			if err := s.index(ctx, c); err != nil {
				return failure("index", err)
			}
		}
		most -= len(cs)
	}
	return nil
}

// wordOf is a word that was said in a conversation.
type wordOf struct {
	bun.BaseModel `bun:"table:conversation_words"`

	Word         string                `bun:",pk"`
	Conversation dialog.ConversationID `bun:",pk"`
}

func (s *Store) index(ctx context.Context, c Conversation) error {
	var rows []event
	err := s.reads(ctx).NewSelect().Model(&rows).Where("conversation = ? AND seq > ? AND type IN (?)", c.ID, c.Indexed, bun.In([]string{dialog.MessageCreated, dialog.NoteCreated})).Order("seq").Scan(ctx)
	if err != nil {
		return err
	}
	set := map[string]bool{}
	add := func(text string) {
		for _, w := range wordsOf(text, maxWords) {
			set[w] = true
		}
	}
	if c.Indexed == 0 {
		add(c.Name())
	}
	for _, e := range rows {
		var m dialog.MessageData
		if json.Unmarshal([]byte(e.Body), &m) == nil {
			add(m.Text)
		}
	}
	words := make([]wordOf, 0, len(set))
	for w := range set {
		words = append(words, wordOf{Word: w, Conversation: c.ID})
	}
	return s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := removed(ctx, tx.NewUpdate().Table("conversations").Set("indexed = ?", c.Seq).Where("id = ? AND epoch < ?", c.ID, forgotten))
		if err == nil && n == 0 { // it was forgotten, and leaves nothing
			_, err = tx.NewUpdate().Table("conversations").Set("indexed = seq").Where("id = ?", c.ID).Exec(ctx)
			return err
		}
		if err != nil || len(words) == 0 {
			return err
		}
		_, err = tx.NewInsert().Model(&words).On("CONFLICT DO NOTHING").Exec(ctx)
		return err
	})
}

// FollowWords keeps the words near what was said, until ctx ends.
func (s *Store) FollowWords(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := s.Index(ctx, mostIndexed); err != nil && ctx.Err() == nil {
				failed(err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// wordsOf are the words of a text that it is found by: of letters and digits, and of Han
// characters each one and each two that stand together.
func wordsOf(text string, most int) []string {
	seen := map[string]bool{}
	var out []string
	add := func(w string) {
		if w != "" && len(w) <= 64 && !seen[w] && len(out) < most {
			seen[w] = true
			out = append(out, w)
		}
	}
	var latin []rune
	var before rune
	for _, r := range strings.ToLower(text) {
		han := unicode.Is(unicode.Han, r)
		if !han && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			latin = append(latin, r)
		} else {
			add(string(latin))
			latin = latin[:0]
		}
		if han {
			add(string(r))
			if before != 0 {
				add(string([]rune{before, r}))
			}
		}
		if before = 0; han {
			before = r
		}
	}
	add(string(latin))
	return out
}

package insight

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// ErrUnknown: there is no figure of this name that conversations are behind.
var ErrUnknown = errors.New("no such figure")

// Which says which conversations of a period are looked for. Zero values exclude nothing.
type Which struct {
	Figure  Name // the conversations that it counts
	Others  bool // of a share: those that it is of, and that are not in it
	Matter  string
	Word    string
	Agent   string
	Queue   string
	Score   int64
	Fault   string
	Product string // that was recommended in them
	Weekday int    // Monday is 1
	Hour    *int
	Before  store.Cursor
	Limit   int
}

// Talk is a conversation as the list of those behind a figure shows it.
type Talk struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Began        time.Time             `json:"began_at"`
	Last         time.Time             `json:"last_at"`
	Via          string                `json:"via" enum:"voice,chat"`
	Language     string                `json:"language" enum:"en,zh,other"`
	Matter       string                `json:"matter"`
	Turns        int64                 `json:"turns"`
	Person       bool                  `json:"with_person"`
	Agent        string                `json:"agent"`
	Queue        string                `json:"queue"`
	HandleMS     int64                 `json:"handle_ms"`
	ReplyMS      int64                 `json:"reply_ms"`
	Score        int64                 `json:"score"`
	Confirmed    bool                  `json:"confirmed"`
	CameBack     bool                  `json:"came_back"`
	Angry        bool                  `json:"angry"`
	Lost         bool                  `json:"abandoned"`
}

// listed are the figures whose conversations are not those of a measure.
var listed = map[Name]measure{
	"handle_time":     {part: having(Answered, 0)},
	"resolved_by_bot": {part: resolvedByBot},
	"answer_time":     {transfers: true, part: having(First|Answered, 0)},
}

// Behind lists the conversations behind a figure, the latest first.
func (i *Insight) Behind(ctx context.Context, p Period, w Which) ([]Talk, error) {
	b := store.Behind{Span: p.span(), Having: p.filter(), OverFlag: Over, HeldFlag: Held, StillSince: i.o.Now().Add(-i.o.Still),
		Agent: w.Agent, Queue: w.Queue, Word: w.Word, Practice: p.Practice, Score: w.Score, Fault: w.Fault, Product: w.Product, Before: w.Before, Limit: w.Limit}
	if w.Matter != "" {
		b.Matter = &w.Matter
	}
	if state, ok := recommended[w.Figure]; ok {
		b.Became, w.Figure = state, ""
		if b.Product == "" {
			b.Product = "*"
		}
	}
	if w.Figure != "" {
		m, ok := measureOf(w.Figure)
		if !ok {
			if m, ok = listed[w.Figure]; !ok {
				return nil, ErrUnknown
			}
		}
		i.narrow(&b, m, w.Others)
	}
	if w.Weekday != 0 || w.Hour != nil {
		b.Slots = i.slots(p, w)
	}
	rows, err := i.o.Store.Behind(ctx, b)
	if err != nil {
		return nil, err
	}
	out := make([]Talk, len(rows))
	for k, d := range rows {
		out[k] = talkOf(d)
	}
	return out, nil
}

// narrow keeps what a measure counts, or what it is of and does not count.
func (i *Insight) narrow(b *store.Behind, m measure, others bool) {
	h := m.of
	if !others {
		h = and(h, m.part)
	}
	if m.transfers {
		b.ByTransfer, b.Transfers = true, and(h, b.Having)
		b.Having = having(b.Having.All&Practice, b.Having.None&Practice)
	} else {
		if h.All&Settled != 0 {
			h.All &^= Settled
			b.LastBefore = i.o.Now().Add(-returning)
		}
		b.Having = and(b.Having, h)
	}
	if others {
		b.Not = m.part
	}
}

// slots are those of a period in a weekday and an hour.
func (i *Insight) slots(p Period, w Which) []int64 {
	out := []int64{-1}
	for s := store.SlotOf(p.From); s <= store.SlotOf(p.To); s++ {
		if _, weekday, hour := i.at(s); (w.Weekday == 0 || weekday == w.Weekday) && (w.Hour == nil || hour == *w.Hour) {
			out = append(out, s)
		}
	}
	return out
}

func talkOf(d store.Digest) Talk {
	is := func(flag int64) bool { return d.Flags&flag != 0 }
	return Talk{Conversation: d.Conversation, Began: time.UnixMicro(d.Began).UTC(), Last: time.UnixMicro(d.Last).UTC(), Via: viaOf(d.Flags), Language: languageOf(d.Flags),
		Matter: strings.TrimSpace(d.Matter), Turns: d.Turns, Person: is(Person), Agent: d.Agent, Queue: d.Queue, HandleMS: d.HandleMS, ReplyMS: d.ReplyMS, Score: d.Score,
		Confirmed: is(Confirmed), CameBack: is(CameBack), Angry: is(Angry), Lost: is(Lost)}
}

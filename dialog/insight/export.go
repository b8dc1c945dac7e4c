package insight

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Exported is what can be exported: the rows that the reports count, for other programs.
type Exported string

// The exports.
const (
	Conversations Exported = "conversations" // a Talk each
	Turns         Exported = "turns"
	TransferList  Exported = "transfers"
	Ratings       Exported = "ratings"
	ScoreList     Exported = "scores"
)

// Exports are all of them.
var Exports = []Exported{Conversations, Turns, TransferList, Ratings, ScoreList}

// ErrNoExport: there is none of that name.
var ErrNoExport = errors.New("no such export")

// exporting is what an export reads; *store.Store does it.
type exporting interface {
	EachDigest(ctx context.Context, p store.Span, h store.Having, each func(store.Digest) error) error
	EachScore(ctx context.Context, p store.Span, h store.Having, each func(store.Score) error) error
	EachTransfer(ctx context.Context, p store.Span, h store.Having, each func(store.DigestTransfer) error) error
	EachRecord(ctx context.Context, p store.Span, h store.Having, kind string, each func(dialog.Record) error) error
	CountExport(ctx context.Context, table, kind string, p store.Span, h store.Having) (int64, error)
}

// TurnRow is what one party said.
type TurnRow struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Seq          int64                 `json:"seq"`
	At           time.Time             `json:"at"`
	From         dialog.Party          `json:"from"`
	Via          dialog.Via            `json:"via"`
	Language     string                `json:"language"`
	Author       string                `json:"author"` // of a person's
	Text         string                `json:"text"`
	Cut          bool                  `json:"cut"`
	Images       int                   `json:"images"`
	Call         dialog.CallID         `json:"call"`
	StartMS      int64                 `json:"start_ms"`
	EndMS        int64                 `json:"end_ms"`
}

// TransferRow is a passage to a person.
type TransferRow struct {
	Transfer     string                `json:"transfer"`
	Conversation dialog.ConversationID `json:"conversation"`
	Began        time.Time             `json:"began_at"`
	State        string                `json:"state"`
	Reason       string                `json:"reason"`
	Asked        string                `json:"asked"`
	Queue        string                `json:"queue"`
	Agent        string                `json:"agent"`
	WaitMS       int64                 `json:"wait_ms"`
	Tries        int64                 `json:"offers"`
}

// RatingRow is what a customer said of how they were served.
type RatingRow struct {
	Conversation dialog.ConversationID `json:"conversation"`
	At           time.Time             `json:"at"`
	Score        int                   `json:"score"`
	Comment      string                `json:"comment"`
}

// ScoreRow is how well a conversation went; null where a criterion does not apply.
type ScoreRow struct {
	Conversation  dialog.ConversationID `json:"conversation"`
	Began         time.Time             `json:"began_at"`
	Agent         string                `json:"agent"`
	Total         *int64                `json:"score"`
	Greeting      *int64                `json:"greeting"`
	Understanding *int64                `json:"understanding"`
	Correctness   *int64                `json:"correctness"`
	Tone          *int64                `json:"tone"`
	Resolution    *int64                `json:"resolution"`
	Compliance    *int64                `json:"compliance"`
}

// Blank is a row of an export without anything in it, nil when there is no such.
func Blank(what Exported) any {
	return map[Exported]any{Conversations: Talk{}, Turns: TurnRow{}, TransferList: TransferRow{}, Ratings: RatingRow{}, ScoreList: ScoreRow{}}[what]
}

// exportTables by export; the records of a kind instead of its rows.
var exportTables = map[Exported][2]string{Conversations: {"digests", ""}, Turns: {"digests", dialog.MessageCreated}, TransferList: {"digest_transfers", ""},
	Ratings: {"digests", dialog.ConversationRated}, ScoreList: {"digest_scores", ""}}

// Count is how many rows an export of a period has; ErrNoExport.
func (i *Insight) Count(ctx context.Context, what Exported, p Period) (int64, error) {
	t, ok := exportTables[what]
	s, can := i.o.Store.(exporting)
	if !ok || !can {
		return 0, ErrNoExport
	}
	return s.CountExport(ctx, t[0], t[1], p.span(), p.filter())
}

// Export calls each with the rows of an export, as the conversations began: structs of one
// type, of which few are in memory at a time. Of a conversation that began in the period it
// has everything. An error of each ends it.
func (i *Insight) Export(ctx context.Context, what Exported, p Period, each func(row any) error) error {
	s, ok := i.o.Store.(exporting)
	if !ok {
		return ErrNoExport
	}
	span, h := p.span(), p.filter()
	switch what {
	case Conversations:
		return s.EachDigest(ctx, span, h, func(d store.Digest) error { return each(talkOf(d)) })
	case TransferList:
		return s.EachTransfer(ctx, span, h, func(x store.DigestTransfer) error {
			return each(TransferRow{x.ID, x.Conversation, utc(x.Began), x.State, x.Reason, x.Asked, x.Queue, x.Agent, x.WaitMS, x.Tries})
		})
	case ScoreList:
		return s.EachScore(ctx, span, h, func(x store.Score) error {
			return each(ScoreRow{x.Conversation, utc(x.Began), x.Agent, judged(x.Total), judged(x.Greeting), judged(x.Understanding), judged(x.Correctness), judged(x.Tone), judged(x.Resolution), judged(x.Compliance)})
		})
	case Turns:
		return s.EachRecord(ctx, span, h, dialog.MessageCreated, func(r dialog.Record) error {
			var m dialog.MessageData
			if err := json.Unmarshal(r.Data, &m); err != nil {
				return err
			}
			return each(TurnRow{r.Conversation, r.Seq, r.At.UTC(), m.From, m.Via, m.Language, m.Author, m.Text, m.Cut, len(m.Images), m.Call, m.StartMS, m.EndMS})
		})
	case Ratings:
		return s.EachRecord(ctx, span, h, dialog.ConversationRated, func(r dialog.Record) error {
			var m struct {
				Score   int    `json:"score"`
				Comment string `json:"comment"`
			}
			if err := json.Unmarshal(r.Data, &m); err != nil {
				return err
			}
			return each(RatingRow{r.Conversation, r.At.UTC(), m.Score, m.Comment})
		})
	}
	return ErrNoExport
}

func utc(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

// judged is a score, nil where there was nothing to judge.
func judged(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

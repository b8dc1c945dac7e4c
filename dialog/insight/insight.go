// Package insight is what managers look back at: reports over the conversations of a time,
// with the definition of each figure and the conversations behind it.
//
// It follows what happens and keeps a digest of each conversation in the store: numbers and
// keywords, and no words of anybody's. Reports read digests alone. It changes no
// conversation, and knows nothing of audio or HTTP.
package insight

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Store is where conversations and their digests are kept; *store.Store is one.
type Store interface {
	Undigested(ctx context.Context, quiet time.Time, limit int) ([]store.Material, error)
	KeepDigests(ctx context.Context, ds []store.Digest, mark func([]store.Digest)) error
	Tallies
	Scores
	Judgements
}

// Tallies count digests.
type Tallies interface {
	Tally(ctx context.Context, p store.Span, first, second time.Time) ([]store.Tally, error)
	TalkRows(ctx context.Context, p store.Span, h store.Having) ([]store.TalkRow, error)
	Matters(ctx context.Context, p store.Span, h store.Having) ([]store.MatterTally, error)
	TransferRows(ctx context.Context, p store.Span, h store.Having) ([]store.DigestTransfer, error)
	RecommendationRows(ctx context.Context, p store.Span, h store.Having) ([]store.RecommendationRow, error)
	EachWait(ctx context.Context, p store.Span, h store.Having, each func(store.WaitRow)) error
	CostTally(ctx context.Context, p store.Span, h store.Having) ([]store.CostTally, error)
	WordSums(ctx context.Context, before, first, last int64, practice bool, least, limit int64) ([]store.WordSum, error)
	SaidDays(ctx context.Context, first, last int64, practice bool) ([]int64, error)
	WordSlots(ctx context.Context, p store.Span, word string, practice bool) ([]store.Tally, error)
	Behind(ctx context.Context, b store.Behind) ([]store.Digest, error)
}

// Scores are how well conversations went, and what people said of that.
type Scores interface {
	ScoreSums(ctx context.Context, p store.Span, h store.Having) ([]store.ScoreSum, error)
	FaultCounts(ctx context.Context, p store.Span, h store.Having) ([]store.FaultCount, error)
	MaterialOf(ctx context.Context, id dialog.ConversationID) (store.Material, error)
	ScoreOf(ctx context.Context, id dialog.ConversationID) (store.Score, error)
	PutOverrule(ctx context.Context, o store.Overrule) error
	Verdicts(ctx context.Context) ([]store.Verdicts, error)
	Rubric(ctx context.Context) (json.RawMessage, int64, error)
	PutRubric(ctx context.Context, who string, based int64, body json.RawMessage) (version int64, err error)
}

// Options of an Insight. Store is required.
type Options struct {
	Store   Store
	Targets Targets        // 0: 20 s, 60 s
	Still   time.Duration  // without anything happening, a chat is over; 0: 30 min
	Zone    *time.Location // whose days and hours they are; nil: UTC
	// Generate makes practice conversations when they are asked for, unless they are there;
	// nil: there are none.
	Generate func(ctx context.Context) error
	Now      func() time.Time
	Logger   *slog.Logger
	Judging  Judging // by a model, beside the rules
}

// Insight is a goroutine that keeps digests near what happens, and one that lets the model
// judge. Close it.
type Insight struct {
	o    Options
	make digester

	digesting chan struct{} // holds one while one digests
	judging   chan struct{} // holds one while one judges
	stop      context.CancelFunc
	done      chan struct{}
	judged    chan struct{} // that judging has ended
}

// Times of the following, and how much a report waits for.
const (
	every = 10 * time.Second
	quiet = 15 * time.Second // what goes on is digested when it rests a little
	most  = 2000             // conversations
	batch = 200
)

// New begins to follow.
func New(o Options) *Insight {
	i := closed(o)
	ctx, cancel := context.WithCancel(context.Background())
	i.stop, i.done, i.judged = cancel, make(chan struct{}), make(chan struct{})
	go i.follow(ctx)
	go i.followJudging(ctx)
	return i
}

// closed is one that follows nothing.
func closed(o Options) *Insight {
	for _, x := range []struct {
		d  *time.Duration
		is time.Duration
	}{{&o.Judging.Gap, 2 * time.Second}, {&o.Targets.Call, 20 * time.Second}, {&o.Targets.Chat, time.Minute}, {&o.Still, 30 * time.Minute}} {
		if *x.d == 0 {
			*x.d = x.is
		}
	}
	if o.Judging.Day == 0 {
		o.Judging.Day = 1000
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Insight{o: o, make: digester{o.Targets, o.Zone}, digesting: make(chan struct{}, 1), judging: make(chan struct{}, 1)}
}

// Zone is whose days and hours the reports have.
func (i *Insight) Zone() *time.Location { return i.o.Zone }

// Close ends the following.
func (i *Insight) Close() {
	i.stop()
	<-i.done
	<-i.judged
}

func (i *Insight) follow(ctx context.Context) {
	defer close(i.done)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		for {
			n, err := i.digest(ctx, i.o.Now().Add(-quiet))
			if err != nil && ctx.Err() == nil {
				i.o.Logger.Warn("what happened is not in the reports", "err", err)
			}
			if n < batch || err != nil {
				break
			}
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// Catch digests what has happened until now, so that a report has it: a bounded number, and
// the rest a little later. practice: what is generated too.
func (i *Insight) Catch(ctx context.Context, practice bool) error {
	if practice && i.o.Generate != nil {
		if err := i.o.Generate(ctx); err != nil {
			return err
		}
	}
	for left := most; left > 0; left -= batch {
		n, err := i.digest(ctx, i.o.Now().Add(time.Second))
		if err != nil || n < batch {
			return err
		}
	}
	return nil
}

// digest digests one batch of what has been quiet since a time, and gives how many there were.
func (i *Insight) digest(ctx context.Context, quiet time.Time) (int, error) {
	select {
	case i.digesting <- struct{}{}:
		defer func() { <-i.digesting }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	ms, err := i.o.Store.Undigested(ctx, quiet, batch)
	if err != nil || len(ms) == 0 {
		return 0, err
	}
	x, err := i.scorer(ctx)
	if err != nil {
		return 0, err
	}
	ds := make([]store.Digest, len(ms))
	for k, m := range ms {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		ds[k] = i.make.digest(m)
		if !ds[k].Nothing {
			ds[k].Scored = x.score(m, ds[k].Flags, ds[k].Turns)
		}
	}
	return len(ms), i.o.Store.KeepDigests(ctx, ds, mark)
}

// scorer is by the rubric and the verdicts of now.
func (i *Insight) scorer(ctx context.Context) (scorer, error) {
	b, _, err := i.o.Store.Rubric(ctx)
	if err != nil {
		return scorer{}, err
	}
	vs, err := i.o.Store.Verdicts(ctx)
	return scorer{readRubric(b), trustOf(vs)}, err
}

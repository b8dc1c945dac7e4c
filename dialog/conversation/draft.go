package conversation

import (
	"context"
	"errors"
	"iter"
	"sync"

	"parley/dialog"
	"parley/dialog/floor"
)

// maxDraft bounds what a draft holds before it is adopted.
const maxDraft = 4096 // deltas

// draft is an answer in the making to a question that may not be whole yet.
// Nothing of it is stored, published or heard.
type draft struct {
	history int    // length of the history it was made from
	memo    string // the working memory likewise
	cancel  context.CancelCauseFunc
	unready context.CancelFunc // ends what the channel has prepared

	mu     sync.Mutex
	deltas []dialog.Delta
	err    error
	over   bool
	wake   chan struct{} // closed and renewed with each change
}

// startDraft begins an answer quietly.
func (a *actor) startDraft(f floor.Draft) {
	a.dropDraft()
	ctx, cancel := context.WithCancelCause(a.hub.ctx)
	ready, unready := context.WithCancel(a.hub.ctx)
	d := &draft{history: len(a.history), memo: string(a.known.Memo), cancel: cancel, unready: unready, wake: make(chan struct{})}
	a.draft = d
	reply := a.hub.o.Brain.Answer(a.context(f.Question, f.Language, true))
	a.hub.wg.Go(func() {
		defer cancel(nil)
		for delta, err := range reply(ctx) {
			if !d.put(delta, err) {
				return
			}
		}
		d.end(context.Cause(ctx))
	})
	if ch, _ := a.channel(); ch != nil {
		if p, ok := ch.(dialog.Preparer); ok {
			a.hub.wg.Go(func() { p.Prepare(ready, f.Language, d.follow) })
		}
	}
}

// drop ends the draft and what came of it.
func (d *draft) drop(cause error) {
	d.cancel(cause)
	d.unready()
}

func (d *draft) put(delta dialog.Delta, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || len(d.deltas) == maxDraft {
		d.err, d.over = err, true
	} else {
		d.deltas = append(d.deltas, delta)
	}
	close(d.wake)
	d.wake = make(chan struct{})
	return !d.over
}

func (d *draft) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.err, d.over = err, true
		close(d.wake)
		d.wake = make(chan struct{})
	}
}

// dropDraft forgets a draft that nobody wants.
func (a *actor) dropDraft() {
	if a.draft != nil {
		a.draft.drop(dialog.ErrSuperseded)
		a.draft = nil
		a.hub.draft(false)
	}
}

// adopt makes the draft the reply, when nothing has changed since.
func (a *actor) adopt(f floor.Answer) (dialog.Reply, bool) {
	d := a.draft
	if d == nil {
		return nil, false
	}
	if !f.Adopt || d.failed() || d.memo != string(a.known.Memo) || d.history != len(a.history)-spoken(f.Question) && d.history != len(a.history) {
		a.dropDraft()
		return nil, false
	}
	c := a.context(f.Question, f.Language, false)
	a.draft = nil
	a.hub.draft(true)
	return unlessUndraftable(d.reply, func() dialog.Reply { return a.hub.o.Brain.Answer(c) }), true
}

// unlessUndraftable is a draft's reply, or a fresh one when it turns out that no
// draft can be made.
func unlessUndraftable(draft dialog.Reply, fresh func() dialog.Reply) dialog.Reply {
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			said := ""
			for d, err := range draft(ctx) {
				if errors.Is(err, dialog.ErrNoDraft) {
					fresh()(ctx)(beyond(said, yield))
					return
				}
				said += d.Text
				if !yield(d, err) {
					return
				}
			}
		}
	}
}

// beyond leaves out the beginning of a reply that was said already, as far as it is the same.
func beyond(said string, yield func(dialog.Delta, error) bool) func(dialog.Delta, error) bool {
	return func(d dialog.Delta, err error) bool {
		n := min(len(said), len(d.Text))
		if said[:n] == d.Text[:n] {
			said, d.Text = said[n:], d.Text[n:]
		} else {
			said = ""
		}
		return yield(d, err)
	}
}

// spoken is how many turns of the question were appended to the history since the
// draft began: its last one.
func spoken(question []dialog.Turn) int { return min(len(question), 1) }

func (d *draft) failed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.over && d.err != nil
}

// reply is follow for the one that the draft was made for: ending it ends the draft.
func (d *draft) reply(ctx context.Context) iter.Seq2[dialog.Delta, error] {
	return func(yield func(dialog.Delta, error) bool) {
		defer d.drop(context.Canceled)
		d.follow(ctx)(yield)
	}
}

// follow plays what is there, and what comes.
func (d *draft) follow(ctx context.Context) iter.Seq2[dialog.Delta, error] {
	return func(yield func(dialog.Delta, error) bool) {
		for i := 0; ; {
			d.mu.Lock()
			n, err, over, wake := len(d.deltas), d.err, d.over, d.wake
			var delta dialog.Delta
			if i < n {
				delta = d.deltas[i]
			}
			d.mu.Unlock()
			switch {
			case i < n:
				i++
				if !yield(delta, nil) {
					return
				}
				continue
			case over:
				if err != nil {
					yield(dialog.Delta{}, err)
				}
				return
			}
			select {
			case <-wake:
			case <-ctx.Done():
				yield(dialog.Delta{}, context.Cause(ctx))
				return
			}
		}
	}
}

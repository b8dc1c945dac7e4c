// Package dialogtest has a log, a bus, a brain and a voice that need no audio,
// no model and no time but a test's own.
package dialogtest

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	"parley/dialog"
)

// Log keeps records in memory, and is a bus as well.
type Log struct {
	mu       sync.Mutex
	records  map[dialog.ConversationID][]dialog.Record
	epochs   map[dialog.ConversationID]int64
	known    map[dialog.ConversationID]dialog.Known
	passing  []dialog.Record
	Open     *dialog.Turn // the open turn that was saved last
	watchers map[chan dialog.Record]dialog.ConversationID
}

// NewLog returns an empty log.
func NewLog() *Log {
	return &Log{records: map[dialog.ConversationID][]dialog.Record{}, epochs: map[dialog.ConversationID]int64{}, known: map[dialog.ConversationID]dialog.Known{}, watchers: map[chan dialog.Record]dialog.ConversationID{}}
}

// Claim implements dialog.Log.
func (l *Log) Claim(_ context.Context, id dialog.ConversationID) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epochs[id]++
	return l.epochs[id], nil
}

// Append implements dialog.Log.
func (l *Log) Append(_ context.Context, id dialog.ConversationID, epoch int64, rs ...dialog.Record) ([]dialog.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if epoch != 0 && epoch < l.epochs[id] {
		return nil, dialog.ErrStale
	}
	for i := range rs {
		rs[i].Seq = int64(len(l.records[id]) + 1)
		rs[i].Conversation = id
		if rs[i].At.IsZero() {
			rs[i].At = time.Now()
		}
		l.records[id] = append(l.records[id], rs[i])
	}
	return rs, nil
}

// Keep implements dialog.Log.
func (l *Log) Keep(ctx context.Context, id dialog.ConversationID, epoch int64, memo json.RawMessage, then func(context.Context) error, rs ...dialog.Record) ([]dialog.Record, error) {
	rs, err := l.Append(ctx, id, epoch, rs...)
	if err != nil {
		return nil, err
	}
	if then != nil {
		if err := then(ctx); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if memo != nil {
		k := l.known[id]
		k.Memo = memo
		l.known[id] = k
	}
	return rs, nil
}

// Known implements dialog.Log.
func (l *Log) Known(_ context.Context, id dialog.ConversationID) (dialog.Known, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[id], nil
}

// Since implements dialog.Log.
func (l *Log) Since(_ context.Context, id dialog.ConversationID, after int64, limit int) ([]dialog.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.records[id]
	all = all[min(int(after), len(all)):]
	return append([]dialog.Record(nil), all[:min(limit, len(all))]...), nil
}

// SaveOpen keeps the turn that is being spoken.
func (l *Log) SaveOpen(_ context.Context, _ dialog.ConversationID, _ int64, t *dialog.Turn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Open = t
	return nil
}

// Publish implements dialog.Publisher.
func (l *Log) Publish(_ context.Context, r dialog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Seq == 0 {
		l.passing = append(l.passing, r)
	}
	for c, id := range l.watchers {
		if id == r.Conversation {
			select {
			case c <- r:
			default:
			}
		}
	}
	return nil
}

// Watch gives what is published for a conversation from now on.
func (l *Log) Watch(id dialog.ConversationID) (<-chan dialog.Record, func()) {
	c := make(chan dialog.Record, 64)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[c] = id
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, c)
	}
}

// Records are those that were kept, of one type; "" is all.
func (l *Log) Records(id dialog.ConversationID, kind string) []dialog.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []dialog.Record
	for _, r := range l.records[id] {
		if kind == "" || r.Type == kind {
			out = append(out, r)
		}
	}
	return out
}

// Brain answers by a script, at its pace.
type Brain struct {
	First time.Duration // to the first word
	Each  time.Duration // between words
	// Reply makes the answer; nil repeats the question.
	Reply func(c dialog.Context) (text string, err error)
	// Memo is the working memory that an answer leaves; nil leaves none.
	Memo func(c dialog.Context) json.RawMessage
	// Action is what an answer wants done, before its first word; nil is nothing.
	Action func(c dialog.Context) *dialog.Action

	mu    sync.Mutex
	asked []dialog.Context
}

// Asked is what it was asked so far, drafts included.
func (b *Brain) Asked() []dialog.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]dialog.Context(nil), b.asked...)
}

// Set changes the script while the brain is in use.
func (b *Brain) Set(f func(b *Brain)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

// Answer implements dialog.Brain.
func (b *Brain) Answer(c dialog.Context) dialog.Reply {
	b.mu.Lock()
	b.asked = append(b.asked, c)
	first, each, reply, memo, action := b.First, b.Each, b.Reply, b.Memo, b.Action
	b.mu.Unlock()
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			text, err := "", error(nil)
			for _, q := range c.Question {
				text += "You asked " + q.Text + ". "
			}
			if reply != nil {
				text, err = reply(c)
			}
			if memo != nil && !yield(dialog.Delta{Memo: memo(c)}, nil) {
				return
			}
			if action != nil && !yield(dialog.Delta{Action: action(c)}, nil) {
				return
			}
			wait := first
			for _, w := range strings.Fields(text) {
				if !sleep(ctx, wait) {
					yield(dialog.Delta{}, context.Cause(ctx))
					return
				}
				wait = each
				if !yield(dialog.Delta{Text: w + " "}, nil) {
					return
				}
			}
			if err != nil {
				if sleep(ctx, wait) {
					yield(dialog.Delta{}, err)
				}
			}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Voice is a spoken channel without audio: each word takes WordTime to say, and is
// heard when it is over.
type Voice struct {
	Call     dialog.CallID
	WordTime time.Duration
	TTS      time.Duration // until the first word begins
	Break    error         // speaking fails with this, once

	events chan dialog.Event

	mu       sync.Mutex
	heard    []string // of all replies
	ducked   bool
	hushed   bool
	finish   bool
	hung     string
	record   []bool
	rate     float64
	speaking bool
	left     bool
	overlap  bool
	busy     bool
	ready    preparing
}

// NewVoice returns a voice whose customer is listening.
func NewVoice(call dialog.CallID) *Voice {
	return &Voice{Call: call, WordTime: 250 * time.Millisecond, TTS: 100 * time.Millisecond, events: make(chan dialog.Event, 256)}
}

// Event is what the customer does.
func (v *Voice) Event(e dialog.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.left {
		v.events <- e
	}
}

// Say is the customer saying something: onset, partial, offset and turn.
func (v *Voice) Say(text string, takes time.Duration) {
	v.Event(dialog.Onset{})
	time.Sleep(takes / 2)
	v.Event(dialog.Partial{Text: text})
	time.Sleep(takes / 2)
	v.Event(dialog.Offset{})
	time.Sleep(300 * time.Millisecond)
	v.Event(dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: text, Call: v.Call}})
}

// Leave is the customer hanging up.
func (v *Voice) Leave() { v.Hangup("hangup") }

// Listen implements dialog.Channel.
func (v *Voice) Listen(ctx context.Context) iter.Seq2[dialog.Event, error] {
	return func(yield func(dialog.Event, error) bool) {
		for {
			select {
			case e, ok := <-v.events:
				if !ok || !yield(e, nil) {
					return
				}
				if _, gone := e.(dialog.Left); gone {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// Deliver implements dialog.Channel.
func (v *Voice) Deliver(ctx context.Context, m dialog.Message) (dialog.Turn, error) {
	v.mu.Lock()
	v.overlap = v.overlap || v.busy
	v.busy, v.hushed, v.finish = true, false, false
	broken := v.Break
	v.Break = nil
	pace := pace{v.WordTime, v.TTS}
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		v.busy, v.speaking = false, false
		v.mu.Unlock()
	}()
	if broken != nil {
		return dialog.Turn{}, broken
	}
	words := make(chan string, 100)
	made := make(chan error, 1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		defer close(words)
		for d, err := range m.Reply(ctx) {
			if err != nil {
				made <- err
				return
			}
			for _, w := range strings.Fields(d.Text) {
				select {
				case words <- w:
				case <-ctx.Done():
					made <- context.Cause(ctx)
					return
				}
			}
		}
		made <- nil
	}()
	var heard []string
	err := v.speak(ctx, m, pace, words, &heard)
	if err != nil {
		cancel(err)
		for range words {
		}
	}
	if e := <-made; err == nil {
		err = e
	}
	return dialog.Turn{Text: strings.Join(heard, " "), Cut: err != nil && len(heard) > 0, Call: v.Call}, err
}

type pace struct{ word, first time.Duration }

func (v *Voice) speak(ctx context.Context, m dialog.Message, p pace, words <-chan string, heard *[]string) error {
	first := true
	for {
		select {
		case w, ok := <-words:
			if !ok {
				return nil
			}
			if first {
				if !sleep(ctx, p.first) {
					return context.Cause(ctx)
				}
				v.mu.Lock()
				v.speaking = true
				v.mu.Unlock()
				v.Event(dialog.Audible{Reply: m.ID})
				first = false
			}
			if err := v.word(ctx, w, p.word); err != nil {
				return err
			}
			*heard = append(*heard, w)
			v.Event(dialog.Progress{Reply: m.ID, Heard: strings.Join(*heard, " ")})
			v.Event(dialog.Spoken{Reply: m.ID, Text: strings.Join(*heard, " ")})
			if v.finishing() && strings.ContainsAny(w[len(w)-1:], ".?!") {
				return dialog.ErrYield
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// word is said to its end, or not heard; hushed, it waits.
func (v *Voice) word(ctx context.Context, w string, takes time.Duration) error {
	for done := time.Duration(0); done < takes; {
		if !sleep(ctx, takes/5) {
			return context.Cause(ctx)
		}
		v.mu.Lock()
		if v.hushed {
			done = 0
		} else {
			done += takes / 5
		}
		v.mu.Unlock()
	}
	v.mu.Lock()
	v.heard = append(v.heard, w)
	v.mu.Unlock()
	return nil
}

func (v *Voice) finishing() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.finish
}

// Heard is all that the customer has heard.
func (v *Voice) Heard() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.heard, " ")
}

// State of the voice: whether it speaks, softly, or holds its tongue.
func (v *Voice) State() (speaking, ducked, hushed bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.speaking, v.ducked, v.hushed
}

// Hung is why the call was ended; "" is not yet.
func (v *Voice) Hung() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.hung
}

// Recording is the last order to record; false when there was none.
func (v *Voice) Recording() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.record) > 0 && v.record[len(v.record)-1]
}

// Overlap reports whether two deliveries at once were ever seen.
func (v *Voice) Overlap() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.overlap
}

// Rate is the tempo that was asked for.
func (v *Voice) Rate() float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.rate
}

// Set changes the voice while it is in use.
func (v *Voice) Set(f func(v *Voice)) { v.set(func() { f(v) }) }

func (v *Voice) set(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f()
}

// Duck, Hush, Resume, Finish, Tune, Expect, Record and Hangup implement dialog.Voiced.
func (v *Voice) Duck(on bool)         { v.set(func() { v.ducked = on }) }
func (v *Voice) Hush()                { v.set(func() { v.hushed = true }) }
func (v *Voice) Resume()              { v.set(func() { v.hushed = false }) }
func (v *Voice) Finish()              { v.set(func() { v.finish = true }) }
func (v *Voice) Tune(rate, _ float64) { v.set(func() { v.rate = rate }) }
func (v *Voice) Expect(dialog.Expect) {}
func (v *Voice) Record(on bool)       { v.set(func() { v.record = append(v.record, on) }) }
func (v *Voice) Hangup(reason string) {
	v.set(func() {
		if !v.left {
			v.left, v.hung = true, reason
			v.events <- dialog.Left{Via: dialog.ViaVoice, Call: v.Call, Reason: reason}
		}
	})
}

// ErrProvider is what a dead provider gives.
var ErrProvider = errors.New("the provider is dead")

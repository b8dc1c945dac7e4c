package tool_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/tool/tooltest"
)

var errCrashed = errors.New("the process is gone")

// mortal is a journal that ends with its process, and stumbles now and then.
type mortal struct {
	tool.Journal
	dead    *atomic.Bool
	stumble func() bool
}

func (m mortal) gone() error {
	if m.dead.Load() || m.stumble() {
		return errCrashed
	}
	return nil
}

func (m mortal) AddChange(ctx context.Context, c store.Change) (store.Change, bool, error) {
	if err := m.gone(); err != nil {
		return store.Change{}, false, err
	}
	return m.Journal.AddChange(ctx, c)
}

func (m mortal) TakeChange(ctx context.Context, c *store.Change, owner string, now, lease time.Time) (bool, error) {
	if err := m.gone(); err != nil {
		return false, err
	}
	ok, err := m.Journal.TakeChange(ctx, c, owner, now, lease)
	if m.dead.Load() { // it died before it knew
		return false, errCrashed
	}
	return ok, err
}

func (m mortal) KeepChange(ctx context.Context, c store.Change, owner string, attempts int64, rs ...dialog.Record) ([]dialog.Record, bool, error) {
	if err := m.gone(); err != nil {
		return nil, false, err
	}
	return m.Journal.KeepChange(ctx, c, owner, attempts, rs...)
}

// life is one process after another over one store.
type life struct {
	*testing.T
	rng   *rand.Rand
	sys   *tooltest.System
	store *store.Store
	alone bool

	mu     sync.Mutex
	dead   *atomic.Bool
	out    *tool.Outbox
	box    *tool.Box
	told   map[string]bool // change, by Settled
	known  map[string]bool // change, by the reply that waited
	asked  map[string]tool.ChangeRequest
	begun  map[string]bool // written down
	crash  int
	cut    int
	turns  int
	closed sync.WaitGroup
}

func (l *life) random(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.IntN(n)
}

func (l *life) outbox() *tool.Outbox {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out
}

// start begins a process.
func (l *life) start() {
	box := tool.NewBox(tool.Options{})
	for _, x := range l.sys.Tools() {
		if err := box.Add(x); err != nil {
			l.Fatal(err)
		}
	}
	dead := &atomic.Bool{}
	out := tool.NewOutbox(tool.OutboxOptions{Box: box, Alone: l.alone, Journal: mortal{l.store, dead, func() bool { return l.random(40) == 0 }},
		Settled: func(_ context.Context, _ dialog.ConversationID, change string) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			if dead.Load() {
				return errCrashed
			}
			l.told[change] = true
			return nil
		}})
	if err := out.Start(context.Background()); err != nil {
		l.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out, l.box, l.dead = out, box, dead
}

// kill ends the process where it is: nothing more is written, nobody told.
func (l *life) kill() {
	l.mu.Lock()
	l.dead.Store(true)
	out := l.out
	l.crash++
	l.mu.Unlock()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	l.closed.Go(func() { _ = out.Close(now) })
}

// turn is a reply that makes a change, is interrupted perhaps, and perhaps asks again.
func (l *life) turn(n int) {
	kind := []string{"book", "set", "send", "send_checked"}[l.random(4)]
	r := request(kind, fmt.Sprint(n))
	r.User.Conversation = dialog.ConversationID(fmt.Sprint("c", n%50))
	l.mu.Lock()
	l.asked[fmt.Sprint(n)] = r
	l.turns++
	l.mu.Unlock()
	for range 1 + l.random(3) {
		ctx, cancel := context.WithCancelCause(context.Background())
		var timer *time.Timer
		if l.random(5) > 0 {
			timer = time.AfterFunc(time.Duration(l.random(8000))*time.Millisecond, func() { cancel(dialog.ErrYield) })
		}
		l.mu.Lock()
		out, dead := l.out, l.dead
		l.mu.Unlock()
		o, err := out.Change(ctx, r)
		if timer != nil {
			timer.Stop()
		}
		cancel(nil)
		if o.ID != "" {
			l.mu.Lock()
			if err != nil {
				l.cut++
			}
			l.begun[fmt.Sprint(n)] = true
			if err == nil && !dead.Load() {
				l.known[o.ID] = true
			}
			l.mu.Unlock()
		}
		if err == nil && o.State.Settled() {
			return
		}
		time.Sleep(time.Duration(l.random(3000)) * time.Millisecond)
	}
}

// Changing tools in a thousand turns that are interrupted and crash at random, at a
// system that fails, hangs, lies and is slow: nothing runs twice that must not,
// nothing is lost, and what cannot be known is said to be unknown.
func TestAThousandInterruptedAndCrashedTurns(t *testing.T) {
	for name, alone := range map[string]bool{"the next process knows that it is alone": true, "it waits for the leases of the last": false} {
		turns := 1000
		if !alone {
			turns = 300
		}
		if !long() {
			turns /= 4
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { thousand(t, 1, turns, alone) })
		})
	}
}

// long reports whether every turn is run: not with -short, which the race detector needs.
func long() bool { return !testing.Short() }

func thousand(t *testing.T, seed uint64, turns int, alone bool) {
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l := &life{T: t, alone: alone, rng: rand.New(rand.NewPCG(seed, 7)), store: s, told: map[string]bool{}, known: map[string]bool{}, asked: map[string]tool.ChangeRequest{}, begun: map[string]bool{}}
	l.sys = &tooltest.System{Late: 8 * time.Second, Pace: func() time.Duration { return time.Duration(l.random(1500)) * time.Millisecond }, Mood: func(int) tooltest.Mood {
		if l.random(3) > 0 {
			return tooltest.Fine
		}
		return tooltest.Mood(l.random(int(tooltest.Moods)))
	}}
	l.start()
	var customers sync.WaitGroup
	next := atomic.Int64{}
	for range 25 {
		customers.Go(func() {
			for n := int(next.Add(1)); n <= turns; n = int(next.Add(1)) {
				l.turn(n)
			}
		})
	}
	over := make(chan struct{})
	go func() { customers.Wait(); close(over) }()
	for alive := true; alive; {
		select {
		case <-over:
			alive = false
		case <-time.After(time.Duration(100+l.random(3000)) * time.Millisecond):
			l.kill()
			l.start()
		}
	}
	time.Sleep(3 * time.Hour) // all that is under way comes to its end
	l.audit()
	if err := l.outbox().Close(context.Background()); err != nil {
		t.Error(err)
	}
	l.closed.Wait()
	l.sys.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// audit compares what the customers were told with what the system did.
func (l *life) audit() {
	count := map[string]int{}
	ctx := context.Background()
	by := map[string]store.Change{}
	for i := range 50 {
		for _, c := range l.all(ctx, dialog.ConversationID(fmt.Sprint("c", i))) {
			by[c.Key] = c
		}
	}
	for n, r := range l.asked {
		runs := l.sys.Runs(n)
		c, kept := by[r.Key]
		if !kept {
			if l.begun[n] {
				count["lost"]++
			}
			if runs > 0 {
				count["done unwritten"]++
			}
			continue
		}
		count[r.Tool+" "+c.State]++
		if runs > 1 && r.Tool != "set" {
			count["run twice"]++
		}
		switch {
		case c.Settled == 0:
			count["lost"]++
		case c.State == store.ChangeDone && runs == 0, c.State == store.ChangeFailed && runs > 0:
			count["unknown not reported"]++
			l.Logf("%s %s: %s after %d attempts, run %d times: %s", r.Tool, n, c.State, c.Attempts, runs, c.Result)
		}
		if c.Settled > 0 && !l.told[c.ID] && !l.known[c.ID] {
			count["nobody told"]++
		}
	}
	l.Logf("%d turns, %d interrupted, %d crashes: %v", l.turns, l.cut, l.crash, count)
	for _, bad := range []string{"run twice", "lost", "done unwritten", "unknown not reported", "nobody told"} {
		if count[bad] > 0 {
			l.Errorf("%s: %d", bad, count[bad])
		}
	}
	if l.crash < l.turns/50 || l.cut < l.turns/3 || count["book done"] == 0 || count["send unknown"] == 0 || count["send_checked done"] == 0 || count["set done"] == 0 {
		l.Error("the schedule tried too little")
	}
}

func (l *life) all(ctx context.Context, id dialog.ConversationID) []store.Change {
	cs, err := l.store.ChangesOf(ctx, id)
	if err != nil {
		l.Fatal(err)
	}
	return cs
}

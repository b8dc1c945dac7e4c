package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// The course of a run.
const (
	settling  = 3 * time.Second       // of the idle server
	apart     = 60 * time.Millisecond // between one caller and the next
	sampling  = 5 * time.Second       // of memory with half of the calls
	hangingUp = 4 * time.Second       // until what calls leave behind is looked at
	fewest    = 8                     // calls that tell what one more costs
	margin    = 3 * time.Minute       // that a run may take beside its windows
)

// bench is one run.
type bench struct {
	o      Options
	n      int
	srv    *server
	peers  *peers
	clips  *clips
	result *Result

	life    context.Context // of callers' sockets
	talking context.Context
	wg      sync.WaitGroup // talkers

	callers []*caller
	waits   []func()
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.o.Progress, "bench %3d calls: "+format+"\n", append([]any{b.n}, args...)...)
}

// measure is one run, from the start of the server to its end.
func measure(ctx context.Context, o Options, clips *clips, n int) (r *Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.Steady+margin+time.Duration(n)*apart*4)
	defer cancel()
	b := &bench{o: o, n: n, clips: clips, peers: newPeers(o.Delays), result: &Result{Calls: n, Seconds: o.Steady.Seconds(), Voice: clips.source, Offline: o.Offline}}
	defer b.peers.close()
	var args []string
	if o.Profile != "" {
		args = []string{"-profile", o.Profile}
	}
	b.say("starting the server")
	if b.srv, err = startServer(ctx, o.Binary, settings(b.peers, o, n), args...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.srv.stop()) }()
	life, end := context.WithCancel(ctx)
	defer end()
	talking, quiet := context.WithCancel(ctx)
	defer quiet()
	b.life, b.talking = life, talking
	defer func() { quiet(); b.hangup(end) }()
	if err := b.course(ctx); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, b.srv.tail())
	}
	quiet()
	b.hangup(end)
	sleep(ctx, hangingUp)
	if b.result.Memory.After, err = b.memory(ctx, 0); err != nil {
		return nil, err
	}
	b.result.judge()
	return b.result, nil
}

// course lets half of the callers in, then the others, and measures.
func (b *bench) course(ctx context.Context) (err error) {
	m := &b.result.Memory
	before, err := b.srv.cpu()
	if err != nil {
		return err
	}
	if m.Idle, err = b.memory(ctx, settling); err != nil {
		return err
	}
	after, err := b.srv.cpu()
	if err != nil {
		return err
	}
	b.result.CPU.Idle = 100 * (after - before).Seconds() / settling.Seconds()
	half := 0
	if b.n >= fewest {
		half = b.n / 2
		if err := b.join(ctx, half); err != nil {
			return err
		}
		if m.Half, err = b.memory(ctx, sampling); err != nil {
			return err
		}
	}
	if err := b.join(ctx, b.n-half); err != nil {
		return err
	}
	if err := b.steady(ctx); err != nil {
		return err
	}
	if half > 0 {
		m.PerSession = (m.Full - m.Half) / float64(b.n-half)
	}
	return nil
}

// join lets callers call one after the other, and returns when all of them have
// heard the greeting and talked for a while.
func (b *bench) join(ctx context.Context, n int) error {
	b.say("%d calling", n)
	greeted := make(chan error, n)
	for range n {
		i := len(b.callers)
		c := &caller{api: b.srv.api, clips: b.clips, rng: rand.New(rand.NewPCG(b.o.Seed, uint64(i)))}
		wait, err := c.connect(ctx, b.life)
		if wait != nil {
			b.waits = append(b.waits, wait)
		}
		b.callers = append(b.callers, c)
		if err != nil {
			return err
		}
		b.wg.Go(func() {
			err := c.greeted(b.talking)
			greeted <- err
			if err == nil {
				c.talk(b.talking)
			}
		})
		// Not in step with the server's clock, nor with one another.
		sleep(ctx, apart+time.Duration(c.rng.Int64N(int64(apart))))
	}
	for range n {
		if err := <-greeted; err != nil {
			return err
		}
	}
	sleep(ctx, b.o.Warm)
	return ctx.Err()
}

// steady is the window that counts.
func (b *bench) steady(ctx context.Context) error {
	b.say("measuring %v", b.o.Steady)
	before, err := b.srv.metrics(ctx)
	if err != nil {
		return err
	}
	for _, c := range b.callers {
		c.line.Late()
	}
	cpu, err := b.srv.cpu()
	if err != nil {
		return err
	}
	from := time.Now()
	pace := paced(ctx, b.o.Steady)
	b.result.Memory.Full, err = b.memory(ctx, b.o.Steady)
	b.result.CPU.Slowdown = <-pace
	if err != nil {
		return err
	}
	to := time.Now()
	after, err := b.srv.cpu()
	if err != nil {
		return err
	}
	now, err := b.srv.metrics(ctx)
	if err != nil {
		return err
	}
	r := b.result
	r.CPU.Server = 100 * (after - cpu).Seconds() / to.Sub(from).Seconds()
	r.CPU.PerCall = r.CPU.Server / float64(b.n)
	gained := now.gained(before)
	const late = "parley_clock_late_seconds"
	r.Clock.P50, r.Clock.P99, r.Clock.P999 = 1000*gained.quantile(late, 0.5), 1000*gained.quantile(late, 0.99), 1000*gained.quantile(late, 0.999)
	r.Clock.Missed = gained["parley_clock_missed_total"]
	r.Drafts.Adopted, r.Drafts.Wasted = gained["parley_drafts_adopted_total"], gained["parley_drafts_wasted_total"]
	sleep(ctx, time.Second) // for answers on their way
	r.turns(b.callers, b.peers, b.o.Delays, from, to)
	r.inside(b.callers, from, to)
	r.network(b.callers)
	return ctx.Err()
}

// memory is the median of what the server occupies over a while, in MB.
func (b *bench) memory(ctx context.Context, d time.Duration) (float64, error) {
	var seen []int64
	for end := time.Now().Add(d); ; {
		n, err := b.srv.rss()
		if err != nil {
			return 0, err
		}
		seen = append(seen, n)
		wait := min(time.Second, time.Until(end))
		if wait <= 0 || !sleep(ctx, wait) {
			break
		}
	}
	slices.Sort(seen)
	return float64(seen[len(seen)/2]) / (1 << 20), ctx.Err()
}

// hangup ends all calls. It may be called again.
func (b *bench) hangup(end func()) {
	b.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if len(b.callers) > 0 {
		b.say("hanging up")
	}
	var wg sync.WaitGroup
	for _, c := range b.callers {
		wg.Go(func() { c.close(ctx) })
	}
	wg.Wait()
	end()
	for _, wait := range b.waits {
		wait()
	}
	b.callers, b.waits = nil, nil
}

package bench

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"parley/dialog/llm/llmtest"
)

// ChatOptions of the bench of chats.
type ChatOptions struct {
	Binary   string        // of the server; "" is this program
	Idle     int           // chats that only stay open, for the memory that each takes
	Sizes    []int         // chats that are open and write, one window each
	Every    time.Duration // between the messages of one of them, on average
	Steady   time.Duration // of a window
	Rush     time.Duration // of the window in which Busy chats write as fast as they are answered; 0: none
	Busy     int
	LLM      time.Duration // until the scripted model's first token
	Settle   time.Duration // until an idle server is quiet; 0: 5 s
	Profile  string        // folder for the server's profiles; "" is none
	Seed     uint64
	Progress io.Writer // nil is none
}

// Chat is `parley bench chat`.
func Chat(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench chat", flag.ContinueOnError)
	fs.SetOutput(out)
	o := ChatOptions{Progress: os.Stderr}
	fs.IntVar(&o.Idle, "idle", 5000, "chats that only stay open: what one takes of memory")
	chats := fs.Int("chats", 1000, "open chats whose customers write now and then: how long they wait")
	ramp := fs.String("ramp", "", "several sizes, such as 100,1000, instead of -chats")
	fs.DurationVar(&o.Every, "every", time.Minute, "between two messages of one of them, on average")
	fs.DurationVar(&o.Steady, "for", 30*time.Second, "the window that is measured")
	fs.IntVar(&o.Busy, "busy", 64, "chats that write as soon as they are answered: what a message costs")
	fs.DurationVar(&o.Rush, "rush", 10*time.Second, "the window of that; 0: none")
	llm := fs.Int("llm", 100, "ms until the scripted model's first token, except in the rush")
	fs.Uint64Var(&o.Seed, "seed", 1, "of the customers' pauses")
	fs.StringVar(&o.Binary, "server", "", "another parley `program` to measure, such as an earlier version")
	fs.StringVar(&o.Profile, "profile", "", "`folder` for the server's profiles")
	plots := fs.String("plots", "", "`folder` for plots")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.Progress = nil
	}
	o.LLM = time.Duration(*llm) * time.Millisecond
	var err error
	if o.Sizes, err = sizes(*ramp, *chats, maxChats); err != nil {
		return err
	}
	if o.Idle < 0 || o.Idle > maxChats || o.Busy < 1 || o.Busy > maxChats {
		return fmt.Errorf("bench: -idle and -busy are numbers of chats, at most %d", maxChats)
	}
	if o.Every <= 0 || o.Steady <= 0 || o.Rush < 0 {
		return errors.New("bench: -every and -for are above 0, and -rush is not below")
	}
	r, err := MeasureChats(ctx, o)
	if err != nil {
		return err
	}
	if *plots != "" {
		if err := r.plot(*plots); err != nil {
			return err
		}
	}
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.table(out)
}

// maxChats is how many may be open; two processes hold a file for each.
const maxChats = 20_000

// chatSettings of the server: everything as it comes, but for the scripted model, one
// address for all customers, and no engine that hears.
func chatSettings(p *peers) string {
	return fmt.Sprintf(`listen: "127.0.0.1:0"
rtc: {addr: "127.0.0.1:0", tcp: false}
bot: {languages: [en]}
limits: {requests_per_address: 1000000}
asr: [{engine: vosk, url: %q}]
llm: [{engine: openai, url: %q, key: bench, model: bench}]
tts: [{engine: openai, url: %q, key: bench, model: bench, voice: bench}]
`, p.asr.URL, p.llm.URL, p.tts.URL)
}

// chatBench is one run.
type chatBench struct {
	o     ChatOptions
	srv   *server
	peers *peers
	r     *ChatResult
}

func (b *chatBench) say(format string, args ...any) {
	fmt.Fprintf(b.o.Progress, "bench chat: "+format+"\n", args...)
}

// MeasureChats runs a server, and the windows one after the other.
func MeasureChats(ctx context.Context, o ChatOptions) (r *ChatResult, err error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Settle == 0 {
		o.Settle = 5 * time.Second
	}
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
	}
	b := &chatBench{o: o, peers: newPeers(Delays{LLM: o.LLM}), r: &ChatResult{}}
	defer b.peers.close()
	var args []string
	if o.Profile != "" {
		args = []string{"-profile", o.Profile}
	}
	b.say("starting the server")
	if b.srv, err = startServer(ctx, o.Binary, chatSettings(b.peers), args...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.srv.stop()) }()
	b.srv.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 512}}
	if err := b.course(ctx); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, b.srv.tail())
	}
	b.r.judge()
	return b.r, nil
}

func (b *chatBench) course(ctx context.Context) error {
	// What is made once, such as the model's connections, is no open chat's.
	if err := b.with(ctx, 100, func(cs []*chatter) error { return b.write(ctx, cs, 3*time.Second, time.Second) }); err != nil {
		return err
	}
	if b.o.Idle > 0 {
		if err := b.idle(ctx); err != nil {
			return err
		}
	}
	for _, n := range b.o.Sizes {
		if err := b.window(ctx, n); err != nil {
			return err
		}
	}
	if b.o.Rush > 0 {
		return b.rush(ctx)
	}
	return nil
}

// with opens chats for what is done with them.
func (b *chatBench) with(ctx context.Context, n int, do func(cs []*chatter) error) error {
	life, end := context.WithCancel(ctx)
	cs := make([]*chatter, n)
	defer func() {
		end()
		for _, c := range cs {
			if c != nil && c.wait != nil {
				c.wait()
			}
		}
	}()
	b.say("opening %d chats", n)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for w := range errs {
		wg.Go(func() {
			for i := w; i < n && errs[w] == nil; i += len(errs) {
				cs[i], errs[w] = openChatter(life, b.srv.api, b.peers, b.o.Seed, i)
				if w == 0 && i/1000 > (i-len(errs))/1000 {
					b.say("%d are open", i)
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return do(cs)
}

// idle measures what a chat that is only open takes.
func (b *chatBench) idle(ctx context.Context) error {
	before, err := b.memory(ctx)
	if err != nil {
		return err
	}
	return b.with(ctx, b.o.Idle, func([]*chatter) error {
		after, err := b.memory(ctx)
		if err != nil {
			return err
		}
		m := &b.r.Memory
		m.Open, m.Before, m.After = b.o.Idle, float64(before.rss)/(1<<20), float64(after.rss)/(1<<20)
		m.PerChat = float64(after.rss-before.rss) / 1000 / float64(b.o.Idle)
		m.Heap = (after.heap + after.stack - before.heap - before.stack) / 1000 / float64(b.o.Idle)
		m.Goroutines = (after.goroutines - before.goroutines) / float64(b.o.Idle)
		b.say("%.1f KB a chat", m.PerChat)
		return ctx.Err()
	})
}

type occupied struct {
	rss                     int64
	heap, stack, goroutines float64
}

func (b *chatBench) memory(ctx context.Context) (o occupied, err error) {
	sleep(ctx, b.o.Settle)
	var seen []int64
	for range 5 {
		n, err := b.srv.rss()
		if err != nil {
			return o, err
		}
		seen = append(seen, n)
		sleep(ctx, 200*time.Millisecond)
	}
	slices.Sort(seen)
	m, err := b.srv.metrics(ctx)
	if err != nil {
		return o, err
	}
	return occupied{seen[len(seen)/2], m["go_memstats_heap_inuse_bytes"], m["go_memstats_stack_inuse_bytes"], m["go_goroutines"]}, ctx.Err()
}

// write lets every chat write now and then, for a while.
func (b *chatBench) write(ctx context.Context, cs []*chatter, every, lasting time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, len(cs))
	for i, c := range cs {
		wg.Go(func() { errs[i] = c.now(ctx, every) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// window is chats that are open and write.
func (b *chatBench) window(ctx context.Context, n int) error {
	return b.with(ctx, n, func(cs []*chatter) error {
		b.say("%d chats, a message every %v each, for %v", n, b.o.Every, b.o.Steady)
		cpu, err := b.srv.cpu()
		if err != nil {
			return err
		}
		began := time.Now()
		pace := paced(ctx, b.o.Steady)
		err = b.write(ctx, cs, b.o.Every, b.o.Steady)
		slowdown := <-pace
		if err != nil {
			return err
		}
		used, err := b.srv.cpu()
		if err != nil {
			return err
		}
		w := ChatWindow{Chats: n, Slowdown: slowdown, CPU: 100 * (used - cpu).Seconds() / time.Since(began).Seconds()}
		w.of(cs, b.peers)
		b.r.Windows = append(b.r.Windows, w)
		return ctx.Err()
	})
}

// rush is chats that write as soon as they are answered.
func (b *chatBench) rush(ctx context.Context) error {
	return b.with(ctx, b.o.Busy, func(cs []*chatter) error {
		b.say("%d chats, as fast as they are answered, for %v", b.o.Busy, b.o.Rush)
		b.peers.llm.Set(llmtest.Script{Reply: b.peers.reply, First: b.peers.token})
		cpu, err := b.srv.cpu()
		if err != nil {
			return err
		}
		began := time.Now()
		pace := paced(ctx, b.o.Rush)
		err = b.write(ctx, cs, 0, b.o.Rush)
		b.r.Rush.Slowdown = <-pace
		if err != nil {
			return err
		}
		used, err := b.srv.cpu()
		if err != nil {
			return err
		}
		for _, c := range cs {
			b.r.Rush.Answered += c.answered()
		}
		b.r.Rush.Seconds, b.r.Rush.CPU = time.Since(began).Seconds(), (used - cpu).Seconds()
		b.r.Rush.PerSecond = float64(b.r.Rush.Answered) / b.r.Rush.Seconds
		b.r.Rush.PerCore = float64(b.r.Rush.Answered) / b.r.Rush.CPU
		return ctx.Err()
	})
}

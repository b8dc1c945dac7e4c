package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
)

// DeskOptions of the bench of the desk.
type DeskOptions struct {
	Binary      string // of the server; "" is this program
	Agents      int    // each with a chat of their own
	Supervisors int    // who watch every conversation
	Events      int    // messages of customers, a second
	Steady      time.Duration
	Profile     string    // folder for the server's profiles; "" is none
	Progress    io.Writer // nil is none
}

// DeskResult is what people at their desks cost, and how soon they see what happens.
type DeskResult struct {
	Agents      int     `json:"agents"`
	Supervisors int     `json:"supervisors"`
	Seconds     float64 `json:"seconds"`
	Sent        int     `json:"sent"`      // messages of customers
	Delivered   int     `json:"delivered"` // events that came on the desks' sockets, of all kinds
	Missed      int     `json:"missed"`    // messages that did not come to their agent's desk
	Agent       Dist    `json:"agent_ms"`  // from an event to its agent's socket
	Supervisor  Dist    `json:"supervisor_ms"`
	Whole       Dist    `json:"whole_ms"` // from the customer's request to the agent's socket
	CPU         float64 `json:"cores"`    // of the server, with the desks open
	Without     float64 `json:"cores_without_desks"`
	Slowdown    float64 `json:"slowdown"` // see Result
	Bars        []Bar   `json:"bars"`
}

// Desk is `parley bench desk`.
func Desk(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench desk", flag.ContinueOnError)
	fs.SetOutput(out)
	o := DeskOptions{Progress: os.Stderr}
	fs.IntVar(&o.Agents, "agents", 200, "people at their desks, each with a chat")
	fs.IntVar(&o.Supervisors, "supervisors", 10, "people who watch every conversation")
	fs.IntVar(&o.Events, "events", 500, "messages of customers a second")
	fs.DurationVar(&o.Steady, "for", 20*time.Second, "the window that is measured, once with the desks open and once without")
	fs.StringVar(&o.Binary, "server", "", "another parley `program` to measure, such as an earlier version")
	fs.StringVar(&o.Profile, "profile", "", "`folder` for the server's profiles")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.Progress = nil
	}
	if o.Agents < 1 || o.Agents > 1000 || o.Supervisors < 0 || o.Supervisors > 100 || o.Events < 1 || o.Events > 10_000 || o.Steady <= 0 {
		return errors.New("bench: 1 to 1000 agents, at most 100 supervisors, 1 to 10000 events, and a window above 0")
	}
	r, err := MeasureDesk(ctx, o)
	if err != nil {
		return err
	}
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.table(out)
}

// deskBench is one run.
type deskBench struct {
	o    DeskOptions
	srv  *server
	r    *DeskResult
	pass string

	seats   []*seat
	seniors []*seat
	arrived atomic.Int64 // events on the desks' sockets
}

// seat is a person at the desk.
type seat struct {
	token string
	conv  conversation // of the customer who is served here
	wait  func()

	mu     sync.Mutex
	has    map[string]bool      // transfers that were taken
	served chan struct{}        // closed when the customer is here
	sent   map[string]time.Time // texts on their way
	ms     []float64            // from event to socket
	whole  []float64
}

func (b *deskBench) say(format string, args ...any) {
	fmt.Fprintf(b.o.Progress, "bench desk: "+format+"\n", args...)
}

// MeasureDesk runs a server with people at their desks, each with a chat, whose customers write.
func MeasureDesk(ctx context.Context, o DeskOptions) (r *DeskResult, err error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
	}
	peers := newPeers(Delays{})
	defer peers.close()
	b := &deskBench{o: o, r: &DeskResult{Agents: o.Agents, Supervisors: o.Supervisors}, pass: rand.Text()}
	var args []string
	if o.Profile != "" {
		args = []string{"-profile", o.Profile}
	}
	b.say("starting the server")
	conf := chatSettings(peers) + fmt.Sprintf("admin_password: %q\nqueues: [{name: bench, default: true}]\n", b.pass)
	if b.srv, err = startServer(ctx, o.Binary, conf, args...); err != nil {
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

func (b *deskBench) course(ctx context.Context) error {
	life, leave := context.WithCancel(ctx)
	defer func() {
		leave()
		for _, s := range append(b.seats, b.seniors...) {
			if s != nil && s.wait != nil {
				s.wait()
			}
		}
	}()
	if err := b.seat(life); err != nil {
		return err
	}
	if err := b.serve(ctx); err != nil {
		return err
	}
	b.say("%d messages a second for %v, desks open", b.o.Events, b.o.Steady)
	sent, cores, slow, err := b.window(ctx, true)
	if err != nil {
		return err
	}
	b.r.Sent, b.r.CPU, b.r.Slowdown, b.r.Seconds = sent, cores, slow, b.o.Steady.Seconds()
	sleep(ctx, time.Second) // what is on its way
	b.r.Delivered = int(b.arrived.Load())
	var agents, whole, seniors []float64
	for _, s := range b.seats {
		s.mu.Lock()
		agents, whole, b.r.Missed = append(agents, s.ms...), append(whole, s.whole...), b.r.Missed+len(s.sent)
		s.mu.Unlock()
	}
	for _, s := range b.seniors {
		s.mu.Lock()
		seniors = append(seniors, s.ms...)
		s.mu.Unlock()
	}
	b.r.Agent, b.r.Whole, b.r.Supervisor = dist(agents), dist(whole), dist(seniors)
	leave()
	for _, s := range append(b.seats, b.seniors...) {
		s.wait()
	}
	b.say("the same with the desks closed")
	_, b.r.Without, _, err = b.window(ctx, false)
	return err
}

// seat brings everybody to their desks.
func (b *deskBench) seat(life context.Context) error {
	b.say("%d agents and %d supervisors sign in", b.o.Agents, b.o.Supervisors)
	admin, err := b.srv.login(life, "admin@local", b.pass)
	if err != nil {
		return err
	}
	b.seats, b.seniors = make([]*seat, b.o.Agents), make([]*seat, b.o.Supervisors)
	return b.each(b.o.Agents+b.o.Supervisors, func(i int) error {
		s, role := &seat{has: map[string]bool{}, served: make(chan struct{}), sent: map[string]time.Time{}}, "agent"
		if i < b.o.Agents {
			b.seats[i] = s
		} else {
			b.seniors[i-b.o.Agents], role, s.served = s, "supervisor", nil
		}
		mail := fmt.Sprintf("%d@desk.example", i)
		if _, _, err := b.srv.do(life, http.MethodPost, "/v1/users", admin, "application/json", fmt.Sprintf(`{"email":%q,"name":"Person %d","role":%q,"password":%q}`, mail, i, role, b.pass)); err != nil {
			return err
		}
		var err error // its own
		if s.token, err = b.srv.login(life, mail, b.pass); err != nil {
			return err
		}
		if s.wait, err = b.srv.stream(life, "/v1/desk/events", s.token, func(e event) { b.take(life, s, e) }); err != nil || role != "agent" {
			return err
		}
		_, _, err = b.srv.do(life, http.MethodPut, "/v1/desk/me", s.token, "application/json", `{"status":"available"}`)
		return err
	})
}

// each does something for n, eight at a time.
func (b *deskBench) each(n int, do func(i int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for w := range errs {
		wg.Go(func() {
			for i := w; i < n && errs[w] == nil; i += len(errs) {
				errs[w] = do(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// serve gives every agent a customer.
func (b *deskBench) serve(ctx context.Context) error {
	b.say("every agent takes a customer over")
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	byID := map[string]conversation{}
	var mu sync.Mutex
	if err := b.each(b.o.Agents, func(int) error {
		c, err := b.srv.open(ctx)
		if err != nil {
			return err
		}
		mu.Lock()
		byID[c.ID] = c
		mu.Unlock()
		_, _, err = b.srv.do(ctx, http.MethodPost, "/v1/conversations/"+c.ID+"/handoff", c.Token, "", "")
		return err
	}); err != nil {
		return err
	}
	for _, s := range b.seats {
		select {
		case <-s.served:
			s.mu.Lock()
			s.conv = byID[s.conv.ID]
			s.mu.Unlock()
		case <-ctx.Done():
			return fmt.Errorf("bench: not every agent was given a customer: %w", ctx.Err())
		}
	}
	return nil
}

// take sees an event on a desk's socket. It takes the one customer who is offered.
func (b *deskBench) take(life context.Context, s *seat, e event) {
	b.arrived.Add(1)
	switch e.Type {
	case desk.OfferCreated:
		if s.served == nil { // a supervisor sees what others are offered
			return
		}
		var o struct{ ID, Transfer, Conversation string }
		if json.Unmarshal(e.Data, &o) != nil {
			return
		}
		s.mu.Lock()
		first := len(s.has) == 0
		s.has[o.Transfer] = true
		if first {
			s.conv.ID = o.Conversation
		}
		s.mu.Unlock()
		what := "/v1/offers/" + o.ID + "/decline"
		if first {
			what = "/v1/offers/" + o.ID + "/accept"
		}
		if _, _, err := b.srv.do(life, http.MethodPost, what, s.token, "", ""); err != nil || !first {
			return
		}
		if _, _, err := b.srv.do(life, http.MethodPost, "/v1/transfers/"+o.Transfer+"/complete", s.token, "", ""); err == nil {
			close(s.served)
		}
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(e.Data, &m) != nil || m.From != dialog.Customer || !strings.HasPrefix(m.Text, "event ") {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ms = append(s.ms, ms(e.came.Sub(e.At)))
		if at, ok := s.sent[m.Text]; ok {
			s.whole = append(s.whole, ms(e.came.Sub(at)))
			delete(s.sent, m.Text)
		}
	}
}

// window lets the customers write at an even pace, and tells how many messages were taken
// and how many cores the server used.
func (b *deskBench) window(ctx context.Context, open bool) (sent int, cores, slowdown float64, err error) {
	b.arrived.Store(0)
	before, err := b.srv.cpu()
	if err != nil {
		return 0, 0, 0, err
	}
	began := time.Now()
	pace := paced(ctx, b.o.Steady)
	jobs := make(chan int)
	var wg sync.WaitGroup
	var failed error
	var once sync.Once
	for range 64 {
		wg.Go(func() {
			for n := range jobs {
				s := b.seats[n%len(b.seats)]
				text := fmt.Sprintf("event %d", n)
				if open {
					s.mu.Lock()
					s.sent[text] = time.Now()
					s.mu.Unlock()
				}
				if _, _, err := b.srv.do(ctx, http.MethodPost, "/v1/conversations/"+s.conv.ID+"/messages", s.conv.Token, "application/json", fmt.Sprintf(`{"text":%q}`, text)); err != nil {
					once.Do(func() { failed = err })
				}
			}
		})
	}
	for every := time.Second / time.Duration(b.o.Events); time.Since(began) < b.o.Steady && ctx.Err() == nil; {
		for due := int(time.Since(began) / every); sent < due; sent++ {
			jobs <- sent
		}
		sleep(ctx, time.Millisecond)
	}
	close(jobs)
	wg.Wait()
	slowdown = <-pace
	used, err := b.srv.cpu()
	return sent, (used - before).Seconds() / time.Since(began).Seconds(), slowdown, errors.Join(err, failed, ctx.Err())
}

// judge lays the figures beside the bars.
func (r *DeskResult) judge() {
	r.Bars = []Bar{
		{What: "event to an agent's socket, p95", Is: r.Agent.P95, Most: 100, Unit: "ms", Met: r.Agent.N > 0 && r.Missed == 0 && r.Agent.P95 <= 100},
		{What: "event to a supervisor's socket, p95", Is: r.Supervisor.P95, Most: 100, Unit: "ms", Met: r.Supervisor.N > 0 && r.Supervisor.P95 <= 100},
		{What: "processor that the desks take", Is: r.CPU - r.Without, Most: 0.5, Unit: "cores", Met: r.CPU-r.Without <= 0.5},
	}
}

func (r *DeskResult) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	writeBars(w, r.Bars)
	row := func(name string, d Dist) {
		fmt.Fprintf(w, "%s p50/p95/max ms (n)\t%.1f/%.1f/%.1f (%d)\t\n", name, d.P50, d.P95, d.Max, d.N)
	}
	fmt.Fprintf(w, "%d agents, %d supervisors: messages sent a second\t%.0f\t\n", r.Agents, r.Supervisors, float64(r.Sent)/r.Seconds)
	fmt.Fprintf(w, "events on the desks' sockets a second; messages missed\t%.0f; %d\t\n", float64(r.Delivered)/r.Seconds, r.Missed)
	row("event to agent", r.Agent)
	row("event to supervisor", r.Supervisor)
	row("customer's request to agent", r.Whole)
	fmt.Fprintf(w, "processor with and without desks, cores; the machine's slowdown\t%.2f, %.2f; %.2f\t\n", r.CPU, r.Without, r.Slowdown)
	return w.Flush()
}

package bench

import (
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
)

// TransferOptions of the bench of transfers.
type TransferOptions struct {
	Binary    string // of the server; "" is this program
	Customers int    // who ask for a person, one after the other
	Agents    int
	Rate      float64 // of customers, a second
	Seed      uint64
	Progress  io.Writer // nil is none
}

// TransferResult is what became of customers who asked for a person, when people and networks
// do what they like.
type TransferResult struct {
	Customers int            `json:"customers"`
	Agents    int            `json:"agents"`
	Seed      uint64         `json:"seed"`
	Faults    map[string]int `json:"faults"` // what was done, by name
	Served    int            `json:"served"` // customers whom a person has written to
	Left      int            `json:"left"`   // who shut the page
	Lost      int            `json:"lost"`   // whom nobody answers any more
	LostIDs   []string       `json:"lost_ids,omitempty"`
	Reach     Dist           `json:"reach_ms"` // from the wish to a person's first words
	Seconds   float64        `json:"seconds"`
	Bars      []Bar          `json:"bars"`
}

// Transfer is `parley bench transfer`.
func Transfer(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench transfer", flag.ContinueOnError)
	fs.SetOutput(out)
	o := TransferOptions{Progress: os.Stderr}
	fs.IntVar(&o.Customers, "customers", 200, "who ask for a person in a chat")
	fs.IntVar(&o.Agents, "agents", 12, "people who are asked, and decline, do not answer, lose their connection or come")
	fs.Float64Var(&o.Rate, "rate", 8, "customers a second")
	fs.Uint64Var(&o.Seed, "seed", 1, "of what happens")
	fs.StringVar(&o.Binary, "server", "", "another parley `program` to measure, such as an earlier version")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.Progress = nil
	}
	if o.Customers < 1 || o.Customers > 5000 || o.Agents < 1 || o.Agents > 200 || o.Rate <= 0 {
		return errors.New("bench: 1 to 5000 customers, 1 to 200 agents, and a rate above 0")
	}
	r, err := MeasureTransfer(ctx, o)
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

// What happens on purpose.
const (
	comes        = "a person comes"
	declines     = "offer declined"
	ignores      = "offer not answered"
	dropsAsked   = "person's connection lost while asked"
	dropsInTalk  = "person's connection lost after accepting"
	neverMind    = "customer changes their mind"
	leavesUs     = "customer leaves"
	settleTime   = 90 * time.Second // for all to be settled after the last one has come
	answerTime   = 15 * time.Second // for an answer to the last question
	customerPing = "How long does delivery take?"
)

type transferBench struct {
	o    TransferOptions
	srv  *server
	r    *TransferResult
	pass string

	mu     sync.Mutex
	rng    *rand.Rand
	reach  []float64
	agents []*transferAgent
	doing  sync.WaitGroup
}

// transferAgent is a person at a desk, whose connection comes and goes.
type transferAgent struct {
	token string
	mu    sync.Mutex
	cut   context.CancelFunc // of the connection
	wait  func()
}

// transferCustomer is one who asked for a person.
type transferCustomer struct {
	conv   conversation
	asked  time.Time
	mu     sync.Mutex
	served bool
	left   bool
	heard  chan struct{} // holds one: an answer to the last question came
	pinged bool
	wait   func()
}

func (b *transferBench) say(format string, args ...any) {
	fmt.Fprintf(b.o.Progress, "bench transfer: "+format+"\n", args...)
}

// chance gives a number from 0 on and below 1.
func (b *transferBench) chance() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rng.Float64()
}

func (b *transferBench) did(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.r.Faults[what]++
}

// span is a time between two.
func (b *transferBench) span(from, to time.Duration) time.Duration {
	return from + time.Duration(b.chance()*float64(to-from))
}

// MeasureTransfer runs a server whose customers ask for people who do what they like, and looks
// whether everybody is answered in the end.
func MeasureTransfer(ctx context.Context, o TransferOptions) (r *TransferResult, err error) {
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
	b := &transferBench{o: o, pass: crand.Text(), rng: rand.New(rand.NewPCG(o.Seed, 3)), r: &TransferResult{Customers: o.Customers, Agents: o.Agents, Seed: o.Seed, Faults: map[string]int{}}}
	b.say("starting the server")
	conf := chatSettings(peers) + fmt.Sprintf("admin_password: %q\nqueues: [{name: bench, default: true, offer_s: 2}]\ndesk: {grace_s: 1}\n", b.pass)
	if b.srv, err = startServer(ctx, o.Binary, conf); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.srv.stop()) }()
	b.srv.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 512}}
	if err := b.course(ctx); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, b.srv.tail())
	}
	b.r.Reach = dist(b.reach)
	b.r.Bars = []Bar{{What: "customers lost", Is: float64(b.r.Lost), Most: 0, Unit: "", Met: b.r.Lost == 0 && b.r.Served > 0}}
	return b.r, nil
}

func (b *transferBench) course(ctx context.Context) error {
	life, leave := context.WithCancel(ctx)
	var customers []*transferCustomer
	defer func() {
		leave()
		for _, a := range b.agents {
			a.mu.Lock()
			wait := a.wait
			a.mu.Unlock()
			if wait != nil {
				wait()
			}
		}
		for _, c := range customers {
			c.wait()
		}
		b.doing.Wait() // nothing begins any more
	}()
	if err := b.signIn(life); err != nil {
		return err
	}
	began := time.Now()
	b.say("%d customers ask for one of %d people", b.o.Customers, b.o.Agents)
	for n := range b.o.Customers {
		c, err := b.arrive(life)
		if err != nil {
			return err
		}
		customers = append(customers, c)
		if (n+1)%50 == 0 {
			b.say("%d have asked", n+1)
		}
		sleep(ctx, time.Duration(float64(time.Second)/b.o.Rate))
	}
	b.say("until nobody waits any more")
	for end := time.Now().Add(settleTime); time.Now().Before(end) && ctx.Err() == nil; sleep(ctx, time.Second) {
		waiting := 0
		for _, c := range customers {
			c.mu.Lock()
			left := c.left
			c.mu.Unlock()
			if h, err := b.holder(life, c); !left && (err != nil || h != string(dialog.HeldByBot) && h != "") {
				waiting++
			}
		}
		if waiting == 0 {
			break
		}
	}
	b.say("asking everybody whether they are answered")
	var wg sync.WaitGroup
	slots := make(chan struct{}, 8)
	for _, c := range customers {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			b.answered(life, c)
		})
	}
	wg.Wait()
	b.r.Seconds = time.Since(began).Seconds()
	return ctx.Err()
}

// signIn brings the people to their desks.
func (b *transferBench) signIn(ctx context.Context) error {
	admin, err := b.srv.login(ctx, "admin@local", b.pass)
	if err != nil {
		return err
	}
	for i := range b.o.Agents {
		a := &transferAgent{}
		mail := fmt.Sprintf("%d@transfer.example", i)
		if _, _, err := b.srv.do(ctx, http.MethodPost, "/v1/users", admin, "application/json", fmt.Sprintf(`{"email":%q,"name":"Person %d","role":"agent","password":%q}`, mail, i, b.pass)); err != nil {
			return err
		}
		if a.token, err = b.srv.login(ctx, mail, b.pass); err != nil {
			return err
		}
		b.agents = append(b.agents, a)
		if err := b.connect(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// connect opens a person's desk, and makes them available.
func (b *transferBench) connect(ctx context.Context, a *transferAgent) error {
	up, cut := context.WithCancel(ctx)
	wait, err := b.srv.stream(up, "/v1/desk/events", a.token, func(e event) {
		if e.Type != desk.OfferCreated {
			return
		}
		var o struct{ ID, Transfer, Conversation string }
		if json.Unmarshal(e.Data, &o) == nil {
			b.doing.Go(func() { b.asked(ctx, a, o.ID, o.Transfer, o.Conversation) })
		}
	})
	if err != nil {
		cut()
		return err
	}
	a.mu.Lock()
	a.cut, a.wait = cut, wait
	a.mu.Unlock()
	_, _, err = b.srv.do(ctx, http.MethodPut, "/v1/desk/me", a.token, "application/json", `{"status":"available"}`)
	return err
}

// drop cuts a person's connection for a while.
func (b *transferBench) drop(ctx context.Context, a *transferAgent) {
	a.mu.Lock()
	cut, wait := a.cut, a.wait
	a.mu.Unlock()
	cut()
	wait()
	sleep(ctx, b.span(200*time.Millisecond, 3*time.Second))
	for ctx.Err() == nil && b.connect(ctx, a) != nil {
		sleep(ctx, 200*time.Millisecond)
	}
}

// asked is what a person does who is offered a customer.
func (b *transferBench) asked(ctx context.Context, a *transferAgent, offer, transfer, id string) {
	post := func(path, body string) error {
		_, _, err := b.srv.do(ctx, http.MethodPost, path, a.token, "application/json", body)
		return err
	}
	switch x := b.chance(); {
	case x < .14:
		b.did(declines)
		_ = post("/v1/offers/"+offer+"/decline", "{}") // too late is as well
		return
	case x < .24:
		b.did(ignores)
		sleep(ctx, b.span(2500*time.Millisecond, 4*time.Second))
		_, _, _ = b.srv.do(ctx, http.MethodPut, "/v1/desk/me", a.token, "application/json", `{"status":"available"}`) // who does not answer is taken to be away
		return
	case x < .34:
		b.did(dropsAsked)
		b.drop(ctx, a)
		return
	}
	sleep(ctx, b.span(50*time.Millisecond, 500*time.Millisecond))
	if post("/v1/offers/"+offer+"/accept", "{}") != nil {
		return // another has it, or the customer is gone
	}
	if b.chance() < .15 {
		b.did(dropsInTalk)
		b.drop(ctx, a)
		return
	}
	if post("/v1/transfers/"+transfer+"/complete", "{}") != nil {
		return
	}
	b.did(comes)
	conversation := "/v1/conversations/" + id
	_ = post(conversation+"/messages", `{"text":"Hello, this is a person."}`) // the customer may have left
	sleep(ctx, b.span(200*time.Millisecond, 900*time.Millisecond))
	_ = post(conversation+"/return", "{}")
}

// arrive opens a conversation whose customer asks for a person, and perhaps thinks better of it.
func (b *transferBench) arrive(ctx context.Context) (*transferCustomer, error) {
	c := &transferCustomer{heard: make(chan struct{}, 1)}
	var err error
	if c.conv, err = b.srv.open(ctx); err != nil {
		return nil, err
	}
	up, cut := context.WithCancel(ctx)
	if c.wait, err = b.srv.watch(up, c.conv, func(e event) { b.heard(c, e) }); err != nil {
		cut()
		return nil, err
	}
	context.AfterFunc(ctx, cut)
	c.asked = time.Now()
	at := "/v1/conversations/" + c.conv.ID
	if _, _, err := b.srv.do(ctx, http.MethodPost, at+"/handoff", c.conv.Token, "", ""); err != nil {
		cut()
		c.wait()
		return nil, err
	}
	x, then := b.chance(), b.span(100*time.Millisecond, 3*time.Second)
	if x < .18 {
		b.doing.Go(func() {
			sleep(ctx, then)
			if x < .1 {
				b.did(neverMind)
				_, _, _ = b.srv.do(ctx, http.MethodPost, at+"/messages", c.conv.Token, "application/json", `{"text":"never mind"}`)
				return
			}
			b.did(leavesUs)
			c.mu.Lock()
			c.left = true
			c.mu.Unlock()
			cut() // the page is shut
		})
	}
	return c, nil
}

// heard takes what comes to a customer.
func (b *transferBench) heard(c *transferCustomer, e event) {
	var m dialog.MessageData
	if e.Type != dialog.MessageCreated || json.Unmarshal(e.Data, &m) != nil || m.From == dialog.Customer {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.From == dialog.Agent && !c.served {
		c.served = true
		b.mu.Lock()
		b.reach = append(b.reach, ms(e.came.Sub(c.asked)))
		b.mu.Unlock()
	}
	if c.pinged {
		select {
		case c.heard <- struct{}{}:
		default:
		}
	}
}

// holder is who has a conversation; "" when it is over.
func (b *transferBench) holder(ctx context.Context, c *transferCustomer) (string, error) {
	body, _, err := b.srv.do(ctx, http.MethodGet, "/v1/conversations/"+c.conv.ID, c.conv.Token, "", "")
	var x struct{ Holder, State string }
	if err == nil {
		err = json.Unmarshal(body, &x)
	}
	if strings.EqualFold(x.State, "closed") {
		return "", err
	}
	return x.Holder, err
}

// answered looks whether a customer who did not leave is answered.
func (b *transferBench) answered(ctx context.Context, c *transferCustomer) {
	c.mu.Lock()
	left, served := c.left, c.served
	c.pinged = true
	c.mu.Unlock()
	ok := left
	if !left {
		_, _, err := b.srv.do(ctx, http.MethodPost, "/v1/conversations/"+c.conv.ID+"/messages", c.conv.Token, "application/json", fmt.Sprintf(`{"text":%q}`, customerPing))
		t := time.NewTimer(answerTime)
		defer t.Stop()
		if err == nil {
			select {
			case <-c.heard:
				ok = true
			case <-t.C:
			case <-ctx.Done():
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case left:
		b.r.Left++
	case !ok:
		b.r.Lost++
		b.r.LostIDs = append(b.r.LostIDs, c.conv.ID)
	}
	if served {
		b.r.Served++
	}
}

func (r *TransferResult) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	writeBars(w, r.Bars)
	fmt.Fprintf(w, "%d customers, %d people, seed %d: a person wrote to\t%d\t\n", r.Customers, r.Agents, r.Seed, r.Served)
	for _, f := range []string{comes, declines, ignores, dropsAsked, dropsInTalk, neverMind, leavesUs} {
		fmt.Fprintf(w, "%s\t%d\t\n", f, r.Faults[f])
	}
	fmt.Fprintf(w, "from the wish to a person's words p50/p95/max ms (n)\t%.0f/%.0f/%.0f (%d)\t\n", r.Reach.P50, r.Reach.P95, r.Reach.Max, r.Reach.N)
	for _, id := range r.LostIDs {
		fmt.Fprintf(w, "lost\t%s\t\n", id)
	}
	return w.Flush()
}

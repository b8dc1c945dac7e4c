package tool

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Limits where a Spec sets none.
const (
	readTime    = 8 * time.Second
	changeTime  = 20 * time.Second
	maxTime     = 2 * time.Minute
	parallel    = 8
	failures    = 5                // in a row, until a tool rests
	restTime    = 10 * time.Second // and for how long
	resultBytes = 32 << 10         // of a result that is kept
)

// Options of a Box. The zero value works.
type Options struct {
	ResultBytes int   // of a result that is handed on; 0 is 32 KiB
	Vault       Vault // nil: no card data is taken
	Logger      *slog.Logger
}

// Box holds the tools. Close it.
type Box struct {
	o Options

	mu      sync.Mutex
	own     map[string]*entry
	sources []Source
	seen    map[Tool]*entry // of the sources, as they were when last asked
	listed  []listed
	named   map[string]*entry // what all made of listed; nil: own has changed
}

// listed is a tool of a source.
type listed struct {
	source int
	tool   Tool
}

// entry is a tool made ready.
type entry struct {
	tool    Tool
	spec    Spec
	whole   *schema // with what is filled
	asked   *schema // without
	confirm words
	result  words
	slots   chan struct{}
	secret  marked
	breaker *gobreaker.CircuitBreaker[Result]
	err     error // of the last call that did not get an answer; under Box.mu
	wrong   error // why it cannot be used
}

// NewBox returns an empty box.
func NewBox(o Options) *Box {
	if o.ResultBytes == 0 {
		o.ResultBytes = resultBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Box{o: o, own: map[string]*entry{}, seen: map[Tool]*entry{}}
}

// Add puts a tool into the box; its name must be new.
func (b *Box) Add(t Tool) error {
	e := b.ready(t)
	if e.wrong != nil {
		return e.wrong
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.own[e.spec.Name] != nil {
		return fmt.Errorf("tool %s: there are two of that name", e.spec.Name)
	}
	b.own[e.spec.Name] = e
	b.named = nil
	return nil
}

// AddSource puts a changing set of tools into the box, which closes it in the end.
func (b *Box) AddSource(s Source) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sources = append(b.sources, s)
}

// Close closes the sources.
func (b *Box) Close() error {
	b.mu.Lock()
	sources := b.sources
	b.sources = nil
	b.mu.Unlock()
	var errs []error
	for _, s := range slices.Backward(sources) {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

var names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ready makes a tool ready, and says in wrong why it cannot be used.
func (b *Box) ready(t Tool) *entry {
	e := &entry{tool: t, spec: t.Spec()}
	s := &e.spec
	s.Effect = cmp.Or(s.Effect, Changes) // what is not said to be harmless is not
	if s.Effect == Changes {
		s.Idempotent = cmp.Or(s.Idempotent, Never)
		s.Timeout = cmp.Or(s.Timeout, changeTime)
	} else {
		s.Idempotent = "" // reading again is harmless
	}
	s.Timeout = min(cmp.Or(s.Timeout, readTime), maxTime)
	s.Parallel = cmp.Or(s.Parallel, parallel)
	if len(s.Schema) == 0 {
		s.Schema = json.RawMessage(`{"type":"object"}`)
	}
	whole := s.Schema
	s.Schema = without(whole, s.Fill)
	var errs [5]error
	errs[0] = s.check()
	e.whole, errs[1] = compile(whole)
	e.asked, errs[2] = compile(s.Schema)
	e.secret = markedIn(whole)
	e.confirm, errs[3] = parsed("confirm", s.Confirm)
	e.result, errs[4] = parsed("result", s.Result)
	if err := errors.Join(errs[:]...); err != nil {
		e.wrong = fmt.Errorf("tool %s: %w", s.Name, err)
	}
	e.slots = make(chan struct{}, max(s.Parallel, 1))
	e.breaker = gobreaker.NewCircuitBreaker[Result](gobreaker.Settings{Name: s.Name, Timeout: restTime,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) }})
	return e
}

func (s Spec) check() error {
	var errs []error
	if !names.MatchString(s.Name) {
		errs = append(errs, fmt.Errorf("the name %.80q has other signs than letters, digits, _ and -, or more than 64", s.Name))
	}
	if s.Effect != Reads && s.Effect != Changes {
		errs = append(errs, fmt.Errorf("effect %q is neither read nor change", s.Effect))
	}
	if s.Effect == Changes && s.Idempotent != ByKey && s.Idempotent != Naturally && s.Idempotent != Never {
		errs = append(errs, fmt.Errorf("idempotent %q is none of key, natural, no", s.Idempotent))
	}
	if s.Level < 0 || s.Level > 2 {
		errs = append(errs, fmt.Errorf("level %d is not 0, 1 or 2", s.Level))
	}
	for _, r := range s.Roles {
		if !slices.Contains([]Role{Customer, Agent, Supervisor, Admin}, r) {
			errs = append(errs, fmt.Errorf("role %q is unknown", r))
		}
	}
	for arg, from := range s.Fill {
		if !slices.Contains([]string{"customer", "conversation", "language", "key"}, from) {
			errs = append(errs, fmt.Errorf("fill.%s: %q is none of customer, conversation, language, key", arg, from))
		}
	}
	if c := s.Check; c != nil && (c.Tool == "" || c.Done.Field == "") {
		errs = append(errs, errors.New("check needs a tool and done"))
	}
	return errors.Join(errs...)
}

// all gives the entries by name. A source's tool whose name is taken gets the
// source's name before its own. What it gives must not be changed.
func (b *Box) all() map[string]*entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var now []listed
	for i, s := range b.sources {
		for _, t := range s.Tools() {
			now = append(now, listed{i, t})
		}
	}
	if b.named == nil || !slices.Equal(now, b.listed) {
		b.listed, b.named = now, b.name(now)
	}
	return b.named
}

// name gives the entries by name. b is locked.
func (b *Box) name(now []listed) map[string]*entry {
	out := make(map[string]*entry, len(b.own))
	for n, e := range b.own {
		out[n] = e
	}
	seen := map[Tool]*entry{}
	for _, l := range now {
		s := b.sources[l.source]
		e := b.seen[l.tool]
		if e == nil {
			if e = b.ready(l.tool); e.wrong != nil {
				b.o.Logger.Warn("tool not usable", "source", s.Name(), "err", e.wrong)
			}
		}
		if out[e.spec.Name] != nil && len(s.Name()) > 0 {
			renamed := *e // others may be reading e
			renamed.spec.Name = s.Name() + "_" + e.spec.Name
			e = &renamed
		}
		if seen[l.tool] = e; out[e.spec.Name] == nil {
			out[e.spec.Name] = e
		}
	}
	b.seen = seen
	return out
}

func (b *Box) find(name string) (*entry, error) {
	e := b.all()[name]
	switch {
	case e == nil:
		return nil, fmt.Errorf("tool %.80q: %w", name, ErrUnknown)
	case e.wrong != nil:
		return nil, errors.Join(ErrUnknown, e.wrong)
	}
	return e, nil
}

// Spec gives a tool's description.
func (b *Box) Spec(name string) (Spec, bool) {
	e, err := b.find(name)
	if err != nil {
		return Spec{}, false
	}
	return e.spec, true
}

// For gives what a user may use, whatever the level: who is not verified enough yet
// can be asked. Private tools are left out.
func (b *Box) For(u User) (out []Spec) {
	for _, e := range b.all() {
		if e.wrong == nil && !e.spec.Private && e.spec.allows(u.Role) {
			out = append(out, e.spec)
		}
	}
	slices.SortFunc(out, func(x, y Spec) int { return strings.Compare(x.Name, y.Name) })
	return out
}

func (s Spec) allows(r Role) bool { return len(s.Roles) == 0 || slices.Contains(s.Roles, r) }

// Check says what is wrong with arguments, Fill's left out: an *ArgumentError.
func (b *Box) Check(name string, args map[string]any) error {
	e, err := b.find(name)
	if err != nil {
		return err
	}
	_, err = e.asked.check(name, args)
	return err
}

// Allowed reports whether a user may use a tool now: nil, ErrUnknown, ErrForbidden
// or ErrLevel.
func (b *Box) Allowed(u User, name string) error {
	e, err := b.find(name)
	if err != nil {
		return err
	}
	return e.allowed(u)
}

func (e *entry) allowed(u User) error {
	switch {
	case !e.spec.allows(u.Role):
		return fmt.Errorf("tool %s: %w", e.spec.Name, ErrForbidden)
	case u.Role == Customer && u.Level < e.spec.Level:
		return fmt.Errorf("tool %s: %w", e.spec.Name, ErrLevel)
	}
	return nil
}

// Read uses a tool that reads, within its limits. It may be called in a draft.
func (b *Box) Read(ctx context.Context, u User, name string, args map[string]any) (Result, error) {
	e, err := b.find(name)
	if err != nil {
		return Result{}, err
	}
	if e.spec.Effect != Reads {
		return Result{}, fmt.Errorf("tool %s: %w", name, ErrChanges)
	}
	full, err := b.prepare(e, u, args, "")
	if err != nil {
		return Result{}, err
	}
	began := time.Now()
	r, err := b.opened(ctx, e, u.Conversation, Call{Args: full})
	noted(ctx, e.read(args, r, err, time.Since(began)))
	return r, err
}

// Try uses any tool as one of the staff, a change with a key of the caller's.
func (b *Box) Try(ctx context.Context, u User, name, key string, args map[string]any) (Result, error) {
	e, err := b.find(name)
	if err != nil {
		return Result{}, err
	}
	full, err := b.prepare(e, u, args, key)
	if err != nil {
		return Result{}, err
	}
	return b.opened(ctx, e, u.Conversation, Call{Args: full, Key: key})
}

// prepare checks who asks and the arguments, and fills in what is known. Card data is
// checked as it is and stays sealed.
func (b *Box) prepare(e *entry, u User, args map[string]any, key string) (map[string]any, error) {
	if err := e.allowed(u); err != nil {
		return nil, err
	}
	plain, values, err := b.open(u.Conversation, args)
	if err != nil {
		return nil, err
	}
	clean, err := e.asked.check(e.spec.Name, plain)
	if err != nil {
		return nil, hushed(err, values)
	}
	if err := e.fill(u, clean, key); err != nil {
		return nil, err
	}
	if clean, err = e.whole.check(e.spec.Name, clean); err != nil || len(values) == 0 {
		return clean, hushed(err, values)
	}
	for arg, v := range args {
		if _, in := clean[arg]; in && sealed(v) {
			clean[arg] = v
		}
	}
	return clean, nil
}

// fill gives the arguments that nobody is asked for.
func (e *entry) fill(u User, clean map[string]any, key string) error {
	for arg, from := range e.spec.Fill {
		v := map[string]string{"customer": u.Customer, "conversation": string(u.Conversation), "language": u.Language, "key": key}[from]
		if delete(clean, arg); v != "" { // what a model may have put there is not believed
			clean[arg] = v
		} else if from == "customer" && e.spec.Level > 0 && u.Role == Customer {
			return fmt.Errorf("tool %s: %w", e.spec.Name, ErrLevel)
		}
	}
	return nil
}

var tracer = otel.Tracer("parley/dialog/tool")

// run calls a tool within its limits.
func (b *Box) run(ctx context.Context, e *entry, c Call) (res Result, err error) {
	ctx, span := tracer.Start(ctx, "execute_tool "+e.spec.Name, trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "execute_tool"), attribute.String("gen_ai.tool.name", e.spec.Name)))
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}()
	ctx, cancel := context.WithTimeout(ctx, e.spec.Timeout)
	defer cancel()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("tool %s: busy: %w: %w", e.spec.Name, ErrUnsent, context.Cause(ctx))
	}
	r, err := e.breaker.Execute(func() (r Result, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: it panicked: %v", ErrUnsure, p)
			}
		}()
		return e.tool.Call(ctx, c)
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		err = fmt.Errorf("%w: it failed %d times in a row and rests", ErrUnsent, failures)
	}
	b.note(e, err)
	if err != nil {
		if !errors.Is(err, ErrUnsent) && !errors.Is(err, ErrUnsure) {
			err = fmt.Errorf("%w: %w", ErrUnsure, err)
		}
		return Result{}, fmt.Errorf("tool %s: %w", e.spec.Name, err)
	}
	r = masked(r).within(b.o.ResultBytes)
	r.Refused = r.Refused || e.spec.Refused.in(r)
	return r, nil
}

func (b *Box) note(e *entry, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e.err = err
}

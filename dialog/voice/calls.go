package voice

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"parley/asr"
	"parley/asr/endpoint"
	"parley/dialog"
	"parley/media"
	"parley/media/room"
	"parley/tts"
)

// Errors of starting and finding calls.
var (
	ErrBusy   = errors.New("all lines are taken")
	ErrNoCall = errors.New("no such call")
)

// Line is a leg with a life of its own: a browser's or a phone's.
type Line interface {
	media.Leg
	Ready() <-chan struct{} // closed when audio can flow
	Done() <-chan struct{}  // closed when the line is dead
	Err() error             // why
}

// hub is what a call is handed to.
type hub interface {
	Attach(ctx context.Context, id dialog.ConversationID, via dialog.Via, ch dialog.Channel) error
}

// Journal keeps what is to be known of a call beside its turns.
type Journal interface {
	CallStarted(ctx context.Context, r Request, id dialog.CallID) error
	CallEnded(ctx context.Context, id dialog.CallID, reason string) error
	// Taping notes that the call is being recorded from now on, or no more.
	Taping(ctx context.Context, id dialog.CallID, on bool) error
	// Recording opens the file of a call's audio.
	Recording(ctx context.Context, id dialog.CallID) (io.WriteCloser, error)
	// Erase removes it again: the customer does not want to be recorded.
	Erase(ctx context.Context, id dialog.CallID) error
}

// Options of all calls. Hub, Clock and TTS are required.
type Options struct {
	Hub     hub
	Clock   room.Ticker
	TTS     tts.Synthesizer
	ASR     asr.Recognizer                 // nil: nobody hears
	Hears   func(language string) bool     // nil: every language
	Hints   func(language string) []string // words of the company, for recognisers
	Cards   Cards                          // what customers give of their cards; nil: it is taken out and kept nowhere
	Journal Journal                        // nil: nothing is kept
	// Record begins a recording at a time of the call; nil: calls are not recorded.
	Record   func(w io.Writer, from media.CallTime) (Recorder, error)
	Endpoint func(language string) endpoint.Options // nil: as it comes
	// Overheard is told what agents say; nil: it is not written down.
	Overheard Overheard
	// Seated is told when a guest hears and is heard in a call; may be nil.
	Seated func(id dialog.CallID, g Guest)
	// Parted is told when a guest has left a call, and why: "left", "hangup", "network",
	// "error" (it never connected) or "ended" (the call is over); may be nil.
	Parted   func(id dialog.CallID, g Guest, reason string)
	MaxCalls int           // 0: 200
	Connect  time.Duration // for the line to become ready; 0: 20 s
	Logger   *slog.Logger
}

// Calls owns every call of this process.
type Calls struct {
	o    Options
	life lifetime
	stop context.CancelCauseFunc

	mu      sync.Mutex
	live    map[dialog.CallID]*call
	begun   int // calls, ever
	closing bool
}

// New returns an owner of calls. Close ends it.
func New(o Options) *Calls {
	if o.MaxCalls == 0 {
		o.MaxCalls = 200
	}
	if o.Connect == 0 {
		o.Connect = 20 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Hears == nil {
		o.Hears = func(string) bool { return o.ASR != nil }
	}
	if o.Hints == nil {
		o.Hints = func(string) []string { return nil }
	}
	if o.Endpoint == nil {
		o.Endpoint = func(l string) endpoint.Options { return endpoint.Options{Language: l} }
	}
	c := &Calls{o: o, live: map[dialog.CallID]*call{}}
	c.life.ctx, c.stop = context.WithCancelCause(context.Background())
	return c
}

// Request is a call that has reached us.
type Request struct {
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Language     string
	Via          string      // "web" or "phone"
	Direction    string      // "in" or "out"
	Caller       string      // the number that calls, or is called; "" when there is none
	Out          *dialog.Out // of a call that we made
}

// NewID makes the identifier of a call.
func NewID() dialog.CallID { return dialog.CallID("call_" + rand.Text()) }

// Busy reports whether no further call would be taken.
func (c *Calls) Busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing || len(c.live) >= c.o.MaxCalls
}

// Len is how many calls are up.
func (c *Calls) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.live)
}

// Begin takes a call: it runs until the line is dead, the customer or the
// conversation hangs up, or Close. The line is the call's from here on, also
// when Begin fails.
func (c *Calls) Begin(id dialog.CallID, r Request, line Line) error {
	c.mu.Lock()
	if c.closing || len(c.live) >= c.o.MaxCalls {
		c.mu.Unlock()
		_ = line.Close()
		return ErrBusy
	}
	k := newCall(c, id, r, line)
	c.begun++
	k.nth = c.begun
	c.live[id] = k
	c.life.wg.Add(1)
	c.mu.Unlock()
	go func() {
		defer c.life.wg.Done()
		k.run(c.life.ctx)
		c.mu.Lock()
		delete(c.live, id)
		c.mu.Unlock()
	}()
	return nil
}

// Of gives the call that is up in a conversation, the newest of several.
func (c *Calls) Of(id dialog.ConversationID) (dialog.CallID, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var last *call
	for _, k := range c.live {
		if k.req.Conversation == id && k.stage.up() && (last == nil || k.nth > last.nth) {
			last = k
		}
	}
	if last == nil {
		return "", false
	}
	return last.id, true
}

// Conversation gives the conversation that a call is in; false: it is over, or never was.
func (c *Calls) Conversation(id dialog.CallID) (dialog.ConversationID, bool) {
	k, err := c.find(id)
	if err != nil {
		return "", false
	}
	return k.req.Conversation, true
}

// Hangup ends a call.
func (c *Calls) Hangup(id dialog.CallID, reason string) error {
	k, err := c.find(id)
	if err != nil {
		return err
	}
	k.ch.leave(reason)
	return nil
}

// Record turns a call's recording on or off, as its customer wishes.
func (c *Calls) Record(id dialog.CallID, on bool) error {
	k, err := c.find(id)
	if err != nil {
		return err
	}
	return k.tape.turn(on)
}

func (c *Calls) find(id dialog.CallID) (*call, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.live[id]; k != nil {
		return k, nil
	}
	return nil, ErrNoCall
}

// Drain takes no new calls and waits for the running ones until ctx ends.
func (c *Calls) Drain(ctx context.Context) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	done := make(chan struct{})
	go func() { c.life.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Close ends every call and returns when all are gone.
func (c *Calls) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.stop(dialog.ErrClosing)
	c.life.wg.Wait()
}

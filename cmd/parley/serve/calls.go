package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/voice"
	"parley/media/rtc"
	"parley/web"
)

// calls is the web's view of calls: it joins a browser's leg with its call.
type calls struct {
	rtc        *rtc.Endpoint
	voice      *voice.Calls
	perAddress int
	phones     *phones // nil: there are none

	mu      sync.Mutex
	live    map[dialog.CallID]*line
	address map[string]int // calls up or starting, by remote address
}

var _ web.Calls = (*calls)(nil)

func newCalls(e *rtc.Endpoint, v *voice.Calls, perAddress int) *calls {
	return &calls{rtc: e, voice: v, perAddress: perAddress, live: map[dialog.CallID]*line{}, address: map[string]int{}}
}

// line is a leg that its owner forgets when it is closed.
type line struct {
	*rtc.Leg
	conversation dialog.ConversationID
	once         sync.Once
	forget       func()
}

// Close implements media.Leg.
func (l *line) Close() error {
	err := l.Leg.Close()
	l.once.Do(l.forget)
	return err
}

// Start implements web.Calls.
func (c *calls) Start(ctx context.Context, r web.CallRequest) (web.CallAnswer, error) {
	if c.voice.Busy() {
		return web.CallAnswer{}, web.ErrBusy
	}
	if !c.take(r.RemoteIP) {
		return web.CallAnswer{}, fmt.Errorf("%w: %d calls from one address", web.ErrTooMany, c.perAddress)
	}
	id := voice.NewID()
	leg, answer, err := c.rtc.Accept(ctx, string(id), r.Offer)
	if err != nil {
		c.give(r.RemoteIP)
		return web.CallAnswer{}, refusal(err)
	}
	l := &line{Leg: leg, conversation: r.Conversation}
	l.forget = func() {
		c.mu.Lock()
		delete(c.live, id)
		c.mu.Unlock()
		c.give(r.RemoteIP)
	}
	c.mu.Lock()
	c.live[id] = l
	c.mu.Unlock()
	err = c.voice.Begin(id, voice.Request{Tenant: dialog.DefaultTenant, Conversation: r.Conversation,
		Language: r.Language, Via: "web", Direction: "in"}, l)
	if err != nil { // Begin has closed the line
		return web.CallAnswer{}, web.ErrBusy
	}
	return web.CallAnswer{Call: id, SDP: answer, Session: leg.Session()}, nil
}

// take counts a call of an address, when it may have one more.
func (c *calls) take(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.address[address] >= c.perAddress {
		return false
	}
	c.address[address]++
	return true
}

func (c *calls) give(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.address[address]--; c.address[address] <= 0 {
		delete(c.address, address)
	}
}

// refusal says what the media server found wrong in the words of the API.
func refusal(err error) error {
	switch {
	case errors.Is(err, rtc.ErrFull):
		return web.ErrBusy
	case errors.Is(err, rtc.ErrNoAudio):
		return fmt.Errorf("%w: %w", web.ErrNoAudio, err)
	case errors.Is(err, rtc.ErrNoCodec):
		return fmt.Errorf("%w: %w", web.ErrNoCodec, err)
	case errors.Is(err, rtc.ErrBadSDP), errors.Is(err, rtc.ErrDirection):
		return fmt.Errorf("%w: %w", web.ErrBadSDP, err)
	case errors.Is(err, rtc.ErrNoMatch):
		return fmt.Errorf("%w: %w", web.ErrNoMatch, err)
	case errors.Is(err, rtc.ErrSession):
		return web.ErrStaleSession
	case errors.Is(err, rtc.ErrClosed):
		return fmt.Errorf("call: %w", dialog.ErrNotFound)
	}
	return err
}

func (c *calls) find(id dialog.CallID) (*line, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.live[id]; l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("call: %w", dialog.ErrNotFound)
}

// Conversation implements web.Calls.
func (c *calls) Conversation(id dialog.CallID) (dialog.ConversationID, bool) {
	if l, err := c.find(id); err == nil {
		return l.conversation, true
	}
	if of, ok := c.voice.Conversation(id); ok { // not a browser's
		return of, true
	}
	if c.phones != nil {
		return c.phones.calling(id)
	}
	return "", false
}

// Patch implements web.Calls.
func (c *calls) Patch(_ context.Context, id dialog.CallID, fragment, match string) (web.CallAnswer, error) {
	l, err := c.find(id)
	if err != nil {
		return web.CallAnswer{}, err
	}
	answer, err := l.Patch(fragment, match)
	if err != nil {
		return web.CallAnswer{}, refusal(err)
	}
	return web.CallAnswer{Call: id, SDP: answer, Session: l.Session()}, nil
}

// Playout implements web.Calls.
func (c *calls) Playout(_ context.Context, id dialog.CallID, d time.Duration) error {
	l, err := c.find(id)
	if err == nil {
		l.SetPlayout(d)
	}
	return err
}

// Record implements web.Calls.
func (c *calls) Record(_ context.Context, id dialog.CallID, on bool) error {
	return known(c.voice.Record(id, on))
}

// Hangup implements web.Calls.
func (c *calls) Hangup(_ context.Context, id dialog.CallID) error {
	if c.phones != nil && c.phones.cancel(id) {
		return nil
	}
	return known(c.voice.Hangup(id, "hangup"))
}

func known(err error) error {
	if errors.Is(err, voice.ErrNoCall) {
		return fmt.Errorf("call: %w", dialog.ErrNotFound)
	}
	return err
}

// Busy implements web.Calls.
func (c *calls) Busy() bool { return c.voice.Busy() }

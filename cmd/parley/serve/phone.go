package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/outbound"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/sip"
	"parley/media/sip/audio"
)

// phones joins phone calls with conversations: those that come in, those that we make, and
// the legs of people who are reached by a phone.
type phones struct {
	s    *server
	c    config.SIP
	sip  *sip.Server
	pool *audio.Pool
	gate *outbound.Gate
	log  *slog.Logger

	confirmIn time.Duration // for a person outside to press 1
	quiet     time.Duration // nothing may be heard of a phone until it is asked

	ready chan struct{} // closed once the server is whole: until then calls wait

	ctx  context.Context
	stop context.CancelCauseFunc
	wg   sync.WaitGroup // calls that ring, their ends, and callbacks

	mu      sync.Mutex
	closed  bool
	lines   map[dialog.CallID]*phoneLine // customers'
	dialing map[dialog.CallID]*dialing   // calls of ours that have no answer yet
	callers map[string]int               // calls that are up, by number
	rings   map[*ring]bool               // people who are being called, or have taken a call
}

// dialing is a call of ours without an answer.
type dialing struct {
	conversation dialog.ConversationID
	cancel       context.CancelCauseFunc
}

var codecs = map[string]media.Codec{"opus": media.CodecOpus, "g722": media.CodecG722, "pcma": media.CodecPCMA, "pcmu": media.CodecPCMU}

var secures = map[string]audio.Policy{"off": audio.SecureOff, "optional": audio.SecureOptional, "required": audio.SecureRequired}

// openPhones opens the sockets of phones, when there are any.
func (s *server) openPhones(ctx context.Context) error {
	if !s.c.SIP.On() {
		return nil
	}
	p := &phones{s: s, c: s.c.SIP, log: s.log, lines: map[dialog.CallID]*phoneLine{}, dialing: map[dialog.CallID]*dialing{}, callers: map[string]int{}, rings: map[*ring]bool{}, confirmIn: confirmTime, quiet: quietTime, ready: make(chan struct{})}
	p.ctx, p.stop = context.WithCancelCause(context.Background())
	if err := p.count(ctx); err != nil {
		return err
	}
	o, err := p.options()
	if err != nil {
		return err
	}
	if p.sip, err = sip.New(o); err != nil {
		return fmt.Errorf("serve: phones at %s: %w (choose another address with PARLEY_SIP_ADDR, or none to do without)", s.c.SIP.Addr, err)
	}
	s.phones, s.lines.phones = p, p
	if slices.ContainsFunc(s.c.SIP.Trunks, func(t config.Trunk) bool { return t.Host != "" }) {
		s.backs = newCallbacks(s)
	}
	if s.nodes != nil {
		s.tasks.Go(p.follow)
	}
	return nil
}

// answer lets calls go on: the server is whole.
func (p *phones) answer() {
	if p != nil {
		close(p.ready)
	}
}

// options of the signalling, and the ports of the audio.
func (p *phones) options() (sip.Options, error) {
	c := p.c
	low, high, err := c.RTPPorts()
	if err != nil {
		return sip.Options{}, err
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return sip.Options{}, fmt.Errorf("serve: sip.addr: %w", err)
	}
	bind, public := netip.IPv4Unspecified(), netip.Addr{}
	if host != "" {
		if bind, err = netip.ParseAddr(host); err != nil {
			return sip.Options{}, fmt.Errorf("serve: sip.addr: %q is no address of this machine", host)
		}
	}
	if c.PublicIP != "" {
		if public, err = netip.ParseAddr(c.PublicIP); err != nil {
			return sip.Options{}, fmt.Errorf("serve: sip.public_ip: %w", err)
		}
	}
	p.pool = audio.NewPool(audio.PoolOptions{Low: low, High: high, Bind: bind, Public: public, Logger: p.log})
	o := sip.Options{Addr: c.Addr, Public: public, UserAgent: "Parley", Media: p.media, Incoming: p.incoming, Held: p.held,
		Calls: p.s.c.Limits.Calls, Ring: time.Duration(c.Ring) * time.Second, Logger: p.log}
	if p.s.c.TLS.On() {
		if o.TLS, err = tlsConfig(p.s.c); err != nil {
			return o, err
		}
		n, _ := strconv.Atoi(port)
		o.TLSAddr = net.JoinHostPort(host, strconv.Itoa(n+b2i(n > 0)))
	}
	for _, t := range c.Trunks {
		x := sip.Trunk{Name: t.Name, Allow: t.Allow, Host: t.Host, Proxy: t.Proxy, Transport: t.Transport, User: t.User, Password: t.Password, Register: t.Register,
			Caller: t.From, KeepAlive: time.Duration(t.Keepalive) * time.Second, Calls: t.Limits.Calls}
		if t.Limits.Full == "busy" {
			x.Full = sipBusyHere
		}
		for n := range t.Numbers {
			x.Numbers = append(x.Numbers, n)
		}
		o.Trunks = append(o.Trunks, x)
	}
	for _, u := range c.Phones {
		o.Users = append(o.Users, sip.User{Name: u.User, Password: u.Password})
	}
	return o, nil
}

// count makes the gate of calls out, with what was called today.
func (p *phones) count(ctx context.Context) error {
	r := outbound.Rules{Destinations: p.c.Destinations, Hours: p.c.CallHours, PerNumber: p.c.PerNumber, CostPerDay: p.c.CostPerDay}
	for _, t := range p.c.Trunks {
		if t.Host != "" {
			r.Trunks = append(r.Trunks, outbound.Trunk{Name: t.Name, PerSecond: t.Limits.PerSecond, AtOnce: t.Limits.AtOnce, PerDay: t.Limits.PerDay,
				CostPerDay: t.Limits.CostPerDay, Rates: t.Rates})
		}
	}
	zone, err := p.s.c.Location()
	if err != nil {
		return err
	}
	p.gate = outbound.NewGate(r, zone)
	now := time.Now()
	past, err := p.today(ctx, now)
	if err != nil {
		return err
	}
	p.gate.Recount(past, now)
	v, err := p.s.store.Switched(ctx, outboundSwitch)
	p.gate.Switch(v == "off")
	return err
}

// today is what was called since midnight.
func (p *phones) today(ctx context.Context, now time.Time) ([]outbound.Past, error) {
	ds, err := p.s.store.Dials(ctx, p.gate.Midnight(now))
	past := make([]outbound.Past, len(ds))
	for i, d := range ds {
		past[i] = outbound.Past{At: time.UnixMicro(d.At), Trunk: d.Trunk, Number: d.Body, Seconds: int(d.Seconds)}
	}
	return past, err
}

// outboundSwitch is the name of the switch that turns calls out off.
const outboundSwitch = "outbound"

func (p *phones) trunk(name string) *config.Trunk {
	for i := range p.c.Trunks {
		if p.c.Trunks[i].Name == name {
			return &p.c.Trunks[i]
		}
	}
	return nil
}

// phoneAudio is a session as the signalling knows it.
type phoneAudio struct{ *audio.Session }

var _ sip.Media = phoneAudio{}

// Hold implements sip.Media.
func (a phoneAudio) Hold(on bool) { a.SetHold(on) }

// media opens the audio of a call.
func (p *phones) media(q sip.MediaRequest) (sip.Media, error) {
	o := audio.Options{ID: media.LegID("phone_" + q.CallID), Peer: q.Peer, Public: q.Public, Secure: audio.SecureOptional}
	if t := p.trunk(q.Trunk); t != nil {
		o.Secure = secures[t.SRTP]
		for _, name := range t.Codecs {
			o.Codecs = append(o.Codecs, codecs[name])
		}
	}
	a, err := p.pool.Open(o)
	if err != nil {
		return nil, err
	}
	return phoneAudio{a}, nil
}

// phoneLine is an answered phone as a line of a call.
type phoneLine struct {
	*audio.Session
	call  *sip.Call
	begin sync.Once
	cause sip.Cause
}

var _ voice.Line = (*phoneLine)(nil)

func newPhoneLine(c *sip.Call) *phoneLine {
	l := &phoneLine{call: c, cause: sip.CauseNormal}
	if a, ok := c.Media().(phoneAudio); ok {
		l.Session = a.Session
	}
	return l
}

// Ready implements voice.Line: it was answered.
func (l *phoneLine) Ready() <-chan struct{} { return ready }

// Done implements voice.Line.
func (l *phoneLine) Done() <-chan struct{} { return l.call.Done() }

// Err implements voice.Line: nil when somebody hung up.
func (l *phoneLine) Err() error {
	e := l.call.End()
	if e.By == "network" && e.Err == nil {
		return errLineDead
	}
	return e.Err
}

var errLineDead = errors.New("serve: the phone's network is gone")

// Close implements media.Leg: it hangs up.
func (l *phoneLine) Close() error {
	l.call.Hangup(l.cause)
	return nil
}

// lastMinute is how long before its end somebody is told that a call has become too long.
const lastMinute = time.Minute

// longest is how long a call by a trunk may last; by a desk phone, as by one that does not say.
func (p *phones) longest(trunk string) time.Duration {
	if t := p.trunk(trunk); t != nil {
		return time.Duration(t.Limits.Longest) * time.Second
	}
	return 4 * time.Hour
}

// quietTime is how long nothing may be heard of a phone until it is asked whether it is there.
const quietTime = 30 * time.Second

// attend waits for the end of a phone's call, and asks a far end of which nothing comes whether
// it is there. Silence alone ends no call: a relay service may be at work, or a far end that
// sends nothing while nobody speaks. soon is called when the end of its longest time comes
// near, and over when it has come; 0 is no such time.
func (l *phoneLine) attend(quiet, longest time.Duration, soon, over func()) {
	t := time.NewTicker(quiet / 2)
	defer t.Stop()
	var near, end <-chan time.Time
	if longest > 0 {
		a, b := time.NewTimer(longest-min(lastMinute, longest/2)), time.NewTimer(longest)
		defer a.Stop()
		defer b.Stop()
		near, end = a.C, b.C
	}
	for {
		select {
		case <-near:
			soon()
		case <-end:
			over()
		case <-t.C:
			if l.Session != nil && l.Silent() > quiet && !l.call.Held() {
				l.call.Check()
			}
		case <-l.call.Done():
			return
		}
	}
}

// held tells the conversation that the far end has put us on hold, where nobody hears us.
func (p *phones) held(c *sip.Call, on bool) {
	if id, ok := p.conversation(c); ok {
		ctx, cancel := context.WithTimeout(p.ctx, journalTime)
		defer cancel()
		if err := p.s.hub.Tell(ctx, id, dialog.Muted{On: on}); err != nil {
			p.log.Warn("a conversation does not know that its phone is on hold", "conversation", id, "err", err)
		}
	}
}

// journalTime is how long what is noted of calls may take.
const journalTime = 10 * time.Second

// conversation is that of a customer's phone.
func (p *phones) conversation(c *sip.Call) (dialog.ConversationID, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, l := range p.lines {
		if l.call == c {
			return p.s.calls.Conversation(id)
		}
	}
	return "", false
}

// run begins something that close waits for; false: phones are closing.
func (p *phones) run(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.wg.Go(f)
	return true
}

// close ends what rings, and the sockets.
func (p *phones) close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop(dialog.ErrClosing)
	var err error
	if p.sip != nil {
		err = p.sip.Close()
	}
	p.wg.Wait()
	return err
}

// measure tells how phones do.
func (p *phones) measure(gauge, counter func(name, help string, f func() float64)) {
	of := func(f func(s sip.Stats) int64) func() float64 {
		return func() float64 { return float64(f(p.sip.Stats())) }
	}
	gauge("phone_calls", "Phone calls that are up or ring.", of(func(s sip.Stats) int64 { return int64(s.Calls) }))
	gauge("phone_registered", "Desk phones that are registered here.", of(func(s sip.Stats) int64 { return int64(s.Phones) }))
	gauge("phone_trunks_down", "Trunks whose registration or last OPTIONS failed.", func() float64 {
		n := 0
		for _, t := range p.sip.Stats().Trunks {
			c := p.trunk(t.Name)
			if c != nil && (c.Register && !t.Registered || c.Keepalive > 0 && !t.Checked.IsZero() && !t.Alive) {
				n++
			}
		}
		return float64(n)
	})
	counter("phone_calls_in_total", "Phone calls that came in.", of(func(s sip.Stats) int64 { return s.In }))
	counter("phone_calls_out_total", "Phone calls that were made.", of(func(s sip.Stats) int64 { return s.Out }))
	counter("phone_calls_shed_total", "Phone calls refused for want of lines or ports.", of(func(s sip.Stats) int64 { return s.Full }))
	counter("sip_unknown_total", "SIP messages of sources that nobody knows; they got no answer.", of(func(s sip.Stats) int64 { return s.Unknown }))
	counter("sip_malformed_total", "Malformed SIP messages; they got no answer.", of(func(s sip.Stats) int64 { return s.Malformed }))
	counter("sip_guesses_total", "Wrong SIP passwords.", of(func(s sip.Stats) int64 { return s.Guesses }))
}

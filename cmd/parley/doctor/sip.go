package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"parley/cmd/parley/config"
	"parley/media/sip"
	"parley/media/sip/audio"
)

// SIP tests the trunks of the settings: whether they are there, take our password, and bring
// a call that we make back to us. With a name it tests that one alone.
func SIP(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("doctor sip", flag.ContinueOnError)
	fs.SetOutput(out)
	file := fs.String("config", "", "settings `file`")
	loop := fs.Bool("call", true, "call the trunk's first number, and see that the call comes back")
	if err := fs.Parse(args); err != nil {
		return err
	}
	c, err := config.Load(*file, config.Environment)
	if err != nil {
		return err
	}
	if !c.SIP.On() {
		return errors.New("doctor: the settings have no sip trunks or phones (docs/phones.md begins with a trunk's data sheet)")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	t, err := newTrunkTest(c.SIP)
	if err != nil {
		return err
	}
	defer t.close()
	fmt.Fprintln(out, "Phones")
	bad, tested := 0, 0
	say := func(f finding) {
		f.print(out)
		if f.err != nil && !f.minor {
			bad++
		}
	}
	say(t.socket)
	for _, x := range c.SIP.Trunks {
		if fs.NArg() > 0 && fs.Arg(0) != x.Name {
			continue
		}
		tested++
		for _, f := range t.trunk(ctx, x, *loop) {
			say(f)
		}
	}
	switch {
	case fs.NArg() > 0 && tested == 0:
		return fmt.Errorf("doctor: there is no trunk %q", fs.Arg(0))
	case bad > 0:
		return fmt.Errorf("doctor: %d things need mending", bad)
	}
	fmt.Fprintln(out, "\nPhones can call and be called here.")
	return nil
}

// trunkTest is a signalling of its own, for as long as the test takes.
type trunkTest struct {
	server *sip.Server
	pool   *audio.Pool
	socket finding
	bound  bool // on the address of the settings, so that calls can come back
	came   chan string
}

func newTrunkTest(c config.SIP) (*trunkTest, error) {
	t := &trunkTest{came: make(chan string, 8)}
	low, high, err := c.RTPPorts()
	if err != nil {
		return nil, err
	}
	public, _ := netip.ParseAddr(c.PublicIP) // checked when it was read; "" is none
	t.pool = audio.NewPool(audio.PoolOptions{Low: low, High: high, Bind: netip.IPv4Unspecified(), Public: public})
	o := sip.Options{Addr: c.Addr, Public: public, Media: t.media, Incoming: func(ctx context.Context, call *sip.Call) {
		select {
		case t.came <- call.Number:
		default:
		}
		if call.Answer(ctx) == nil {
			<-call.Done()
		}
	}}
	for _, x := range c.Trunks { // a test registers when it is told to, not by itself
		y := sip.Trunk{Name: x.Name, Allow: x.Allow, Host: x.Host, Proxy: x.Proxy, Transport: x.Transport, User: x.User, Password: x.Password, Caller: x.From}
		for n := range x.Numbers {
			y.Numbers = append(y.Numbers, n)
		}
		o.Trunks = append(o.Trunks, y)
	}
	t.socket = finding{what: "SIP " + c.Addr, detail: "UDP and TCP are free"}
	t.bound = true
	if t.server, err = sip.New(o); err == nil {
		return t, nil
	}
	t.bound = false
	t.socket = finding{what: "SIP " + c.Addr, err: err, minor: true, mend: "a running Parley has it: stop that to test a loop call too; or choose another with PARLEY_SIP_ADDR"}
	host, _, _ := net.SplitHostPort(c.Addr)
	o.Addr = net.JoinHostPort(host, "0")
	t.server, err = sip.New(o)
	return t, err
}

func (t *trunkTest) close() { _ = t.server.Close() }

func (t *trunkTest) media(q sip.MediaRequest) (sip.Media, error) {
	a, err := t.pool.Open(audio.Options{Peer: q.Peer, Public: q.Public, Secure: audio.SecureOptional})
	return testAudio{a}, err
}

// testAudio is a session as the signalling knows it.
type testAudio struct{ *audio.Session }

// Hold implements sip.Media.
func (a testAudio) Hold(on bool) { a.SetHold(on) }

// trunk tests one, as far as it gets.
func (t *trunkTest) trunk(ctx context.Context, x config.Trunk, loop bool) []finding {
	if x.Host == "" {
		return []finding{{what: x.Name, detail: "only calls us; have it call one of its numbers"}}
	}
	out := []finding{t.reaches(ctx, x)}
	if out[0].err != nil {
		return out
	}
	if x.Register {
		f := t.registers(ctx, x)
		if out = append(out, f); f.err != nil {
			return out
		}
	}
	if loop && t.bound && len(x.Numbers) > 0 {
		out = append(out, t.loops(ctx, x))
	}
	return out
}

func (t *trunkTest) reaches(ctx context.Context, x config.Trunk) finding {
	f := finding{what: x.Name + " is there"}
	rtt, err := t.server.Ping(ctx, x.Name)
	f.detail, f.err = fmt.Sprintf("OPTIONS to %s over %s was answered in %d ms", x.Host, x.Transport, rtt.Milliseconds()), err
	if err != nil {
		f.detail, f.mend = "", explain(err, x)
	}
	return f
}

func (t *trunkTest) registers(ctx context.Context, x config.Trunk) finding {
	f := finding{what: x.Name + " knows us"}
	lasts, err := t.server.Registered(ctx, x.Name)
	f.detail, f.err = fmt.Sprintf("registered as %s for %s", x.User, lasts), err
	if err != nil {
		f.detail, f.mend = "", explain(err, x)
	}
	return f
}

// loops calls the trunk's first number, which is ours.
func (t *trunkTest) loops(ctx context.Context, x config.Trunk) finding {
	f := finding{what: x.Name + " brings a call"}
	number := ""
	for n := range x.Numbers {
		if number == "" || n < number {
			number = n
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	began := time.Now()
	call, err := t.server.Dial(ctx, x.Name, sip.Request{To: number, Ring: 20 * time.Second})
	if err != nil {
		f.err, f.mend = fmt.Errorf("a call to %s: %w", number, err), explain(err, x)
		return f
	}
	defer call.Hangup(sip.CauseNormal)
	select {
	case <-t.came:
		f.detail = fmt.Sprintf("a call to %s came back, and was answered in %d ms", number, time.Since(began).Milliseconds())
	case <-time.After(2 * time.Second):
		f.err = fmt.Errorf("a call to %s was answered, and not by us", number)
		f.mend = "have the carrier send calls for this number to our address (origination, trunk or route settings)"
	}
	return f
}

// explain says what a failure most likely means and how to mend it.
func explain(err error, x config.Trunk) string {
	var s *sip.StatusError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %q does not resolve: check host for a typing error, and this machine's DNS", x.Host)
	case errors.Is(err, sip.ErrPassword):
		return "user or password is not the trunk's: copy both anew from the data sheet; some carriers have a user for SIP that is not the portal's"
	case errors.Is(err, sip.ErrRinging):
		return "nobody answered: the carrier rings somewhere else; check where its number is routed to"
	case errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), "refused"):
		return fmt.Sprintf("nothing answers at %s over %s: check host and port, transport, the firewall (SIP and sip.rtp_ports, UDP), and whether the carrier must be told our address first", x.Host, x.Transport)
	case strings.Contains(err.Error(), "x509"), strings.Contains(err.Error(), "tls"):
		return "the certificate of the other side does not fit its name: host must be the name in the certificate, not an address"
	case errors.As(err, &s):
		return explainStatus(s, x)
	}
	return "look at the log of the other side for our address; a packet capture (sngrep) shows what comes back"
}

func explainStatus(s *sip.StatusError, x config.Trunk) string {
	switch s.Code {
	case 401, 407:
		return "the other side asks for a password: set user and password"
	case 403:
		return "forbidden: our address is not in the carrier's access list, the caller id (from) is none of its numbers, or the destination is not allowed there"
	case 404, 484, 604:
		return "the number is not known there: check how it is to be written, and that it is assigned to this trunk"
	case 408, 480:
		return "the other side did not reach the number: is it routed to our address, or registered?"
	case 486, 600:
		return "busy: all its lines are taken"
	case 488, 606:
		return fmt.Sprintf("no common codec, or encryption does not fit: codecs %s, srtp %s", strings.Join(x.Codecs, " "), x.SRTP)
	case 503:
		return "overloaded or switched off: its channel limit may be reached; see its status page"
	}
	return fmt.Sprintf("the other side says %d %s: its data sheet or support knows why", s.Code, s.Reason)
}

package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// Options of a Server.
type Options struct {
	Addr      string      // UDP and TCP, "host:port" or ":port"
	TLSAddr   string      // TLS; empty is off
	TLS       *tls.Config // certificate of TLSAddr
	ClientTLS *tls.Config // for connections that we make; nil: the system's roots
	// Public is announced to peers outside of private networks; the zero value
	// announces the interface's own address.
	Public    netip.Addr
	UserAgent string // empty is "Parley"

	Trunks []Trunk
	Users  []User // phones that may register here
	Realm  string // of Users' digests; empty is "parley"
	SHA256 bool   // asks for SHA-256 beside MD5; phones of before RFC 8760 give up at it

	Media    func(MediaRequest) (Media, error) // required
	Incoming Incoming                          // nil refuses all calls
	// Refer is asked to carry out a transfer that the far end wants (RFC 3515); nil
	// declines. It returns when the new call is there, or why not; progress tells the
	// far end how far it is. ctx ends with the call.
	Refer func(ctx context.Context, c *Call, r Refer, progress func(code int)) error
	// Held is told when the far end holds or resumes; nil: nobody wants to know.
	Held func(c *Call, on bool)

	Calls   int           // at once, in all; 0 is 200
	Rate    int           // new calls a second, both ways, in all; 0 is 100
	Session time.Duration // RFC 4028; 0 is 30 minutes, at least 90 s
	Ring    time.Duration // how long our calls ring; 0 is a minute
	Logger  *slog.Logger
}

// Trunk is a carrier or a PBX.
type Trunk struct {
	Name  string
	Allow []netip.Prefix // whence its calls come, beside the addresses of Host
	// Host is where our calls and registrations go, "name", "name:port" or an address.
	// Empty: it only calls us.
	Host      string
	Proxy     string // outbound proxy, like Host; empty is Host itself
	Transport string // "udp", "tcp" or "tls"; empty is "udp"
	Domain    string // in our From; empty is Host's name

	User, Password string // our digest, when it asks
	Register       bool   // keeps us registered as User
	// InboundUser and InboundPassword let its calls in by digest from anywhere, to
	// Numbers alone.
	InboundUser, InboundPassword string

	Numbers   []string // E.164: what it may call, and whose calls are whose when trunks share an address; empty is all
	Caller    string   // our number when none is given
	Plan      Plan     // how it writes numbers
	Emergency string   // "" refuses emergency numbers; "dial" lets them out on this trunk

	Calls     int           // at once, in and out; 0: no limit but the server's
	Full      int           // what a call beyond Calls or Rate gets, 503 or 486; 0 is 503
	Rate      int           // new calls a second; 0: no limit but the server's
	KeepAlive time.Duration // OPTIONS interval; 0 is off
}

// User is a phone that registers with us.
type User struct {
	Name, Password string
}

func (o *Options) fill() error {
	if o.Media == nil {
		return errors.New("sip: no media")
	}
	if o.Addr == "" {
		return errors.New("sip: no address to listen on")
	}
	if (o.TLSAddr != "") != (o.TLS != nil) {
		return errors.New("sip: TLS needs an address and a certificate")
	}
	if o.UserAgent == "" {
		o.UserAgent = "Parley"
	}
	if o.Realm == "" {
		o.Realm = "parley"
	}
	if o.Calls == 0 {
		o.Calls = 200
	}
	if o.Rate == 0 {
		o.Rate = 100
	}
	if o.Session == 0 {
		o.Session = defaultSession
	}
	o.Session = max(o.Session, minSession)
	if o.Ring == 0 {
		o.Ring = defaultRing
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if !sendable(o.UserAgent) || !quotable(o.Realm) {
		return errors.New("sip: user agent or realm have characters that cannot be sent")
	}
	names := map[string]bool{}
	for i := range o.Trunks {
		t := &o.Trunks[i]
		if err := t.check(); err != nil {
			return fmt.Errorf("sip: trunk %q: %w", t.Name, err)
		}
		if names[t.Name] {
			return fmt.Errorf("sip: trunk %q is there twice", t.Name)
		}
		names[t.Name] = true
	}
	users := map[string]bool{}
	for _, u := range o.Users {
		if !isToken(u.Name) || u.Password == "" {
			return fmt.Errorf("sip: user %q: a name of letters and digits, and a password", u.Name)
		}
		if users[u.Name] {
			return fmt.Errorf("sip: user %q is there twice", u.Name)
		}
		users[u.Name] = true
	}
	return nil
}

func (t *Trunk) check() error {
	switch {
	case t.Name == "":
		return errors.New("no name")
	case t.Host == "" && len(t.Allow) == 0 && t.InboundUser == "":
		return errors.New("no host, no allow and no inbound_user: it can neither call nor be called")
	case t.Register && (t.Host == "" || t.User == ""):
		return errors.New("register needs a host and a user")
	case t.User != "" && !quotable(t.User), t.InboundUser != "" && !quotable(t.InboundUser):
		return errors.New("characters in the user that cannot be sent")
	case t.InboundUser != "" && (t.InboundPassword == "" || len(t.Numbers) == 0):
		return errors.New("inbound_user needs inbound_password and numbers")
	case t.Emergency != "" && t.Emergency != "dial":
		return errors.New(`emergency is "dial" or left out`)
	}
	t.Transport = strings.ToLower(t.Transport)
	switch t.Transport {
	case "":
		t.Transport = "udp"
	case "udp", "tcp", "tls":
	default:
		return errors.New("transport is udp, tcp or tls")
	}
	for _, h := range []string{t.Host, t.Proxy} {
		if h == "" {
			continue
		}
		if _, _, err := hostPort(h); err != nil {
			return err
		}
	}
	if t.Domain != "" && !isHost(t.Domain) {
		return errors.New("domain is no host name")
	}
	for _, n := range append([]string{t.Caller}, t.Numbers...) {
		if n != "" && !isDialable(n) {
			return fmt.Errorf("%q is no number", n)
		}
	}
	return t.Plan.check()
}

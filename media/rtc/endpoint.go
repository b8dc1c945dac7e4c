// Package rtc makes a browser a media.Leg: SDP in, SDP out, audio both ways over
// one UDP port (WebRTC by Pion, ICE-lite), with ICE-TCP on the same number and
// TURN for networks that let nothing else through.
package rtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/webrtc/v4"
)

// What an offer or a fragment can have wrong.
var (
	ErrBadSDP    = errors.New("rtc: malformed SDP")
	ErrNoAudio   = errors.New("rtc: the offer has no audio")
	ErrNoCodec   = errors.New("rtc: the offer has none of Opus, PCMU and PCMA")
	ErrDirection = errors.New("rtc: the audio must be sendrecv")
	ErrFull      = errors.New("rtc: all lines are taken")
	ErrNoMatch   = errors.New("rtc: the fragment belongs to another ICE session")
	ErrSession   = errors.New("rtc: a former ICE session")
	ErrClosed    = errors.New("rtc: closed")
	// ErrIdle ends a leg from which nothing valid came for Options.Idle.
	ErrIdle = errors.New("rtc: the network is lost")
)

// Options of an Endpoint.
type Options struct {
	Addr      string       // UDP address of all media, "host:port" or ":port"
	PublicIPs []netip.Addr // announced instead of the interfaces' own, behind NAT
	TCP       bool         // ICE-TCP on the same number
	TURNAddr  string       // TURN over TCP; empty is off
	TURNTLS   TLSConfig    // TURN over TLS too, on the next port; nil is off
	TURNHost  string       // name in TURN URLs; empty is the announced address
	Realm     string       // of TURN; empty is "parley"
	Secret    string       // signs TURN credentials; empty is random
	// Idle is how long nothing valid may come (RTP, RTCP, ICE consent) until a leg
	// is ended; 0 is 15 s.
	Idle    time.Duration
	MaxLegs int // 0 is 1000
	Logger  *slog.Logger
}

// Endpoint takes browsers' calls on one address.
type Endpoint struct {
	o     Options
	api   *webrtc.API
	conf  webrtc.Configuration
	socks *sockets
	relay *relay

	mu     sync.Mutex
	legs   map[*Leg]struct{}
	closed bool

	accepted, refused atomic.Int64
}

// Stats count what came.
type Stats struct {
	Legs     int
	Accepted int64
	Refused  int64
}

// New opens the sockets. Close them again.
func New(o Options) (*Endpoint, error) {
	if o.Idle == 0 {
		o.Idle = 15 * time.Second
	}
	if o.MaxLegs == 0 {
		o.MaxLegs = 1000
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Secret == "" {
		o.Secret = rand.Text()
	}
	if o.Realm == "" {
		o.Realm = "parley"
	}
	socks, err := openSockets(o)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{o: o, socks: socks, legs: map[*Leg]struct{}{}}
	if err = e.build(); err == nil && o.TURNAddr != "" {
		e.relay, err = openRelay(o, socks)
	}
	if err != nil {
		socks.close()
		return nil, err
	}
	return e, nil
}

// build makes the API that all connections share: one certificate, audio
// codecs alone, RTCP reports as the only interceptor.
func (e *Endpoint) build() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("rtc: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return fmt.Errorf("rtc: %w", err)
	}
	e.conf = webrtc.Configuration{Certificates: []webrtc.Certificate{*cert}, BundlePolicy: webrtc.BundlePolicyMaxBundle}
	media, err := engine()
	if err != nil {
		return err
	}
	reports := &interceptor.Registry{}
	receiver, err := report.NewReceiverInterceptor()
	if err != nil {
		return fmt.Errorf("rtc: %w", err)
	}
	sender, err := report.NewSenderInterceptor()
	if err != nil {
		return fmt.Errorf("rtc: %w", err)
	}
	reports.Add(receiver)
	reports.Add(sender)
	e.api = webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(reports),
		webrtc.WithSettingEngine(e.socks.settings(e.o)))
	return nil
}

// engine knows the codecs of RFC 7874 section 3, and keys (RFC 4733).
func engine() (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	for _, c := range []struct {
		mime     string
		rate     uint32
		channels uint16
		fmtp     string
		pt       webrtc.PayloadType
	}{
		{webrtc.MimeTypeOpus, 48000, 2, "minptime=10;useinbandfec=1", 111},
		{webrtc.MimeTypePCMU, 8000, 1, "", 0},
		{webrtc.MimeTypePCMA, 8000, 1, "", 8},
		{mimeEvents, 48000, 1, "0-15", 110},
		{mimeEvents, 8000, 1, "0-15", 126},
	} {
		p := webrtc.RTPCodecParameters{PayloadType: c.pt, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: c.mime, ClockRate: c.rate, Channels: c.channels, SDPFmtpLine: c.fmtp}}
		if err := m.RegisterCodec(p, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("rtc: %s: %w", c.mime, err)
		}
	}
	return m, nil
}

// Addr is the UDP address of the media; of several, the first.
func (e *Endpoint) Addr() net.Addr { return e.socks.addr() }

// Stats of the endpoint.
func (e *Endpoint) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Stats{Legs: len(e.legs), Accepted: e.accepted.Load(), Refused: e.refused.Load()}
}

func (e *Endpoint) add(l *Leg) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if len(e.legs) >= e.o.MaxLegs {
		return ErrFull
	}
	e.legs[l] = struct{}{}
	return nil
}

func (e *Endpoint) remove(l *Leg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.legs, l)
}

// Close ends every leg and shuts the sockets.
func (e *Endpoint) Close() error {
	e.mu.Lock()
	e.closed = true
	var legs []*Leg
	for l := range e.legs {
		legs = append(legs, l)
	}
	e.mu.Unlock()
	for _, l := range legs {
		_ = l.Close()
	}
	var err error
	if e.relay != nil {
		err = e.relay.close()
	}
	return errors.Join(err, e.socks.close())
}

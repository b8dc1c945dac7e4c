// Package rtctest is a browser as far as a media server can tell: a client that
// offers, sends speech at its pace, and notes what comes back and when.
package rtctest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Options of a client. The zero value is a browser on a perfect network.
type Options struct {
	Loss float64 // share of the packets it sends that are lost
	// Heard is told of each packet that comes, by the client's reader.
	Heard func(at time.Time, p *rtp.Packet)
	// Background is what the microphone hears when nobody speaks, packets of
	// Encode again and again; nil is silence.
	Background [][]byte
	ICEServers []webrtc.ICEServer
	RelayOnly  bool
	TCPOnly    bool
	G711       bool // knows no Opus, like an old phone's browser
	// Offer changes the offer before it is sent.
	Offer func(sdp string) string
}

// Client is one simulated browser.
type Client struct {
	o     Options
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	stop  chan struct{}
	wg    sync.WaitGroup

	mu      sync.Mutex
	queue   []*Utterance
	state   webrtc.PeerConnectionState
	lost    uint32        // of what it sent, as the server reports
	late    time.Duration // the longest that one of its packets left too late
	changed chan struct{}
}

// Dial connects: exchange takes the offer and returns the answer.
func Dial(ctx context.Context, exchange func(ctx context.Context, offer string) (answer string, err error), o Options) (*Client, error) {
	c := &Client{o: o, stop: make(chan struct{}), changed: make(chan struct{}, 1)}
	var err error
	if c.pc, err = newConnection(o); err != nil {
		return nil, err
	}
	if err := c.connect(ctx, exchange); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func newConnection(o Options) (*webrtc.PeerConnection, error) {
	m := &webrtc.MediaEngine{}
	for _, p := range []webrtc.RTPCodecParameters{
		{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}},
		{PayloadType: 0, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}},
	} {
		if o.G711 && p.PayloadType == 111 {
			continue
		}
		if err := m.RegisterCodec(p, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	reg := &interceptor.Registry{}
	r, err := report.NewReceiverInterceptor(report.ReceiverInterval(500 * time.Millisecond))
	if err != nil {
		return nil, err
	}
	reg.Add(r)
	var e webrtc.SettingEngine
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetIncludeLoopbackCandidate(true)
	e.SetICETimeouts(5*time.Second, 10*time.Second, 2*time.Second)
	e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4})
	if o.TCPOnly {
		e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	conf := webrtc.Configuration{ICEServers: o.ICEServers}
	if o.RelayOnly {
		conf.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reg), webrtc.WithSettingEngine(e)).NewPeerConnection(conf)
}

func (c *Client) connect(ctx context.Context, exchange func(context.Context, string) (string, error)) error {
	var err error
	kind := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	if c.o.G711 {
		kind = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}
	}
	c.track, err = webrtc.NewTrackLocalStaticRTP(kind, "mic", "caller")
	if err != nil {
		return err
	}
	sender, err := c.pc.AddTrack(c.track)
	if err != nil {
		return err
	}
	c.wg.Go(func() { c.reports(sender) })
	c.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		go func() { // ends with the receiver; sender reports pass through it to our own
			for b := make([]byte, 1500); ; {
				if _, _, err := r.Read(b); err != nil {
					return
				}
			}
		}()
		c.listen(t)
	})
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		c.mu.Lock()
		c.state = s
		c.mu.Unlock()
		select {
		case c.changed <- struct{}{}:
		default:
		}
	})
	if err := c.negotiate(ctx, nil, exchange); err != nil {
		return err
	}
	if err := c.Wait(ctx, webrtc.PeerConnectionStateConnected); err != nil {
		return err
	}
	c.wg.Go(c.speak)
	return nil
}

func (c *Client) negotiate(ctx context.Context, o *webrtc.OfferOptions, exchange func(context.Context, string) (string, error)) error {
	offer, err := c.pc.CreateOffer(o)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return ctx.Err()
	}
	text := c.pc.LocalDescription().SDP
	if c.o.Offer != nil {
		text = c.o.Offer(text)
	}
	answer, err := exchange(ctx, text)
	if err != nil {
		return err
	}
	return c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// Restart restarts ICE: patch takes a fragment and returns the server's.
func (c *Client) Restart(ctx context.Context, patch func(ctx context.Context, fragment string) (string, error)) error {
	before := c.pc.RemoteDescription().SDP
	return c.negotiate(ctx, &webrtc.OfferOptions{ICERestart: true}, func(ctx context.Context, offer string) (string, error) {
		fragment, err := patch(ctx, only(offer, "a=ice-ufrag", "a=ice-pwd", "m=", "a=mid", "a=candidate"))
		if err != nil {
			return "", err
		}
		return merge(before, fragment), nil
	})
}

// only keeps the lines that begin so, once each.
func only(sdp string, prefixes ...string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for line := range strings.Lines(sdp) {
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) && !seen[line] {
				seen[line] = true
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// merge puts a fragment's credentials and candidates into an earlier answer.
func merge(answer, fragment string) string {
	value := func(key string) string {
		for line := range strings.Lines(fragment) {
			if v, ok := strings.CutPrefix(line, key); ok {
				return key + strings.TrimRight(v, "\r\n") + "\r\n"
			}
		}
		return ""
	}
	var b strings.Builder
	for line := range strings.Lines(answer) {
		switch {
		case strings.HasPrefix(line, "a=ice-ufrag:"):
			line = value("a=ice-ufrag:")
		case strings.HasPrefix(line, "a=ice-pwd:"):
			line = value("a=ice-pwd:")
		}
		b.WriteString(line)
	}
	return b.String()
}

// Wait returns when the connection is in state s.
func (c *Client) Wait(ctx context.Context, s webrtc.PeerConnectionState) error {
	for {
		c.mu.Lock()
		now := c.state
		c.mu.Unlock()
		if now == s {
			return nil
		}
		if now == webrtc.PeerConnectionStateFailed || now == webrtc.PeerConnectionStateClosed {
			return fmt.Errorf("rtctest: connection %s", now)
		}
		select {
		case <-c.changed:
		case <-ctx.Done():
			return fmt.Errorf("rtctest: connection %s: %w", now, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Close hangs up.
func (c *Client) Close() {
	select {
	case <-c.stop:
		return
	default:
	}
	close(c.stop)
	_ = c.pc.GracefulClose()
	c.wg.Wait()
}

// Vanish ends the client without a word to the server, like a lost network.
func (c *Client) Vanish() {
	// Closing the ICE transport alone leaves DTLS no way to say good-bye.
	_ = c.pc.SCTP().Transport().ICETransport().Stop()
}

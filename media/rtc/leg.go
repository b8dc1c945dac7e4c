package rtc

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media"
)

const mimeEvents = "audio/telephone-event"

// Leg is one browser's audio. Its methods may be called by several goroutines.
type Leg struct {
	id    media.LegID
	owner *Endpoint
	codec media.Codec
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	wg    sync.WaitGroup // readers

	readers struct {
		sync.Mutex
		closed bool
	}

	ready chan struct{}
	done  chan struct{}
	once  struct{ ready, done, close sync.Once }
	err   error // after done

	patch   sync.Mutex // one negotiation at a time
	offer   string     // as last accepted
	ufrag   string
	session string // names the ICE session

	in   inbox
	keys keys
	far  feedback

	// Of the room's tick alone.
	out  rtp.Packet
	base uint32         // timestamp of call time 0
	next media.CallTime // that follows without a gap
}

var (
	_ media.Leg     = (*Leg)(nil)
	_ media.Coded   = (*Leg)(nil)
	_ media.Network = (*Leg)(nil)
	_ media.DTMF    = (*Leg)(nil)
)

var codecs = map[media.Codec]webrtc.RTPCodecCapability{
	media.CodecOpus: {MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"},
	media.CodecPCMU: {MimeType: webrtc.MimeTypePCMU, ClockRate: 8000, Channels: 1},
	media.CodecPCMA: {MimeType: webrtc.MimeTypePCMA, ClockRate: 8000, Channels: 1},
}

// Accept takes an SDP offer and returns the leg and the answer, which has all
// candidates. The leg is the caller's to close.
func (e *Endpoint) Accept(ctx context.Context, id, sdp string) (*Leg, string, error) {
	l, answer, err := e.accept(ctx, id, sdp)
	if err != nil {
		e.refused.Add(1)
		return nil, "", err
	}
	e.accepted.Add(1)
	return l, answer, nil
}

func (e *Endpoint) accept(ctx context.Context, id, sdp string) (*Leg, string, error) {
	o, err := readOffer(sdp)
	if err != nil {
		return nil, "", err
	}
	l := &Leg{id: media.LegID(id), owner: e, codec: o.codec, offer: sdp, ufrag: o.ufrag, session: crand.Text(),
		ready: make(chan struct{}), done: make(chan struct{}), base: rand.Uint32(), next: -1}
	l.out.SequenceNumber = uint16(rand.Uint32())
	if err := e.add(l); err != nil {
		return nil, "", err
	}
	answer, err := l.connect(ctx, sdp)
	if err != nil {
		_ = l.Close()
		return nil, "", err
	}
	return l, answer, nil
}

func (l *Leg) connect(ctx context.Context, sdp string) (string, error) {
	var err error
	if l.pc, err = l.owner.api.NewPeerConnection(l.owner.conf); err != nil {
		return "", fmt.Errorf("rtc: %w", err)
	}
	l.pc.OnConnectionStateChange(l.state)
	l.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		if t.Kind() == webrtc.RTPCodecTypeAudio {
			l.read(t, r)
		}
	})
	if l.track, err = webrtc.NewTrackLocalStaticRTP(codecs[l.codec], "audio", "parley"); err != nil {
		return "", fmt.Errorf("rtc: %w", err)
	}
	// The far side's description comes first, so that our track takes the place it offers.
	if err := l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	sender, err := l.pc.AddTrack(l.track)
	if err != nil {
		return "", fmt.Errorf("rtc: %w", err)
	}
	answer, err := l.answer(ctx)
	if err != nil {
		return "", err
	}
	l.wg.Go(func() { l.far.read(sender) })
	return answer, nil
}

// answer makes the local description and waits for its candidates, which are
// there at once: our own sockets.
func (l *Leg) answer(ctx context.Context) (string, error) {
	a, err := l.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(a); err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return l.pc.LocalDescription().SDP, nil
}

// state follows the connection.
func (l *Leg) state(s webrtc.PeerConnectionState) {
	switch s {
	case webrtc.PeerConnectionStateConnected:
		l.once.ready.Do(func() { close(l.ready) })
	case webrtc.PeerConnectionStateFailed:
		l.end(ErrIdle)
	case webrtc.PeerConnectionStateClosed:
		l.end(nil)
	}
}

// end notes why the leg is over; the first reason stays.
func (l *Leg) end(err error) {
	l.once.done.Do(func() {
		l.err = err
		close(l.done)
	})
}

// ID implements media.Leg.
func (l *Leg) ID() media.LegID { return l.id }

// Codec implements media.Coded: what the browser is sent.
func (l *Leg) Codec() media.Codec { return l.codec }

// Ready is closed when audio can flow.
func (l *Leg) Ready() <-chan struct{} { return l.ready }

// Done is closed when the leg is over.
func (l *Leg) Done() <-chan struct{} { return l.done }

// Err is why the leg is over: nil for a hang-up. Valid after Done.
func (l *Leg) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Push implements media.Leg.
func (l *Leg) Push(p *media.Packet) {
	if len(p.Payload) == 0 {
		return
	}
	l.out.Version = 2
	l.out.SequenceNumber++
	l.out.Timestamp = l.base + uint32(int64(p.At)*int64(l.codec.ClockRate())/media.SampleRate)
	l.out.Marker = p.At != l.next // the first of a talk spurt, RFC 3551 section 4.1
	l.next = p.At + media.TickSamples
	l.out.Payload = p.Payload
	// An error is a connection that is not up yet or over already: the packet is lost, as on any network.
	_ = l.track.WriteRTP(&l.out)
}

// Pull implements media.Leg.
func (l *Leg) Pull(p *media.Packet) bool { return l.in.take(p) }

// Keys implements media.DTMF.
func (l *Leg) Keys(dst []byte) []byte { return l.keys.take(dst) }

// read takes packets off the connection until it ends.
func (l *Leg) read(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	if !l.enter() {
		return
	}
	defer l.wg.Done()
	l.wg.Go(func() { // sender reports, which our own answer
		b := make([]byte, 512)
		for {
			if _, _, err := r.Read(b); err != nil {
				return
			}
		}
	})
	kinds := map[uint8]media.Codec{}
	var events [2]uint8 // at the clock of either codec
	for _, c := range r.GetParameters().Codecs {
		switch strings.ToLower(c.MimeType) {
		case strings.ToLower(webrtc.MimeTypeOpus):
			kinds[uint8(c.PayloadType)] = media.CodecOpus
		case strings.ToLower(webrtc.MimeTypePCMU):
			kinds[uint8(c.PayloadType)] = media.CodecPCMU
		case strings.ToLower(webrtc.MimeTypePCMA):
			kinds[uint8(c.PayloadType)] = media.CodecPCMA
		case mimeEvents:
			events[0], events[1] = events[1], uint8(c.PayloadType)
		}
	}
	buf := make([]byte, 1500)
	var h rtp.Header
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		at, err := h.Unmarshal(buf[:n])
		if err != nil || at > n {
			continue
		}
		payload := unpad(buf[at:n], h.Padding)
		if c, ok := kinds[h.PayloadType]; ok {
			l.in.put(&h, c, payload)
		} else if h.PayloadType != 0 && (h.PayloadType == events[0] || h.PayloadType == events[1]) {
			l.keys.put(h.Timestamp, payload)
		}
	}
}

// enter counts a reader; false: the leg is closed, and nobody waits any more.
func (l *Leg) enter() bool {
	l.readers.Lock()
	defer l.readers.Unlock()
	if !l.readers.closed {
		l.wg.Add(1)
	}
	return !l.readers.closed
}

// unpad removes the padding of RFC 3550 section 5.1.
func unpad(b []byte, padded bool) []byte {
	if !padded || len(b) == 0 {
		return b
	}
	n := int(b[len(b)-1])
	if n == 0 || n > len(b) {
		return nil
	}
	return b[:len(b)-n]
}

// Network implements media.Network.
func (l *Leg) Network() media.NetworkStats { return l.far.Stats() }

// SetPlayout tells how long the browser keeps audio between network and loudspeaker.
func (l *Leg) SetPlayout(d time.Duration) {
	l.far.SetPlayout(d)
}

// Close ends the leg. Nothing of it runs when it returns.
func (l *Leg) Close() error {
	var err error
	l.once.close.Do(func() {
		l.owner.remove(l)
		if l.pc != nil {
			err = l.pc.GracefulClose()
		}
		l.end(nil)
		l.readers.Lock()
		l.readers.closed = true
		l.readers.Unlock()
		l.wg.Wait()
	})
	if errors.Is(err, webrtc.ErrConnectionClosed) {
		err = nil
	}
	return err
}

// inbox is what has arrived and was not polled yet, bounded: the oldest gives way.
type inbox struct {
	mu      sync.Mutex
	slots   [32]media.Packet
	r, n    int
	dropped atomic.Int64
}

func (b *inbox) put(h *rtp.Header, c media.Codec, payload []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n == len(b.slots) {
		b.r, b.n = (b.r+1)%len(b.slots), b.n-1
		b.dropped.Add(1)
	}
	p := &b.slots[(b.r+b.n)%len(b.slots)]
	p.Payload = append(p.Payload[:0], payload...)
	p.Codec, p.Seq, p.Timestamp, p.Marker = c, h.SequenceNumber, h.Timestamp, h.Marker
	b.n++
}

func (b *inbox) take(p *media.Packet) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n == 0 {
		return false
	}
	q := &b.slots[b.r]
	b.r, b.n = (b.r+1)%len(b.slots), b.n-1
	p.Payload = append(p.Payload[:0], q.Payload...)
	p.Codec, p.Seq, p.Timestamp, p.Marker = q.Codec, q.Seq, q.Timestamp, q.Marker
	return true
}

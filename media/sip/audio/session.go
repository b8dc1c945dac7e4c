package audio

import (
	"crypto/rand"
	"errors"
	mrand "math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/media"
	"parley/media/report"
)

// Session is one phone's audio. Its methods may be called by several goroutines.
type Session struct {
	pool      *Pool
	port      int
	rtp, rtcp *net.UDPConn
	o         Options
	name      string // of RTCP, which says nothing of who we are
	began     time.Time

	agreed atomic.Pointer[agreement]
	codec  atomic.Uint32
	in     receiver
	out    sender
	far    report.Far
	talks  talks

	wg    sync.WaitGroup
	close sync.Once
}

var (
	_ media.Leg     = (*Session)(nil)
	_ media.Coded   = (*Session)(nil)
	_ media.Network = (*Session)(nil)
	_ media.DTMF    = (*Session)(nil)
	_ media.Steady  = (*Session)(nil)
	_ media.Faint   = (*Session)(nil)
)

// playout is what phones are taken to keep between network and ear.
const playout = 80 * time.Millisecond

// newSession has the ports of p, which Close gives back.
func newSession(p *Pool, port int, rtp, rtcp *net.UDPConn, o Options) *Session {
	if len(o.Codecs) == 0 {
		o.Codecs = fallback
	}
	if o.Ptime == 0 {
		o.Ptime = media.Tick
	}
	s := &Session{pool: p, port: port, rtp: rtp, rtcp: rtcp, o: o, name: rand.Text(), began: time.Now()}
	s.codec.Store(uint32(o.Codecs[0]))
	s.far.SetPlayout(playout)
	s.in.since, s.in.latch.peer = s.began, o.Peer.Unmap()
	s.in.own = mrand.Uint32()
	s.out.ssrc, s.out.write = s.in.own, s.send
	s.out.gap, s.out.next = true, -1
	s.talks.begin(o)
	s.wg.Go(s.reading)
	s.wg.Go(s.reporting)
	return s
}

func (s *Session) send(b []byte, to netip.AddrPort) error {
	_, err := s.rtp.WriteToUDPAddrPort(b, to)
	return err
}

// reading takes packets off the port of RTP until it is closed.
func (s *Session) reading() {
	buf := make([]byte, mtu)
	for {
		n, src, err := s.rtp.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			s.in.packet(time.Now(), src, buf[:n], &s.far)
		case errors.Is(err, net.ErrClosed):
			return
		default: // no memory, a refusal on the way
			rest()
		}
	}
}

// ID implements media.Leg.
func (s *Session) ID() media.LegID { return s.o.ID }

// Codec implements media.Coded: what the far end is sent. An offer may change it;
// before the first agreement it is the first of Options.Codecs.
func (s *Session) Codec() media.Codec { return media.Codec(s.codec.Load()) }

// Faint implements media.Faint: a phone's level depends on its line.
func (s *Session) Faint() bool { return true }

// Network implements media.Network.
func (s *Session) Network() media.NetworkStats { return s.far.Stats() }

// Pull implements media.Leg.
func (s *Session) Pull(p *media.Packet) bool {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	return s.in.inbox.take(time.Now(), p)
}

// Discard forgets the audio that waits: the ringing of a call that is answered now.
func (s *Session) Discard() {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.inbox.clear()
}

// Push implements media.Leg.
func (s *Session) Push(p *media.Packet) {
	if len(p.Payload) > 0 {
		s.out.tick(s.in.target(), p.At, p.Codec, p.Payload)
	}
}

// Idle implements media.Steady: a phone is sent silence, for a network that hears
// nothing takes the call for dead.
func (s *Session) Idle(at media.CallTime) { s.out.tick(s.in.target(), at, 0, nil) }

// Keys implements media.DTMF.
func (s *Session) Keys(dst []byte) []byte {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	dst = append(dst, s.in.pressed...)
	s.in.pressed = s.in.pressed[:0]
	return dst
}

// OnKey sets who is told of each key that the far end presses ('0' to '9', '*', '#',
// 'A' to 'D'), once, however it came; Keys gives the same keys. f must not wait.
func (s *Session) OnKey(f func(rune)) {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.told = f
}

// Key notes a key that came by signalling. One that came as an RTP event too counts
// once; what is no key counts not at all.
func (s *Session) Key(r rune) {
	if r >= 'a' && r <= 'd' {
		r -= 'a' - 'A'
	}
	s.in.mu.Lock()
	f := s.in.press(time.Now(), bySignal, r)
	s.in.mu.Unlock()
	if f != nil {
		f(r)
	}
}

// SendKeys queues keys for the far end; ',' is a pause of half a second. They go out
// while the leg has a seat in a room, and audio waits meanwhile. At most 64 wait.
// ErrKey: one of them is none, and nothing is queued. ErrNoKeys: send INFO instead.
func (s *Session) SendKeys(keys string) error {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	if s.out.agreed == nil || s.out.agreed.events.use != events {
		return ErrNoKeys
	}
	return s.out.dial.add(keys)
}

// Silent is how long no valid packet of audio has come, since Open at most.
func (s *Session) Silent() time.Duration {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	return time.Since(s.in.since)
}

// Stats is what happened so far.
func (s *Session) Stats() Stats {
	s.in.mu.Lock()
	out := s.in.stats
	out.Lost, out.Jitter = s.in.heard.lost(), s.in.heard.sway()
	s.in.mu.Unlock()
	s.out.mu.Lock()
	out.Sent, out.SentBytes, out.Unsent = s.out.sent.packets, s.out.sent.octets, s.out.sent.unsent
	out.KeysOut = s.out.dial.count
	s.out.mu.Unlock()
	n := s.far.Stats()
	out.FarLost, out.RTT = n.Lost, n.RTT
	out.Codec = s.Codec()
	if a := s.agreed.Load(); a != nil {
		out.Secure = a.inKey != nil && a.outKey != nil
	}
	return out
}

// Close says BYE by RTCP and frees the ports. Nothing of the session runs when it returns.
func (s *Session) Close() error {
	var err error
	s.close.Do(func() {
		s.talks.end()
		s.sendReport(time.Now(), true)
		err = errors.Join(s.rtp.Close(), s.rtcp.Close())
		s.wg.Wait()
		s.pool.give(s.port)
	})
	return err
}

// target is where the far end is sent to.
func (r *receiver) target() netip.AddrPort {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.latch.target()
}

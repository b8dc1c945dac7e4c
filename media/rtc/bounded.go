package rtc

import (
	"net"
	"sync/atomic"
	"time"
)

// streamIdle is how long a TCP connection may be silent. Consent comes every few
// seconds on one that carries a call.
const streamIdle = 2 * time.Minute

// bounded is a listener of strangers: so many connections at once, each ended when
// nothing comes any more.
type bounded struct {
	net.Listener
	most int64
	live atomic.Int64
}

// Accept implements net.Listener. A connection too many is closed at once.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.live.Add(1) > b.most {
			b.live.Add(-1)
			_ = c.Close()
			continue
		}
		return &stream{Conn: c, owner: b}, nil
	}
}

// stream is one of its connections.
type stream struct {
	net.Conn
	owner *bounded
	gone  atomic.Bool
}

// Read implements net.Conn.
func (s *stream) Read(b []byte) (int, error) {
	if err := s.SetReadDeadline(time.Now().Add(streamIdle)); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

// Close implements net.Conn.
func (s *stream) Close() error {
	if !s.gone.Swap(true) {
		s.owner.live.Add(-1)
	}
	return s.Conn.Close()
}

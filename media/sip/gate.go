package sip

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// gate lets in what is worth an answer: trunks' and registered phones' messages, answers
// to what we asked, requests in a call that is up, and registrations of phones we know.
// All else is counted, and gets nothing that would tell a scanner that somebody is here.
func (s *Server) gate(data []byte, from netip.AddrPort) bool {
	if s.deaf.Load() {
		return false
	}
	m, err := parse(data)
	if err != nil {
		s.n.malformed.Add(1)
		s.o.Logger.Debug("malformed SIP message", "from", from, "err", err)
		return false
	}
	addr := from.Addr().Unmap()
	switch m := m.(type) {
	case *gosip.Response:
		if branch, _ := m.Via().Params.Get("branch"); s.ourBranch(branch) {
			return true
		}
	case *gosip.Request:
		if s.callOf(m) != nil {
			return true
		}
		if s.shut(addr) {
			s.n.locked.Add(1)
			return false
		}
		if s.sources.Load().known(addr) || s.phones.at(addr) {
			return true
		}
		if s.stranger(m) && s.strangers.take(addr) {
			return true
		}
	}
	s.n.unknown.Add(1)
	return false
}

// shut reports whether somebody is locked out: of all but the calls that are up. A trunk's
// address is not, or a phone with an old password behind it would silence the carrier; login
// asks for no more passwords there either.
func (s *Server) shut(addr netip.Addr) bool {
	return s.guard.locked(addr, "") && !s.sources.Load().known(addr)
}

// stranger reports whether somebody unknown may be asked for a password: a phone of ours
// that registers, or a trunk that calls one of its numbers from anywhere.
func (s *Server) stranger(r *gosip.Request) bool {
	switch r.Method {
	case gosip.REGISTER:
		return s.phones.user(r.To().Address.User) != nil
	case gosip.INVITE, gosip.ACK, gosip.CANCEL:
		return s.roamer(r) != nil
	}
	return false
}

// roamer is the trunk that is let in by digest and that one of its numbers is called on.
func (s *Server) roamer(r *gosip.Request) *trunk {
	for _, t := range s.order {
		if t.InboundUser != "" && t.calls(t.Plan.Normal(userOf(r.Recipient))) {
			return t
		}
	}
	return nil
}

// gatedPacketConn is the UDP socket, of which only what passes the gate is read.
type gatedPacketConn struct {
	net.PacketConn
	gate  func([]byte, netip.AddrPort) bool
	ready func() // called at the first read: from then on the stack sends by this socket
}

// ReadFrom implements net.PacketConn.
func (c gatedPacketConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.ready()
	for {
		n, addr, err := c.PacketConn.ReadFrom(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return n, addr, err
			}
			continue // an ICMP error of somebody who is gone ends nothing
		}
		if u, ok := addr.(*net.UDPAddr); ok && c.gate(b[:n], u.AddrPort()) {
			return n, addr, nil
		}
	}
}

// gatedListener accepts connections that the gate may let something in from.
type gatedListener struct {
	net.Listener
	s *Server
}

// Accept implements net.Listener.
func (l gatedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil, err
			}
			time.Sleep(50 * time.Millisecond) // out of files: others may close some
			continue
		}
		from, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err != nil || !l.s.admits(from.Addr().Unmap()) {
			l.s.n.unknown.Add(1)
			c.Close()
			continue
		}
		if !l.s.conns.take(from.Addr().Unmap()) {
			l.s.n.unknown.Add(1)
			c.Close()
			continue
		}
		return &gatedConn{Conn: c, s: l.s, from: from}, nil
	}
}

// admits reports whether anything from addr could pass the gate at all.
func (s *Server) admits(addr netip.Addr) bool {
	if s.shut(addr) {
		return s.calls.from(addr)
	}
	return s.sources.Load().known(addr) || len(s.o.Users) > 0 || s.roams || s.calls.from(addr)
}

// idleConn is how long a connection may be silent, or take for one message.
const idleConn = 15 * time.Minute

// gatedConn cuts a stream into messages (RFC 3261 section 18.3) and gives on those that pass the gate.
type gatedConn struct {
	net.Conn
	s    *Server
	from netip.AddrPort

	buf    []byte // what was read and is no message yet
	out    []byte // of a message that passed
	known  bool   // whether a message has passed
	closed bool
}

// Read implements net.Conn.
func (c *gatedConn) Read(b []byte) (int, error) {
	for len(c.out) == 0 {
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

// fill puts the next message that passes into out.
func (c *gatedConn) fill() error {
	for {
		n, err := frame(c.buf)
		if err != nil {
			c.s.n.malformed.Add(1)
			return io.EOF // there is no telling where the next message begins
		}
		if n > 0 {
			message := bytes.TrimLeft(c.buf[:n:n], "\r\n") // RFC 3261 section 7.5
			c.buf = c.buf[n:]
			if len(message) == 0 {
				c.Conn.Write([]byte("\r\n")) // a keep-alive, RFC 5626 section 3.5.1
				continue
			}
			if c.s.gate(message, c.from) {
				c.known = true
				c.out = message
				return nil
			}
			if !c.known {
				return io.EOF
			}
			continue
		}
		wait := idleConn
		if !c.known {
			wait = 10 * time.Second
		}
		c.Conn.SetReadDeadline(time.Now().Add(wait))
		chunk := make([]byte, 4096)
		got, err := c.Conn.Read(chunk)
		c.buf = append(c.buf, chunk[:got]...)
		if err != nil {
			return io.EOF
		}
	}
}

// Close implements net.Conn.
func (c *gatedConn) Close() error {
	c.s.conns.free(c)
	return c.Conn.Close()
}

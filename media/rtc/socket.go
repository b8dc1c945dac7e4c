package rtc

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media"
)

const (
	batch    = 32   // packets that are read at once
	mostRead = 2048 // bytes of a packet: more is no media
	// gather is how long packets wait for one another once many come. The waits end
	// shortly before the ticks of the rooms' clock, by what it takes a packet to get
	// from here to the leg that a room polls: who comes with the tick waits for the next.
	gather = media.Tick / 4
	ahead  = gather / 4
	// census is how long packets are counted, and many is how many of them in that
	// time make waiting worth it: eight calls.
	census = 100 * time.Millisecond
	many   = 40
)

var errPeerAddr = errors.New("rtc: no IPv4 address")

// socket is a UDP socket for many calls. The runtime's own wakes the process for every
// packet, whoever waits for it, and every packet wakes five goroutines of Pion's: which
// costs most when the processor slept. So it is kept from the runtime's poller. With few
// packets the reader waits in the system and gets each at once; with many it looks every
// gather and takes what has come. Writing never waits: what does not fit is lost.
type socket struct {
	local  *net.UDPAddr
	closed atomic.Bool

	use  sync.RWMutex // held for reading while fd or bell are used
	fd   int
	bell int // an event that ends the reader's wait

	// Of the one reader alone.
	msgs        [batch]message
	names       [batch]unix.RawSockaddrInet4
	iovs        [batch]unix.Iovec
	bufs        [batch][mostRead]byte
	next, have  int
	counted     int
	countedFrom time.Time
	thick       bool
}

// message is struct mmsghdr of recvmmsg(2).
type message struct {
	hdr unix.Msghdr
	n   uint32
}

func listenSocket(a netip.AddrPort) (*socket, error) {
	fail := func(op string, err error) (*socket, error) {
		return nil, &net.OpError{Op: "listen", Net: "udp4", Addr: net.UDPAddrFromAddrPort(a), Err: os.NewSyscallError(op, err)}
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fail("socket", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}); err != nil {
		_ = unix.Close(fd)
		return fail("bind", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return fail("getsockname", err)
	}
	bell, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd)
		return fail("eventfd", err)
	}
	enlarge(fd)
	in4 := name.(*unix.SockaddrInet4)
	s := &socket{fd: fd, bell: bell, local: net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4(in4.Addr), uint16(in4.Port)))}
	for i := range s.msgs {
		s.iovs[i].Base = &s.bufs[i][0]
		s.iovs[i].SetLen(mostRead)
		s.msgs[i].hdr.Name = (*byte)(unsafe.Pointer(&s.names[i]))
		s.msgs[i].hdr.Iov = &s.iovs[i]
		s.msgs[i].hdr.SetIovlen(1)
	}
	return s, nil
}

// ReadFromUDPAddrPort gives one packet. It is for one goroutine alone.
func (s *socket) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		for s.next < s.have {
			i := s.next
			s.next++
			if m := &s.msgs[i]; m.hdr.Flags&unix.MSG_TRUNC == 0 && m.hdr.Namelen >= unix.SizeofSockaddrInet4 {
				return copy(b, s.bufs[i][:m.n]), fromRaw(&s.names[i]), nil
			}
		}
		if err := s.receive(); err != nil {
			return 0, netip.AddrPort{}, err
		}
	}
}

// receive takes what has come, or waits for something to come.
func (s *socket) receive() error {
	s.use.RLock()
	defer s.use.RUnlock()
	if s.closed.Load() {
		return net.ErrClosed
	}
	for i := range s.msgs {
		s.msgs[i].hdr.Namelen = unix.SizeofSockaddrInet4
	}
	// A raw call: it does not block, and so the scheduler need not be told.
	n, _, e := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.msgs[0])), batch, unix.MSG_DONTWAIT, 0, 0)
	switch e {
	case 0:
		s.next, s.have = 0, int(n)
		s.counted += int(n)
		return nil
	case unix.EINTR:
		return nil
	case unix.EAGAIN:
		return s.wait()
	}
	return fmt.Errorf("rtc: recvmmsg: %w", e)
}

// wait is called when there is nothing to read.
func (s *socket) wait() error {
	now := time.Now()
	if now.Sub(s.countedFrom) >= census {
		s.thick = s.counted >= many && now.Sub(s.countedFrom) < 2*census
		s.counted, s.countedFrom = 0, now
	}
	if s.thick {
		time.Sleep(gather - (time.Duration(now.UnixNano())+ahead)%gather)
		return nil
	}
	fds := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}, {Fd: int32(s.bell), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("rtc: poll: %w", err)
	}
	return nil
}

// WriteToUDPAddrPort sends one packet, or loses it.
func (s *socket) WriteToUDPAddrPort(b []byte, a netip.AddrPort) (int, error) {
	ip := a.Addr().Unmap()
	if !ip.Is4() || len(b) == 0 {
		return 0, errPeerAddr
	}
	to := unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(a.Port()), Addr: ip.As4()}
	s.use.RLock()
	defer s.use.RUnlock()
	if s.closed.Load() {
		return 0, net.ErrClosed
	}
	n, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&to)), unix.SizeofSockaddrInet4)
	if e != 0 {
		return 0, fmt.Errorf("rtc: sendto: %w", e)
	}
	return int(n), nil
}

// fromRaw is an address as the system writes it.
func fromRaw(r *unix.RawSockaddrInet4) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(r.Addr), swapped(r.Port))
}

// swapped turns a port into the network's order of bytes, and back.
func swapped(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}

// Close ends the socket and whoever waits for it.
func (s *socket) Close() error {
	if s.closed.Swap(true) {
		return net.ErrClosed
	}
	_, _ = unix.Write(s.bell, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	s.use.Lock()
	defer s.use.Unlock()
	return errors.Join(unix.Close(s.fd), unix.Close(s.bell))
}

// LocalAddr implements net.PacketConn.
func (s *socket) LocalAddr() net.Addr { return s.local }

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, a, err := s.ReadFromUDPAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(a), nil
}

// WriteTo implements net.PacketConn.
func (s *socket) WriteTo(b []byte, a net.Addr) (int, error) {
	return s.WriteToUDPAddrPort(b, addrPort(a))
}

// SetDeadline implements net.PacketConn: nothing but reading waits, and that until Close.
func (s *socket) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.PacketConn.
func (s *socket) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.PacketConn.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }

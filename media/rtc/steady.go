package rtc

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// packetConn is what of a UDP socket media uses; *socket is one.
type packetConn interface {
	net.PacketConn
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, a netip.AddrPort) (int, error)
}

// steady is the socket of all media. Its one reader would end with the first error
// that is no time-out, and every call with it; so errors that are not the socket's end
// (no memory, a refusal on the way) are counted, told once a second, and passed over.
type steady struct {
	packetConn
	log    *slog.Logger
	faults atomic.Int64
	told   time.Time // of the reader alone
}

// faultRest keeps a socket that does nothing but fail from taking a whole processor.
const faultRest = 2 * time.Millisecond

// ReadFromAddrPort implements ice.AddrPortReaderWriter.
func (s *steady) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, a, err := s.ReadFromUDPAddrPort(b)
		if err == nil || errors.Is(err, net.ErrClosed) || os.IsTimeout(err) {
			return n, a, err
		}
		faults := s.faults.Add(1)
		if now := time.Now(); now.Sub(s.told) > time.Second {
			s.told = now
			s.log.Warn("media socket", "err", err, "faults", faults)
		}
		time.Sleep(faultRest)
	}
}

// ReadFrom implements net.PacketConn.
func (s *steady) ReadFrom(b []byte) (int, net.Addr, error) {
	n, a, err := s.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(a), nil
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (s *steady) WriteToAddrPort(b []byte, a netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, a)
}

// enlarge asks for socketBuffer each way: beyond the system's limit when we may, else
// up to it. Less is no failure.
func enlarge(fd int) {
	for force, plain := range map[int]int{syscall.SO_RCVBUFFORCE: syscall.SO_RCVBUF, syscall.SO_SNDBUFFORCE: syscall.SO_SNDBUF} {
		if syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, force, socketBuffer) != nil {
			_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, plain, socketBuffer)
		}
	}
}

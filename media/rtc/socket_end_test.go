package rtc

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
)

// An empty packet is one, and is neither the end nor what came before it.
func TestASocketReadsEmptyPackets(t *testing.T) {
	s, c := openSocket(t)
	for _, p := range []string{"one", "", "two"} {
		if _, err := c.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	b := make([]byte, 100)
	for _, want := range []string{"one", "", "two"} {
		if n, a, err := s.ReadFromUDPAddrPort(b); err != nil || string(b[:n]) != want || a != c.LocalAddr().(*net.UDPAddr).AddrPort() {
			t.Errorf("%q from %v, %v; want %q", b[:n], a, err, want)
		}
	}
}

// Addresses that look like IPv6 and are IPv4 are written to; others, and none, are refused.
func TestASocketWritesToIPv4Alone(t *testing.T) {
	s, c := openSocket(t)
	to := c.LocalAddr().(*net.UDPAddr).AddrPort()
	mapped := netip.AddrPortFrom(netip.AddrFrom16(to.Addr().As16()), to.Port())
	if n, err := s.WriteToUDPAddrPort([]byte("mapped"), mapped); n != 6 || err != nil {
		t.Error(n, err)
	}
	b := make([]byte, 100)
	if n, err := c.Read(b); err != nil || string(b[:n]) != "mapped" {
		t.Errorf("%q, %v", b[:n], err)
	}
	for _, a := range []netip.AddrPort{{}, netip.MustParseAddrPort("[::1]:9")} {
		if _, err := s.WriteToUDPAddrPort([]byte("x"), a); !errors.Is(err, errPeerAddr) {
			t.Errorf("%v: %v", a, err)
		}
	}
}

// Where the system does not let a packet out, the writer is told so at once, and reading goes on.
func TestASocketThatMayNotWriteStillReads(t *testing.T) {
	s, c := openSocket(t)
	// A broadcast is refused without SO_BROADCAST (EACCES), whatever the network.
	if _, err := s.WriteToUDPAddrPort([]byte("x"), netip.MustParseAddrPort("255.255.255.255:9")); err == nil {
		t.Error("no error")
	}
	if _, err := s.WriteToUDPAddrPort(make([]byte, 70000), c.LocalAddr().(*net.UDPAddr).AddrPort()); !errors.Is(err, syscall.EMSGSIZE) {
		t.Error(err)
	}
	nobody, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	gone := nobody.LocalAddr().(*net.UDPAddr).AddrPort()
	_ = nobody.Close()
	for range 3 { // what the system answers is not the socket's
		_, _ = s.WriteToUDPAddrPort([]byte("x"), gone)
	}
	if _, err := c.Write([]byte("still")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	if n, _, err := s.ReadFromUDPAddrPort(b); err != nil || string(b[:n]) != "still" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// Sockets that cannot be had leave none open.
func TestNoDescriptorIsLeft(t *testing.T) {
	open := func() int {
		es, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc")
		}
		return len(es)
	}
	taken, err := listenSocket(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	before := open()
	for range 50 {
		if s, err := listenSocket(taken.local.AddrPort()); !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(s, err)
		}
		if s, err := listenSocket(netip.MustParseAddrPort("192.0.2.1:0")); !errors.Is(err, syscall.EADDRNOTAVAIL) {
			t.Fatal(s, err)
		}
		// The first address is bound already when the second turns out not to be ours.
		ips := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1")}
		if s, err := bindSockets(Options{TCP: true, MaxLegs: 1, Logger: slog.New(slog.DiscardHandler)}, slices.Clone(ips), 0); err == nil {
			t.Fatal(s)
		}
		s, err := listenSocket(netip.MustParseAddrPort("127.0.0.1:0"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after := open(); after > before+5 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

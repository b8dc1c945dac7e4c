package rtc

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"
)

func openSocket(t testing.TB) (*socket, *net.UDPConn) {
	t.Helper()
	s, err := listenSocket(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c, err := net.DialUDP("udp4", nil, s.local)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return s, c
}

// Whether packets come one by one or thick, each is read once, in order, with who sent it.
func TestASocketCarriesPackets(t *testing.T) {
	s, c := openSocket(t)
	from := c.LocalAddr().(*net.UDPAddr).AddrPort()
	b := make([]byte, 100)
	for _, thick := range []bool{false, true} {
		s.thick, s.countedFrom = thick, time.Now()
		for i := range 3 * batch {
			if _, err := fmt.Fprintf(c, "packet %d", i); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 3 * batch {
			n, a, err := s.ReadFromUDPAddrPort(b)
			if want := fmt.Sprintf("packet %d", i); err != nil || string(b[:n]) != want || a != from {
				t.Fatalf("thick %v: %q from %v, %v; want %q", thick, b[:n], a, err, want)
			}
		}
	}
	if n, err := s.WriteTo([]byte("back"), c.LocalAddr()); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := c.Read(b); err != nil || string(b[:n]) != "back" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// What is longer than any media is passed over, and does not pass for something shorter.
func TestASocketPassesOverWhatIsTooLong(t *testing.T) {
	s, c := openSocket(t)
	for _, p := range [][]byte{make([]byte, mostRead+1), []byte("short")} {
		if _, err := c.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	b := make([]byte, 4000)
	if n, _, err := s.ReadFromUDPAddrPort(b); err != nil || string(b[:n]) != "short" {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// Closing ends a reader that waits, in either way of waiting, and all that comes after.
func TestClosingASocketEndsItsReader(t *testing.T) {
	for _, thick := range []bool{false, true} {
		s, c := openSocket(t)
		s.thick, s.countedFrom = thick, time.Now()
		waiting := make(chan struct{})
		done := make(chan error)
		go func() {
			b := make([]byte, 100)
			_, _, err := s.ReadFromUDPAddrPort(b)
			close(waiting)
			for err == nil {
				_, _, err = s.ReadFromUDPAddrPort(b)
			}
			done <- err
		}()
		if _, err := c.Write([]byte("one")); err != nil {
			t.Fatal(err)
		}
		<-waiting
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Errorf("thick %v: the reader ended with %v", thick, err)
		}
		if _, err := s.WriteTo([]byte("x"), c.LocalAddr()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("writing after the end gave %v", err)
		}
		if err := s.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing again gave %v", err)
		}
	}
}

// It waits for others only while many come.
func TestASocketCountsWhatComes(t *testing.T) {
	s, c := openSocket(t)
	look := func(counted int, ago time.Duration) bool {
		t.Helper()
		s.counted, s.countedFrom = counted, time.Now().Add(-ago)
		if _, err := c.Write([]byte("x")); err != nil { // so that no wait is long
			t.Fatal(err)
		}
		if err := s.wait(); err != nil {
			t.Fatal(err)
		}
		return s.thick
	}
	if look(many, census) != true || look(many-1, census) != false || look(0, 0) != false || look(many, 10*census) != false {
		t.Error("the way of waiting does not follow what came")
	}
}

// BenchmarkReading compares what one packet costs alone with what it costs among others.
func BenchmarkReading(b *testing.B) {
	for _, n := range []int{1, batch} {
		b.Run(fmt.Sprintf("%d at once", n), func(b *testing.B) {
			s, c := openSocket(b)
			p, buf := make([]byte, 100), make([]byte, 1500)
			looks := 0
			for b.Loop() {
				b.StopTimer()
				for range n {
					if _, err := c.Write(p); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				for range n {
					if s.next == s.have {
						looks++
					}
					if _, _, err := s.ReadFromUDPAddrPort(buf); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(looks)/float64(b.N*n), "looks/packet")
		})
	}
}

// Port 0 is one that is free for UDP and for TCP, however many are taken.
func TestAnyPortIsFreeForBoth(t *testing.T) {
	for range 1500 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	for range 60 {
		s, err := openSockets(Options{Addr: "127.0.0.1:0", TCP: true, MaxLegs: 1, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}

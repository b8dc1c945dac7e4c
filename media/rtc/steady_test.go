package rtc

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// flaky is a socket whose reads fail now and then.
type flaky struct {
	*net.UDPConn
	fail chan error
}

func (f *flaky) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case err := <-f.fail:
		return 0, netip.AddrPort{}, err
	default:
		return f.UDPConn.ReadFromUDPAddrPort(b)
	}
}

// The one reader of the media socket outlives errors that are not its end.
func TestTheReaderOutlivesErrors(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	f := &flaky{c, make(chan error, 3)}
	for range 3 {
		f.fail <- errors.New("no buffer space available")
	}
	s := &steady{packetConn: f, log: slog.New(slog.DiscardHandler)}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: s})
	defer mux.Close()
	conn, err := mux.GetConn("abcd", c.LocalAddr())
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.DialUDP("udp4", nil, c.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("abcd:efgh"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(m.Raw); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1500)
	if n, _, err := conn.ReadFrom(b); err != nil || n != len(m.Raw) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n := s.faults.Load(); n != 3 {
		t.Errorf("%d faults were counted", n)
	}
	_ = mux.Close()
	if _, _, err := s.ReadFromAddrPort(b); !errors.Is(err, net.ErrClosed) {
		t.Error("the end of the socket is no end:", err)
	}
}

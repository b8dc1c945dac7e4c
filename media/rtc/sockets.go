package rtc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// TLSConfig is what TURN over TLS is served with.
type TLSConfig = *tls.Config

const (
	socketBuffer = 8 << 20 // bytes: a second of a thousand calls
	tcpQueue     = 8       // packets read ahead on an ICE-TCP connection
	tcpWrite     = 1 << 16 // bytes that a slow ICE-TCP peer may owe
)

// sockets are what all media goes through.
type sockets struct {
	udp  []*socket
	mux  ice.UDPMux
	tcp  []net.Listener
	tmux ice.TCPMux
	ips  []netip.Addr
	port int
}

// openSockets binds the media address: concrete addresses, so that answers leave
// by the one that was asked. Port 0 is any that is free on all of them, for UDP and TCP.
func openSockets(o Options) (*sockets, error) {
	host, port, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("rtc: address %q: %w", o.Addr, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return nil, fmt.Errorf("rtc: address %q: no port", o.Addr)
	}
	ips, err := hostIPs(host)
	if err != nil {
		return nil, err
	}
	for tries := 1; ; tries++ {
		s, err := bindSockets(o, ips, n)
		if err == nil || n != 0 || tries == anyPort || !errors.Is(err, syscall.EADDRINUSE) {
			return s, err
		}
	}
}

// anyPort is how often another port is tried when the one that the system gave is
// taken on the next address, or for TCP.
const anyPort = 20

func bindSockets(o Options, ips []netip.Addr, port int) (*sockets, error) {
	s := &sockets{ips: ips, port: port}
	var muxes []ice.UDPMux
	for _, ip := range s.ips {
		c, err := listenSocket(netip.AddrPortFrom(ip, uint16(s.port)))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("rtc: %w", err), s.close())
		}
		s.port = c.local.Port
		s.udp = append(s.udp, c)
		muxes = append(muxes, ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: &steady{packetConn: c, log: o.Logger}, Logger: quiet{}}))
	}
	s.mux = ice.NewMultiUDPMuxDefault(muxes...)
	if o.TCP {
		if err := s.openTCP(o); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (s *sockets) openTCP(o Options) error {
	var muxes []ice.TCPMux
	for _, ip := range s.ips {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: ip.AsSlice(), Port: s.port})
		if err != nil {
			return fmt.Errorf("rtc: %w", err)
		}
		s.tcp = append(s.tcp, l)
		muxes = append(muxes, ice.NewTCPMuxDefault(ice.TCPMuxParams{Listener: &bounded{Listener: l, most: int64(2 * o.MaxLegs)}, ReadBufferSize: tcpQueue, WriteBufferSize: tcpWrite, Logger: quiet{}}))
	}
	s.tmux = ice.NewMultiTCPMuxDefault(muxes...)
	return nil
}

// hostIPs are the IPv4 addresses that a host names; those of all interfaces, the
// loopback last, when it names none.
func hostIPs(host string) ([]netip.Addr, error) {
	if host != "" && host != "0.0.0.0" {
		ip, err := netip.ParseAddr(host)
		if err != nil || !ip.Unmap().Is4() {
			return nil, fmt.Errorf("rtc: %q is no IPv4 address", host)
		}
		return []netip.Addr{ip.Unmap()}, nil
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("rtc: %w", err)
	}
	var out, loop []netip.Addr
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || !p.Addr().Unmap().Is4() || p.Addr().Is4() && p.Addr().IsLinkLocalUnicast() {
			continue
		}
		if ip := p.Addr().Unmap(); ip.IsLoopback() {
			loop = append(loop, ip)
		} else {
			out = append(out, ip)
		}
	}
	if out = append(out, loop...); len(out) == 0 {
		return nil, errors.New("rtc: this machine has no IPv4 address")
	}
	return out, nil
}

// settings of all connections.
func (s *sockets) settings(o Options) webrtc.SettingEngine {
	var e webrtc.SettingEngine
	e.SetLite(true)
	e.SetICEUDPMux(s.mux)
	types := []webrtc.NetworkType{webrtc.NetworkTypeUDP4}
	if s.tmux != nil {
		e.SetICETCPMux(s.tmux)
		types = append(types, webrtc.NetworkTypeTCP4)
	}
	e.SetNetworkTypes(types)
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetIncludeLoopbackCandidate(true)
	ours := map[string]bool{}
	for _, ip := range s.ips {
		ours[ip.String()] = true
	}
	e.SetIPFilter(func(ip net.IP) bool { return ours[ip.String()] })
	// Silence for two thirds of Idle is a disturbance, for the rest the end.
	e.SetICETimeouts(o.Idle*2/3, o.Idle/3, o.Idle/6)
	e.SetReceiveMTU(1500)
	e.LoggerFactory = quiet{}
	if len(o.PublicIPs) > 0 {
		var ips []string
		for _, ip := range o.PublicIPs {
			ips = append(ips, ip.String())
		}
		_ = e.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{External: ips, AsCandidateType: webrtc.ICECandidateTypeHost})
	}
	return e
}

func (s *sockets) addr() net.Addr { return s.udp[0].LocalAddr() }

// announced are the addresses that browsers are told.
func (s *sockets) announced(o Options) []netip.Addr {
	if len(o.PublicIPs) > 0 {
		return o.PublicIPs
	}
	return s.ips
}

func (s *sockets) close() error {
	var errs []error
	if s.mux != nil {
		errs = append(errs, s.mux.Close())
	}
	if s.tmux != nil {
		errs = append(errs, s.tmux.Close())
	}
	for _, c := range s.udp {
		errs = append(errs, c.Close())
	}
	for _, l := range s.tcp {
		errs = append(errs, l.Close())
	}
	for i, err := range errs {
		if errors.Is(err, net.ErrClosed) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

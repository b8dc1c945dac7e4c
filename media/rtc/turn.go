package rtc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// credentialLife is how long TURN credentials are good for.
const credentialLife = 10 * time.Minute

// ICEServer is what a browser's RTCPeerConnection is given.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// relay is a TURN server that reaches our own media address and nothing else.
type relay struct {
	server *turn.Server
	urls   []string
}

var errPeer = errors.New("rtc: a relay reaches our own media alone")

func openRelay(o Options, s *sockets) (*relay, error) {
	l, err := net.Listen("tcp4", o.TURNAddr)
	if err != nil {
		return nil, fmt.Errorf("rtc: turn: %w", err)
	}
	listeners := []net.Listener{l}
	host := o.TURNHost
	if host == "" {
		host = s.announced(o)[0].String()
	}
	r := &relay{urls: []string{turnURL("turn", host, l)}}
	if o.TURNTLS != nil {
		a := l.Addr().(*net.TCPAddr)
		secure, err := tls.Listen("tcp4", net.JoinHostPort(a.IP.String(), strconv.Itoa(nextPort(a.Port))), o.TURNTLS)
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("rtc: turns: %w", err)
		}
		listeners = append(listeners, secure)
		r.urls = append(r.urls, turnURL("turns", host, secure))
	}
	g := newGenerator(o, s)
	allowed := map[string]bool{}
	for a := range g.ours {
		allowed[a.Addr().String()] = true
	}
	var configs []turn.ListenerConfig
	for _, l := range listeners {
		configs = append(configs, turn.ListenerConfig{Listener: &bounded{Listener: l, most: int64(2 * o.MaxLegs)}, RelayAddressGenerator: g,
			PermissionHandler: func(_ net.Addr, peer net.IP) bool { return allowed[peer.String()] }})
	}
	r.server, err = turn.NewServer(turn.ServerConfig{Realm: o.Realm, ListenerConfigs: configs,
		AuthHandler:   turn.LongTermTURNRESTAuthHandler(o.Secret, quiet{}),
		LoggerFactory: quiet{}})
	if err != nil {
		for _, l := range listeners {
			_ = l.Close()
		}
		return nil, fmt.Errorf("rtc: turn: %w", err)
	}
	return r, nil
}

func nextPort(p int) int {
	if p == 65535 {
		return 0
	}
	return p + 1
}

func turnURL(scheme, host string, l net.Listener) string {
	return fmt.Sprintf("%s:%s?transport=tcp", scheme, net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)))
}

func (r *relay) close() error { return r.server.Close() }

// ICEServers are what a browser may use now to reach us; its credentials are
// good for ten minutes.
func (e *Endpoint) ICEServers() ([]ICEServer, error) {
	if e.relay == nil {
		return []ICEServer{}, nil
	}
	user, password, err := turn.GenerateLongTermTURNRESTCredentials(e.o.Secret, "customer", credentialLife)
	if err != nil {
		return nil, fmt.Errorf("rtc: turn: %w", err)
	}
	return []ICEServer{{URLs: e.relay.urls, Username: user, Credential: password}}, nil
}

// generator opens relay sockets that talk to our own media sockets alone.
type generator struct {
	bind netip.Addr
	// ours are the addresses that may be relayed to, as browsers are told them, and the
	// local ones that they mean: behind NAT what is announced cannot be reached from here.
	ours map[netip.AddrPort]netip.AddrPort
	most int64
	live atomic.Int64
}

func newGenerator(o Options, s *sockets) *generator {
	g := &generator{bind: s.ips[0], ours: map[netip.AddrPort]netip.AddrPort{}, most: int64(o.MaxLegs)}
	local := func(i int) netip.AddrPort { return netip.AddrPortFrom(s.ips[min(i, len(s.ips)-1)], uint16(s.port)) }
	for i, ip := range o.PublicIPs {
		g.ours[netip.AddrPortFrom(ip, uint16(s.port))] = local(i)
	}
	for i := range s.ips {
		g.ours[local(i)] = local(i)
	}
	return g
}

// Validate implements turn.RelayAddressGenerator.
func (g *generator) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (g *generator) AllocatePacketConn(turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if g.live.Add(1) > g.most {
		g.live.Add(-1)
		return nil, nil, ErrFull
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: g.bind.AsSlice()})
	if err != nil {
		g.live.Add(-1)
		return nil, nil, err
	}
	return &fenced{PacketConn: c, owner: g, told: map[netip.AddrPort]netip.AddrPort{}}, c.LocalAddr(), nil
}

// AllocateListener implements turn.RelayAddressGenerator: TCP peers are refused.
func (g *generator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errPeer
}

// AllocateConn implements turn.RelayAddressGenerator: TCP peers are refused.
func (g *generator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errPeer }

// fenced is a socket that knows only our own media addresses, port included.
type fenced struct {
	net.PacketConn
	owner *generator
	gone  atomic.Bool

	mu   sync.Mutex
	told map[netip.AddrPort]netip.AddrPort // local address to what its browser calls it
}

func addrPort(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := u.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// WriteTo implements net.PacketConn.
func (f *fenced) WriteTo(b []byte, a net.Addr) (int, error) {
	peer := addrPort(a)
	local, ok := f.owner.ours[peer]
	if !ok {
		return 0, errPeer
	}
	f.mu.Lock()
	f.told[local] = peer
	f.mu.Unlock()
	return f.PacketConn.WriteTo(b, net.UDPAddrFromAddrPort(local))
}

// ReadFrom implements net.PacketConn. What comes from elsewhere, or from where nothing
// was sent to, is passed over.
func (f *fenced) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, a, err := f.PacketConn.ReadFrom(b)
		if err != nil {
			return n, a, err
		}
		f.mu.Lock()
		peer, ok := f.told[addrPort(a)]
		f.mu.Unlock()
		if ok {
			return n, net.UDPAddrFromAddrPort(peer), nil
		}
	}
}

// Close implements net.PacketConn.
func (f *fenced) Close() error {
	if !f.gone.Swap(true) {
		f.owner.live.Add(-1)
	}
	return f.PacketConn.Close()
}

// quiet keeps Pion's logs out of ours: what matters comes back as errors.
type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger { return quiet{} }
func (quiet) Trace(string)                           {}
func (quiet) Tracef(string, ...any)                  {}
func (quiet) Debug(string)                           {}
func (quiet) Debugf(string, ...any)                  {}
func (quiet) Info(string)                            {}
func (quiet) Infof(string, ...any)                   {}
func (quiet) Warn(string)                            {}
func (quiet) Warnf(string, ...any)                   {}
func (quiet) Error(string)                           {}
func (quiet) Errorf(string, ...any)                  {}

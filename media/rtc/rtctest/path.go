package rtctest

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Faults are what a path does to media, each a share of the packets. Setting up is
// spared: its retransmissions would only make tests slow.
type Faults struct {
	Loss      float64
	Duplicate float64
	Reorder   float64 // overtaken by the two that follow
}

// Path is a network between one client and a server: it carries datagrams both ways
// with faults, drawn the same way each time.
type Path struct {
	server netip.AddrPort
	near   *net.UDPConn // the client's end
	wg     sync.WaitGroup

	mu     sync.Mutex
	far    *net.UDPConn // the server's end; Move replaces it
	client netip.AddrPort
	faults Faults
	rand   *rand.Rand
	held   [2]*delayed // by direction
	counts Counts
	closed bool
}

// Counts is what a path did to media, both ways.
type Counts struct{ Carried, Lost, Duplicated, Reordered int }

// delayed is a packet that others overtake.
type delayed struct {
	b    []byte
	wait int
}

// NewPath opens a path to a server. Close it.
func NewPath(server netip.AddrPort, f Faults) (*Path, error) {
	p := &Path{server: server, faults: f, rand: rand.New(rand.NewPCG(1, 2))}
	var err error
	if p.near, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return nil, err
	}
	if err := p.Move(netip.AddrFrom4([4]byte{127, 0, 0, 1})); err != nil {
		_ = p.near.Close()
		return nil, err
	}
	p.wg.Go(p.up)
	return p, nil
}

// Move lets the server see the client at another address from now on, as when a phone
// changes from one network to the next.
func (p *Path) Move(ip netip.Addr) error {
	far, err := net.ListenUDP("udp4", &net.UDPAddr{IP: ip.AsSlice()})
	if err != nil {
		return err
	}
	p.mu.Lock()
	old := p.far
	p.far = far
	p.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	p.wg.Go(func() { p.down(far) })
	return nil
}

// Set changes the faults.
func (p *Path) Set(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Counts so far.
func (p *Path) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

var candidate = regexp.MustCompile(`(a=candidate:\S+ \d+ udp \d+ )\S+ \d+( typ)`)

// Answer rewrites a server's description so that its candidates are the path.
func (p *Path) Answer(sdp string) string {
	a := p.near.LocalAddr().(*net.UDPAddr)
	return candidate.ReplaceAllString(sdp, "${1}"+a.IP.String()+" "+strconv.Itoa(a.Port)+"${2}")
}

// up carries what the client sends.
func (p *Path) up() {
	b := make([]byte, 2048)
	for {
		n, from, err := p.near.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.client = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		far := p.far
		p.mu.Unlock()
		p.carry(0, b[:n], func(b []byte) { _, _ = far.WriteToUDPAddrPort(b, p.server) })
	}
}

// down carries what the server sends.
func (p *Path) down(far *net.UDPConn) {
	b := make([]byte, 2048)
	for {
		n, _, err := far.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		client := p.client
		p.mu.Unlock()
		p.carry(1, b[:n], func(b []byte) { _, _ = p.near.WriteToUDPAddrPort(b, client) })
	}
}

// carry sends a packet on its way, or what the faults make of it.
func (p *Path) carry(way int, b []byte, send func([]byte)) {
	// RTP by RFC 7983 and RFC 5761: neither STUN nor DTLS nor RTCP.
	if len(b) < 12 || b[0] < 128 || b[0] > 191 || b[1]&0x7f >= 64 && b[1]&0x7f < 96 {
		send(b)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Carried++
	if h := p.held[way]; h != nil {
		if h.wait--; h.wait <= 0 {
			p.held[way] = nil
			defer send(h.b)
		}
	}
	switch x := p.rand.Float64(); {
	case x < p.faults.Loss:
		p.counts.Lost++
	case x < p.faults.Loss+p.faults.Reorder && p.held[way] == nil:
		p.counts.Reordered++
		p.held[way] = &delayed{append([]byte(nil), b...), 2}
	case x < p.faults.Loss+p.faults.Reorder+p.faults.Duplicate:
		p.counts.Duplicated++
		send(b)
		send(b)
	default:
		send(b)
	}
}

// Close ends the path.
func (p *Path) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	far := p.far
	p.mu.Unlock()
	_ = p.near.SetDeadline(time.Now())
	_ = p.near.Close()
	_ = far.Close()
	p.wg.Wait()
}

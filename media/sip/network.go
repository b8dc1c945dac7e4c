package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// near reports whether a is in no public network, so that our own address is what it needs.
func near(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() }

// announced is our address for a peer.
func (s *Server) announced(peer netip.Addr) netip.Addr {
	if s.o.Public.IsValid() && !near(peer) {
		return s.o.Public
	}
	if a := s.bound.Addr(); !a.IsUnspecified() {
		return a
	}
	if a, ok := s.ways.get(peer); ok {
		return a
	}
	// No packet is sent: the system only says which of our addresses it would take.
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(peer, 9)))
	if err != nil {
		return netip.IPv6Unspecified()
	}
	defer c.Close()
	a := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
	s.ways.put(peer, a)
	return a
}

// port is where we listen for a transport.
func (s *Server) port(network string) int {
	if network == "TLS" {
		return int(s.boundTLS.Port())
	}
	return int(s.bound.Port())
}

// contact is our own URI towards a peer.
func (s *Server) contact(user string, h hop) gosip.Uri {
	u := gosip.Uri{Scheme: "sip", User: user, Host: s.announced(addrOf(h.addr)).String(), Port: s.port(h.network)}
	if h.network != "UDP" {
		u.UriParams.Add("transport", strings.ToLower(h.network))
	}
	return u
}

// addVia puts our Via on top of a request that is about to be sent.
func (s *Server) addVia(r *gosip.Request) {
	network := r.Transport()
	v := &gosip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: network,
		Host: s.announced(addrOf(r.Destination())).String(), Port: s.port(network)}
	if strings.Contains(v.Host, ":") {
		v.Host = "[" + v.Host + "]"
	}
	v.Params.Add("branch", s.branch())
	v.Params.Add("rport", "")
	r.PrependHeader(v)
	if network == "UDP" { // from the socket that we listen on, for peers behind NAT and their firewalls
		r.Laddr = gosip.Addr{IP: s.bound.Addr().AsSlice(), Port: int(s.bound.Port())}
	}
}

// addrOf is the address of "address:port"; what is none is unspecified.
func addrOf(hostport string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return ap.Addr().Unmap()
}

// networkOf is the transport that a URI asks for, or else what is usual.
func networkOf(u gosip.Uri, usual string) string {
	network := usual
	if t, ok := u.UriParams.Get("transport"); ok {
		switch strings.ToLower(t) {
		case "udp", "tcp", "tls":
			network = strings.ToUpper(t)
		}
	}
	if u.Scheme == "sips" {
		network = "TLS"
	}
	return network
}

// hops are the places where a host is served, best first (RFC 3263): its own port when
// one is given, else what SRV records say, else the usual port.
func (s *Server) hops(ctx context.Context, host string, port int, network string) ([]hop, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	at := func(a netip.Addr, port int) hop {
		return hop{network, netip.AddrPortFrom(a.Unmap(), uint16(port)).String()}
	}
	usual := gosip.DefaultPort(network)
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		if port == 0 {
			port = usual
		}
		return []hop{at(a, port)}, nil
	}
	if !isHost(host) {
		return nil, fmt.Errorf("sip: %q is no host name", host)
	}
	var out []hop
	look := func(host string, port int) error {
		addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		for _, a := range addrs {
			if len(out) < 8 {
				out = append(out, at(a, port))
			}
		}
		return err
	}
	if port != 0 {
		err := look(host, port)
		return out, err
	}
	service, proto := "sip", strings.ToLower(network)
	if network == "TLS" {
		service, proto = "sips", "tcp"
	}
	if _, records, err := net.DefaultResolver.LookupSRV(ctx, service, proto, host); err == nil {
		for _, r := range records {
			look(strings.TrimSuffix(r.Target, "."), int(r.Port))
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	err := look(host, usual)
	if err == nil && len(out) == 0 {
		err = errors.New("sip: the host has no address")
	}
	return out, err
}

// nextHop is where a dialog's requests go: its first route, or else its target. A target
// in a private network that is not the one its messages come from is behind NAT: then
// they go back to whence they came.
func (s *Server) nextHop(ctx context.Context, d *dialog, network, source string) (hop, error) {
	to := d.target
	if len(d.routes) > 0 {
		to = d.routes[0]
	}
	if to.Scheme != "sip" && to.Scheme != "sips" {
		return hop{}, fmt.Errorf("sip: nothing is sent to %s: URIs", to.Scheme)
	}
	network = networkOf(to, network)
	if source != "" && len(d.routes) == 0 {
		a, err := netip.ParseAddr(strings.Trim(to.Host, "[]"))
		if network != "UDP" || (err == nil && near(a) && a.Unmap() != addrOf(source)) {
			// A connection that is open already is the surest way, and often the only one.
			return hop{network, source}, nil
		}
	}
	hops, err := s.hops(ctx, to.Host, to.Port, network)
	if err != nil {
		return hop{}, err
	}
	return hops[0], nil
}

// trunkHops are where a trunk's own requests go.
func (s *Server) trunkHops(ctx context.Context, t *Trunk) ([]hop, error) {
	at := t.Proxy
	if at == "" {
		at = t.Host
	}
	host, port, err := hostPort(at)
	if err != nil {
		return nil, err
	}
	return s.hops(ctx, host, port, strings.ToUpper(t.Transport))
}

// host is "address" or "[address]" with its port, as a URI writes it.
func hostWithPort(host string, port int) string {
	if port == 0 {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

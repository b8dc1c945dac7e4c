package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// errCertificate: who answers by TLS is none of the trunks.
var errCertificate = errors.New("sip: the certificate is of none of the trunks")

// clientTLS is how trunks are connected to by TLS: whoever answers must have a certificate of one
// of our trunks' names (RFC 5922 section 7.2); meets says of which. The stack would check it
// against the address that the name led to, which a carrier's certificate does not tell.
func (s *Server) clientTLS() *tls.Config {
	c := &tls.Config{}
	if s.o.ClientTLS != nil {
		c = s.o.ClientTLS.Clone()
	}
	if c.InsecureSkipVerify {
		return c
	}
	roots, now := c.RootCAs, c.Time
	if now == nil {
		now = time.Now
	}
	c.InsecureSkipVerify = true // VerifyConnection does it
	c.VerifyConnection = func(at tls.ConnectionState) error {
		if len(at.PeerCertificates) == 0 {
			return errCertificate
		}
		leaf, rest := at.PeerCertificates[0], x509.NewCertPool()
		for _, x := range at.PeerCertificates[1:] {
			rest.AddCert(x)
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: rest, CurrentTime: now()}); err != nil {
			return err
		}
		for _, t := range s.order {
			if t.named(leaf) {
				return nil
			}
		}
		return errCertificate
	}
	return c
}

// named reports whether a certificate is of a trunk's names.
func (t *trunk) named(leaf *x509.Certificate) bool {
	for _, at := range []string{t.Host, t.Proxy} {
		if host, _, err := hostPort(at); at != "" && err == nil && leaf.VerifyHostname(certified(host)) == nil {
			return true
		}
	}
	return false
}

// meets connects to where a trunk's request goes, and is errCertificate when whoever is there has
// another trunk's certificate: one carrier gets none of another's calls and passwords. The
// request has its Via. What came to us by a connection of the trunk's own has no certificate.
func (s *Server) meets(ctx context.Context, t *trunk, r *gosip.Request) error {
	if t == nil || r.Transport() != "TLS" || s.o.ClientTLS != nil && s.o.ClientTLS.InsecureSkipVerify {
		return nil
	}
	c, err := s.tp.ClientRequestConnection(ctx, r)
	if err != nil {
		return err
	}
	defer c.TryClose()
	at, ok := c.(*gosip.TCPConnection)
	if !ok {
		return nil
	}
	secure, ok := at.Conn.(*tls.Conn)
	if !ok {
		return nil
	}
	if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 && !t.named(certs[0]) {
		return errCertificate
	}
	return nil
}

// certified is a host as certificates are asked for it: an address in brackets is none of a name.
func certified(host string) string {
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return "[" + a.Unmap().String() + "]"
	}
	return host
}

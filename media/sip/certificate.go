package sip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// errCertificate: who answers by TLS is none of the trunks.
var errCertificate = errors.New("sip: the certificate is of none of the trunks")

// clientTLS is how trunks are connected to by TLS: whoever answers must have a certificate of one
// of our trunks' names (RFC 5922 section 7.2). The stack would check it against the address that
// the name led to, which a carrier's certificate does not tell.
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
			for _, at := range []string{t.Host, t.Proxy} {
				if host, _, err := hostPort(at); at != "" && err == nil && leaf.VerifyHostname(certified(host)) == nil {
					return nil
				}
			}
		}
		return errCertificate
	}
	return c
}

// certified is a host as certificates are asked for it: an address in brackets is none of a name.
func certified(host string) string {
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return "[" + a.Unmap().String() + "]"
	}
	return host
}

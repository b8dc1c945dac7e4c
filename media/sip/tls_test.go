package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// certificate is one of names and addresses, and who trusts it.
func certificate(t *testing.T, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "carrier"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IsCA: true, BasicConstraintsValid: true}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// A carrier's certificate tells its name, and no address that the name leads to.
func TestCertificatesNameTheTrunk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tells, host string
		ok          bool
	}{
		{"localhost", "localhost", true},
		{"127.0.0.1", "127.0.0.1", true},
		{"localhost", "127.0.0.1", false},
		{"other.example", "localhost", false},
		{"127.0.0.2", "localhost", false}, // another trunk's
	} {
		cert, trusted := certificate(t, c.tells)
		own := &tls.Config{Certificates: []tls.Certificate{cert}}
		to := start(t, Options{Incoming: answering(make(chan *Call, 1)), TLSAddr: "127.0.0.1:0", TLS: own,
			Trunks: []Trunk{{Name: "in", Numbers: []string{"+4930222"}, InboundUser: "u", InboundPassword: "p"}}})
		from := start(t, Options{TLSAddr: "127.0.0.1:0", TLS: own, ClientTLS: &tls.Config{RootCAs: trusted},
			Trunks: []Trunk{{Name: "out", Host: fmt.Sprintf("%s:%d", c.host, to.TLSAddr().Port()), Transport: "tls", User: "u", Password: "p"},
				{Name: "other", Host: "127.0.0.2:5061", Transport: "tls"}}})
		call, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
		if (err == nil) != c.ok {
			t.Errorf("a certificate of %s for the trunk %s: %v", c.tells, c.host, err)
		}
		if err == nil {
			call.Hangup(CauseNormal)
			within(t, call.Done(), "the end")
		}
	}
}

func TestCallOverTLS(t *testing.T) {
	t.Parallel()
	cert, trusted := certificate(t, "127.0.0.1")
	own := &tls.Config{Certificates: []tls.Certificate{cert}}
	got := make(chan *Call, 2)
	to := start(t, Options{Incoming: answering(got), TLSAddr: "127.0.0.1:0", TLS: own,
		Trunks: []Trunk{{Name: "in", Numbers: []string{"+4930222"}, InboundUser: "u", InboundPassword: "p"}}})
	trunk := Trunk{Name: "out", Host: to.TLSAddr().String(), Transport: "tls", User: "u", Password: "p"}
	from := start(t, Options{TLSAddr: "127.0.0.1:0", TLS: own, ClientTLS: &tls.Config{RootCAs: trusted}, Trunks: []Trunk{trunk}})
	for _, end := range []string{"here", "there"} {
		out, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
		if err != nil {
			t.Fatal(err)
		}
		in := within(t, got, "the call")
		in.mu.Lock()
		if in.network != "TLS" || in.d.next.network != "TLS" {
			t.Errorf("came by %s, goes on by %+v", in.network, in.d.next)
		}
		in.mu.Unlock()
		if end == "here" {
			out.Hangup(CauseNormal)
		} else {
			in.Hangup(CauseNormal)
		}
		within(t, in.Done(), "the end")
		within(t, out.Done(), "the end")
	}
	// Who is not who their certificate should say gets no call, and no password.
	strange := start(t, Options{TLSAddr: "127.0.0.1:0", TLS: own, ClientTLS: &tls.Config{RootCAs: x509.NewCertPool()}, Trunks: []Trunk{trunk}})
	if _, err := strange.Dial(t.Context(), "out", Request{To: "+4930222"}); !errors.Is(err, gosip.ErrTransactionTransport) {
		t.Errorf("called an untrusted server: %v", err)
	}
}

package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/crypto/acme/autocert"

	"parley/cmd/parley/config"
)

// listen opens the HTTP address, with TLS when it is set.
func listen(c config.Config) (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("serve: %s is taken by another program; choose another with PARLEY_LISTEN=:PORT", c.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	conf, err := tlsConfig(c)
	if err != nil || conf == nil {
		if err != nil {
			_ = l.Close()
		}
		return l, err
	}
	return tls.NewListener(l, conf), nil
}

// tlsConfig is nil for plain HTTP. HTTP/2 is left out: WebSockets upgrade HTTP/1.1.
func tlsConfig(c config.Config) (*tls.Config, error) {
	switch {
	case c.TLS.Domain != "":
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(c.TLS.Domain),
			Cache: autocert.DirCache(filepath.Join(c.Data, "acme"))}
		conf := m.TLSConfig()
		conf.MinVersion = tls.VersionTLS12
		conf.NextProtos = []string{"http/1.1", "acme-tls/1"}
		return conf, nil
	case c.TLS.Cert != "":
		pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("serve: tls: %w", err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
	}
	return nil, nil
}

// turnHost is the name that TURN's URLs must have for its certificate to fit; "" when
// an address will do.
func turnHost(c config.Config) string {
	if c.TLS.Domain != "" || c.TLS.Cert == "" {
		return c.TLS.Domain
	}
	pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
	if err != nil {
		return "" // tlsConfig says so
	}
	for _, name := range pair.Leaf.DNSNames {
		if !strings.HasPrefix(name, "*") {
			return name
		}
	}
	return ""
}

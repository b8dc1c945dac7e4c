package rtc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/turn/v5"
	"github.com/pion/webrtc/v4"

	"parley/media/rtc"
	"parley/media/rtc/rtctest"
)

func TestRelayReachesNobodyElse(t *testing.T) {
	e := endpoint(t, rtc.Options{TURNAddr: "127.0.0.1:0", Secret: "s"})
	victim, err := net.ListenPacket("udp4", "127.0.0.1:0") // our own host, another port
	if err != nil {
		t.Fatal(err)
	}
	defer victim.Close()
	servers, err := e.ICEServers()
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimSuffix(strings.TrimPrefix(servers[0].URLs[0], "turn:"), "?transport=tcp")
	allocate := func(user, password string) (*turn.Client, net.PacketConn, error) {
		conn, err := net.Dial("tcp4", addr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := turn.NewClient(&turn.ClientConfig{TURNServerAddr: addr, STUNServerAddr: addr, Conn: turn.NewSTUNConn(conn), Username: user, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close(); _ = conn.Close() })
		if err := c.Listen(); err != nil {
			t.Fatal(err)
		}
		p, err := c.Allocate()
		return c, p, err
	}
	if _, _, err := allocate("1:customer", servers[0].Credential); err == nil {
		t.Error("credentials of 1970 were taken")
	}
	if _, _, err := allocate(servers[0].Username, "guess"); err == nil {
		t.Error("a wrong password was taken")
	}
	client, relay, err := allocate(servers[0].Username, servers[0].Credential)
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	for _, peer := range []string{"192.0.2.1:53", "10.0.0.1:80", "127.0.0.53:53", "169.254.169.254:80", "0.0.0.0:80", "255.255.255.255:9", "[::1]:80", "[2001:db8::1]:53", "[::ffff:192.0.2.1]:53"} {
		a, err := net.ResolveUDPAddr("udp", peer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := relay.WriteTo([]byte("x"), a); err == nil {
			t.Errorf("%s was permitted, or a channel to it bound", peer)
		}
		if err := client.CreatePermission(a); err == nil {
			t.Errorf("a permission for %s was given", peer)
		}
	}
	// Our own host may be a peer, but its media port alone: nothing reaches another,
	// neither by indication nor by the channel that the client binds meanwhile.
	for range 20 {
		_, _ = relay.WriteTo([]byte("x"), victim.LocalAddr())
		time.Sleep(20 * time.Millisecond)
	}
	_ = victim.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, _, err := victim.ReadFrom(make([]byte, 10)); err == nil {
		t.Errorf("%d bytes reached another port of our host", n)
	}
	// Nor does a stranger's datagram come in by the relay.
	if _, err := victim.WriteTo([]byte("hello"), relay.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	_ = relay.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, from, err := relay.ReadFrom(make([]byte, 10)); err == nil {
		t.Errorf("%d bytes came in from %s", n, from)
	}
	// TCP through the relay (RFC 6062) is refused.
	conn, err := net.Dial("tcp4", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tcp, err := turn.NewClient(&turn.ClientConfig{TURNServerAddr: addr, STUNServerAddr: addr, Conn: turn.NewSTUNConn(conn), Username: servers[0].Username, Password: servers[0].Credential})
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	if err := tcp.Listen(); err != nil {
		t.Fatal(err)
	}
	if a, err := tcp.AllocateTCP(); err == nil {
		_ = a.Close()
		t.Error("a relay for TCP was given")
	}
}

func TestRelayCredentialsAndTLS(t *testing.T) {
	cert := selfSigned(t)
	e := endpoint(t, rtc.Options{TURNAddr: "127.0.0.1:0", TURNHost: "localhost", TURNTLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	servers, err := e.ICEServers()
	if err != nil || len(servers[0].URLs) != 2 || !strings.HasPrefix(servers[0].URLs[1], "turns:localhost:") {
		t.Fatal(servers, err)
	}
	until, err := strconv.ParseInt(strings.SplitN(servers[0].Username, ":", 2)[0], 10, 64)
	if left := time.Until(time.Unix(until, 0)); err != nil || left > 10*time.Minute || left < 9*time.Minute {
		t.Errorf("credentials %q are good for %s: %v", servers[0].Username, left, err)
	}
	addr := strings.TrimSuffix(strings.TrimPrefix(servers[0].URLs[1], "turns:"), "?transport=tcp")
	pool := x509.NewCertPool()
	pool.AddCert(cert.Leaf)
	conn, err := tls.Dial("tcp4", addr, &tls.Config{RootCAs: pool, ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c, err := turn.NewClient(&turn.ClientConfig{TURNServerAddr: addr, STUNServerAddr: addr, Conn: turn.NewSTUNConn(conn), Username: servers[0].Username, Password: servers[0].Credential})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	relay, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	if _, err := relay.WriteTo([]byte("x"), e.Addr()); err != nil {
		t.Error("our own media address is refused:", err)
	}
}

// selfSigned is a certificate of localhost.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// The address that is announced behind NAT is reached by the relay too.
func TestRelayBehindNAT(t *testing.T) {
	e := endpoint(t, rtc.Options{TURNAddr: "127.0.0.1:0", PublicIPs: []netip.Addr{netip.MustParseAddr("198.51.100.7")}})
	servers, err := e.ICEServers()
	if err != nil {
		t.Fatal(err)
	}
	url := servers[0].URLs[0]
	_, port, _ := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(url, "turn:"), "?transport=tcp"))
	servers[0].URLs[0] = "turn:127.0.0.1:" + port + "?transport=tcp"
	c, l := dial(t, e, rtctest.Options{RelayOnly: true, ICEServers: []webrtc.ICEServer{
		{URLs: servers[0].URLs, Username: servers[0].Username, Credential: servers[0].Credential}}})
	c.Say(tone(t, 600))
	hear(t, l)
}

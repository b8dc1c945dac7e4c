package sip

import (
	"bytes"
	"io"
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// FuzzMessage reads whatever comes: nothing panics, what is let in can be answered, and no
// answer has more lines than it should.
func FuzzMessage(f *testing.F) {
	fill := strings.NewReplacer("{me}", "127.0.0.1:5062", "{you}", "127.0.0.1:5060", "{id}", "abc", "\n", "\r\n")
	for _, e := range torture {
		f.Add([]byte(fill.Replace(strings.TrimLeft(e.message, "\n"))))
	}
	f.Add([]byte(fill.Replace(strings.TrimLeft(invite, "\n"))))
	for _, more := range []string{
		"Session-Expires: 1800;refresher=uac\nMin-SE: 90\nSupported: timer,replaces\nRequire: timer",
		"P-Asserted-Identity: \"A, B\" <sip:030333@x>, <tel:+4930333;phone-context=+49>\nPrivacy: id;critical",
		"Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>\nReferred-By: <sip:c@d>",
		"Replaces: a;to-tag=b;from-tag=c;early-only\nReason: Q.850;cause=16;text=\"x\"\nDiversion: <tel:+49301>;reason=no-answer",
		"Authorization: Digest username=\"u\", realm=\"parley\", nonce=\"n\", uri=\"sip:x\", response=\"r\", qop=auth, nc=00000001, cnonce=\"c\"",
		"Record-Route: <sip:a;lr>, <sip:b;lr>\nRoute: <sip:c;lr>\nX-One: two\nRetry-After: 5 (busy)",
	} {
		f.Add([]byte(fill.Replace(strings.ReplaceAll(strings.TrimLeft(invite, "\n"), "Max-Forwards: 70", "Max-Forwards: 70\n"+more))))
	}
	f.Add([]byte("SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\n" +
		"CSeq: 1 INVITE\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth,auth-int\"\r\nContact: <sip:x@y>\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("SIP/2.0 200 OK\n\nINVITE sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
	s := &Server{o: Options{UserAgent: "Parley", Realm: "parley"}}
	s.nonces.max = 10
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := frame(data); err == nil && (n < 0 || n > len(data)) {
			t.Fatalf("a frame of %d in %d bytes", n, len(data))
		}
		// What comes by a connection that we made is cut by the stack itself.
		stream := gosip.NewParser().NewSIPStream()
		stream.ParseSIPStream(data, func(m gosip.Message) {
			if check(m) == nil {
				use(t, s, m)
			}
		})
		stream.Close()
		infoKey("application/dtmf-relay", data)
		sipfrag(data)
		parseReplaces(string(data))
		m, err := parse(data)
		if err == nil {
			use(t, s, m)
		}
	})
}

// use does with a message what a server does with it.
func use(t *testing.T, s *Server, m gosip.Message) {
	sdpOf(m)
	expires(m)
	minSE(m)
	reason(m)
	unknown := options(m, "require", "supported", "allow")
	recordRoutes(m)
	switch m := m.(type) {
	case *gosip.Request:
		plan := Plan{Country: "49"}
		id := identity(m, plan)
		for _, v := range append([]string{id.Name, id.Number, id.Asserted, diverted(m, plan), plan.Write(id.Number)}, unknown...) {
			if strings.ContainsAny(v, "\r\n") {
				t.Fatalf("a line ends in %q", v)
			}
		}
		plan.IsEmergency(userOf(m.Recipient))
		s.agree(m)
		s.verify(m, "u", "p")
		for _, v := range extras(m) {
			if strings.ContainsAny(v, "\r\n") {
				t.Fatalf("a line ends in %q", v)
			}
		}
		c := &Call{}
		if r, err := c.readRefer(m); err == nil && !sendable(r.replaces) {
			t.Fatalf("a transfer in place of %q", r.replaces)
		}
		contact := gosip.Uri{Scheme: "sip", Host: "127.0.0.1"}
		res := s.full(m, 200, "tag", contact, []byte("v=0\r\n"))
		se := session{every: minSession}
		se.write(res, m)
		if _, err := parse([]byte(res.String())); err != nil && bytes.Count([]byte(res.String()), []byte("\r\n\r\n")) != 1 {
			t.Fatalf("an answer that breaks: %v\n%q", err, res.String())
		}
		if contact := m.Contact(); contact != nil && !contact.Address.Wildcard {
			d := dialog{callID: "x", remote: party{uri: m.From().Address}, local: party{uri: m.To().Address}, target: contact.Address,
				routes: recordRoutes(m), contact: gosip.Uri{Scheme: "sip", Host: "127.0.0.1"}, next: hop{"UDP", "127.0.0.1:1"}}
			text := d.request(gosip.BYE, 0).String()
			if strings.Count(text, "\r\n\r\n") != 1 || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
				t.Fatalf("a request that breaks: %q", text)
			}
		}
	case *gosip.Response:
		statusOf(m)
		agreed(m, minSession)
		granted(m, gosip.Uri{Host: "x"}, minSession)
		c := &credentials{user: "u", password: "p", owns: func(netip.Addr) bool { return true }}
		r := gosip.NewRequest(gosip.REGISTER, gosip.Uri{Scheme: "sip", Host: "x"})
		if c.challenged(r, m) {
			if err := c.apply(r); err != nil {
				t.Fatal(err)
			}
			if strings.Count(r.String(), "\r\n\r\n") != 1 {
				t.Fatalf("a signed request that breaks: %q", r.String())
			}
		}
	}
	_, _ = io.Discard.Write(m.Body())
}

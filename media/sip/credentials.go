package sip

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/icholy/digest"

	gosip "github.com/emiago/sipgo/sip"
)

// credentials answer the digest challenges of a far end (RFC 3261 section 22, RFC 8760),
// and go on using its nonce while it takes it. One call's requests use them in turn.
//
// A signed request can be tried for the password at leisure by whoever reads it, and a far
// end's Contact and Record-Route say where a call's requests go. So only those are signed
// that go to an address of the password's owner; and what somebody behind a trunk asks for,
// whose answers it hands on, is told apart by its realm.
type credentials struct {
	user, password string
	owns           func(netip.Addr) bool // nil: nowhere
	trunk          *trunk                // nil: a phone of our own, which may ask for any realm
	realms         []realm
}

// trunkCredentials are a trunk's for requests to hops, which are its own, and to all its sources.
func (s *Server) trunkCredentials(t *trunk, hops []hop) credentials {
	return credentials{user: t.User, password: t.Password, trunk: t, owns: func(a netip.Addr) bool {
		return slices.ContainsFunc(hops, func(h hop) bool { return addrOf(h.addr) == a }) ||
			slices.Contains(s.sources.Load().of(a), t)
	}}
}

// phoneCredentials are those of a phone of our own that registered, or called, from an address.
func phoneCredentials(u *User, from netip.Addr) credentials {
	return credentials{user: u.Name, password: u.Password, owns: func(a netip.Addr) bool { return a == from }}
}

// may reports whether a request may be signed.
func (c *credentials) may(r *gosip.Request) bool {
	return c.user != "" && c.owns != nil && c.owns(addrOf(r.Destination()))
}

type realm struct {
	proxy bool // Proxy-Authenticate
	chal  *digest.Challenge
	count int
}

// apply signs a request for the challenges that are known, if it may be signed.
func (c *credentials) apply(r *gosip.Request) error {
	if !c.may(r) {
		return nil
	}
	for i := range c.realms {
		e := &c.realms[i]
		e.count++
		signed, err := digest.Digest(e.chal, digest.Options{Method: string(r.Method), URI: r.Recipient.String(),
			Username: c.user, Password: c.password, Count: e.count})
		if err != nil {
			return err
		}
		name := "Authorization"
		if e.proxy {
			name = "Proxy-Authorization"
		}
		r.AppendHeader(gosip.NewHeader(name, signed.String()))
	}
	return nil
}

// challenged takes the challenges of a 401 or 407 to a request and reports whether it is worth
// sending the request again: not without a password that may be used, nor when the same realm
// refuses it.
func (c *credentials) challenged(r *gosip.Request, res *gosip.Response) bool {
	name, proxy := "www-authenticate", false
	switch res.StatusCode {
	case gosip.StatusUnauthorized:
	case gosip.StatusProxyAuthRequired:
		name, proxy = "proxy-authenticate", true
	default:
		return false
	}
	if !c.may(r) {
		return false
	}
	first := r.Method == gosip.REGISTER || (r.IsInvite() && tagOf(r.To().Params) == "" && len(c.realms) == 0)
	again := false
	best := map[string]*digest.Challenge{}
	for _, h := range res.GetHeaders(name) {
		chal, err := digest.ParseChallenge(h.Value())
		if err != nil || !quotable(chal.Realm) || !sendable(chal.Nonce) || !sendable(chal.Opaque) {
			continue
		}
		chal.Algorithm = strings.ToUpper(chal.Algorithm)
		if chal.SupportsQOP("auth") {
			chal.QOP = []string{"auth"}
		}
		if !digest.CanDigest(chal) || (len(chal.QOP) > 0 && !chal.SupportsQOP("auth")) {
			continue
		}
		if old := best[chal.Realm]; old == nil || strength(chal) > strength(old) {
			best[chal.Realm] = chal
		}
	}
	for _, chal := range best {
		if c.trunk != nil && !c.trunk.asks(chal.Realm, first) {
			c.trunk.log.Warn("a password was asked for by another realm than the trunk's, and not given", "realm", clean(chal.Realm))
			continue
		}
		if c.learn(proxy, chal) {
			again = true
		}
	}
	return again
}

func (c *credentials) learn(proxy bool, chal *digest.Challenge) bool {
	for i := range c.realms {
		if e := &c.realms[i]; e.proxy == proxy && e.chal.Realm == chal.Realm {
			// Signed with this nonce and refused: another nonce helps when the old one was
			// used up (stale), or was of an earlier request.
			fresh := e.chal.Nonce != chal.Nonce && (chal.Stale || e.count > 1)
			*e = realm{proxy: proxy, chal: chal}
			return fresh
		}
	}
	if len(c.realms) >= 4 {
		return false
	}
	c.realms = append(c.realms, realm{proxy: proxy, chal: chal})
	return true
}

func strength(c *digest.Challenge) int {
	switch c.Algorithm {
	case "SHA-512-256":
		return 3
	case "SHA-256":
		return 2
	}
	return 1
}

package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/icholy/digest"

	gosip "github.com/emiago/sipgo/sip"
)

// verdict of a look at a request's Authorization.
type verdict int

const (
	noPassword    verdict = iota // none given, or of a nonce that is no longer ours: ask for it
	wrongPassword                // a guess
	rightPassword
)

// nonceLife is how long a nonce may be used.
const nonceLife = 5 * time.Minute

// nonce is ours, for one network: when, something random, and a seal over these and the network.
// So nobody who fetched it elsewhere can forge somebody's address and guess until they are locked out.
func (s *Server) nonce(to netip.Addr) string {
	b := make([]byte, 16)
	binary.BigEndian.PutUint64(b, uint64(time.Now().Unix()))
	rand.Read(b[8:])
	return hex.EncodeToString(append(b, s.sealFor(b, to)...))
}

func (s *Server) sealFor(b []byte, to netip.Addr) []byte {
	a := network(to).As16()
	return s.seal(slices.Concat(b, a[:]))
}

func (s *Server) freshNonce(n string, from netip.Addr) bool {
	b, err := hex.DecodeString(n)
	if err != nil || len(b) != 24 || !hmac.Equal(b[16:], s.sealFor(b[:16], from)) {
		return false
	}
	age := time.Since(time.Unix(int64(binary.BigEndian.Uint64(b)), 0))
	return age >= -time.Second && age < nonceLife
}

// verify looks at whether r is signed by user with password. A nonce counts up: what was
// signed once is not taken again.
func (s *Server) verify(r *gosip.Request, user, password string) verdict {
	for _, h := range r.GetHeaders("authorization") {
		cred, err := digest.ParseCredentials(h.Value())
		if err != nil || cred.Realm != s.o.Realm {
			continue
		}
		if !s.freshNonce(cred.Nonce, addrOf(r.Source())) {
			continue
		}
		if cred.Username != user {
			return wrongPassword
		}
		if alg := strings.ToUpper(cred.Algorithm); (alg != "" && alg != "MD5" && alg != "SHA-256") || cred.QOP != "auth" {
			return wrongPassword
		}
		signed, err := digest.Digest(&digest.Challenge{Realm: cred.Realm, Nonce: cred.Nonce, Opaque: cred.Opaque,
			Algorithm: cred.Algorithm, QOP: []string{"auth"}},
			digest.Options{Method: string(r.Method), URI: cred.URI, Username: user, Password: password,
				Count: cred.Nc, Cnonce: cred.Cnonce})
		if err != nil || subtle.ConstantTimeCompare([]byte(signed.Response), []byte(cred.Response)) != 1 {
			return wrongPassword
		}
		if last, ok := s.nonces.get(cred.Nonce); ok && cred.Nc <= last {
			continue // again: as good as no password, and a new nonce says so
		}
		s.nonces.put(cred.Nonce, cred.Nc)
		return rightPassword
	}
	return noPassword
}

// challenge answers 401, with both digests where that is wanted, the stronger one first
// (RFC 8760 section 2.3).
func (s *Server) challenge(r *gosip.Request) *gosip.Response {
	res := s.response(r, gosip.StatusUnauthorized, "")
	nonce := s.nonce(addrOf(r.Source()))
	stale := ""
	if len(r.GetHeaders("authorization")) > 0 {
		stale = ", stale=true"
	}
	algorithms := []string{"MD5"}
	if s.o.SHA256 {
		algorithms = []string{"SHA-256", "MD5"}
	}
	for _, alg := range algorithms {
		res.AppendHeader(gosip.NewHeader("WWW-Authenticate",
			fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=%s, qop="auth"%s`, s.o.Realm, nonce, alg, stale)))
	}
	return res
}

// login checks a request of a source for a password, and answers what is not signed. It
// reports whether the request may go on.
func (s *Server) login(r *gosip.Request, tx *gosip.ServerTx, user, password string) bool {
	from := addrOf(r.Source())
	if s.guard.locked(from, user) { // a trunk's network passes the gate all the same
		s.n.locked.Add(1)
		return false
	}
	switch s.verify(r, user, password) {
	case rightPassword:
		s.guard.hit(from, user)
		return true
	case wrongPassword:
		s.n.guesses.Add(1)
		if s.guard.missed(from, user) {
			s.o.Logger.Warn("locked out: wrong passwords", "from", from, "user", user)
			return false // and nothing more is said
		}
	}
	tx.Respond(s.challenge(r))
	return false
}

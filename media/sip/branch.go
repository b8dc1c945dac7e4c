package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// branch names a transaction of ours so that we know it again without looking it up:
// only who saw our request can answer it, whatever address the answer comes from.
func (s *Server) branch() string {
	b := make([]byte, 8, 16)
	rand.Read(b)
	return "z9hG4bK" + hex.EncodeToString(append(b, s.seal(b)...))
}

func (s *Server) ourBranch(branch string) bool {
	rest, ok := strings.CutPrefix(branch, "z9hG4bK")
	if !ok || len(rest) != 32 {
		return false
	}
	b, err := hex.DecodeString(rest)
	return err == nil && hmac.Equal(b[8:], s.seal(b[:8]))
}

func (s *Server) seal(b []byte) []byte {
	m := hmac.New(sha256.New, s.secret[:])
	m.Write(b)
	return m.Sum(nil)[:8]
}

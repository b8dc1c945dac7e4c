package audio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// suites of RFC 4568 section 6.2, the better first.
var suites = []struct {
	name    string
	profile srtp.ProtectionProfile
}{
	{"AES_CM_128_HMAC_SHA1_80", srtp.ProtectionProfileAes128CmHmacSha1_80},
	{"AES_CM_128_HMAC_SHA1_32", srtp.ProtectionProfileAes128CmHmacSha1_32},
}

const (
	keyLen      = 16
	saltLen     = 14
	replayReach = 128 // packets
	maxMKI      = 128 // bytes
)

// cryptoLine is an a=crypto line (RFC 4568 section 9.1) of a suite that we know.
type cryptoLine struct {
	tag   int
	suite int // in suites
	key   [keyLen + saltLen]byte
	mki   []byte // nil: none
}

// readCrypto reads a line; false: not one that can be used. Session parameters that
// leave something unencrypted or in the clear are none that we take.
func readCrypto(v string) (c cryptoLine, ok bool) {
	f := strings.Fields(v)
	if len(f) < 3 {
		return c, false
	}
	var err error
	if c.tag, err = strconv.Atoi(f[0]); err != nil || c.tag < 0 || c.tag > 999999999 {
		return c, false
	}
	c.suite = -1
	for i, s := range suites {
		if strings.EqualFold(f[1], s.name) {
			c.suite = i
		}
	}
	if c.suite < 0 {
		return c, false
	}
	for _, p := range f[3:] {
		if p = strings.ToUpper(p); strings.HasPrefix(p, "UNENCRYPTED") || strings.HasPrefix(p, "UNAUTHENTICATED") ||
			strings.HasPrefix(p, "KDR=") || strings.HasPrefix(p, "FEC_") {
			return c, false
		}
	}
	first, _, _ := strings.Cut(f[2], ";") // further keys are for later
	info, ok := strings.CutPrefix(first, "inline:")
	if !ok {
		return c, false
	}
	parts := strings.Split(info, "|")
	key, err := base64.StdEncoding.DecodeString(parts[0])
	if err != nil {
		key, err = base64.RawStdEncoding.DecodeString(parts[0])
	}
	if err != nil || copy(c.key[:], key) != len(c.key) || len(key) != len(c.key) {
		return c, false
	}
	for _, p := range parts[1:] { // a lifetime, a key's identifier
		id, size, isMKI := strings.Cut(p, ":")
		if !isMKI {
			continue
		}
		n, err1 := strconv.ParseUint(size, 10, 8)
		v, err2 := strconv.ParseUint(id, 10, 64)
		if err1 != nil || err2 != nil || n == 0 || n > maxMKI {
			return c, false
		}
		c.mki = make([]byte, n)
		for i := len(c.mki) - 1; i >= 0; i-- {
			c.mki[i], v = byte(v), v>>8
		}
	}
	return c, true
}

// String is the line as SDP has it.
func (c cryptoLine) String() string {
	return fmt.Sprintf("%d %s inline:%s", c.tag, suites[c.suite].name, base64.StdEncoding.EncodeToString(c.key[:]))
}

func (c cryptoLine) same(o cryptoLine) bool {
	return c.suite == o.suite && c.key == o.key && bytes.Equal(c.mki, o.mki)
}

// newCrypto makes a key of ours.
func newCrypto(tag, suite int) cryptoLine {
	c := cryptoLine{tag: tag, suite: suite}
	_, _ = rand.Read(c.key[:]) // never fails
	return c
}

// cipher is one key at work: its packets' counters live as long as the key does.
type cipher struct {
	line cryptoLine
	mu   sync.Mutex
	rtp  *srtp.Context
	rtcp *srtp.Context
}

func newCipher(c cryptoLine) (*cipher, error) {
	out := &cipher{line: c}
	for _, ctx := range []**srtp.Context{&out.rtp, &out.rtcp} {
		o := []srtp.ContextOption{srtp.SRTPReplayProtection(replayReach), srtp.SRTCPReplayProtection(replayReach)}
		if c.mki != nil {
			o = append(o, srtp.MasterKeyIndicator(c.mki))
		}
		var err error
		*ctx, err = srtp.CreateContext(c.key[:keyLen], c.key[keyLen:], suites[c.suite].profile, o...)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSecure, err)
		}
	}
	return out, nil
}

// keep is the cipher of a line: the old one, when it says the same.
func keep(old *cipher, c cryptoLine) (*cipher, error) {
	if old != nil && old.line.same(c) {
		return old, nil
	}
	return newCipher(c)
}

// open verifies and decrypts an RTP packet whose header h is. The result has the header
// too, and is in dst's memory where that suffices.
func (c *cipher) open(dst, b []byte, h *rtp.Header) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rtp.DecryptRTP(dst, b, h)
}

func (c *cipher) openReport(b []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rtcp.DecryptRTCP(nil, b, nil)
}

// seal encrypts an RTP packet; h is for its work. The result is in dst's memory where
// that suffices.
func (c *cipher) seal(dst, b []byte, h *rtp.Header) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rtp.EncryptRTP(dst, b, h)
}

func (c *cipher) sealReport(b []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rtcp.EncryptRTCP(nil, b, nil)
}

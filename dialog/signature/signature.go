// Package signature signs what is posted to other people's servers, so that they can
// tell it from what others post. It knows no network.
//
// The scheme is Stripe's: the header Parley-Signature is "t=TIME,v1=SUM", TIME in Unix
// seconds, SUM the hex HMAC-SHA256 of "TIME.BODY" with the secret. A receiver computes
// SUM anew from the body as it came, compares in constant time, and refuses a TIME
// that is more than five minutes off, so that nobody can send a copy later. Parley-Id
// is the same in every attempt.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// The headers of a signed request.
const (
	IDHeader        = "Parley-Id"
	TimestampHeader = "Parley-Timestamp"
	SumHeader       = "Parley-Signature"
)

// Sign puts the headers of a request that is sent at a time. A secret that is empty
// signs nothing: id and time stand alone.
func Sign(h http.Header, secret, id string, at time.Time, body []byte) {
	t := strconv.FormatInt(at.Unix(), 10)
	h.Set(IDHeader, id)
	h.Set(TimestampHeader, t)
	if secret != "" {
		h.Set(SumHeader, "t="+t+",v1="+sum(secret, t, body))
	}
}

func sum(secret, t string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(t + "."))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

package signature_test

import (
	"net/http"
	"testing"
	"time"

	"parley/dialog/signature"
)

// The sum is that of `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac s3cret`.
func TestARequestIsSigned(t *testing.T) {
	h := http.Header{}
	signature.Sign(h, "s3cret", "whd_1", time.Unix(1_700_000_000, 5), []byte(`{"a":1}`))
	for name, want := range map[string]string{"Parley-Id": "whd_1", "Parley-Timestamp": "1700000000",
		"Parley-Signature": "t=1700000000,v1=1698a50bc74d1ff1db85c4e0a5297c2ad9fdba245d5737cdb789e4cc6e098940"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	h = http.Header{}
	signature.Sign(h, "", "whd_1", time.Unix(1_700_000_000, 0), nil)
	if _, ok := h["Parley-Signature"]; ok || h.Get("Parley-Id") == "" {
		t.Error(h)
	}
}

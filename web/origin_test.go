package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOurOwnOrigin(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://chat.example/v1/me", nil)
	for _, c := range []struct {
		origin        string
		secure, plain bool // whether it is ours when we are served by HTTPS, and when not
	}{
		{"https://chat.example", true, true}, {"http://chat.example", false, true}, {"https://www.chat.example", false, false},
		{"https://chat.example:8443", false, false}, {"ftp://chat.example", false, false}, {"null", false, false}, {"", false, false},
	} {
		for _, secure := range []bool{true, false} {
			s := &Server{o: Options{Secure: secure}}
			if want := secure && c.secure || !secure && c.plain; s.ours(r, c.origin) != want {
				t.Errorf("%q, secure %v: %v", c.origin, secure, !want)
			}
		}
	}
}

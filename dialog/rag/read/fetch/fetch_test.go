package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// here allows one loopback address, as a test needs: all others stay inside.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func TestWhatIsInsideIsRefused(t *testing.T) {
	for _, u := range []string{
		"http://127.0.0.1/", "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/", "http://0.0.0.0/", "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/",
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://168.63.129.16/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a00:1]/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
		"http://127.1/", "file:///etc/passwd", "ftp://example.com/", "gopher://x", "http:///x", "http://user:pass@example.com/", "http://example.com:22/", "::", "",
	} {
		_, err := (&Client{Time: 5 * time.Second}).Get(t.Context(), u)
		if err == nil {
			t.Errorf("%s was fetched", u)
		} else if !errors.Is(err, ErrAddress) && !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// A name that leads inside is refused when the connection is made, whatever it led to
// when it was asked before.
func TestANameThatLeadsInside(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	c := &Client{Allow: []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32")}} // any port is looked at
	_, err := c.Get(t.Context(), "http://localhost:"+port+"/")
	if !errors.Is(err, ErrAddress) || !strings.Contains(err.Error(), "not public") || asked > 0 {
		t.Errorf("%v; asked %d times", err, asked)
	}
}

func TestARedirectInside(t *testing.T) {
	asked := 0
	inner := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	inner.Listener = l
	inner.Start()
	defer inner.Close()
	to := inner.URL
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }))
	defer s.Close()
	c := &Client{Allow: here}
	if _, err := c.Get(t.Context(), s.URL); !errors.Is(err, ErrAddress) || !strings.Contains(err.Error(), "127.0.0.2") || asked > 0 {
		t.Errorf("%v; asked %d times", err, asked)
	}
	to = "file:///etc/passwd"
	if _, err := c.Get(t.Context(), s.URL); !errors.Is(err, ErrAddress) {
		t.Error(err)
	}
	to = s.URL
	if _, err := c.Get(t.Context(), s.URL); !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), "redirects more") {
		t.Error(err)
	}
}

func TestPagesAndTheirLimits(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/help":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<h1>Help</h1>"))
		case "/moved":
			http.Redirect(w, r, "/help", http.StatusMovedPermanently)
		case "/file":
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", `attachment; filename="../../prices.xlsx"`)
			_, _ = w.Write([]byte("PK"))
		case "/film":
			w.Header().Set("Content-Type", "video/mp4")
		case "/endless":
			w.Header().Set("Content-Type", "text/plain")
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "/never":
			select {
			case <-r.Context().Done():
			case <-stop:
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	defer close(stop)
	c := &Client{Allow: here, Bytes: 1 << 20}
	if p, err := c.Get(t.Context(), s.URL+"/moved"); err != nil || p.Name != "help.html" || p.Type != "text/html" || string(p.Body) != "<h1>Help</h1>" || p.URL != s.URL+"/help" {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := c.Get(t.Context(), s.URL+"/file"); err != nil || p.Name != "prices.xlsx" {
		t.Errorf("%+v %v", p, err)
	}
	for path, want := range map[string]string{"/film": "video/mp4", "/nothing": "404", "/endless": "more than 1 MB"} {
		if _, err := c.Get(t.Context(), s.URL+path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	c.Time = 50 * time.Millisecond
	if _, err := c.Get(t.Context(), s.URL+"/never"); !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), "took more than") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, s.URL+"/help"); err == nil {
		t.Error("it was fetched for nobody")
	}
}

// Package fetch gets pages for the knowledge from addresses that people give. It goes to
// public addresses alone: what an address leads to is looked at when the connection is
// made, so that neither a name nor a redirect leads inside.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Errors, wrapped with more words.
var (
	ErrAddress = errors.New("this address is not fetched")
	ErrAnswer  = errors.New("the page was not given")
	ErrLarge   = errors.New("the page is too large")
)

// Client fetches. Its zero value works.
type Client struct {
	Allow     []netip.Prefix // addresses that are fetched though they are not public
	Bytes     int64          // of a page; 0 is 32 MB
	Time      time.Duration  // for all of it; 0 is 30 seconds
	Redirects int            // at most; 0 is 5
	Resolver  *net.Resolver  // nil: the system's
}

// Page is what an address has.
type Page struct {
	URL  string // after redirects
	Name string // of a file, for sniffing
	Type string // media type, "" when none is given
	Body []byte
}

// userAgent says who asks.
const userAgent = "Parley-Knowledge/1 (+fetches pages that the company listed)"

// Get fetches a page. Errors say the reason in words.
func (c *Client) Get(ctx context.Context, address string) (Page, error) {
	most, limit, redirects := c.Bytes, c.Time, c.Redirects
	if most == 0 {
		most = 32 << 20
	}
	if limit == 0 {
		limit = 30 * time.Second
	}
	if redirects == 0 {
		redirects = 5
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return Page{}, fmt.Errorf("%w: %q is none", ErrAddress, address)
	}
	if err := c.may(u); err != nil {
		return Page{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	t := c.transport()
	defer t.CloseIdleConnections()
	h := &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > redirects {
			return fmt.Errorf("%w: it redirects more than %d times", ErrAnswer, redirects)
		}
		return c.may(r.URL)
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Page{}, fmt.Errorf("%w: %v", ErrAddress, err)
	}
	r.Header.Set("User-Agent", userAgent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5")
	res, err := h.Do(r)
	if err != nil {
		return Page{}, reason(ctx, err, limit)
	}
	defer res.Body.Close()
	return read(ctx, res, most, limit)
}

func read(ctx context.Context, res *http.Response, most int64, limit time.Duration) (Page, error) {
	if res.StatusCode != http.StatusOK {
		return Page{}, fmt.Errorf("%w: the server answers %d %s", ErrAnswer, res.StatusCode, http.StatusText(res.StatusCode))
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	if !wanted(kind) {
		return Page{}, fmt.Errorf("%w: it is %s", ErrAnswer, kind)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, most+1)) // after unpacking
	if err != nil {
		return Page{}, reason(ctx, err, limit)
	}
	if int64(len(b)) > most {
		return Page{}, fmt.Errorf("%w: more than %d MB", ErrLarge, most>>20)
	}
	return Page{URL: res.Request.URL.String(), Name: named(res, kind), Type: kind, Body: b}, nil
}

// wanted reports whether a media type may hold text.
func wanted(kind string) bool {
	return kind == "" || strings.HasPrefix(kind, "text/") || slices.Contains([]string{"application/xhtml+xml", "application/xml", "application/pdf",
		"application/octet-stream", "application/zip", "application/x-zip-compressed", "application/csv", "application/force-download", "binary/octet-stream"}, kind) ||
		strings.HasPrefix(kind, "application/vnd.openxmlformats") || strings.HasPrefix(kind, "application/vnd.ms-") || kind == "application/msword"
}

// named is what a page would be called as a file.
func named(res *http.Response, kind string) string {
	name := path.Base(res.Request.URL.Path)
	if _, p, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err == nil && p["filename"] != "" {
		name = path.Base(p["filename"])
	}
	switch {
	case kind == "text/html", kind == "application/xhtml+xml":
		return strings.TrimSuffix(name, path.Ext(name)) + ".html"
	case kind == "text/csv", kind == "application/csv":
		return strings.TrimSuffix(name, path.Ext(name)) + ".csv"
	case kind == "text/markdown":
		return strings.TrimSuffix(name, path.Ext(name)) + ".md"
	}
	return name
}

// may reports whether an address may be asked, by what it says of itself.
func (c *Client) may(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: it begins with neither http:// nor https://", ErrAddress)
	case u.Hostname() == "":
		return fmt.Errorf("%w: it names no host", ErrAddress)
	case u.User != nil:
		return fmt.Errorf("%w: it holds a password", ErrAddress)
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := c.reachable(a); err != nil {
			return err
		}
		if c.allowed(a) {
			return nil
		}
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" && p != "8080" && p != "8443" && len(c.Allow) == 0 {
		return fmt.Errorf("%w: port %s", ErrAddress, p)
	}
	return nil
}

// transport connects to what may be reached: the address is looked at once the name was
// resolved, immediately before the connection, whoever answers for the name.
func (c *Client) transport() *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, Resolver: c.Resolver, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %q", ErrAddress, address)
		}
		return c.reachable(a.Addr())
	}}
	// No proxy: it would connect in our place, and where to could not be seen.
	return &http.Transport{DialContext: d.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second, MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 2}
}

func (c *Client) allowed(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(c.Allow, func(p netip.Prefix) bool { return p.Contains(a) })
}

// reachable reports whether an address is public, or allowed.
func (c *Client) reachable(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	if c.allowed(a) {
		return nil
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return fmt.Errorf("%w: it leads to %s, which is not public", ErrAddress, a)
	}
	return nil
}

// inside are ranges that are not public or that wrap other addresses, besides private,
// loopback, link-local and multicast ones (RFC 6890).
var inside = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"240.0.0.0/4", "168.63.129.16/32", // the metadata service of a cloud
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10")

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// reason says in words why nothing came.
func reason(ctx context.Context, err error, limit time.Duration) error {
	var dns *net.DNSError
	var e *url.Error
	switch {
	case errors.Is(err, ErrAddress), errors.Is(err, ErrAnswer):
		if errors.As(err, &e) {
			return e.Err
		}
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: it took more than %s", ErrAnswer, limit)
	case errors.As(err, &dns):
		return fmt.Errorf("%w: there is no host called %s", ErrAnswer, dns.Name)
	case errors.As(err, &e):
		return fmt.Errorf("%w: %v", ErrAnswer, e.Err)
	}
	return fmt.Errorf("%w: %v", ErrAnswer, err)
}

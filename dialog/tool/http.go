package tool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const (
	maxAnswer  = 1 << 20 // bytes of an HTTP answer that are read
	redirects  = 3       // of what reads, on its own host
	dialWithin = 5 * time.Second
)

// endpoint is one HTTP endpoint.
type endpoint struct {
	spec      Spec
	method    string
	path      string            // with {argument}
	in        map[string]string // where each argument goes: path, query, header, body, or whole (the body is it)
	form      bool              // a body of a form, not of JSON
	pick      string
	keyHeader string
	refuses   bool // every error that it reports itself means that nothing was changed
}

var braces = regexp.MustCompile(`\{([^{}/]+)\}`)

// place is where an argument goes when nothing says so.
func (e endpoint) place(arg string) string {
	switch {
	case strings.Contains(e.path, "{"+arg+"}"):
		return "path"
	case e.method == http.MethodGet, e.method == http.MethodHead, e.method == http.MethodDelete:
		return "query"
	}
	return "body"
}

// guess takes from the method what nobody has said: RFC 9110, section 9.2.
func (e *endpoint) guess() {
	switch e.method {
	case http.MethodGet, http.MethodHead:
		e.spec.Effect = Reads
	case http.MethodPut, http.MethodDelete:
		e.spec.Effect, e.spec.Idempotent, e.spec.Level = Changes, Naturally, 1
	default:
		e.spec.Effect, e.spec.Idempotent, e.spec.Level = Changes, Never, 1
	}
}

func (e endpoint) check() error {
	if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, e.method) {
		return fmt.Errorf("method %q is none of GET, HEAD, POST, PUT, PATCH, DELETE", e.method)
	}
	if !strings.HasPrefix(e.path, "/") || strings.ContainsAny(e.path, "?#\r\n") {
		return fmt.Errorf("path %q: expected /… without a query", e.path)
	}
	for _, m := range braces.FindAllStringSubmatch(e.path, -1) {
		if e.in[m[1]] != "path" {
			return fmt.Errorf("path: {%s} is none of the arguments", m[1])
		}
	}
	return nil
}

// credential is how the system's key is sent.
type credential struct{ key, in, name string }

func (c credential) add(q *http.Request) {
	switch {
	case c.key == "":
	case c.in == "query":
		v := q.URL.Query()
		v.Set(c.name, c.key)
		q.URL.RawQuery = v.Encode()
	case c.in == "header":
		q.Header.Set(c.name, c.key)
	default:
		q.Header.Set("Authorization", "Bearer "+c.key)
	}
}

// system is a business system behind HTTP.
type system struct {
	name    string
	base    string
	auth    credential
	headers map[string]string
	client  *http.Client
	tools   []Tool
}

func newSystem(c Config, auth credential, list []endpoint) *system {
	s := &system{name: c.Name, base: strings.TrimSuffix(c.URL, "/"), auth: auth, headers: c.Headers, client: client(nil)}
	values := []string{c.Key}
	for _, v := range c.Headers {
		values = append(values, v)
	}
	hide := secretsOf(values...)
	for _, e := range list {
		if !c.takes(e.spec.Name) {
			continue
		}
		if o, ok := c.Tools[e.spec.Name]; ok {
			o.apply(&e.spec)
			e.refuses = e.refuses || o.Errors == "refused"
			if o.KeyHeader != "" {
				e.keyHeader = o.KeyHeader
			}
		}
		e.spec.Source = c.Name
		s.tools = append(s.tools, &quiet{&httpTool{e, s}, hide})
	}
	return s
}

// client follows redirects of requests that read, on their own host alone: a key
// goes nowhere else, and a change is sent once.
func client(wrap func(http.RoundTripper) http.RoundTripper) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSHandshakeTimeout, t.MaxResponseHeaderBytes, t.IdleConnTimeout = dialWithin, 64<<10, 30*time.Second
	var rt http.RoundTripper = t
	if wrap != nil {
		rt = wrap(t)
	}
	return &http.Client{Transport: rt, CheckRedirect: func(q *http.Request, via []*http.Request) error {
		if q.Method != http.MethodGet || len(via) > redirects || q.URL.Host != via[0].URL.Host || q.URL.Scheme != via[0].URL.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// Name implements Source.
func (s *system) Name() string { return s.name }

// Tools implements Source.
func (s *system) Tools() []Tool { return s.tools }

// Err implements Source: who speaks HTTP is found out by asking.
func (s *system) Err() error { return nil }

// Close implements Source.
func (s *system) Close() error { s.client.CloseIdleConnections(); return nil }

type httpTool struct {
	e endpoint
	s *system
}

// Spec implements Tool.
func (t *httpTool) Spec() Spec { return t.e.spec }

// Call implements Tool.
func (t *httpTool) Call(ctx context.Context, c Call) (Result, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	q, err := t.request(ctx, c)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	res, err := t.s.client.Do(q)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // it names the address, which may hold a key
			err = u.Err
		}
		if !sent.Load() {
			return Result{}, fmt.Errorf("%w: %w", ErrUnsent, err)
		}
		return Result{}, fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	defer res.Body.Close()
	b, cut, err := readAll(res.Body, maxAnswer)
	if err != nil {
		return Result{}, fmt.Errorf("%w: its answer broke off: %w", ErrUnsure, err)
	}
	return t.answer(res, b, cut)
}

// answer says what a status means (RFC 9110, section 15).
func (t *httpTool) answer(res *http.Response, b []byte, cut bool) (Result, error) {
	r := Result{Cut: cut}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if !cut {
		r.Data = parseJSON(b)
	}
	if r.Data == nil && len(b) > 0 {
		if strings.HasSuffix(kind, "json") && !cut && res.StatusCode < 300 {
			return Result{}, fmt.Errorf("%w: %s with a body that is no JSON", ErrUnsure, res.Status)
		}
		r.Text = string(b)
	}
	if t.e.pick != "" && res.StatusCode < 300 {
		if v, ok := at(r.Data, t.e.pick); ok {
			r.Data = v
		}
	}
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return r, nil
	case code == http.StatusTooManyRequests:
		return Result{}, fmt.Errorf("%w: %s", ErrUnsent, res.Status)
	case code == http.StatusUnauthorized, code == http.StatusForbidden: // of us, not of the customer
		return Result{}, fmt.Errorf("%w: %s: check the key", ErrUnsent, res.Status)
	case t.e.refuses && code < 500 && code != http.StatusRequestTimeout, code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusGone, code == http.StatusConflict && t.e.spec.Idempotent != ByKey, code == http.StatusUnprocessableEntity:
		r.Refused = true
		return r, nil
	}
	return Result{}, fmt.Errorf("%w: %s", ErrUnsure, res.Status)
}

// request puts the arguments where they go.
func (t *httpTool) request(ctx context.Context, c Call) (*http.Request, error) {
	path, query, body, header := t.e.path, url.Values{}, map[string]any{}, map[string]string{}
	var whole any = body
	for arg, v := range c.Args {
		switch t.e.in[arg] {
		case "path":
			s := plainValue(v)
			if s == "" || s == "." || s == ".." {
				return nil, fmt.Errorf("%s: %q cannot be part of a path", arg, s)
			}
			path = strings.ReplaceAll(path, "{"+arg+"}", url.PathEscape(s))
		case "query":
			if l, ok := v.([]any); ok {
				for _, x := range l {
					query.Add(arg, plainValue(x))
				}
				continue
			}
			query.Set(arg, plainValue(v))
		case "header":
			header[arg] = plainValue(v)
		case "whole":
			whole = v
		default:
			body[arg] = v
		}
	}
	var r io.Reader
	kind := "application/json"
	if t.e.method != http.MethodGet && t.e.method != http.MethodHead && t.e.method != http.MethodDelete {
		if t.e.form {
			v := url.Values{}
			for k, x := range body {
				v.Set(k, plainValue(x))
			}
			kind, r = "application/x-www-form-urlencoded", strings.NewReader(v.Encode())
		} else {
			b, err := json.Marshal(whole)
			if err != nil {
				return nil, err
			}
			r = bytes.NewReader(b)
		}
	}
	q, err := http.NewRequestWithContext(ctx, t.e.method, t.s.base+path, r)
	if err != nil {
		return nil, errors.New("the address cannot be made")
	}
	if q.URL.RawQuery = query.Encode(); r != nil {
		q.Header.Set("Content-Type", kind)
		q.GetBody = nil // a change is sent once: no silent second try on another connection
	}
	q.Header.Set("Accept", "application/json")
	for k, v := range t.s.headers {
		q.Header.Set(k, v)
	}
	for k, v := range header {
		q.Header.Set(k, v)
	}
	if c.Key != "" && t.e.spec.Idempotent == ByKey {
		h := t.e.keyHeader
		if h == "" {
			h = "Idempotency-Key"
		}
		q.Header.Set(h, c.Key)
	}
	t.s.auth.add(q)
	return q, nil
}

func plainValue(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// parseJSON decodes a whole JSON value with its numbers as they were; nil: it is none.
func parseJSON(b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil
	}
	return v
}

package llm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits of what a server may send.
const (
	maxLine    = 1 << 20 // of an event stream
	maxRefusal = 64 << 10
	maxWhole   = 16 << 20 // of a reply that is no stream
	maxRequest = 32 << 20
	relearn    = 4 // parameters that one request may be tried without
)

// StatusError is a refusal over HTTP.
type StatusError struct {
	Status     int
	Message    string        // as the server says it, shortened
	RetryAfter time.Duration // 0: not said
}

// Error implements error.
func (e *StatusError) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Message) }

// Refused reports whether the server would refuse the same request again for what is in it.
func (e *StatusError) Refused() bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Mend wraps a transport, and mends in both directions what OpenAI-compatible servers
// and the client library get wrong. A parameter that a server refuses by name, and
// without which the request asks the same, is left out for that model from then on.
// Refusals come as *StatusError.
func Mend(next http.RoundTripper, q Quirks) http.RoundTripper { return &mender{next: next, q: q} }

type mender struct {
	next    http.RoundTripper
	q       Quirks
	learned learned
	tools   toolbox
}

// RoundTrip implements http.RoundTripper.
func (m *mender) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.Body == nil {
		return m.next.RoundTrip(r)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	_ = r.Body.Close()
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequest {
		return nil, errors.New("llm: the request is too large")
	}
	asked := m.fix(body)
	for try := 0; ; try++ {
		sent := m.learned.apply(asked)
		if sent != nil {
			body = encode(sent)
		}
		res, err := m.next.RoundTrip(with(r, body))
		if err != nil {
			return nil, err
		}
		if res.StatusCode == http.StatusOK {
			return mendResponse(string(sent["stream"]) == "true", res)
		}
		refusal := refused(res)
		bad := refusal.Status == http.StatusBadRequest || refusal.Status == http.StatusUnprocessableEntity
		if try == relearn || !bad || !m.learned.learn(sent, refusal.Message) {
			return nil, refusal
		}
	}
}

func with(r *http.Request, body []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.ContentLength = int64(len(body))
	return r
}

// refused reads a refusal, whatever its shape.
func refused(res *http.Response) *StatusError {
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal))
	e := &StatusError{Status: res.StatusCode, RetryAfter: retryAfter(res.Header, time.Now())}
	if f, ok := failure(b, true); ok {
		e.Message = f.text()
	} else {
		e.Message = shorten(strings.TrimSpace(string(b)), 300)
	}
	if e.Message == "" {
		e.Message = http.StatusText(res.StatusCode)
	}
	return e
}

// retryAfter reads the header in both its forms (RFC 9110 section 10.2.3), and the one in milliseconds
// that OpenAI sends beside it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e8 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

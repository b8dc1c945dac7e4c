package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// maxWriters is how many messages are being kept at a time. The store keeps one after
	// the other, in well under a millisecond: more than these only wait.
	maxWriters = 100
	// atGate is how long one more waits.
	atGate = 2 * time.Second
)

// gated lets only so many messages in at a time, before any of them has a transaction and
// when all of it has come.
func (s *Server) gated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/conversations/") && strings.HasSuffix(r.URL.Path, "/messages") {
			if who := caller(r.Context()); who.user == nil && who.conversation == "" {
				s.fail(w, huma.Error401Unauthorized("a conversation's token is needed: Authorization: Bearer …"))
				return
			}
			r = r.WithContext(r.Context()) // the server's own stays as it is, see wrap
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			body, err := whole(w, r)
			if err != nil {
				s.fail(w, err)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			release, err := s.writers.enter(r.Context())
			if err != nil {
				s.fail(w, err)
				return
			}
			defer release()
		}
		next.ServeHTTP(w, r)
	})
}

// gate lets so many in at a time. Who does not get in within atGate is told to come again:
// better than to be taken in, and to be answered by nobody.
type gate struct {
	places chan struct{}
}

func newGate(n int) gate { return gate{make(chan struct{}, n)} }

func (g gate) enter(ctx context.Context) (release func(), err error) {
	select {
	case g.places <- struct{}{}:
		return func() { <-g.places }, nil
	default:
	}
	timer := time.NewTimer(atGate)
	defer timer.Stop()
	select {
	case g.places <- struct{}{}:
		return func() { <-g.places }, nil
	case <-timer.C:
		return nil, huma.Error503ServiceUnavailable("too much is written at once; please try again in a moment")
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

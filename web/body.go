package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// bodyIn is how long a request's body may take to come.
	bodyIn = 10 * time.Second
	// uploadIn is the same for one that may carry a file.
	uploadIn = 2 * time.Minute
)

// whole reads a request's body, before a place or a transaction is taken for it: who sends
// it slowly keeps nobody else waiting.
func whole(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := bodyIn
	if bodyLimit(r, caller(r.Context())) > maxBody {
		limit = uploadIn
	}
	in := http.NewResponseController(w)
	_ = in.SetReadDeadline(time.Now().Add(limit)) // a recorder has none, and gets what has come already
	body, err := io.ReadAll(r.Body)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, "the body is too long")
	case errors.Is(err, os.ErrDeadlineExceeded): // the deadline stays, so that nobody waits for the rest
		return nil, huma.NewError(http.StatusRequestTimeout, fmt.Sprintf("the body did not come within %.0f seconds", limit.Seconds()))
	case err != nil:
		return nil, huma.Error400BadRequest("the body could not be read")
	}
	_ = in.SetReadDeadline(time.Time{})
	return body, nil
}

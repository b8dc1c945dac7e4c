package tool

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
)

// secrets are words that nobody but the system itself may see.
type secrets []string

const hidden = "[hidden]"

// secretsOf takes the values that are long enough to be secrets.
func secretsOf(values ...string) (out secrets) {
	for _, v := range values {
		v = strings.TrimSpace(strings.TrimPrefix(v, "Bearer "))
		if len(v) >= 6 {
			out = append(out, v)
		}
	}
	return out
}

func (s secrets) hide(text string) string {
	for _, x := range s {
		text = strings.ReplaceAll(text, x, hidden)
	}
	return text
}

// quiet is a tool whose answers and errors do not tell its secrets.
type quiet struct {
	Tool
	secrets secrets
}

// Call implements Tool.
func (q *quiet) Call(ctx context.Context, c Call) (Result, error) {
	r, err := q.Tool.Call(ctx, c)
	if err != nil {
		if s := q.secrets.hide(err.Error()); s != err.Error() {
			kind := ErrUnsure
			if errors.Is(err, ErrUnsent) {
				kind = ErrUnsent
			}
			err = &hiddenError{s, kind}
		}
		return r, err
	}
	r.Text = q.secrets.hide(r.Text)
	if r.Data != nil && len(q.secrets) > 0 {
		if b, err := json.Marshal(r.Data); err == nil {
			if s := q.secrets.hide(string(b)); s != string(b) {
				r.Data = parseJSON([]byte(s))
			}
		}
	}
	return r, nil
}

// hiddenError is an error without what it told.
type hiddenError struct {
	text string
	kind error
}

// Error implements error.
func (e *hiddenError) Error() string { return e.text }

// Unwrap gives the kind.
func (e *hiddenError) Unwrap() error { return e.kind }

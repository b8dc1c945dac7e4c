package tool

import (
	"encoding/json"
	"io"
	"strings"
)

// within bounds what a result holds, and makes its text clean UTF-8.
func (r Result) within(most int) Result {
	r.Text = strings.ToValidUTF8(r.Text, "\ufffd")
	if r.Data != nil {
		b, err := json.Marshal(r.Data)
		if err == nil && len(b) <= most {
			return r
		}
		r.Data, r.Text, r.Cut = nil, string(b), true
	}
	if len(r.Text) > most {
		r.Text, r.Cut = strings.ToValidUTF8(r.Text[:most], ""), true
	}
	return r
}

// readAll reads at most so many bytes; cut tells that there was more.
func readAll(r io.Reader, most int) (b []byte, cut bool, err error) {
	b, err = io.ReadAll(io.LimitReader(r, int64(most)+1))
	if len(b) > most {
		return b[:most], true, err
	}
	return b, false, err
}

// JSON is the result for a model or a page.
func (r Result) JSON() string {
	var v any = r.Text
	if r.Data != nil {
		v = r.Data
	}
	b, err := json.Marshal(v)
	if err != nil {
		return `""`
	}
	return string(b)
}

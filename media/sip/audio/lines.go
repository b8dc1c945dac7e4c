package audio

import (
	"fmt"
	"strconv"
	"strings"
)

// section is a part of an SDP body (RFC 8866): the session's, or an m-line's. It is
// read by hand, for a phone's body may hold media that no library has heard of (fax as
// m=image), and lines in an order that no grammar has.
type section struct {
	medium, proto string // of an m-line
	port          int
	formats       []string
	host          string // of c=, "" without one
	attributes    []attribute
}

// attribute is an a= line; the value of a property is "".
type attribute struct{ key, value string }

// maxLines bounds a body.
const maxLines = 512

// readSections splits a body: the session's section is the first.
func readSections(body []byte) ([]section, error) {
	if len(body) > maxSDP {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrBadSDP, len(body), maxSDP)
	}
	text := strings.TrimSpace(string(body))
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	if lines[0] != "v=0" || len(lines) > maxLines {
		return nil, fmt.Errorf("%w: %d lines that begin with %.20q, not v=0", ErrBadSDP, len(lines), lines[0])
	}
	out := make([]section, 1, 1+maxMedia)
	for n, l := range lines {
		l = strings.TrimSpace(l)
		key, value, ok := strings.Cut(l, "=")
		if l == "" {
			continue
		}
		if !ok || len(key) != 1 || strings.ContainsRune(value, 0) {
			return nil, fmt.Errorf("%w: line %d is %.40q", ErrBadSDP, n+1, l)
		}
		at := &out[len(out)-1]
		switch key {
		case "c":
			f := strings.Fields(value)
			if len(f) != 3 || f[0] != "IN" {
				return nil, fmt.Errorf("%w: line %d is %.40q", ErrBadSDP, n+1, l)
			}
			at.host, _, _ = strings.Cut(f[2], "/") // what follows is for groups
		case "a":
			k, v, _ := strings.Cut(value, ":")
			at.attributes = append(at.attributes, attribute{k, strings.TrimSpace(v)})
		case "m":
			m, err := readMedium(value)
			if err != nil {
				return nil, fmt.Errorf("%w: line %d is %.40q", err, n+1, l)
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// readMedium reads what follows m=.
func readMedium(value string) (s section, err error) {
	f := strings.Fields(value)
	if len(f) < 4 || len(f) > 3+maxFormats {
		return s, ErrBadSDP
	}
	port, _, _ := strings.Cut(f[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return s, ErrBadSDP
	}
	return section{medium: f[0], port: int(n), proto: f[2], formats: f[3:]}, nil
}

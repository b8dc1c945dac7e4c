package sip

import (
	"bytes"
	"strconv"
	"strings"
)

// frame is the length of the first message in a stream's bytes: 0 when it is not whole
// yet. A double CRLF (RFC 5626 section 3.5.1) is a message of its own; single ones before a
// message belong to it.
func frame(b []byte) (int, error) {
	if bytes.HasPrefix(b, []byte("\r\n\r\n")) {
		return 4, nil
	}
	start := 0
	for bytes.HasPrefix(b[start:], []byte("\r\n")) {
		start += 2
	}
	end := bytes.Index(b[start:], []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) > maxMessage {
			return 0, errMalformed
		}
		return 0, nil
	}
	body, err := contentLength(string(b[start : start+end]))
	if err != nil {
		return 0, err
	}
	total := start + end + 4 + body
	if total > maxMessage {
		return 0, errMalformed
	}
	if len(b) < total {
		return 0, nil
	}
	return total, nil
}

// contentLength finds the one Content-Length that a message on a stream must have.
func contentLength(head string) (int, error) {
	found := -1
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || (!strings.EqualFold(name, "Content-Length") && !strings.EqualFold(name, "l")) {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 16)
		if err != nil || found >= 0 {
			return 0, errMalformed
		}
		found = int(n)
	}
	if found < 0 {
		return 0, errMalformed
	}
	return found, nil
}

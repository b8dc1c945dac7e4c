package sip

import (
	"bytes"
	"io"
	"mime/multipart"
	"strings"
)

// sdpPart is the session description in a body of several parts, as carriers send them
// (ISUP beside SDP, RFC 5621); nil: there is none.
func sdpPart(body []byte, boundary string) []byte {
	if boundary == "" || len(boundary) > 70 {
		return nil
	}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for range 8 {
		p, err := r.NextRawPart()
		if err != nil {
			return nil
		}
		kind, _, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
		if strings.EqualFold(strings.TrimSpace(kind), "application/sdp") {
			b, err := io.ReadAll(io.LimitReader(p, maxMessage))
			if err != nil || len(b) == 0 {
				return nil
			}
			return b
		}
	}
	return nil
}

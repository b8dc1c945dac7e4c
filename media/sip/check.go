package sip

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// The bounds of what is read.
const (
	maxMessage = 64 << 10
	maxHeaders = 200
	maxHeader  = 8 << 10
)

var errMalformed = errors.New("sip: malformed message")

// parse reads one whole message from outside. It accepts what the rest of this package
// and the stack can work with, and never panics.
func parse(data []byte) (m gosip.Message, err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("%w: %v", errMalformed, e)
		}
	}()
	if err := lint(data); err != nil {
		return nil, err
	}
	m, err = gosip.ParseMessage(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errMalformed, err)
	}
	if err := check(m); err != nil {
		return nil, err
	}
	return m, nil
}

// lint looks at the bytes: header lines end with CRLF and have nothing in them that
// could end one elsewhere; not too many, not too long.
func lint(data []byte) error {
	if len(data) > maxMessage {
		return fmt.Errorf("%w: %d bytes", errMalformed, len(data))
	}
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return fmt.Errorf("%w: the headers do not end", errMalformed)
	}
	lines, length := 0, 0
	for i := 0; i < end+2; i++ {
		switch c := data[i]; {
		case c == '\r' && data[i+1] == '\n':
			if lines++; lines > maxHeaders {
				return fmt.Errorf("%w: too many headers", errMalformed)
			}
			length = 0
			i++
		case c == '\r', c == '\n', c == 0, c == 0x7f, c < 0x20 && c != '\t':
			return fmt.Errorf("%w: a control character in a header", errMalformed)
		default:
			if length++; length > maxHeader {
				return fmt.Errorf("%w: a header of more than %d bytes", errMalformed, maxHeader)
			}
		}
	}
	return nil
}

// check looks at what every message must have (RFC 3261 section 8.1.1), once each, and in
// agreement with itself.
func check(m gosip.Message) error {
	bad := func(what string) error { return fmt.Errorf("%w: %s", errMalformed, what) }
	count := map[string]int{}
	for _, h := range m.(interface{ Headers() []gosip.Header }).Headers() {
		switch name := gosip.HeaderToLower(h.Name()); name {
		case "from", "f", "to", "t", "call-id", "i", "cseq", "max-forwards", "content-length", "l", "content-type", "c":
			if long, ok := compact[name]; ok {
				name = long
			}
			if count[name]++; count[name] > 1 {
				return bad(h.Name() + " is there twice")
			}
		}
	}
	via, from, to, id, cseq := m.Via(), m.From(), m.To(), m.CallID(), m.CSeq()
	switch {
	case via == nil || via.Host == "":
		return bad("no Via")
	case from == nil || to == nil || id == nil || cseq == nil:
		return bad("no From, To, Call-ID or CSeq")
	case len(*id) > 512 || len(tagOf(from.Params)) > 512 || len(tagOf(to.Params)) > 512:
		return bad("an endless Call-ID or tag")
	case via.Port < 0 || via.Port > 65535:
		return bad("a port that is none")
	}
	if b, _ := via.Params.Get("branch"); len(b) > 512 {
		return bad("an endless branch")
	}
	if n := m.ContentLength(); n != nil && int(*n) != len(m.Body()) {
		return bad("the body is not as long as Content-Length says")
	}
	switch m := m.(type) {
	case *gosip.Request:
		switch {
		case m.SipVersion != "SIP/2.0":
			return bad("not SIP/2.0")
		case !isHeaderName(string(m.Method)) || cseq.MethodName != m.Method:
			return bad("CSeq is of another method")
		case tagOf(from.Params) == "":
			return bad("From has no tag")
		}
		if b, _ := via.Params.Get("branch"); !strings.HasPrefix(b, gosip.RFC3261BranchMagicCookie) || len(b) == len(gosip.RFC3261BranchMagicCookie) {
			return bad("a branch of before RFC 3261")
		}
	case *gosip.Response:
		if m.SipVersion != "SIP/2.0" || m.StatusCode < 100 || m.StatusCode > 699 {
			return bad("no status")
		}
	}
	return nil
}

var compact = map[string]string{"f": "from", "t": "to", "i": "call-id", "l": "content-length", "c": "content-type"}

package sip

import (
	"slices"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// response is an answer to r with the tag that all answers to it carry; empty: the stack
// makes one up.
func (s *Server) response(r *gosip.Request, code int, tag string) *gosip.Response {
	res := gosip.NewResponseFromRequest(r, code, phrase(code), nil)
	if tag != "" && code != gosip.StatusTrying {
		res.To().Params.Add("tag", tag)
	}
	res.AppendHeader(gosip.NewHeader("Server", s.o.UserAgent))
	return res
}

// full is a response with the headers that a dialog begins with or goes on by.
func (s *Server) full(r *gosip.Request, code int, tag string, contact gosip.Uri, sdp []byte) *gosip.Response {
	res := s.response(r, code, tag)
	res.AppendHeader(&gosip.ContactHeader{Address: *contact.Clone()})
	res.AppendHeader(gosip.NewHeader("Allow", allowed))
	res.AppendHeader(gosip.NewHeader("Supported", supported))
	setBody(res, "application/sdp", sdp)
	return res
}

// phrase is the reason phrase of a status that we send.
func phrase(code int) string {
	if p, ok := phrases[code]; ok {
		return p
	}
	return "Status " + strconv.Itoa(code)
}

var phrases = map[int]string{
	100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
	408: "Request Timeout", 410: "Gone", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
	420: "Bad Extension", 422: "Session Interval Too Small", 423: "Interval Too Brief",
	480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
	489: "Bad Event", 491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented",
	503: "Service Unavailable", 504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline",
}

// retryAfter says when to come again.
func retryAfter(res *gosip.Response, d time.Duration) *gosip.Response {
	res.AppendHeader(gosip.NewHeader("Retry-After", strconv.Itoa(max(1, int(d.Round(time.Second)/time.Second)))))
	return res
}

// header is the first value of a header by any of its names; empty: it is not there.
func header(m gosip.Message, names ...string) string {
	for _, n := range names {
		if hs := m.GetHeaders(n); len(hs) > 0 {
			return hs[0].Value()
		}
	}
	return ""
}

// statusOf is a final answer that is no success, as an error.
func statusOf(res *gosip.Response) *StatusError {
	e := &StatusError{Code: res.StatusCode, Reason: clean(res.Reason)}
	e.Cause, _ = reason(res)
	first := strings.FieldsFunc(header(res, "retry-after"), func(r rune) bool { return r == ' ' || r == ';' || r == '(' })
	if len(first) > 0 {
		if n, err := strconv.ParseUint(first[0], 10, 16); err == nil {
			e.RetryAfter = time.Duration(n) * time.Second
		}
	}
	return e
}

// clean is text of somebody else's, for logs and pages.
func clean(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == 0xfffd {
			return -1
		}
		return r
	}, s)
}

// reason is the Q.850 cause of a Reason header (RFC 3326), and its text.
func reason(m gosip.Message) (cause int, text string) {
	for _, h := range m.GetHeaders("reason") {
		for _, v := range splitList(h.Value()) {
			protocol, rest, _ := strings.Cut(v, ";")
			p := params(rest)
			if t := clean(strings.Trim(p["text"], `"`)); text == "" {
				text = t
			}
			if n, err := strconv.ParseUint(p["cause"], 10, 8); err == nil && strings.EqualFold(strings.TrimSpace(protocol), "Q.850") {
				cause = int(n)
			}
		}
	}
	return cause, text
}

// params takes ";a=b;c" apart; names are in lower case.
func params(s string) map[string]string {
	out := map[string]string{}
	for _, p := range split(s, ';') {
		k, v, _ := strings.Cut(p, "=")
		if k = strings.ToLower(strings.TrimSpace(k)); k != "" && len(out) < 32 {
			out[k] = strings.TrimSpace(v)
		}
	}
	return out
}

// splitList takes a header's list of values apart.
func splitList(s string) []string { return split(s, ',') }

// split cuts at sep where it is in no quotes and no angle brackets; at most 64 parts.
func split(s string, sep byte) []string {
	var out []string
	quoted, angle, from := false, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == sep && !angle:
			if len(out) == 63 {
				return out
			}
			out = append(out, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[min(from, len(s)):]))
}

// options are the option tags of Supported or Require, in lower case.
func options(m gosip.Message, names ...string) []string {
	var out []string
	for _, n := range names {
		for _, h := range m.GetHeaders(n) {
			for _, v := range splitList(h.Value()) {
				if v != "" && len(out) < 64 {
					out = append(out, strings.ToLower(v))
				}
			}
		}
	}
	return out
}

func supports(m gosip.Message, tag string) bool {
	return slices.Contains(options(m, "supported", "k"), tag) || slices.Contains(options(m, "require"), tag)
}

// allows reports whether Allow names a method; without Allow it does not.
func allows(m gosip.Message, method gosip.RequestMethod) bool {
	return slices.Contains(options(m, "allow"), strings.ToLower(string(method)))
}

// unknownOptions are what a request requires and we do not have.
func unknownOptions(r *gosip.Request) []string {
	return slices.DeleteFunc(options(r, "require"), func(o string) bool {
		return o == "timer" || o == "replaces" || o == "norefersub"
	})
}

// sdpOf is a message's session description, nil when it has none; ok is false when the
// body is something else.
func sdpOf(m gosip.Message) (sdp []byte, ok bool) {
	body := m.Body()
	if len(body) == 0 {
		return nil, true
	}
	base, rest, _ := strings.Cut(header(m, "content-type", "c"), ";")
	switch strings.ToLower(strings.TrimSpace(base)) {
	case "application/sdp":
		return body, true
	case "multipart/mixed", "multipart/alternative":
		if part := sdpPart(body, strings.Trim(params(rest)["boundary"], `"`)); part != nil {
			return part, true
		}
	}
	return nil, false
}

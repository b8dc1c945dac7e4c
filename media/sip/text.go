package sip

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// sendable reports whether s can stand in a header: no control characters (an end of
// line would begin a header of somebody's own), and not too long.
func sendable(s string) bool {
	if len(s) > 1024 {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// quotable reports whether s can stand between quotes or in a display name as it is.
func quotable(s string) bool { return sendable(s) && !strings.ContainsAny(s, `"\<>`) }

// isToken reports whether s is letters, digits and -_.+ alone: a user name that needs no escapes.
func isToken(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune("-_.+", c):
		default:
			return false
		}
	}
	return true
}

// isHeaderName reports whether s is a token of RFC 3261 section 25.1.
func isHeaderName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune("-.!%*_+`'~", c):
		default:
			return false
		}
	}
	return true
}

// isHost reports whether s is a host name or an address.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return true
	}
	if s == "" || len(s) > 253 {
		return false
	}
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return true
}

// hostPort takes "host", "host:port", "[v6]:port" or a bare address apart; port 0: none given.
func hostPort(s string) (host string, port int, err error) {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.String(), 0, nil
	}
	host = s
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		host = s[:i]
		n, err := strconv.ParseUint(s[i+1:], 10, 16)
		if err != nil || n == 0 {
			return "", 0, fmt.Errorf("%q has no port number after its colon", s)
		}
		port = int(n)
	}
	host = strings.Trim(host, "[]")
	if !isHost(host) {
		return "", 0, fmt.Errorf("%q is no host name or address", s)
	}
	return host, port, nil
}

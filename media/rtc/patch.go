package rtc

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	maxFragment = 16 << 10 // bytes
	maxLines    = 256
)

// Session names the leg's ICE session; a restart makes a new one.
func (l *Leg) Session() string {
	l.patch.Lock()
	defer l.patch.Unlock()
	return l.session
}

// Patch takes an SDP fragment (RFC 8840, RFC 9725 section 4.3) for the ICE session
// that match names ("" and "*" are any; else ErrSession). Candidates of the browser need
// no answer: an ICE-lite agent waits to be asked, so "" is returned. A fragment with new
// credentials restarts ICE, and the answer is our fragment.
func (l *Leg) Patch(fragment, match string) (string, error) {
	l.patch.Lock()
	defer l.patch.Unlock()
	if match != "" && match != "*" && match != l.session {
		return "", ErrSession
	}
	ufrag, pwd, err := readFragment(fragment)
	if err != nil {
		return "", err
	}
	select {
	case <-l.done:
		return "", ErrClosed
	default:
	}
	if ufrag == "" || ufrag == l.ufrag {
		return "", nil
	}
	if pwd == "" {
		return "", fmt.Errorf("%w: ice-ufrag %q has no ice-pwd", ErrNoMatch, ufrag)
	}
	return l.restart(ufrag, pwd)
}

// readFragment takes the credentials out of a fragment.
func readFragment(s string) (ufrag, pwd string, err error) {
	if len(s) > maxFragment {
		return "", "", fmt.Errorf("%w: fragment of %d bytes, at most %d", ErrBadSDP, len(s), maxFragment)
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if len(lines) > maxLines {
		return "", "", fmt.Errorf("%w: fragment of %d lines, at most %d", ErrBadSDP, len(lines), maxLines)
	}
	known := false
	for _, line := range lines {
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z' {
			return "", "", fmt.Errorf("%w: fragment line %.40q", ErrBadSDP, line)
		}
		name, value, _ := strings.Cut(line[2:], ":")
		switch {
		case line[0] != 'a':
		case name == "ice-ufrag":
			ufrag, known = value, true
		case name == "ice-pwd":
			pwd = value
		case name == "candidate" || name == "end-of-candidates" || name == "mid":
			known = true
		}
	}
	if !known {
		return "", "", fmt.Errorf("%w: the fragment says nothing of ICE", ErrBadSDP)
	}
	// RFC 8839 section 5.4.
	if ufrag != "" && !iceChars(ufrag, 4) || pwd != "" && !iceChars(pwd, 22) {
		return "", "", fmt.Errorf("%w: ice-ufrag or ice-pwd", ErrBadSDP)
	}
	return ufrag, pwd, nil
}

func iceChars(s string, least int) bool {
	if len(s) < least || len(s) > 256 {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return false
		}
	}
	return true
}

// restart negotiates again with the offer as it was but for its credentials.
func (l *Leg) restart(ufrag, pwd string) (string, error) {
	offer := withCredentials(l.offer, ufrag, pwd)
	if err := l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	answer, err := l.answer(ctx)
	if err != nil {
		return "", err
	}
	l.offer, l.ufrag, l.session = offer, ufrag, rand.Text()
	return iceOf(answer), nil
}

// withCredentials replaces the ICE credentials of an offer and drops its candidates.
func withCredentials(offer, ufrag, pwd string) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=ice-ufrag:"):
			line = "a=ice-ufrag:" + ufrag + "\r\n"
		case strings.HasPrefix(line, "a=ice-pwd:"):
			line = "a=ice-pwd:" + pwd + "\r\n"
		case strings.HasPrefix(line, "a=candidate:"), strings.HasPrefix(line, "a=end-of-candidates"):
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// iceOf is the part of a description that a fragment carries (RFC 8840 section 9).
func iceOf(sdp string) string {
	var session, body strings.Builder
	seen, inMedia := map[string]bool{}, false
	for line := range strings.Lines(sdp) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "m="):
			if inMedia { // bundled: the first carries all
				return session.String() + body.String()
			}
			inMedia = true
			body.WriteString(line + "\r\n")
		case strings.HasPrefix(line, "a=mid:"), strings.HasPrefix(line, "a=candidate:"), strings.HasPrefix(line, "a=end-of-candidates"):
			body.WriteString(line + "\r\n")
		case strings.HasPrefix(line, "a=ice-"):
			if !seen[line] {
				seen[line] = true
				session.WriteString(line + "\r\n")
			}
		}
	}
	return session.String() + body.String()
}

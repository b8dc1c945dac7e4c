package audio

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"parley/media"
)

// Limits of what is read.
const (
	maxSDP     = 16 << 10 // bytes
	maxMedia   = 8        // m-lines
	maxFormats = 64       // of an m-line
)

// use is what a payload type carries.
type use uint8

const (
	nothing use = iota
	speech      // of a codec
	events      // RFC 4733
	noise       // RFC 3389
)

// format is one payload type of a description.
type format struct {
	pt    uint8
	use   use
	codec media.Codec // of speech
	clock int         // Hz, of the timestamps
}

// direction is what the one who writes it does: RFC 8866 section 6.7.
type direction struct{ send, receive bool }

var directions = map[string]direction{
	"sendrecv": {true, true}, "sendonly": {true, false}, "recvonly": {false, true}, "inactive": {false, false},
}

func (d direction) String() string {
	for name, is := range directions {
		if is == d {
			return name
		}
	}
	return ""
}

// stream is an m-line of audio in a description of the far end's.
type stream struct {
	at      int // which m-line
	secure  bool
	proto   string
	addr    netip.AddrPort // of RTP; not valid where it wants none (RFC 3264 section 8.4)
	reports netip.AddrPort // of RTCP
	mux     bool
	dir     direction
	formats []format // in its order of preference
	ptime   int      // ms; 0: unsaid
	most    int      // ms in a packet; 0: unsaid
	keys    []cryptoLine
}

// description is what of an SDP body matters here.
type description struct {
	lines   []section // all media
	streams []stream  // audio that is not refused
}

// readDescription checks an SDP body before anything is made of it.
func readDescription(body []byte) (out description, err error) {
	all, err := readSections(body)
	if err != nil {
		return out, err
	}
	session, lines := all[0], all[1:]
	if n := len(lines); n == 0 || n > maxMedia {
		return out, fmt.Errorf("%w: %d media, 1 to %d are read", ErrBadSDP, n, maxMedia)
	}
	out.lines = lines
	for i, m := range lines {
		if m.medium != "audio" || m.port == 0 {
			continue
		}
		s, ok, err := readStream(session, m)
		if err != nil {
			return out, err
		}
		if s.at = i; ok {
			out.streams = append(out.streams, s)
		}
	}
	return out, nil
}

// readStream reads an m-line; false: of a transport that is not ours.
func readStream(session, m section) (s stream, ok bool, err error) {
	s.proto = strings.ToUpper(m.proto)
	switch s.proto {
	case "RTP/SAVP", "RTP/SAVPF":
		s.secure = true
	case "RTP/AVP", "RTP/AVPF":
	default:
		return s, false, nil
	}
	host, err := address(session, m)
	if err != nil {
		return s, false, err
	}
	s.dir = directionOf(session, m)
	if host.IsUnspecified() { // hold as RFC 2543 wrote it
		s.dir.receive = false
	} else {
		s.addr = netip.AddrPortFrom(host, uint16(m.port))
		s.reports = netip.AddrPortFrom(host, uint16(m.port)+1)
	}
	s.formats = formats(m)
	for _, a := range m.attributes {
		s.attribute(a)
	}
	if s.mux {
		s.reports = s.addr
	}
	return s, true, nil
}

// attribute takes what else an m-line says. What is malformed counts as unsaid.
func (s *stream) attribute(a attribute) {
	switch a.key {
	case "rtcp-mux":
		s.mux = true
	case "rtcp": // RFC 3605; another address than the audio's is not followed
		field, _, _ := strings.Cut(a.value, " ")
		if p, err := strconv.ParseUint(field, 10, 16); err == nil && p > 0 && s.addr.IsValid() {
			s.reports = netip.AddrPortFrom(s.addr.Addr(), uint16(p))
		}
	case "ptime":
		s.ptime = milliseconds(a.value)
	case "maxptime":
		s.most = milliseconds(a.value)
	case "crypto":
		if k, ok := readCrypto(a.value); ok && len(s.keys) < maxFormats {
			s.keys = append(s.keys, k)
		}
	}
}

// milliseconds reads a packet's length; some write fractions.
func milliseconds(v string) int {
	f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || f < 1 || f > 1000 {
		return 0
	}
	return int(f)
}

// address is where the audio is wanted: c= of the medium, else of the session.
func address(session, m section) (netip.Addr, error) {
	host := m.host
	if host == "" {
		host = session.host
	}
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() != "" || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}, fmt.Errorf("%w: c= %.60q is not one host's address", ErrBadSDP, host)
	}
	return a.Unmap(), nil
}

func directionOf(session, m section) direction {
	for _, as := range [][]attribute{m.attributes, session.attributes} {
		for _, a := range as {
			if is, ok := directions[a.key]; ok {
				return is
			}
		}
	}
	return direction{true, true}
}

// static payload types of RFC 3551 section 6, which need no rtpmap.
var static = map[uint8]format{
	0:  {0, speech, media.CodecPCMU, 8000},
	8:  {8, speech, media.CodecPCMA, 8000},
	9:  {9, speech, media.CodecG722, 8000},
	13: {13, noise, 0, 8000},
}

// named are the formats by what rtpmap calls them, in lower case and without "/1".
var named = map[string]format{
	"pcmu/8000": {0, speech, media.CodecPCMU, 8000}, "pcma/8000": {0, speech, media.CodecPCMA, 8000},
	"g722/8000":            {0, speech, media.CodecG722, 8000},
	"g722/16000":           {0, speech, media.CodecG722, 8000}, // a common mistake; the clock is 8 kHz all the same
	"opus/48000/2":         {0, speech, media.CodecOpus, 48000},
	"cn/8000":              {0, noise, 0, 8000},
	"telephone-event/8000": {0, events, 0, 8000}, "telephone-event/48000": {0, events, 0, 48000},
	"telephone-event/16000": {0, events, 0, 16000},
}

// formats are those of an m-line that we know, in its order.
func formats(m section) []format {
	maps := map[uint8]string{}
	for _, a := range m.attributes {
		if a.key != "rtpmap" {
			continue
		}
		pt, name, ok := strings.Cut(a.value, " ")
		if n, err := strconv.ParseUint(pt, 10, 7); ok && err == nil {
			maps[uint8(n)] = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), "/1")
		}
	}
	var out []format
	for _, f := range m.formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil || slices.ContainsFunc(out, func(o format) bool { return o.pt == uint8(n) }) {
			continue
		}
		is, ok := static[uint8(n)]
		if name, mapped := maps[uint8(n)]; mapped {
			is, ok = named[name]
		}
		if is.pt = uint8(n); ok {
			out = append(out, is)
		}
	}
	return out
}

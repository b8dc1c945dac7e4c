package rtc

import (
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/media"
)

// Limits of what a browser sends.
const (
	maxSDP   = 64 << 10 // bytes
	maxMedia = 16       // m-lines
)

// offer is what matters of an SDP offer.
type offer struct {
	codec media.Codec // the best that both know
	ufrag string
}

// readOffer checks an SDP offer (RFC 8866, RFC 8829) before any state is made for it.
func readOffer(text string) (offer, error) {
	var o offer
	if len(text) > maxSDP {
		return o, fmt.Errorf("%w: %d bytes, at most %d", ErrBadSDP, len(text), maxSDP)
	}
	var d sdp.SessionDescription
	if !strings.HasPrefix(text, "v=0") {
		return o, fmt.Errorf("%w: it does not begin with v=0", ErrBadSDP)
	}
	if err := d.UnmarshalString(text); err != nil {
		return o, fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	if len(d.MediaDescriptions) > maxMedia {
		return o, fmt.Errorf("%w: %d media, at most %d", ErrBadSDP, len(d.MediaDescriptions), maxMedia)
	}
	var audio *sdp.MediaDescription
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media == "audio" && m.MediaName.Port.Value != 0 {
			audio = m
			break
		}
	}
	if audio == nil {
		return o, ErrNoAudio
	}
	value := func(key string) string {
		if v, ok := audio.Attribute(key); ok {
			return v
		}
		v, _ := d.Attribute(key)
		return v
	}
	o.ufrag = value("ice-ufrag")
	if o.ufrag == "" || value("ice-pwd") == "" || value("fingerprint") == "" {
		return o, fmt.Errorf("%w: ice-ufrag, ice-pwd or fingerprint is missing", ErrBadSDP)
	}
	for _, dir := range []string{"sendonly", "recvonly", "inactive"} {
		_, here := audio.Attribute(dir)
		_, all := d.Attribute(dir)
		_, both := audio.Attribute("sendrecv")
		if here || all && !both {
			return o, fmt.Errorf("%w, not %s", ErrDirection, dir)
		}
	}
	c, ok := best(audio)
	if !ok {
		return o, ErrNoCodec
	}
	o.codec = c
	return o, nil
}

// best is the codec to send: Opus when the far end knows it.
func best(m *sdp.MediaDescription) (media.Codec, bool) {
	known := map[string]bool{}
	for _, f := range m.MediaName.Formats {
		switch f { // static payload types, RFC 3551 section 6
		case "0":
			known["pcmu/8000"] = true
		case "8":
			known["pcma/8000"] = true
		}
	}
	for _, a := range m.Attributes {
		if a.Key == "rtpmap" {
			_, name, _ := strings.Cut(a.Value, " ")
			known[strings.ToLower(strings.TrimSpace(name))] = true
		}
	}
	switch {
	case known["opus/48000/2"]:
		return media.CodecOpus, true
	case known["pcmu/8000"] || known["pcmu/8000/1"]:
		return media.CodecPCMU, true
	case known["pcma/8000"] || known["pcma/8000/1"]:
		return media.CodecPCMA, true
	}
	return 0, false
}

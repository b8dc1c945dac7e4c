package audio

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/media"
)

// body is a description of ours.
type body struct {
	session uint64 // of the o= line, as is version
	version uint64
	addr    netip.AddrPort
	proto   string
	formats []format
	ptime   int
	dir     direction
	mux     bool
	keys    []cryptoLine
}

var names = map[media.Codec]string{
	media.CodecOpus: "opus/48000/2", media.CodecG722: "G722/8000", media.CodecPCMA: "PCMA/8000", media.CodecPCMU: "PCMU/8000",
}

// line is our m-line.
func (b body) line() *sdp.MediaDescription {
	m := &sdp.MediaDescription{MediaName: sdp.MediaName{Media: "audio",
		Port: sdp.RangedPort{Value: int(b.addr.Port())}, Protos: strings.Split(b.proto, "/")}}
	for _, f := range b.formats {
		pt := strconv.Itoa(int(f.pt))
		m.MediaName.Formats = append(m.MediaName.Formats, pt)
		switch f.use {
		case speech:
			m.WithValueAttribute("rtpmap", pt+" "+names[f.codec])
			if f.codec == media.CodecOpus {
				m.WithValueAttribute("fmtp", pt+" useinbandfec=1;stereo=0;sprop-stereo=0")
			}
		case events:
			m.WithValueAttribute("rtpmap", fmt.Sprintf("%s telephone-event/%d", pt, f.clock))
			m.WithValueAttribute("fmtp", pt+" 0-15")
		case noise:
			m.WithValueAttribute("rtpmap", fmt.Sprintf("%s CN/%d", pt, f.clock))
		}
	}
	m.WithValueAttribute("ptime", strconv.Itoa(b.ptime))
	m.WithValueAttribute("maxptime", "60")
	if b.mux {
		m.WithPropertyAttribute("rtcp-mux")
	}
	for _, k := range b.keys {
		m.WithValueAttribute("crypto", k.String())
	}
	return m.WithPropertyAttribute(b.dir.String())
}

// offer is the whole body.
func (b body) offer() ([]byte, error) { return b.with([]*sdp.MediaDescription{b.line()}) }

// answer has a line for each of the offer's (RFC 3264 section 6), refused but at.
func (b body) answer(offer description, at int) ([]byte, error) {
	out := make([]*sdp.MediaDescription, len(offer.lines))
	for i, m := range offer.lines {
		if out[i] = b.line(); i != at {
			out[i] = &sdp.MediaDescription{MediaName: sdp.MediaName{Media: m.medium, Protos: []string{m.proto}, Formats: m.formats}}
		}
	}
	return b.with(out)
}

func (b body) with(lines []*sdp.MediaDescription) ([]byte, error) {
	family := "IP4"
	if b.addr.Addr().Is6() {
		family = "IP6"
	}
	host := b.addr.Addr().String()
	d := sdp.SessionDescription{
		Origin: sdp.Origin{Username: "-", SessionID: b.session, SessionVersion: b.version,
			NetworkType: "IN", AddressType: family, UnicastAddress: host},
		SessionName: "-",
		ConnectionInformation: &sdp.ConnectionInformation{NetworkType: "IN", AddressType: family,
			Address: &sdp.Address{Address: host}},
		TimeDescriptions:  []sdp.TimeDescription{{}},
		MediaDescriptions: lines,
	}
	return d.Marshal()
}

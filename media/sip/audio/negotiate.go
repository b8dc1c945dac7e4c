package audio

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"parley/media"
)

// agreement is what both ends agreed on. It is never changed, but replaced.
type agreement struct {
	codec   media.Codec // that the far end is sent
	pt      uint8       // as it calls it
	events  format      // RTP events that it takes; use nothing: none
	in      [128]format // what its payload types mean
	addr    netip.AddrPort
	reports netip.AddrPort
	mux     bool
	ptime   int       // ms of audio in a packet that it is sent
	dir     direction // ours
	held    bool      // it has put us on hold
	inKey   *cipher   // nil: not encrypted
	outKey  *cipher
}

// fallback is what is offered unless the options say otherwise: wideband first.
var fallback = []media.Codec{media.CodecOpus, media.CodecG722, media.CodecPCMA, media.CodecPCMU}

// local payload types of offers; those of an offer that is answered are the offerer's.
var local = map[media.Codec]format{
	media.CodecOpus: {96, speech, media.CodecOpus, 48000},
	media.CodecG722: static[9], media.CodecPCMA: static[8], media.CodecPCMU: static[0],
}

const (
	eventsPT     = 101 // at 8 kHz
	eventsOpusPT = 102 // at 48 kHz
)

// offered are the formats of an offer of ours. What has a payload type already keeps it
// (RFC 3264 section 8.3.2). Comfort noise is not offered: what a far end leaves out as
// silence may be the beginning of a word.
func offered(codecs []media.Codec, known []format) []format {
	var want []format
	clocks := map[int]bool{}
	for _, c := range codecs {
		want = append(want, local[c])
		clocks[local[c].clock] = true
	}
	if clocks[8000] {
		want = append(want, format{eventsPT, events, 0, 8000})
	}
	if clocks[48000] {
		want = append(want, format{eventsOpusPT, events, 0, 48000})
	}
	return number(want, known)
}

// number gives formats their payload types: what both know already keeps its own, other
// ones take one that means nothing else. What finds none is left out.
func number(want, known []format) (out []format) {
	var taken [128]bool
	for _, k := range known {
		taken[k.pt] = true
	}
	for _, f := range want {
		is := slices.IndexFunc(known, func(k format) bool { return k.use == f.use && k.codec == f.codec && k.clock == f.clock })
		switch {
		case is >= 0:
			f.pt = known[is].pt
		case taken[f.pt]:
			if f.pt = free(&taken); f.pt == 0 {
				continue
			}
		}
		taken[f.pt] = true
		out = append(out, f)
	}
	return out
}

// free is a dynamic payload type (RFC 3551 section 3) that is not taken; 0: none.
func free(taken *[128]bool) uint8 {
	for pt := uint8(96); pt < 128; pt++ {
		if !taken[pt] {
			return pt
		}
	}
	return 0
}

// wideband reports whether a codec carries more than a telephone's 3.4 kHz.
func wideband(c media.Codec) bool { return c == media.CodecOpus || c == media.CodecG722 }

// choose picks the codec to send, and the events of its clock: of wideband by our
// preference, else by the far end's, which then need not convert.
func choose(theirs []format, ours []media.Codec) (speaks, keys format, ok bool) {
	for _, c := range ours {
		if i := slices.IndexFunc(theirs, func(f format) bool { return f.use == speech && f.codec == c }); i >= 0 && wideband(c) {
			speaks, ok = theirs[i], true
			break
		}
	}
	for _, f := range theirs {
		if !ok && f.use == speech && slices.Contains(ours, f.codec) {
			speaks, ok = f, true
		}
	}
	for _, f := range theirs { // at the same clock, RFC 4733 section 2.1; else at any
		if f.use == events && (keys.use == nothing || f.clock == speaks.clock && keys.clock != speaks.clock) {
			keys = f
		}
	}
	return speaks, keys, ok
}

// length is how much audio the far end is sent in a packet, in ms, for what it wishes.
func length(c media.Codec, s stream, wish time.Duration) int {
	n := s.ptime
	if n == 0 {
		n = int(wish / time.Millisecond)
	}
	if s.most > 0 {
		n = min(n, s.most)
	}
	if c == media.CodecOpus { // its frames are passed on as they are; any receiver takes any length
		return 20
	}
	return min(max(n/10*10, 10), 60)
}

// pick is the m-line of an offer that is answered, and its key when it is encrypted.
func pick(d description, p Policy, ours []media.Codec) (stream, *cryptoLine, error) {
	if len(d.streams) == 0 {
		return stream{}, nil, fmt.Errorf("%w: no audio by RTP is offered", ErrNoCodec)
	}
	var best *stream
	var key *cryptoLine
	rank := -1
	speaks := false
	for i := range d.streams {
		s := &d.streams[i]
		if _, _, ok := choose(s.formats, ours); !ok {
			continue
		}
		speaks = true
		k := strongest(s.keys)
		r := -1
		switch {
		case p != SecureOff && k != nil && s.secure:
			r = 2
		case p != SecureOff && k != nil:
			r = 1
		case p != SecureRequired && !s.secure:
			r, k = 0, nil
		}
		if r > rank {
			best, key, rank = s, k, r
		}
	}
	switch {
	case best != nil:
		return *best, key, nil
	case speaks:
		return stream{}, nil, fmt.Errorf("%w: offered is %s", ErrSecure, d.streams[0].proto)
	}
	return stream{}, nil, fmt.Errorf("%w: of %d audio formats", ErrNoCodec, len(d.streams[0].formats))
}

// strongest is the first line of the best suite; nil without any.
func strongest(keys []cryptoLine) *cryptoLine {
	var best *cryptoLine
	for i := range keys {
		if best == nil || keys[i].suite < best.suite {
			best = &keys[i]
		}
	}
	return best
}

// meanings is what payload types mean that may arrive: as we said, and as the far end
// says where we said nothing, for some send what they would like to be sent.
func meanings(ours, theirs []format, allowed []media.Codec) (in [128]format) {
	for _, f := range slices.Concat(ours, theirs) {
		if in[f.pt].use == nothing && (f.use != speech || slices.Contains(allowed, f.codec)) {
			in[f.pt] = f
		}
	}
	return in
}

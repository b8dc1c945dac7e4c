package rtc

import (
	"strings"
	"testing"

	"github.com/pion/rtp"

	"parley/media"
	"parley/media/jitter"
)

// What a fragment brings can go into an offer, and into nothing else of it.
func FuzzFragment(f *testing.F) {
	const offer = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
	f.Add("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n")
	f.Add("a=ice-ufrag:x\na=ice-pwd:y")
	f.Add("a=candidate:\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		ufrag, pwd, err := readFragment(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(ufrag+pwd, "\r\n \x00") || len(s) > maxFragment {
			t.Fatalf("%q %q of %q", ufrag, pwd, s)
		}
		if out := withCredentials(offer, ufrag, pwd); strings.Count(out, "\n") != strings.Count(offer, "\n")-1 {
			t.Fatalf("%q", out)
		}
		_ = iceOf(s)
	})
}

// Whatever stands in a packet that SRTP let through, it comes out as audio or not at all.
func FuzzPacket(f *testing.F) {
	whole, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: 7, Timestamp: 9}, Payload: []byte{0xf8, 0xff, 0xfe}}).Marshal()
	f.Add(whole)
	f.Add([]byte{0xb0, 0x6f, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0xff, 0xff, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		var h rtp.Header
		at, err := h.Unmarshal(b)
		if err != nil || at > len(b) {
			return
		}
		payload := unpad(b[at:], h.Padding)
		var in inbox
		var k keys
		buf := jitter.New(nil)
		var p media.Packet
		for c := range media.CodecG722 + 1 {
			h.SequenceNumber++
			in.put(&h, c, payload)
			k.put(h.Timestamp, payload)
		}
		for i := 0; in.take(&p); i++ {
			now := media.CallTime(i * media.TickSamples)
			buf.Put(now, &p)
			if buf.Next(now, &p) && len(p.PCM) != media.TickSamples {
				t.Fatalf("%d samples", len(p.PCM))
			}
		}
		if n := len(k.take(nil)); n > 64 {
			t.Fatalf("%d keys", n)
		}
	})
}

package audio

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/media"
)

// sdpOf is a far end's body: what is common, then lines.
func sdpOf(lines ...string) []byte {
	return []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + strings.Join(lines, "\r\n") + "\r\n")
}

const key30 = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj" // 30 bytes, of RFC 4568's examples

// TestAnswers has offers as they come, and what has to be in the answer, or not.
func TestAnswers(t *testing.T) {
	p := pool(t, 23600)
	for _, c := range []struct {
		name    string
		o       Options
		offer   []byte
		err     error
		codec   media.Codec
		has     []string
		not     []string
		ptime   int
		noAudio bool
	}{
		{name: "a carrier's", offer: sdpOf("m=audio 4000 RTP/AVP 8 0 18 101", "a=rtpmap:18 G729/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=ptime:20"),
			codec: media.CodecPCMA, has: []string{"RTP/AVP 8 101\r\n", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=sendrecv"}, not: []string{"G729", "mux", "crypto"}, ptime: 20},
		{name: "without rtpmap", offer: sdpOf("m=audio 4000 RTP/AVP 0"), codec: media.CodecPCMU, has: []string{"RTP/AVP 0\r\n"}, ptime: 20},
		{name: "wideband is kept", offer: sdpOf("m=audio 4000 RTP/AVP 0 9 101", "a=rtpmap:101 telephone-event/8000"), codec: media.CodecG722, has: []string{"RTP/AVP 9 101", "G722/8000"}, ptime: 20},
		{name: "Opus with its own numbers", offer: sdpOf("m=audio 4000 RTP/AVP 0 111 96 97", "a=rtpmap:111 OPUS/48000/2", "a=rtpmap:96 telephone-event/8000", "a=rtpmap:97 telephone-event/48000"),
			codec: media.CodecOpus, has: []string{"RTP/AVP 111 97\r\n", "a=rtpmap:111 opus/48000/2", "a=rtpmap:97 telephone-event/48000"}, ptime: 20},
		{name: "of narrowband, theirs", offer: sdpOf("m=audio 4000 RTP/AVP 0 8"), codec: media.CodecPCMU, has: []string{"RTP/AVP 0\r\n"}, ptime: 20},
		{name: "G.722 is not allowed", o: Options{Codecs: []media.Codec{media.CodecPCMA}}, offer: sdpOf("m=audio 4000 RTP/AVP 9 8"), codec: media.CodecPCMA, ptime: 20},
		{name: "30 ms", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=ptime:30"), codec: media.CodecPCMU, ptime: 30},
		{name: "at most 10 ms", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=ptime:20", "a=maxptime:10"), codec: media.CodecPCMU, ptime: 10},
		{name: "200 ms is too much", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=ptime:200"), codec: media.CodecPCMU, ptime: 60},
		{name: "comfort noise", offer: sdpOf("m=audio 4000 RTP/AVP 0 13"), codec: media.CodecPCMU, has: []string{"RTP/AVP 0 13\r\n"}, ptime: 20},
		{name: "video too", offer: sdpOf("m=video 5000 RTP/AVP 99", "a=rtpmap:99 H264/90000", "m=audio 4000 RTP/AVP 0"), codec: media.CodecPCMU,
			has: []string{"m=video 0 RTP/AVP 99\r\nm=audio "}, ptime: 20},
		{name: "fax first", offer: sdpOf("m=image 5000 udptl t38", "m=audio 4000 RTP/AVP 0"), codec: media.CodecPCMU, has: []string{"m=image 0 udptl t38\r\n"}, ptime: 20},
		{name: "one port for both", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=rtcp-mux"), codec: media.CodecPCMU, has: []string{"a=rtcp-mux"}, ptime: 20},
		{name: "they listen only", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=recvonly"), codec: media.CodecPCMU, has: []string{"a=sendonly"}, ptime: 20},
		{name: "hold", offer: sdpOf("a=sendonly", "m=audio 4000 RTP/AVP 0"), codec: media.CodecPCMU, has: []string{"a=recvonly"}, ptime: 20, noAudio: true},
		{name: "hold as of old", offer: sdpOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0"), codec: media.CodecPCMU, has: []string{"a=recvonly"}, ptime: 20, noAudio: true},
		{name: "both on hold", offer: sdpOf("m=audio 4000 RTP/AVP 0", "a=inactive"), codec: media.CodecPCMU, has: []string{"a=inactive"}, ptime: 20, noAudio: true},
		{name: "SRTP", o: Options{Secure: SecureOptional}, offer: sdpOf("m=audio 4000 RTP/SAVP 0", "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:"+key30+"|2^20|1:4"),
			codec: media.CodecPCMU, has: []string{"RTP/SAVP 0", "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:"}, not: []string{key30}, ptime: 20},
		{name: "SRTP or not", o: Options{Secure: SecureOptional}, offer: sdpOf("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30),
			codec: media.CodecPCMU, has: []string{"m=audio 0 RTP/AVP 0\r\nm=audio "}, ptime: 20},

		{name: "G.729 alone", offer: sdpOf("m=audio 4000 RTP/AVP 18"), err: ErrNoCodec},
		{name: "events alone", offer: sdpOf("m=audio 4000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"), err: ErrNoCodec},
		{name: "fax alone", offer: sdpOf("m=image 5000 udptl t38"), err: ErrNoCodec},
		{name: "a browser's", offer: sdpOf("m=audio 4000 UDP/TLS/RTP/SAVPF 0"), err: ErrNoCodec},
		{name: "SRTP where it is off", offer: sdpOf("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30), err: ErrSecure},
		{name: "SRTP without a key", o: Options{Secure: SecureRequired}, offer: sdpOf("m=audio 4000 RTP/SAVP 0"), err: ErrSecure},
		{name: "SRTP that encrypts nothing", o: Options{Secure: SecureRequired}, offer: sdpOf("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30+" UNENCRYPTED_SRTP"), err: ErrSecure},
		{name: "a short key", o: Options{Secure: SecureRequired}, offer: sdpOf("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30[:20]), err: ErrSecure},
		{name: "nothing", offer: nil, err: ErrBadSDP},
		{name: "no SDP", offer: []byte("v=0\r\nhello"), err: ErrBadSDP},
		{name: "no medium", offer: sdpOf(), err: ErrBadSDP},
		{name: "a name for an address", offer: sdpOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 evil.example"), err: ErrBadSDP},
		{name: "everybody's address", offer: sdpOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 255.255.255.255"), err: ErrBadSDP},
		{name: "a group's address", offer: sdpOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 224.1.1.1"), err: ErrBadSDP},
		{name: "too long", offer: bytes.Repeat(sdpOf("m=audio 4000 RTP/AVP 0"), 200), err: ErrBadSDP},
		{name: "too many media", offer: sdpOf(strings.Split(strings.Repeat("m=audio 4000 RTP/AVP 0\n", 9), "\n")[:9]...), err: ErrBadSDP},
	} {
		s := open(t, p, c.o)
		answer, err := s.Answer(c.offer)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil || c.err != nil {
			continue
		}
		for _, want := range append(c.has, fmt.Sprintf("m=audio %d ", s.port)) {
			if !strings.Contains(string(answer), want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, answer)
			}
		}
		for _, no := range c.not {
			if strings.Contains(string(answer), no) {
				t.Errorf("%s: %q in\n%s", c.name, no, answer)
			}
		}
		if a := s.agreed.Load(); a.codec != c.codec || a.ptime != c.ptime || a.dir.send == c.noAudio || s.RemoteHold() != c.noAudio {
			t.Errorf("%s: %s of %d ms, sends %t, held %t", c.name, a.codec, a.ptime, a.dir.send, s.RemoteHold())
		}
	}
}

// A far end that is put on hold is not heard and hears; resumed, all is as before, with the
// same numbers, keys and stream.
func TestHoldAndResume(t *testing.T) {
	p := pool(t, 23700)
	a, b := open(t, p, Options{Secure: SecureRequired}), open(t, p, Options{Secure: SecureRequired})
	connect(t, a, b)
	voice := frames(t, a.Codec(), 2)
	say(t, a, b, voice)
	before, ssrc := *a.agreed.Load(), a.out.ssrc
	a.SetHold(true)
	connect(t, a, b)
	if !b.RemoteHold() || a.RemoteHold() || b.agreed.Load().dir.send || !a.agreed.Load().dir.send {
		t.Error("hold did not come over")
	}
	sent := b.Stats().Sent
	b.Push(&media.Packet{At: 0, Codec: b.Codec(), Payload: voice[0]})
	b.Idle(320)
	if b.Stats().Sent != sent {
		t.Error("who is on hold sends")
	}
	a.SetHold(false)
	connect(t, b, a) // the other end asks this time
	if b.RemoteHold() || !b.agreed.Load().dir.send {
		t.Error("resuming did not come over")
	}
	after := *a.agreed.Load()
	if after.inKey != before.inKey || after.outKey != before.outKey || a.out.ssrc != ssrc || after.pt != before.pt || after.codec != before.codec {
		t.Errorf("the stream is another one: %+v, was %+v", after, before)
	}
	say(t, b, a, voice)
}

// An offer may bring another codec and address; what is refused changes nothing.
func TestALaterOffer(t *testing.T) {
	p := pool(t, 23800)
	s := open(t, p, Options{})
	first, err := s.Answer(sdpOf("m=audio 4000 RTP/AVP 111 0", "a=rtpmap:111 opus/48000/2"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Answer(sdpOf("m=audio 4000 RTP/AVP 18")); !errors.Is(err, ErrNoCodec) {
		t.Error(err)
	}
	if s.Codec() != media.CodecOpus {
		t.Error("a refused offer took the codec away")
	}
	again, err := s.Answer(sdpOf("m=audio 4000 RTP/AVP 111 0", "a=rtpmap:111 opus/48000/2"))
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same answer has another version: %v\n%s", err, again)
	}
	ssrc := s.out.ssrc
	second, err := s.Answer(sdpOf("m=audio 4100 RTP/AVP 8"))
	if err != nil || s.Codec() != media.CodecPCMA || s.in.target() != netip.AddrPortFrom(loopback, 4100) || s.out.ssrc == ssrc {
		t.Errorf("%v: %s to %s", err, s.Codec(), s.in.target())
	}
	if v, w := version(first), version(second); w != v+1 {
		t.Errorf("versions %d and %d", v, w)
	}
	offer, err := s.Offer()
	if err != nil || !strings.Contains(string(offer), " RTP/AVP 8 111 9 0 ") {
		t.Errorf("%v: what is spoken is not first, or Opus has lost its number\n%s", err, offer)
	}
	if err := s.Accept(sdpOf("m=audio 0 RTP/AVP 8")); !errors.Is(err, ErrNoCodec) || s.Codec() != media.CodecPCMA {
		t.Error(err)
	}
	if err := s.Accept(sdpOf("m=audio 4100 RTP/AVP 9")); err != nil || s.Codec() != media.CodecG722 {
		t.Error(err)
	}
	if err := s.Accept(sdpOf("m=audio 4200 RTP/AVP 0")); err != nil || s.Codec() != media.CodecPCMU { // the 200 after a 183
		t.Error(err)
	}
	if _, err := s.Answer(sdpOf("m=audio 4100 RTP/AVP 8")); err != nil {
		t.Error(err)
	}
	if err := s.Accept(sdpOf("m=audio 4100 RTP/AVP 9")); !errors.Is(err, ErrState) {
		t.Error("an answer without an offer:", err)
	}
	if _, err := s.Answer(sdpOf(fmt.Sprintf("m=audio %d RTP/AVP 8", s.port))); !errors.Is(err, ErrBadSDP) {
		t.Error("our own port:", err)
	}
}

func version(body []byte) (v uint64) {
	var id uint64
	_, _ = fmt.Sscanf(string(body), "v=0\r\no=- %d %d", &id, &v)
	return v
}

// An answer cannot talk an offer out of its encryption, or bring a key of its own choice.
func TestAnswersThatDoNotFit(t *testing.T) {
	p := pool(t, 23900)
	for _, answer := range [][]byte{
		sdpOf("m=audio 4000 RTP/AVP 8"),
		sdpOf("m=audio 4000 RTP/SAVP 8"),
		sdpOf("m=audio 4000 RTP/SAVP 8", "a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:"+key30),
		sdpOf("m=audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:"+key30),
	} {
		s := open(t, p, Options{Secure: SecureRequired})
		if _, err := s.Offer(); err != nil {
			t.Fatal(err)
		}
		if err := s.Accept(answer); !errors.Is(err, ErrSecure) || s.agreed.Load() != nil {
			t.Errorf("%v with\n%s", err, answer)
		}
	}
}

// A later offer cannot talk a call out of its encryption.
func TestALaterOfferInTheClear(t *testing.T) {
	s := open(t, pool(t, 23000), Options{Secure: SecureOptional})
	if _, err := s.Answer(sdpOf("m=audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Answer(sdpOf("m=audio 4000 RTP/AVP 8")); !errors.Is(err, ErrSecure) || !s.Stats().Secure {
		t.Errorf("%v, secure %t", err, s.Stats().Secure)
	}
}

// A leg that gets a seat in another room, whose time begins anew, goes on with its own.
func TestAnotherRoomGoesOn(t *testing.T) {
	s := answered(t, pool(t, 23100))
	var stamps []uint32
	s.out.write = func(b []byte, _ netip.AddrPort) error {
		stamps = append(stamps, uint32(b[4])<<24|uint32(b[5])<<16|uint32(b[6])<<8|uint32(b[7]))
		return nil
	}
	for _, at := range []media.CallTime{32000, 32320, 0, 320} {
		s.Idle(at)
	}
	for i := 1; i < len(stamps); i++ {
		if stamps[i]-stamps[i-1] != 160 {
			t.Errorf("packet %d is %d later", i, int32(stamps[i]-stamps[i-1]))
		}
	}
}

// What comes before the answer is here is kept, encrypted too.
func TestNoWordIsLostAtTheStart(t *testing.T) {
	for i, secure := range []Policy{SecureOff, SecureRequired} {
		p := pool(t, 23000+100*i)
		a, b := open(t, p, Options{Secure: secure}), open(t, p, Options{Secure: secure})
		offer, err := a.Offer()
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.Answer(offer)
		if err != nil {
			t.Fatal(err)
		}
		voice := frames(t, b.Codec(), 40)
		for i, v := range voice { // the answer is on its way
			b.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Codec: b.Codec(), Payload: v})
		}
		eventually(t, "the beginning", func() bool {
			a.in.mu.Lock()
			defer a.in.mu.Unlock()
			return len(a.in.early) == 40
		})
		if err := a.Accept(answer); err != nil {
			t.Fatal(err)
		}
		var got media.Packet
		for i, v := range voice {
			if !a.Pull(&got) || !bytes.Equal(got.Payload, v) || i == 0 && got.Waited == 0 {
				t.Fatalf("packet %d is not as it was", i)
			}
		}
	}
}

// Packets of other lengths hold the same audio, under timestamps without a gap.
func TestPacketLengths(t *testing.T) {
	p := pool(t, 23200)
	for _, ms := range []int{10, 20, 30, 40, 50, 60} {
		s := open(t, p, Options{})
		if _, err := s.Answer(sdpOf("m=audio 4000 RTP/AVP 0", fmt.Sprintf("a=ptime:%d", ms))); err != nil {
			t.Fatal(err)
		}
		var sent []byte
		var stamps []uint32
		s.out.write = func(b []byte, _ netip.AddrPort) error {
			sent = append(sent, b[12:]...)
			stamps = append(stamps, uint32(b[4])<<24|uint32(b[5])<<16|uint32(b[6])<<8|uint32(b[7]))
			return nil
		}
		voice := frames(t, media.CodecPCMU, 30)
		for i, v := range voice {
			s.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Codec: media.CodecPCMU, Payload: v})
		}
		if !bytes.Equal(sent, bytes.Join(voice, nil)) {
			t.Errorf("%d ms: %d bytes are not what was said", ms, len(sent))
		}
		for i := 1; i < len(stamps); i++ {
			if stamps[i]-stamps[i-1] != uint32(8*ms) {
				t.Errorf("%d ms: packet %d is %d later", ms, i, stamps[i]-stamps[i-1])
			}
		}
	}
}

// Reports tell each end how the other fares, and that it leaves.
func TestReports(t *testing.T) {
	for i, secure := range []Policy{SecureOff, SecureRequired} {
		p := pool(t, 23300+100*i)
		a, b := open(t, p, Options{Secure: secure}), open(t, p, Options{Secure: secure})
		connect(t, a, b)
		if to := a.in.reportsTo(); !a.agreed.Load().mux || int(to.Port()) != b.port {
			t.Errorf("both know one port for all; reports go to %s", to)
		}
		write := a.out.write
		n := 0
		a.out.write = func(w []byte, to netip.AddrPort) error {
			if n++; n%4 == 0 {
				return nil // lost on the way
			}
			return write(w, to)
		}
		for i, v := range frames(t, a.Codec(), 41) {
			a.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Codec: a.Codec(), Payload: v})
		}
		eventually(t, "the voice", func() bool { return b.Stats().Received == 31 })
		a.sendReport(time.Now(), false)
		eventually(t, "a sender's report", func() bool { b.in.mu.Lock(); defer b.in.mu.Unlock(); return b.in.heard.lastSR != 0 })
		b.sendReport(time.Now(), false)
		eventually(t, "a receiver's report", func() bool { return a.Stats().RTT > 0 })
		s, r := a.Stats(), b.Stats()
		if r.Lost != 10 || s.FarLost < 0.05 || a.Network().Lost != s.FarLost || s.RTT > time.Second || a.Network().Playout != playout {
			t.Errorf("%d lost; the far end lost %.3f, round trip %s", r.Lost, s.FarLost, s.RTT)
		}
	}
}

// Reports to an end that knows no multiplexing go to the next port, or where it says, or
// where its own come from.
func TestWhereReportsGo(t *testing.T) {
	p := pool(t, 23200)
	for _, c := range []struct {
		lines []string
		from  string
		want  string
	}{
		{nil, "", "127.0.0.1:4001"},
		{[]string{"a=rtcp:4444"}, "", "127.0.0.1:4444"},
		{[]string{"a=rtcp-mux"}, "", "127.0.0.1:4000"},
		{nil, "127.0.0.1:5555", "127.0.0.1:5555"},
		{nil, "192.0.2.1:5555", "127.0.0.1:4001"}, // a stranger's
	} {
		s := answered(t, p, append([]string{"m=audio 4000 RTP/AVP 0"}, c.lines...)...)
		if c.from != "" {
			s.in.report(time.Now(), netip.MustParseAddrPort(c.from), []byte{0x80, 201, 0, 1, 0, 0, 0, 7}, &s.far)
		}
		if got := s.in.reportsTo().String(); got != c.want {
			t.Errorf("%v, reports of %q: %s, want %s", c.lines, c.from, got, c.want)
		}
	}
}

// When all ports are taken nothing is, and one that is given back is had again.
func TestPoolIsBounded(t *testing.T) {
	p := NewPool(PoolOptions{Low: 23501, High: 23505, Bind: loopback})
	a := open(t, p, Options{})
	open(t, p, Options{})
	if a.port%2 != 0 || p.Size() != 2 || p.Used() != 2 {
		t.Errorf("port %d, %d of %d", a.port, p.Used(), p.Size())
	}
	if _, err := p.Open(Options{}); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, p, Options{})
	if _, err := a.Offer(); !errors.Is(err, ErrClosed) {
		t.Error("an offer of a closed session:", err)
	}
	if _, err := NewPool(PoolOptions{Low: 23510, High: 23512, Bind: netip.IPv4Unspecified()}).Open(Options{}); err == nil {
		t.Error("a phone is told to send to 0.0.0.0")
	}
}

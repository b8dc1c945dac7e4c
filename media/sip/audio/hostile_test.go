package audio

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"parley/media"
)

// packetOf is an RTP packet.
func packetOf(pt byte, seq uint16, ts, ssrc uint32, payload []byte) []byte {
	b := []byte{0x80, pt}
	b = binary.BigEndian.AppendUint16(b, seq)
	b = binary.BigEndian.AppendUint32(b, ts)
	b = binary.BigEndian.AppendUint32(b, ssrc)
	return append(b, payload...)
}

var far4000 = netip.AddrPortFrom(loopback, 4000)

// answered is a session whose far end is at far4000 and speaks G.711 with events.
func answered(t testing.TB, p *Pool, lines ...string) *Session {
	t.Helper()
	s := open(t, p, Options{})
	if len(lines) == 0 {
		lines = []string{"m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"}
	}
	if _, err := s.Answer(sdpOf(lines...)); err != nil {
		t.Fatal(err)
	}
	s.out.write = func([]byte, netip.AddrPort) error { return nil }
	return s
}

// What is no packet of the far end's is dropped, and counted by what is wrong with it.
func TestHostilePackets(t *testing.T) {
	s := answered(t, pool(t, 23600))
	voice := make([]byte, 160)
	now := time.Now()
	arrive := func(src netip.AddrPort, b []byte) { s.in.packet(now, src, b, &s.far) }
	arrive(far4000, packetOf(0, 1, 0, 7, voice))
	good := packetOf(0, 2, 160, 7, voice)
	padded := append([]byte(nil), good...)
	padded[0] |= 0x20
	padded[len(padded)-1] = 200
	cut := append([]byte(nil), good...)
	cut[0] |= 0x0f // contributing sources that are not there
	for _, b := range [][]byte{nil, {0x80}, good[:11], padded, cut[:20], {0x40, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1}} {
		arrive(far4000, b)
	}
	arrive(far4000, packetOf(77, 3, 320, 7, voice))
	arrive(netip.MustParseAddrPort("192.0.2.9:4000"), good)
	arrive(far4000, packetOf(0, 4, 480, s.in.own, voice))
	arrive(far4000, []byte{0x80, 200, 0, 99, 1, 2, 3, 4})                                  // a report that is cut
	arrive(netip.MustParseAddrPort("192.0.2.9:4001"), []byte{0x81, 203, 0, 1, 0, 0, 0, 7}) // a stranger's BYE
	if st := s.Stats(); st.Received != 1 || st.Malformed != 7 || st.Unknown != 1 || st.Foreign != 3 {
		t.Errorf("%+v", st)
	}
	for i := range inboxSize + 10 {
		arrive(far4000, packetOf(0, uint16(10+i), 0, 7, voice))
	}
	if st := s.Stats(); st.Overflow != 11 {
		t.Errorf("%+v", st)
	}
	s.Discard()
	var p media.Packet
	if s.Pull(&p) {
		t.Error("what was discarded is there")
	}
}

// Before anything is agreed on so much waits and no more.
func TestEarlyPacketsAreBounded(t *testing.T) {
	s := open(t, pool(t, 23700), Options{})
	for i := range 1000 {
		s.in.packet(time.Now(), far4000, packetOf(0, uint16(i), 0, 7, make([]byte, 160)), &s.far)
	}
	if n := len(s.in.early); n != earlySize || s.Stats().Overflow != 1000-earlySize {
		t.Errorf("%d wait, %+v", n, s.Stats())
	}
}

// The tone that a phone sends beside its events is not heard, not even what came before the first event.
func TestTheToneBesideAnEventIsMuted(t *testing.T) {
	s := answered(t, pool(t, 23800))
	seq := uint16(0)
	arrive := func(pt byte, ts uint32, b []byte) {
		s.in.packet(time.Now(), far4000, packetOf(pt, seq, ts, 7, b), &s.far)
		seq++
	}
	tone := make([]byte, 160)
	arrive(0, 0, tone)
	arrive(0, 160, tone) // the key goes down here, and its event comes after
	for i := range 5 {
		arrive(101, 160, event(5, false, uint16(160*(i+1))))
		arrive(0, uint32(160*(i+2)), tone)
	}
	for range 3 {
		arrive(101, 160, event(5, true, 960))
	}
	arrive(0, 1120, tone)
	var p media.Packet
	heard := 0
	for s.Pull(&p) {
		switch muted := p.Mute; {
		case len(p.Payload) == 0 && !muted:
			t.Errorf("packet %d is empty and not muted", p.Seq)
		case len(p.Payload) > 0 && muted != (p.Timestamp >= 160 && p.Timestamp < 1120):
			t.Errorf("audio of %d: muted %t", p.Timestamp, muted)
		case !muted:
			heard++
		}
	}
	if heard != 2 || string(s.Keys(nil)) != "5" {
		t.Errorf("%d packets are heard", heard)
	}
}

// Another source of the same far end (a gateway that goes from ringing to the person) is
// another stream, which the jitter buffer sees by its numbers.
func TestAnotherStreamIsSetApart(t *testing.T) {
	s := answered(t, pool(t, 23900))
	for i, ssrc := range []uint32{7, 7, 8, 8} {
		s.in.packet(time.Now(), far4000, packetOf(0, []uint16{100, 101, 103, 104}[i], 0, ssrc, make([]byte, 160)), &s.far)
	}
	var p media.Packet
	var seqs []uint16
	for s.Pull(&p) {
		seqs = append(seqs, p.Seq)
	}
	if len(seqs) != 4 || seqs[2] != seqs[1]+restart || seqs[3] != seqs[2]+1 {
		t.Error(seqs)
	}
	if st := s.Stats(); st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// In silence a phone is sent silence, packet by packet; Opus rests, and is seen now and then.
func TestSilenceIsSent(t *testing.T) {
	for name, want := range map[string]int{"m=audio 4000 RTP/AVP 0": 100, "m=audio 4000 RTP/AVP 9": 100, "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2": 5} {
		s := answered(t, pool(t, 23000), name)
		n := 0
		s.out.write = func(b []byte, _ netip.AddrPort) error {
			n++
			return nil
		}
		for i := range 100 {
			s.Idle(media.CallTime(i * media.TickSamples))
		}
		if n != want {
			t.Errorf("%s: %d packets in two seconds, want %d", name, n, want)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	p := pool(t, 23100)
	policies := []Policy{SecureOff, SecureRequired}
	if raced {
		policies = policies[:1]
	}
	for _, secure := range policies {
		a, b := open(t, p, Options{Secure: secure, Codecs: []media.Codec{media.CodecPCMA}}), open(t, p, Options{Secure: secure})
		connect(t, a, b)
		src := netip.AddrPortFrom(loopback, uint16(a.port))
		now := time.Now()
		a.out.write = func(w []byte, _ netip.AddrPort) error {
			b.in.packet(now, src, w, &b.far)
			return nil
		}
		voice := frames(t, media.CodecPCMA, 1)[0]
		var got media.Packet
		at := media.CallTime(0)
		step := func() {
			a.Push(&media.Packet{At: at, Codec: media.CodecPCMA, Payload: voice})
			a.Idle(at + media.TickSamples)
			at += 2 * media.TickSamples
			for b.Pull(&got) {
			}
		}
		for range 200 {
			step()
		}
		if n := testing.AllocsPerRun(300, step); n > 0 {
			t.Errorf("encrypted %t: %v allocations for two packets there and here", secure == SecureRequired, n)
		}
	}
}

func FuzzDescription(f *testing.F) {
	f.Add(sdpOf("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:20", "a=rtcp:4001"))
	f.Add(sdpOf("m=audio 4000 RTP/SAVP 111", "a=rtpmap:111 opus/48000/2", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30+"|2^20|1:4", "m=image 5 udptl t38"))
	p := pool(f, 23200)
	s := open(f, p, Options{Secure: SecureOptional})
	f.Fuzz(func(t *testing.T, body []byte) {
		if answer, err := s.Answer(body); err == nil {
			if _, err := readDescription(answer); err != nil {
				t.Fatalf("our own answer: %v\n%s", err, answer)
			}
		}
		if offer, err := s.Offer(); err != nil || len(offer) > maxSDP {
			t.Fatalf("%v: %d bytes", err, len(offer))
		}
		_ = s.Accept(body)
	})
}

func FuzzPacket(f *testing.F) {
	f.Add(packetOf(0, 1, 2, 7, make([]byte, 160)))
	f.Add(packetOf(101, 1, 2, 7, event(5, true, 480)))
	f.Add(packetOf(13, 1, 2, 7, []byte{60}))
	f.Add(packetOf(0, 1, 2, 7, nil)) // a keep-alive of some phones
	f.Add(packetOf(13, 1, 2, 7, nil))
	f.Add([]byte{0x81, 200, 0, 1, 0, 0, 0, 7})
	s := answered(f, pool(f, 23300))
	var p media.Packet
	f.Fuzz(func(t *testing.T, b []byte) {
		s.in.packet(time.Now(), far4000, b, &s.far)
		for s.Pull(&p) {
			if len(p.Payload) == 0 && !p.Mute || int(p.Codec) > int(media.CodecCN) {
				t.Fatalf("%+v", p)
			}
		}
		s.Keys(nil)
		s.Idle(0)
	})
}

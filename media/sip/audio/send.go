package audio

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"

	"parley/media"
	"parley/media/codec"
)

// sender is what the far end is sent.
type sender struct {
	mu     sync.Mutex
	agreed *agreement
	write  func(b []byte, to netip.AddrPort) error
	to     netip.AddrPort // in this tick; not valid: nowhere yet

	ssrc uint32
	seq  uint16
	base uint32         // timestamp of call time 0
	next media.CallTime // that follows without a gap
	gap  bool           // what is sent next begins a talk spurt
	idle int            // ticks of silence in a row, of a codec that rests meanwhile

	pack   []byte // audio that waits for the rest of its packet
	packAt media.CallTime
	buf    []byte // of a whole packet
	sealed []byte
	header rtp.Header // for the cipher

	dial dialer
	sent struct {
		packets, octets, unsent int64
		ts                      uint32 // of the last packet
		at                      time.Time
		lately                  int64 // packets since the last report
	}
}

// silence is a frame of 20 ms of it, as an encoder at rest makes it.
var silence = sync.OnceValue(func() map[media.Codec][]byte {
	out := map[media.Codec][]byte{}
	for _, c := range fallback {
		enc, err := codec.NewEncoder(c, codec.Params{})
		if err != nil {
			continue
		}
		var b []byte
		for range 50 {
			if b, err = enc.Encode(make([]int16, media.TickSamples), b); err != nil {
				break
			}
		}
		out[c] = b
	}
	return out
})

// restful is how often, in ticks, silence is sent in Opus: often enough for NAT.
const restful = 20

// agree goes on by another agreement. Another clock or key is another stream: the
// timestamps would not fit, and the far end's counters neither (RFC 3711 section 9.1).
func (s *sender) agree(a *agreement) (ssrc uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.agreed
	s.agreed = a
	if old == nil || old.codec.ClockRate() != a.codec.ClockRate() || old.outKey != a.outKey {
		if old != nil {
			s.ssrc = rand.Uint32()
		}
		s.base, s.seq = rand.Uint32(), uint16(rand.Uint32())>>1
		s.sent.packets, s.sent.octets = 0, 0
	}
	if old == nil || old.codec != a.codec {
		s.pack, s.gap = s.pack[:0], true
	}
	return s.ssrc
}

// tick sends a tick of audio; a payload of none is silence.
func (s *sender) tick(to netip.AddrPort, at media.CallTime, c media.Codec, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = to
	a := s.agreed
	if a == nil || !a.dir.send {
		s.gap = true
		return
	}
	if at < s.next { // another room, whose time begins anew
		s.base += uint32(int64(s.next-at) * int64(a.codec.ClockRate()) / media.SampleRate)
		s.gap = true
	}
	if at != s.next {
		s.gap, s.pack = true, s.pack[:0]
	}
	s.next = at + media.TickSamples
	if s.dial.busy() {
		s.press(at)
		return
	}
	if len(payload) == 0 {
		if payload = silence()[a.codec]; a.codec == media.CodecOpus {
			if s.idle++; s.idle%restful != 1 {
				s.gap = true
				return
			}
		}
	} else {
		if s.idle = 0; c != a.codec {
			return // of before an offer changed it; the room follows in a tick
		}
	}
	s.audio(at, payload)
}

// audio cuts a tick's payload into packets.
func (s *sender) audio(at media.CallTime, payload []byte) {
	a := s.agreed
	if a.codec == media.CodecOpus || a.ptime == 20 {
		s.packet(a.pt, at, s.gap, payload)
		s.gap = false
		return
	}
	if len(s.pack) == 0 {
		s.packAt = at
	}
	s.pack = append(s.pack, payload...)
	size := a.ptime * 8 // bytes: G.711 and G.722 are 64 kbit/s
	done := 0
	for ; len(s.pack)-done >= size; done += size {
		s.packet(a.pt, s.packAt, s.gap, s.pack[done:done+size])
		s.packAt += media.CallTime(a.ptime * media.SampleRate / 1000)
		s.gap = false
	}
	s.pack = s.pack[:copy(s.pack, s.pack[done:])]
}

// stamp is the RTP timestamp of a call time.
func (s *sender) stamp(at media.CallTime) uint32 {
	return s.base + uint32(int64(at)*int64(s.agreed.codec.ClockRate())/media.SampleRate)
}

// packet sends one; the timestamp is its call time's.
func (s *sender) packet(pt uint8, at media.CallTime, marker bool, payload []byte) {
	if !s.to.IsValid() {
		return
	}
	if marker {
		pt |= 0x80
	}
	ts := s.stamp(at)
	b := append(s.buf[:0], 0x80, pt)
	b = binary.BigEndian.AppendUint16(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, ts)
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = append(b, payload...)
	s.buf, s.seq = b, s.seq+1
	if k := s.agreed.outKey; k != nil {
		var err error
		if b, err = k.seal(s.sealed[:0], b, &s.header); err != nil {
			s.sent.unsent++
			return
		}
		s.sealed = b
	}
	if err := s.write(b, s.to); err != nil {
		s.sent.unsent++
		return
	}
	s.sent.packets++
	s.sent.lately++
	s.sent.octets += int64(len(payload))
	s.sent.ts, s.sent.at = ts, time.Now()
}

package rtc

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/media"
)

// feedback is how the far end fares, as its receiver reports say (RFC 3550 section 6.4.2).
type feedback struct {
	rtt     atomic.Int64  // ns
	lost    atomic.Uint64 // float64 bits
	playout atomic.Int64  // ns, told by the page
}

func (r *feedback) stats() media.NetworkStats {
	return media.NetworkStats{RTT: time.Duration(r.rtt.Load()), Lost: math.Float64frombits(r.lost.Load()),
		Playout: time.Duration(r.playout.Load())}
}

// read takes reports until the connection ends.
func (r *feedback) read(s *webrtc.RTPSender) {
	buf := make([]byte, 1500)
	for {
		n, _, err := s.Read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.ReceiverReport:
				r.note(p.Reports, time.Now())
			case *rtcp.SenderReport:
				r.note(p.Reports, time.Now())
			}
		}
	}
}

func (r *feedback) note(blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		lost := math.Float64frombits(r.lost.Load())
		lost += (float64(b.FractionLost)/256 - lost) / 4
		r.lost.Store(math.Float64bits(lost))
		if b.LastSenderReport == 0 {
			continue
		}
		// The middle 32 bits of NTP times, in 1/65536 s: RFC 3550 section 6.4.1.
		trip := int32(ntpMiddle(now) - b.LastSenderReport - b.Delay)
		if rtt := time.Duration(trip) * time.Second / 65536; rtt >= 0 && rtt < 10*time.Second {
			old := time.Duration(r.rtt.Load())
			if old > 0 {
				rtt = (3*old + rtt) / 4
			}
			r.rtt.Store(int64(max(rtt, time.Nanosecond)))
		}
	}
}

func ntpMiddle(t time.Time) uint32 {
	const toUnix = 2208988800 // seconds from 1900 to 1970
	s := uint64(t.Unix()) + toUnix
	f := uint64(t.Nanosecond()) << 16 / uint64(time.Second)
	return uint32(s<<16 | f)
}

// keys are telephone events (RFC 4733): each is sent several times with one
// timestamp, and counts once.
type keys struct {
	mu      sync.Mutex
	last    uint32
	any     bool
	pressed []byte
}

const keyNames = "0123456789*#ABCD"

func (k *keys) put(ts uint32, payload []byte) {
	if len(payload) < 4 || int(payload[0]) >= len(keyNames) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.any && ts == k.last || len(k.pressed) >= 64 {
		return
	}
	k.any, k.last = true, ts
	k.pressed = append(k.pressed, keyNames[payload[0]])
}

func (k *keys) take(dst []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	dst = append(dst, k.pressed...)
	k.pressed = k.pressed[:0]
	return dst
}

// Package report reads what the far end of an RTP stream says of how it fares: the
// receiver reports of RTCP (RFC 3550 section 6.4).
package report

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"parley/media"
)

// Far is how the far end fares. The zero value knows nothing yet; its methods may be
// called by several goroutines, Note by one.
type Far struct {
	rtt     atomic.Int64  // ns
	lost    atomic.Uint64 // float64 bits
	playout atomic.Int64  // ns
}

// Stats is what is known.
func (f *Far) Stats() media.NetworkStats {
	return media.NetworkStats{RTT: time.Duration(f.rtt.Load()), Lost: math.Float64frombits(f.lost.Load()),
		Playout: time.Duration(f.playout.Load())}
}

// SetPlayout tells the delay between network and loudspeaker there, at most 2 s.
func (f *Far) SetPlayout(d time.Duration) { f.playout.Store(int64(min(max(d, 0), 2*time.Second))) }

// Note takes the blocks of a report that came at now.
func (f *Far) Note(blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		lost := math.Float64frombits(f.lost.Load())
		lost += (float64(b.FractionLost)/256 - lost) / 4
		f.lost.Store(math.Float64bits(lost))
		if b.LastSenderReport == 0 {
			continue
		}
		trip := int32(Middle(now) - b.LastSenderReport - b.Delay) // section 6.4.1
		if rtt := time.Duration(trip) * time.Second / 65536; rtt >= 0 && rtt < 10*time.Second {
			old := time.Duration(f.rtt.Load())
			if old > 0 {
				rtt = (3*old + rtt) / 4
			}
			f.rtt.Store(int64(max(rtt, time.Nanosecond)))
		}
	}
}

// NTP is a time as reports write it: seconds since 1900, and their fraction in 32 bits.
func NTP(t time.Time) uint64 {
	const toUnix = 2208988800 // seconds from 1900 to 1970
	return (uint64(t.Unix())+toUnix)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// Middle is the middle 32 bits of NTP, in 1/65536 s.
func Middle(t time.Time) uint32 { return uint32(NTP(t) >> 16) }

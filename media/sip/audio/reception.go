package audio

import (
	"time"

	"github.com/pion/rtcp"
)

// reception counts one stream as RFC 3550 appendix A.1, A.3 and A.8 say.
type reception struct {
	base, most    uint32 // extended sequence numbers: the first, the highest
	got           int64
	before        int64 // lost of earlier streams
	gotThen, then int64 // got and expected at the last report

	epoch   time.Time // of the arrivals
	transit int64     // of the last packet, in the clock's units
	jitter  float64   // likewise
	clock   int
	lastSR  uint32 // middle of the far end's last sender report
	srAt    time.Time
}

// begin follows another stream.
func (r *reception) begin(seq uint16) {
	before := r.lost()
	*r = reception{base: uint32(seq) + 1<<16, most: uint32(seq) + 1<<16 - 1, before: before}
}

// count counts a packet.
func (r *reception) count(seq uint16) {
	r.got++
	if d := int16(seq - uint16(r.most)); d > 0 {
		r.most += uint32(d)
	}
}

// arrived notes when a packet of speech came, for the jitter.
func (r *reception) arrived(now time.Time, ts uint32, clock int) {
	if clock != r.clock {
		r.clock, r.epoch, r.transit, r.jitter = clock, now, int64(int32(-ts)), 0
	}
	arrived := now.Sub(r.epoch).Microseconds() * int64(clock) / 1e6
	transit := int64(int32(uint32(arrived) - ts))
	d := int64(int32(uint32(transit - r.transit)))
	r.transit = transit
	r.jitter += (float64(max(d, -d)) - r.jitter) / 16
}

func (r *reception) expected() int64 { return int64(r.most) - int64(r.base) + 1 }

// lost is of all streams so far; doubles make it less.
func (r *reception) lost() int64 {
	if r.base == 0 {
		return r.before
	}
	return r.before + r.expected() - r.got
}

// sent notes a sender report.
func (r *reception) sent(now time.Time, p *rtcp.SenderReport) {
	r.lastSR, r.srAt = uint32(p.NTPTime>>16), now
}

// block is what we report of the stream (RFC 3550 section 6.4.1).
func (r *reception) block(now time.Time, ssrc uint32) rtcp.ReceptionReport {
	expected := r.expected()
	want, lost := expected-r.then, (expected-r.then)-(r.got-r.gotThen)
	r.then, r.gotThen = expected, r.got
	b := rtcp.ReceptionReport{SSRC: ssrc, LastSequenceNumber: r.most, Jitter: uint32(r.jitter),
		TotalLost: uint32(min(max(expected-r.got, 0), 1<<23-1))}
	if want > 0 && lost > 0 {
		b.FractionLost = uint8(min(lost*256/want, 255))
	}
	if r.lastSR != 0 {
		b.LastSenderReport = r.lastSR
		b.Delay = uint32(now.Sub(r.srAt) * 65536 / time.Second)
	}
	return b
}

// sway is the jitter as a duration.
func (r *reception) sway() time.Duration {
	if r.clock == 0 {
		return 0
	}
	return time.Duration(r.jitter * float64(time.Second) / float64(r.clock))
}

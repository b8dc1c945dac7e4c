package audio

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/rtcp"

	"parley/media/report"
)

const (
	firstReport = time.Second     // after the first agreement
	reportEvery = 5 * time.Second // on average: RFC 3550 section 6.2
)

// reporting reads RTCP at its own port, and sends reports when it is time; it ends with the socket.
func (s *Session) reporting() {
	buf := make([]byte, mtu)
	due := time.Now().Add(firstReport)
	for {
		if err := s.rtcp.SetReadDeadline(due); err != nil {
			return
		}
		n, src, err := s.rtcp.ReadFromUDPAddrPort(buf)
		now := time.Now()
		switch {
		case err == nil:
			s.in.report(now, netip.AddrPortFrom(src.Addr().Unmap(), src.Port()), buf[:n], &s.far)
		case errors.Is(err, net.ErrClosed):
			return
		case !errors.Is(err, os.ErrDeadlineExceeded):
			rest()
		}
		if now.After(due) {
			s.sendReport(now, false)
			due = now.Add(reportEvery/2 + rand.N(reportEvery)) // section 6.3.1
		}
	}
}

// rest keeps a socket that does nothing but fail from taking a whole processor.
func rest() { time.Sleep(2 * time.Millisecond) }

// sendReport sends what was sent and heard, and who we are; bye: that we leave.
func (s *Session) sendReport(now time.Time, bye bool) {
	a := s.agreed.Load()
	if a == nil {
		return
	}
	to := s.in.reportsTo()
	if !to.IsValid() {
		return
	}
	blocks := s.in.blocks(now)
	ssrc, r := s.out.report(now, blocks)
	packets := []rtcp.Packet{r, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: ssrc,
		Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: s.name}}}}}}
	if bye {
		packets = append(packets, &rtcp.Goodbye{Sources: []uint32{ssrc}})
	}
	b, err := rtcp.Marshal(packets)
	if err == nil && a.outKey != nil {
		b, err = a.outKey.sealReport(b)
	}
	if err != nil {
		return
	}
	from := s.rtcp
	if a.mux {
		from = s.rtp
	}
	_, _ = from.WriteToUDPAddrPort(b, to) // a report that is lost is one of many
}

// reportsTo is where reports go: beside the audio, or where the far end's came from.
func (r *receiver) reportsTo() netip.AddrPort {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, to := r.agreed, r.latch.target()
	switch {
	case a == nil || !to.IsValid():
		return netip.AddrPort{}
	case a.mux:
		return to
	case r.reportBy.IsValid() && r.reportBy.Addr() == to.Addr():
		return r.reportBy
	case to == a.addr:
		return a.reports
	}
	return netip.AddrPortFrom(to.Addr(), to.Port()+1)
}

// blocks are of the stream that is heard, if there is one.
func (r *receiver) blocks(now time.Time) []rtcp.ReceptionReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.began {
		return nil
	}
	return []rtcp.ReceptionReport{r.heard.block(now, r.ssrc)}
}

// report is a sender's report when something was sent since the last, else a receiver's.
func (s *sender) report(now time.Time, blocks []rtcp.ReceptionReport) (ssrc uint32, p rtcp.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lately := s.sent.lately
	s.sent.lately = 0
	if lately == 0 || s.agreed == nil {
		return s.ssrc, &rtcp.ReceiverReport{SSRC: s.ssrc, Reports: blocks}
	}
	ahead := now.Sub(s.sent.at).Microseconds() * int64(s.agreed.codec.ClockRate()) / 1e6
	return s.ssrc, &rtcp.SenderReport{SSRC: s.ssrc, NTPTime: report.NTP(now), RTPTime: s.sent.ts + uint32(ahead),
		PacketCount: uint32(s.sent.packets), OctetCount: uint32(s.sent.octets), Reports: blocks}
}

package rtc

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/media/report"
)

// feedback reads the browser's receiver reports.
type feedback struct{ report.Far }

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
				r.Note(p.Reports, time.Now())
			case *rtcp.SenderReport:
				r.Note(p.Reports, time.Now())
			}
		}
	}
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

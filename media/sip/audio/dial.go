package audio

import (
	"encoding/binary"
	"fmt"
	"strings"

	"parley/media"
)

// Times of a key that is sent, in ticks of 20 ms: longer than the 40 ms that receivers
// must take, and the gap that they must see (ITU-T Q.24).
const (
	pressTicks = 6
	endTicks   = 3 // the end is told three times: RFC 4733 section 2.5.1.4
	restTicks  = 4
	pauseTicks = 25
	volume     = 10 // dBm0, without its sign
)

// dialer plays keys as RTP events (RFC 4733), a packet each tick.
type dialer struct {
	queue []byte // codes in keyNames, or pause
	tick  int    // of the key in hand
	at    media.CallTime
	count int64 // keys that were sent
}

const pause = 0xff

func (d *dialer) busy() bool { return len(d.queue) > 0 }

// add queues keys, all or none.
func (d *dialer) add(keys string) error {
	var codes []byte
	for _, r := range strings.ToUpper(keys) {
		switch i := strings.IndexRune(keyNames, r); {
		case r == ',':
			codes = append(codes, pause)
		case i < 0:
			return fmt.Errorf("%w: %q", ErrKey, r)
		default:
			codes = append(codes, byte(i))
		}
	}
	if len(d.queue)+len(codes) > maxKeys {
		return fmt.Errorf("%w: more than %d wait to be sent", ErrKey, maxKeys)
	}
	d.queue = append(d.queue, codes...)
	return nil
}

// press sends what the key in hand has to say in this tick. The timestamp is of its
// beginning, the duration runs on.
func (s *sender) press(at media.CallTime) {
	d, e := &s.dial, s.agreed.events
	code, whole := d.queue[0], pressTicks+endTicks+restTicks
	if code == pause {
		whole = pauseTicks
	}
	if d.tick == 0 {
		d.at = at
	}
	d.tick++
	if n := d.tick; code != pause && n <= pressTicks+endTicks && e.use == events {
		end := byte(volume)
		if n > pressTicks {
			end |= 0x80
		}
		var b [4]byte
		b[0], b[1] = code, end
		binary.BigEndian.PutUint16(b[2:], uint16(min(n, pressTicks)*e.clock/50))
		s.packet(e.pt, d.at, n == 1, b[:])
		s.gap = true // of the audio that comes after
	}
	if d.tick < whole {
		return
	}
	if d.tick = 0; code != pause {
		d.count++
	}
	d.queue = d.queue[:copy(d.queue, d.queue[1:])]
}

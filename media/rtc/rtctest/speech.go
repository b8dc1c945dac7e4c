package rtctest

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media"
	"parley/media/codec"
)

// Utterance is one stretch of speech on its way.
type Utterance struct {
	packets [][]byte
	sent    int
	done    chan struct{}
	began   time.Time
	ended   time.Time
}

// Done is closed when the last packet has been sent.
func (u *Utterance) Done() <-chan struct{} { return u.done }

// Began is when the first sample was spoken: a packet leaves when its 20 ms are
// over. Valid after Done.
func (u *Utterance) Began() time.Time { return u.began }

// Ended is when the last sample was spoken. Valid after Done.
func (u *Utterance) Ended() time.Time { return u.ended }

// Encode makes 20 ms Opus packets of 16 kHz PCM, as a browser would.
func Encode(pcm []int16) ([][]byte, error) {
	enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Complexity: 5, Bitrate: 32000, FEC: true, Loss: 5})
	if err != nil {
		return nil, err
	}
	var out [][]byte
	frame := make([]int16, media.TickSamples)
	for len(pcm) > 0 {
		clear(frame)
		pcm = pcm[copy(frame, pcm):]
		b, err := enc.Encode(frame, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

var silence = sync.OnceValues(func() ([][]byte, error) { return Encode(make([]int16, 50*media.TickSamples)) })

// reports reads what the server says of the packets it was sent.
func (c *Client) reports(s *webrtc.RTPSender) {
	b := make([]byte, 1500)
	for {
		n, _, err := s.Read(b)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(b[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			var blocks []rtcp.ReceptionReport
			switch p := p.(type) {
			case *rtcp.ReceiverReport:
				blocks = p.Reports
			case *rtcp.SenderReport:
				blocks = p.Reports
			}
			for _, r := range blocks {
				c.mu.Lock()
				c.lost = r.TotalLost
				c.mu.Unlock()
			}
		}
	}
}

// Lost is how many of its packets the server has missed, as it last reported.
func (c *Client) Lost() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(c.lost)
}

// Late is the longest that one of its packets has left too late since the last call.
func (c *Client) Late() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.late
	c.late = 0
	return d
}

func (c *Client) listen(t *webrtc.TrackRemote) {
	buf := make([]byte, 1500)
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		if c.o.Heard == nil {
			continue
		}
		p := &rtp.Packet{}
		if p.Unmarshal(append([]byte(nil), buf[:n]...)) == nil {
			c.o.Heard(at, p)
		}
	}
}

// Speak queues packets of Encode behind what is still to be said.
func (c *Client) Speak(packets [][]byte) *Utterance {
	u := &Utterance{packets: packets, done: make(chan struct{})}
	if len(packets) == 0 {
		u.began, u.ended = time.Now(), time.Now()
		close(u.done)
		return u
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, u)
	return u
}

// Say is Speak. The channel is closed when the last packet has been sent.
func (c *Client) Say(packets [][]byte) <-chan struct{} { return c.Speak(packets).done }

// next is the packet that is due, and notes that it leaves now, late by so much.
func (c *Client) next(quiet []byte, late time.Duration) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late = max(c.late, late)
	if len(c.queue) == 0 {
		return quiet
	}
	u := c.queue[0]
	if u.sent == 0 {
		u.began = time.Now().Add(-media.Tick)
	}
	b := u.packets[u.sent]
	if u.sent++; u.sent == len(u.packets) {
		u.ended = time.Now()
		close(u.done)
		c.queue = c.queue[1:]
	}
	return b
}

// speak sends a packet every 20 ms: speech, else what the room sounds like, as browsers do.
func (c *Client) speak() {
	quiet := c.o.Background
	if len(quiet) == 0 {
		var err error
		if quiet, err = silence(); err != nil {
			return
		}
	}
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32()}}
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := 0; ; i++ {
		due = due.Add(media.Tick)
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-c.stop:
			return
		}
		p.Payload = c.next(quiet[i%len(quiet)], time.Since(due))
		if rand.Float64() >= c.o.Loss {
			_ = c.track.WriteRTP(&p)
		}
		p.SequenceNumber++
		p.Timestamp += 960
	}
}

package rtc_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media"
	"parley/media/mediatest"
	"parley/media/room"
	"parley/media/rtc"
	"parley/media/rtc/rtctest"
)

// over connects a client by a path.
func over(t *testing.T, e *rtc.Endpoint, f rtctest.Faults, o rtctest.Options) (*rtctest.Client, *rtc.Leg, *rtctest.Path) {
	t.Helper()
	path, err := rtctest.NewPath(netip.MustParseAddrPort(e.Addr().String()), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(path.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var leg *rtc.Leg
	c, err := rtctest.Dial(ctx, func(ctx context.Context, offer string) (string, error) {
		var answer string
		var err error
		if leg, answer, err = e.Accept(ctx, "leg", offer); err != nil {
			return "", err
		}
		return path.Answer(answer), nil
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	t.Cleanup(func() { _ = leg.Close() })
	<-leg.Ready()
	return c, leg, path
}

// tape is what a seat's party said, tick by tick, until it is full.
type tape struct {
	mu   sync.Mutex
	pcm  []int16
	full chan struct{}
	most int
}

func (p *tape) Arrived(*media.Packet) {}
func (p *tape) Sent(*media.Packet)    {}

func (p *tape) Played(k *media.Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pcm) >= p.most {
		return
	}
	if p.pcm = append(p.pcm, k.PCM...); len(p.pcm) >= p.most {
		close(p.full)
	}
}

// A bad network is heard through: what is lost is made up, from the copy that the next
// packet carries where there is one; what is doubled or out of order does no harm.
func TestABadNetwork(t *testing.T) {
	for _, f := range []rtctest.Faults{{Loss: 0.1}, {Loss: 0.2}, {Reorder: 0.1, Duplicate: 0.1}, {Loss: 0.1, Reorder: 0.05, Duplicate: 0.05}} {
		t.Run(fmt.Sprintf("%+v", f), func(t *testing.T) {
			t.Parallel()
			e := endpoint(t, rtc.Options{})
			c, l, path := over(t, e, f, rtctest.Options{})
			clock := room.NewClock(room.ClockOptions{})
			defer clock.Close()
			r := room.New("r", clock, room.Options{})
			defer r.Close()
			s, err := r.Join(l, room.Customer, room.Talk)
			if err != nil {
				t.Fatal(err)
			}
			heard := &tape{full: make(chan struct{}), most: 7 * media.SampleRate}
			s.SetTap(heard)
			spoken := mediatest.Voice(300)
			packets, err := rtctest.Encode(spoken)
			if err != nil {
				t.Fatal(err)
			}
			c.Say(packets)
			select {
			case <-heard.full:
			case <-time.After(time.Minute):
				t.Fatal("nothing more is heard")
			}
			s.SetTap(nil)
			st, n := s.Stats(), path.Counts()
			if n.Carried == 0 || f.Loss > 0 && n.Lost == 0 {
				t.Fatalf("the path did nothing: %+v", n)
			}
			if lost := float64(st.Lost) / float64(st.Received+st.Lost); lost < f.Loss/2 || lost > f.Loss*1.5+0.03 {
				t.Errorf("%.3f of the packets lost, %.3f on the way: %+v", lost, f.Loss, st)
			}
			if n.Duplicated > 0 && st.Duplicate > 0 { // SRTP knows them (RFC 3711 section 3.3.2)
				t.Errorf("doubles came through: %+v", st)
			}
			// Of six seconds of voice hardly any 20 ms is missing in the ear.
			share := 0.94 - f.Loss*f.Loss // of two lost in a row the first has no copy
			// What a stalled machine made the buffer throw away is not the network's.
			if want, have := loud(spoken), loud(heard.pcm)+int(st.Dropped)+int(st.Cut/media.TickSamples); float64(have) < float64(want)*share {
				t.Errorf("the voice was there in %d ticks of %d: %+v", have, want, st)
			}
		})
	}
}

func loud(x []int16) (ticks int) {
	for i := 0; i+media.TickSamples <= len(x); i += media.TickSamples {
		if mediatest.Level(x[i:i+media.TickSamples]) > 1000 {
			ticks++
		}
	}
	return ticks
}

// What the far end says it lost is what our encoder expects.
func TestReportsFeedTheEncoder(t *testing.T) {
	e := endpoint(t, rtc.Options{})
	_, l, _ := over(t, e, rtctest.Faults{Loss: 0.3}, rtctest.Options{Heard: func(time.Time, *rtp.Packet) {}})
	packet := tone(t, 20)[0]
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(media.Tick)
	defer tick.Stop()
	for i := 0; ; i++ {
		<-tick.C
		l.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Payload: packet, Codec: media.CodecOpus, Voiced: true})
		if s := l.Network(); s.Lost > 0.15 && s.RTT > 0 {
			if s.Lost > 0.6 {
				t.Errorf("%+v", s)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("of 30 %% loss the reports tell %+v", l.Network())
		}
	}
}

// A phone that leaves its network for another keeps its call.
func TestAnotherNetworkKeepsTheCall(t *testing.T) {
	e := endpoint(t, rtc.Options{Idle: 6 * time.Second})
	c, l, path := over(t, e, rtctest.Faults{}, rtctest.Options{})
	c.Say(tone(t, 600))
	hear(t, l)
	if err := path.Move(netip.MustParseAddr("127.0.0.2")); err != nil {
		t.Fatal(err)
	}
	before := l.Session()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := c.Restart(ctx, func(_ context.Context, f string) (string, error) {
		answer, err := l.Patch(f, "*")
		return path.Answer(answer), err
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.Session() == before {
		t.Error("the ICE session has its old name")
	}
	if _, err := l.Patch("a=end-of-candidates\r\n", before); !errors.Is(err, rtc.ErrSession) {
		t.Error("a fragment for the former session:", err)
	}
	c.Say(tone(t, 3000))
	hear(t, l)
	select {
	case <-l.Done():
		t.Error("the call ended:", l.Err())
	default:
	}
}

// Who says nothing but keeps the connection is still there; who is gone is not, however
// much noise comes from their address.
func TestWhoIsThere(t *testing.T) {
	e := endpoint(t, rtc.Options{Idle: 1500 * time.Millisecond})
	_, l := dial(t, e, rtctest.Options{Loss: 1}) // sends no audio at all
	gone, lost := dial(t, e, rtctest.Options{})
	gone.Vanish()
	select {
	case <-lost.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("who vanished is still there")
	}
	if !errors.Is(lost.Err(), rtc.ErrIdle) {
		t.Error(lost.Err())
	}
	// As long again: only consent comes from the muted one.
	select {
	case <-l.Done():
		t.Error("the muted one was hung up on:", l.Err())
	case <-time.After(2 * 1500 * time.Millisecond):
	}
}

func TestSocketsAreLarge(t *testing.T) {
	e := endpoint(t, rtc.Options{})
	want := rtc.SystemBuffer(t)
	for _, have := range rtc.Buffers(e) {
		if have < want {
			t.Errorf("a socket's buffer is %d bytes, the system allows %d", have, want)
		}
	}
}

package serve

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"os"

	"parley/cmd/parley/config"
	"parley/media"
	"parley/media/room"
	"parley/media/sip"
	"parley/media/sip/audio"
)

// exchange is the other side of the server's trunk: it calls, and is called.
type exchange struct {
	t     *testing.T
	clock *room.Clock
	pool  *audio.Pool
	in    *sip.Server   // that is called
	out   *sip.Server   // that calls; nil before dials is there
	come  chan *handset // calls that came
	taken atomic.Int32  // what a call gets: 0 is an answer, else a status; -1: it rings on
	asked atomic.Int32  // how often it was to take a call back, which it does not do
}

// handset is a phone of the exchange, whose far end is the server.
type handset struct {
	*sip.Call
	*practiceLine
	room *room.Room

	mu    sync.Mutex
	last  time.Time
	heard int
}

func loopback() netip.Prefix { return netip.MustParsePrefix("127.0.0.0/8") }

// freePort is a port that nobody has, for UDP and TCP.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 { // below the ports that the system gives out, which somebody may be given meanwhile
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 12000+rand.IntN(8000)))
		if err != nil {
			continue
		}
		u, err := net.ListenPacket("udp", l.Addr().String())
		addr := l.Addr().String()
		_ = l.Close()
		if err == nil {
			_ = u.Close()
			return addr
		}
	}
	t.Fatal("no free port")
	return ""
}

func newExchange(t *testing.T) *exchange {
	t.Helper()
	e := &exchange{t: t, clock: room.NewClock(room.ClockOptions{}), come: make(chan *handset, 8),
		pool: audio.NewPool(audio.PoolOptions{Low: 24000, High: 24399, Bind: netip.MustParseAddr("127.0.0.1")})}
	t.Cleanup(e.clock.Close)
	var err error
	e.in, err = sip.New(sip.Options{Addr: "127.0.0.1:0", Media: e.media, Trunks: []sip.Trunk{{Name: "parley", Allow: []netip.Prefix{loopback()}}}, Incoming: func(ctx context.Context, c *sip.Call) {
		switch code := int(e.taken.Load()); code {
		case 0:
			if err := c.Answer(ctx); err == nil {
				e.come <- e.handset(c)
			}
		case -1:
			_ = c.Ring()
			<-ctx.Done()
		default:
			c.Reject(code)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.in.Close() })
	return e
}

// trunk is the server's trunk to this exchange.
func (e *exchange) trunk() config.Trunk {
	return config.Trunk{Name: "exchange", Allow: config.Nets{loopback()}, Host: e.in.Addr().String(), Transport: "udp", SRTP: "off", From: "+862112345678", Refer: true, Codecs: config.Words{"pcma", "pcmu"},
		Numbers: map[string]config.Line{"+862112345678": {Language: "en", Queue: "service"}, "+862112345679": {}}, Limits: config.TrunkLimits{PerSecond: 100, Longest: 4 * 3600}}
}

var errNoTransfers = errors.New("no transfers here")

// dials lets the exchange call the server.
func (e *exchange) dials(server string) {
	e.t.Helper()
	var err error
	e.out, err = sip.New(sip.Options{Addr: "127.0.0.1:0", Media: e.media, Trunks: []sip.Trunk{{Name: "parley", Host: server}}, Refer: func(context.Context, *sip.Call, sip.Refer, func(int)) error {
		e.asked.Add(1)
		return errNoTransfers
	}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = e.out.Close() })
}

func (e *exchange) media(q sip.MediaRequest) (sip.Media, error) {
	a, err := e.pool.Open(audio.Options{ID: media.LegID(q.CallID), Public: netip.MustParseAddr("127.0.0.1")})
	return phoneAudio{a}, err
}

// call calls a number of the server's.
func (e *exchange) call(from, to string) *handset {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), 20*time.Second)
	defer cancel()
	c, err := e.out.Dial(ctx, "parley", sip.Request{To: to, Caller: from})
	if err != nil {
		e.t.Fatal(err)
	}
	return e.handset(c)
}

// handset gives a call a mouth and an ear.
func (e *exchange) handset(c *sip.Call) *handset {
	h := &handset{Call: c, room: room.New(c.ID, e.clock, room.Options{})}
	h.practiceLine = &practiceLine{id: "mouth", done: make(chan struct{}), heard: func() {
		h.mu.Lock()
		h.last = time.Now()
		h.heard++
		h.mu.Unlock()
	}}
	for _, l := range []media.Leg{c.Media().(phoneAudio).Session, h.practiceLine} {
		if _, err := h.room.Join(l, room.Customer, room.Talk); err != nil {
			e.t.Error(err)
		}
	}
	e.t.Cleanup(func() {
		c.Hangup(sip.CauseNormal)
		_ = h.room.Close()
	})
	return h
}

// utter speaks words by a local voice.
func (h *handset) utter(t *testing.T, words string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "words.wav")
	if out, err := exec.Command("flite", "-voice", "rms", "-t", words, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h.play(func(yield func(int16) bool) {
		for i := 44; i+1 < len(b) && yield(int16(uint16(b[i])|uint16(b[i+1])<<8)); i += 2 {
		}
	})
}

// play puts samples behind what is being said.
func (h *handset) play(samples func(yield func(int16) bool)) {
	var pcm []int16
	for s := range samples {
		pcm = append(pcm, s)
	}
	for len(pcm)%media.TickSamples != 0 {
		pcm = append(pcm, 0)
	}
	h.practiceLine.mu.Lock()
	defer h.practiceLine.mu.Unlock()
	h.practiceLine.say = append(h.practiceLine.say, pcm...)
}

// keys presses keys by RTP events.
func (h *handset) keys(t *testing.T, keys string) {
	t.Helper()
	h.play(func(yield func(int16) bool) { // a line is not silent
		for i := range media.SampleRate * 3 {
			if !yield(int16(i % 7 * 3)) {
				return
			}
		}
	})
	if err := h.Call.Media().(phoneAudio).SendKeys(keys); err != nil {
		t.Error(err)
	}
}

// hears waits until something is heard, and says how many ticks of it were so far.
func (h *handset) hears(t *testing.T) int {
	t.Helper()
	for range 3000 {
		h.mu.Lock()
		n := h.heard
		h.mu.Unlock()
		if n > 20 {
			return n
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nothing was heard")
	return 0
}

// ended waits for the far end to hang up.
func (h *handset) ended(t *testing.T) sip.End {
	t.Helper()
	select {
	case <-h.Call.Done():
	case <-time.After(time.Minute):
		t.Fatal("the call goes on")
	}
	return h.Call.End()
}

package room

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = media.SampleRate

// seated joins a PCM leg.
func seated(t testing.TB, r *Room, name string, p Party, m Mode) (*mediatest.PCM, *Seat) {
	t.Helper()
	l := &mediatest.PCM{Name: media.LegID(name)}
	s, err := r.Join(l, p, m)
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func ticks(c *Manual, n int) {
	for range n {
		c.Tick()
	}
}

func TestEachHearsTheOthers(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	a, _ := seated(t, r, "a", Customer, Talk)
	b, _ := seated(t, r, "b", Bot, Talk)
	c, _ := seated(t, r, "c", Agent, Talk)
	x, y := mediatest.Tone(300, 20000, second), mediatest.Tone(700, 20000, second)
	a.Say(x)
	b.Say(y)
	ticks(clock, 50)
	if !slices.Equal(a.Heard(), y) || !slices.Equal(b.Heard(), x) {
		t.Error("two talkers do not hear each other as they are")
	}
	for i, v := range c.Heard() {
		want := min(max(int(x[i])+int(y[i]), -32768), 32767)
		if int(v) != want {
			t.Fatalf("sample %d is %d, the saturated sum is %d", i, v, want)
		}
	}
	if r.Now() != second {
		t.Errorf("call time %d after a second", r.Now())
	}
}

func TestModes(t *testing.T) {
	// heard says, of a supervisor in a mode, by whom it is heard.
	for _, c := range []struct {
		mode                         Mode
		customer, bot, agent, itself bool
	}{{Talk, true, true, true, true}, {Listen, false, false, false, true}, {Whisper, false, false, true, true}, {Hold, false, false, false, false}} {
		clock := NewManual()
		r := New("r", clock, Options{})
		customer, _ := seated(t, r, "customer", Customer, Talk)
		bot, _ := seated(t, r, "bot", Bot, Talk)
		agent, _ := seated(t, r, "agent", Agent, Talk)
		boss, seat := seated(t, r, "boss", Supervisor, Listen)
		seat.SetMode(c.mode)
		boss.Say(mediatest.Tone(300, 9000, second))
		ticks(clock, 10)
		for _, h := range []struct {
			l    *mediatest.PCM
			want bool
		}{{customer, c.customer}, {bot, c.bot}, {agent, c.agent}} {
			if got := mediatest.Level(h.l.Heard()) > 0; got != h.want {
				t.Errorf("mode %d: %s hears it: %v", c.mode, h.l.Name, got)
			}
		}
		customer.Say(mediatest.Tone(500, 9000, second))
		ticks(clock, 10)
		if got := mediatest.Level(boss.Heard()) > 0; got != c.itself {
			t.Errorf("mode %d: the supervisor hears: %v", c.mode, got)
		}
		r.Close()
	}
}

// A supervisor's whisper must not change a bit of what the customer is sent.
func TestWhisperLeavesTheCustomersPackets(t *testing.T) {
	sent := func(whisper bool) []media.Packet {
		clock := NewManual()
		r := New("r", clock, Options{})
		defer r.Close()
		customer := mediatest.NewCoded("customer", media.CodecOpus, true)
		if _, err := r.Join(customer, Customer, Talk); err != nil {
			t.Fatal(err)
		}
		agent, _ := seated(t, r, "agent", Agent, Talk)
		boss, seat := seated(t, r, "boss", Supervisor, Listen)
		agent.Say(mediatest.Tone(400, 8000, second))
		for i := range 50 {
			if whisper && i == 20 {
				seat.SetMode(Whisper)
				boss.Say(mediatest.Tone(900, 8000, second))
			}
			clock.Tick()
		}
		return customer.Sent()
	}
	with, without := sent(true), sent(false)
	if len(with) != 50 || !slices.EqualFunc(with, without, func(a, b media.Packet) bool {
		return slices.Equal(a.Payload, b.Payload) && a.At == b.At
	}) {
		t.Error("the customer's packets differ")
	}
}

func TestSilenceIsNotSentAndListenersShareAnEncoder(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	customer := mediatest.NewCoded("customer", media.CodecOpus, true)
	_, _ = r.Join(customer, Customer, Talk)
	bot, _ := seated(t, r, "bot", Bot, Talk)
	one, two := mediatest.NewCoded("one", media.CodecOpus, true), mediatest.NewCoded("two", media.CodecOpus, true)
	_, _ = r.Join(one, Supervisor, Listen)
	_, _ = r.Join(two, Supervisor, Listen)
	bot.Say(mediatest.Tone(400, 8000, second/2))
	ticks(clock, 100)
	if n := len(customer.Sent()); n != 25+hangover {
		t.Errorf("%d packets for 25 of speech", n)
	}
	a, b := one.Sent(), two.Sent()
	if len(a) == 0 || len(a) != len(b) || !slices.Equal(a[3].Payload, b[3].Payload) {
		t.Error("two listeners are sent different packets")
	}
	if n := len(r.mixes); n != 3 { // customer's, bot's, listeners'
		t.Errorf("%d mixes", n)
	}
}

// keeper notes what the taps and recorder of a seat are told.
type keeper struct {
	arrived, played, in, out int
	sent                     []int16
	late                     bool
	last                     media.CallTime
}

func (k *keeper) Arrived(p *media.Packet) { k.arrived += len(p.PCM) }
func (k *keeper) Sent(p *media.Packet)    { k.sent = append(k.sent, p.PCM...) }
func (k *keeper) Played(p *media.Packet) {
	k.played += len(p.PCM)
	k.late = k.late || p.At < k.last
	k.last = p.At
}
func (k *keeper) In(p *media.Packet) {
	if len(p.Payload) > 0 {
		k.in++
	}
}
func (k *keeper) Out(p *media.Packet) {
	if len(p.Payload) > 0 {
		k.out++
	}
}

func TestTapAndRecorder(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	customer := mediatest.NewCoded("customer", media.CodecOpus, false)
	seat, _ := r.Join(customer, Customer, Talk)
	bot, _ := seated(t, r, "bot", Bot, Talk)
	k := &keeper{}
	seat.SetTap(k)
	seat.SetRecorder(k)
	say := talker(t, customer)
	bot.Say(mediatest.Tone(400, 8000, 20*media.TickSamples))
	for i := range 50 {
		if i < 30 {
			say()
		}
		clock.Tick()
	}
	if k.arrived < 30*media.TickSamples || k.played != 50*media.TickSamples || k.late {
		t.Errorf("%d samples arrived, %d played", k.arrived, k.played)
	}
	if want := mediatest.Tone(400, 8000, 20*media.TickSamples); !slices.Equal(k.sent, want) {
		t.Errorf("%d samples were sent, and the tap was told of %d", len(want), len(k.sent))
	}
	if k.in != 30 || k.out != 20+hangover {
		t.Errorf("%d packets of the customer kept, %d for the customer", k.in, k.out)
	}
}

// talker gives a leg a packet of a tone at each call.
func talker(t testing.TB, l *mediatest.Coded) func() {
	t.Helper()
	enc, err := codec.NewEncoder(l.Of, codec.Params{Complexity: 4})
	if err != nil {
		t.Fatal(err)
	}
	b, err := enc.Encode(mediatest.Tone(500, 8000, media.TickSamples), nil)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	return func() {
		l.Arrive(media.Packet{Payload: b, Codec: l.Of, Seq: uint16(i), Timestamp: uint32(i * l.Of.ClockRate() / 50)})
		i++
	}
}

func TestComingAndGoing(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	var seats []*Seat
	for i := range maxSeats {
		_, s := seated(t, r, fmt.Sprint(i), Supervisor, Listen)
		seats = append(seats, s)
	}
	if _, err := r.Join(&mediatest.PCM{}, Agent, Talk); !errors.Is(err, ErrFull) {
		t.Errorf("a seat too many: %v", err)
	}
	seats[3].Leave()
	seats[3].Leave()
	if _, err := r.Join(&mediatest.PCM{}, Agent, Talk); err != nil {
		t.Errorf("after one left: %v", err)
	}
	ticks(clock, 3)
	r.Close()
	ticks(clock, 3)
	seats[5].SetMode(Talk)
	seats[5].Leave()
	if _, err := r.Join(&mediatest.PCM{}, Agent, Talk); !errors.Is(err, ErrClosed) {
		t.Errorf("joined a closed room: %v", err)
	}
}

func TestNoAllocationPerTick(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	customer := mediatest.NewCoded("customer", media.CodecOpus, false)
	seat, _ := r.Join(customer, Customer, Talk)
	k := &keeper{}
	seat.SetTap(k)
	seat.SetRecorder(k)
	third := mediatest.NewCoded("third", media.CodecPCMU, false)
	_, _ = r.Join(third, Agent, Talk)
	bot := &looping{pcm: mediatest.Tone(400, 8000, media.TickSamples)}
	_, _ = r.Join(bot, Bot, Talk)
	one, two := talker(t, customer), talker(t, third)
	step := func() { one(); two(); clock.Tick() }
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(400, step); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

// looping is a PCM leg that says the same tick again and again, without allocating.
type looping struct{ pcm []int16 }

func (l *looping) ID() media.LegID { return "looping" }
func (l *looping) Pull(p *media.Packet) bool {
	p.PCM = append(p.PCM[:0], l.pcm...)
	return true
}
func (l *looping) Push(*media.Packet) {}
func (l *looping) Close() error       { return nil }

func TestClockTicksAndStops(t *testing.T) {
	c := NewClock(ClockOptions{})
	var n atomic.Int64
	var rooms []*Room
	for i := range 12 {
		r := New(fmt.Sprint(i), c, Options{})
		rooms = append(rooms, r)
		_, _ = r.Join(&counting{n: &n}, Customer, Talk)
	}
	for deadline := time.Now().Add(20 * time.Second); n.Load() < 12*5; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the clock does not tick")
		}
	}
	s := c.Stats()
	if s.Rooms != 12 || s.Late.Count() == 0 {
		t.Errorf("%+v", s.Rooms)
	}
	for i := range c.shards {
		for k := range c.shards[i].phases {
			if n := c.shards[i].phases[k].len(); n < 12/phases/len(c.shards) || n > 12/phases/len(c.shards)+1 {
				t.Errorf("phase %d of shard %d has %d rooms of 12", k, i, n)
			}
		}
	}
	for _, r := range rooms {
		r.Close()
	}
	got := n.Load()
	c.Close()
	if n.Load() != got {
		t.Error("a leg was called after its room was closed")
	}
}

type counting struct {
	mediatest.PCM
	n *atomic.Int64
}

func (c *counting) Pull(*media.Packet) bool { c.n.Add(1); return false }

// BenchmarkSession is a full session: Opus both ways, the bot speaking half of
// the time. The share of a core is ns/op over 20 ms.
func BenchmarkSession(b *testing.B) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	customer := mediatest.NewCoded("customer", media.CodecOpus, false)
	_, _ = r.Join(customer, Customer, Talk)
	bot := &half{looping: looping{pcm: mediatest.Tone(400, 8000, media.TickSamples)}}
	_, _ = r.Join(bot, Bot, Talk)
	say := talker(b, customer)
	for b.Loop() {
		say()
		clock.Tick()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(media.Tick)*100, "%core")
}

type half struct {
	looping
	n int
}

func (h *half) Pull(p *media.Packet) bool {
	h.n++
	return h.n/100%2 == 0 && h.looping.Pull(p)
}

// A clock without rooms sleeps, and has missed nothing when it is woken.
func TestAnIdleClockSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(ClockOptions{}, time.Sleep)
		defer c.Close()
		for range 2 {
			time.Sleep(time.Hour)
			idle := c.Stats().Ticks
			time.Sleep(time.Hour)
			if n := c.Stats().Ticks; n != idle {
				t.Errorf("%d ticks of no room", n-idle)
			}
			var n atomic.Int64
			r := New("a", c, Options{})
			_, _ = r.Join(&counting{n: &n}, Customer, Talk)
			time.Sleep(time.Second)
			if s := c.Stats(); n.Load() < 49 || n.Load() > 51 || s.Missed > 0 || s.Late.Quantile(1) > time.Millisecond {
				t.Errorf("%d ticks in a second, %d missed", n.Load(), s.Missed)
			}
			r.Close()
		}
	})
}

func BenchmarkClock(b *testing.B) {
	for _, rooms := range []int{100, 1000} {
		b.Run(fmt.Sprint(rooms), func(b *testing.B) {
			c := NewClock(ClockOptions{})
			defer c.Close()
			for i := range rooms {
				r := New(fmt.Sprint(i), c, Options{})
				defer r.Close()
				_, _ = r.Join(&mediatest.PCM{}, Customer, Talk)
				_, _ = r.Join(&mediatest.PCM{}, Bot, Talk)
			}
			for b.Loop() {
				time.Sleep(2 * time.Second)
			}
			s := c.Stats()
			b.ReportMetric(float64(s.Late.Quantile(0.99).Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(s.Late.Quantile(0.999).Microseconds())/1000, "p99.9-ms")
			b.ReportMetric(float64(s.Missed), "missed")
		})
	}
}

// On hold the customer hears the bot's company alone, and the agent hears none of it.
func TestHoldIsARoomOfItsOwn(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	customer, held := seated(t, r, "customer", Customer, Talk)
	company, _ := seated(t, r, "company", Bot, Hold)
	brief, _ := seated(t, r, "brief", Bot, Whisper)
	agent, _ := seated(t, r, "agent", Agent, Talk)
	company.Say(mediatest.Tone(300, 4000, second))
	brief.Say(mediatest.Tone(500, 4000, second))
	held.SetMode(Hold)
	customer.Say(mediatest.Tone(700, 4000, second))
	ticks(clock, 10)
	n := 10 * media.TickSamples
	if !slices.Equal(customer.Heard(), mediatest.Tone(300, 4000, n)) {
		t.Error("the customer does not hear the company alone")
	}
	if !slices.Equal(agent.Heard(), mediatest.Tone(500, 4000, n)) {
		t.Error("the agent does not hear the briefing alone")
	}
	held.SetMode(Talk)
	agent.Say(mediatest.Tone(900, 4000, second))
	ticks(clock, 1)
	if got := customer.Heard(); !slices.Equal(got[n:], mediatest.Tone(900, 4000, media.TickSamples)) {
		t.Error("after the hold the customer does not hear the agent")
	}
}

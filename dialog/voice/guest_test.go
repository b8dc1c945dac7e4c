package voice

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"parley/asr/asrtest"
	"parley/dialog"
	"parley/media"
	"parley/media/mediatest"
	"parley/media/room"
)

// wire is a line of PCM that is up at once.
type wire struct {
	mediatest.PCM
	ready, done chan struct{}
	once        sync.Once
}

func newWire(name string) *wire {
	w := &wire{PCM: mediatest.PCM{Name: media.LegID(name)}, ready: make(chan struct{}), done: make(chan struct{})}
	close(w.ready)
	return w
}

func (w *wire) Ready() <-chan struct{} { return w.ready }
func (w *wire) Done() <-chan struct{}  { return w.done }
func (w *wire) Err() error             { return nil }
func (w *wire) Close() error {
	w.once.Do(func() { close(w.done) })
	return nil
}

// quietHub is a conversation in which nobody answers.
type quietHub struct{}

func (quietHub) Attach(ctx context.Context, _ dialog.ConversationID, _ dialog.Via, ch dialog.Channel) error {
	for range ch.Listen(ctx) {
	}
	return nil
}

// visit is a call with guests, on call time.
type visit struct {
	t        *testing.T
	clock    *room.Manual
	calls    *Calls
	customer *wire
	mu       sync.Mutex
	parted   map[media.LegID]string
	written  []dialog.Turn
}

func visited(t *testing.T) *visit {
	v := &visit{t: t, clock: room.NewManual(), customer: newWire("customer"), parted: map[media.LegID]string{}}
	v.calls = New(Options{Hub: quietHub{}, Clock: v.clock, TTS: monotone(1000), ASR: &asrtest.Fake{Text: "your money is on its way"},
		Parted: func(_ dialog.CallID, g Guest, reason string) {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.parted[g.Leg] = reason
		},
		Overheard: func(_ context.Context, _ dialog.ConversationID, turn dialog.Turn, final bool) {
			v.mu.Lock()
			defer v.mu.Unlock()
			if final {
				v.written = append(v.written, turn)
			}
		}})
	if err := v.calls.Begin("c", Request{Language: "en", Conversation: "x"}, v.customer); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return v
}

func (v *visit) join(name string, p room.Party, m room.Mode) *wire {
	v.t.Helper()
	w := newWire(name)
	if err := v.calls.Join("c", Guest{Leg: w.Name, User: name, Party: p, Mode: m}, w); err != nil {
		v.t.Fatal(err)
	}
	synctest.Wait()
	return w
}

func (v *visit) tune(leg media.LegID, c Change) {
	v.t.Helper()
	if _, err := v.calls.Tune("c", leg, c); err != nil {
		v.t.Fatal(err)
	}
}

// hears reports what a line was sent while it ticked ten times.
func (v *visit) hears(w *wire, from ...*wire) []int16 {
	for i, x := range from {
		x.Say(mediatest.Tone(float64(300+200*i), 5000, 10*media.TickSamples))
	}
	before := len(w.Heard())
	for range 10 {
		v.clock.Tick()
		synctest.Wait()
	}
	return w.Heard()[before:]
}

func sounds(pcm []int16) bool { return mediatest.Level(pcm) > 0 }

func TestAGuestListensWhispersAndSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := visited(t)
		defer v.calls.Close()
		agent := v.join("agent", room.Agent, room.Talk)
		boss := v.join("boss", room.Supervisor, room.Listen)
		if !sounds(v.hears(boss, v.customer)) || sounds(v.hears(v.customer, boss)) || sounds(v.hears(agent, boss)) {
			t.Error("who listens hears, and is not heard")
		}
		whisper := room.Whisper
		v.tune("boss", Change{Mode: &whisper})
		if sounds(v.hears(v.customer, boss)) || !sounds(v.hears(agent, boss)) {
			t.Error("a whisper is the agent's alone")
		}
		talk := room.Talk
		v.tune("boss", Change{Mode: &talk})
		if !sounds(v.hears(v.customer, boss)) {
			t.Error("who barges in is heard")
		}
		on := true
		v.tune("boss", Change{Muted: &on})
		if sounds(v.hears(v.customer, boss)) {
			t.Error("who is muted is not heard")
		}
		if err := v.calls.Part("c", "boss"); err != nil {
			t.Fatal(err)
		}
		_ = agent.Close()
		synctest.Wait()
		if gs, _ := v.calls.Guests("c"); len(gs) != 0 || v.parted["boss"] != "left" || v.parted["agent"] != "hangup" {
			t.Errorf("%v are there, %v", gs, v.parted)
		}
		if _, err := v.calls.Tune("c", "boss", Change{}); !errors.Is(err, ErrNoLeg) {
			t.Error(err)
		}
	})
}

func TestTheCustomerOnHoldHasMusic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := visited(t)
		defer v.calls.Close()
		agent := v.join("agent", room.Agent, room.Talk)
		on, off := true, false
		v.tune("agent", Change{Held: &on}) // the only one who speaks with the customer
		if !sounds(v.hears(v.customer)) || sounds(v.hears(agent, v.customer)) {
			t.Error("the customer has music, and is not heard")
		}
		v.tune("agent", Change{Held: &off})
		if sounds(v.hears(v.customer)) || !sounds(v.hears(v.customer, agent)) {
			t.Error("after it they hear each other alone")
		}
		if err := v.calls.Hold("c", true); err != nil {
			t.Fatal(err)
		}
		heard := make(chan dialog.Turn, 1)
		go func() {
			turn, _ := v.calls.Brief(t.Context(), "c", dialog.Message{ID: "b", Language: "en", Reply: dialog.Say("Ann waits for a refund.")})
			heard <- turn
		}()
		synctest.Wait()
		for range 30 { // the customer's music fades in
			v.clock.Tick()
			synctest.Wait()
		}
		if brief, music := v.hears(agent), v.hears(v.customer); !slices.Contains(brief, 1000) || slices.Contains(music, 1000) || !sounds(music) {
			t.Error("the briefing is the agent's alone, the music the customer's")
		}
		for range 160 {
			v.clock.Tick()
			synctest.Wait()
		}
		if turn := <-heard; turn.Text != "Ann waits for a refund." || turn.Cut {
			t.Errorf("%+v", turn)
		}
		_ = v.customer.Close()
		synctest.Wait()
		if v.parted["agent"] != "ended" {
			t.Errorf("the customer left, and the agent is told %v", v.parted)
		}
		if err := v.calls.Hold("c", false); !errors.Is(err, ErrNoCall) {
			t.Error(err)
		}
		if err := v.calls.Join("c", Guest{Leg: "late"}, newWire("late")); !errors.Is(err, ErrNoCall) {
			t.Error(err)
		}
	})
}

// What the customer hears of an agent is written down, and nothing else.
func TestAnAgentsWordsAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := visited(t)
		defer v.calls.Close()
		say := func(w *wire) {
			w.Say(mediatest.Voice(60))
			w.Say(make([]int16, 100*media.TickSamples))
			for range 170 {
				v.clock.Tick()
				synctest.Wait()
			}
		}
		agent := v.join("agent", room.Agent, room.Talk)
		say(agent)
		if len(v.written) != 1 || v.written[0].From != dialog.Agent || v.written[0].Text != "your money is on its way" || v.written[0].Call != "c" {
			t.Fatalf("%+v", v.written)
		}
		boss := v.join("boss", room.Supervisor, room.Whisper)
		say(boss)
		if err := v.calls.Hold("c", true); err != nil {
			t.Fatal(err)
		}
		say(agent)
		if len(v.written) != 1 {
			t.Errorf("written down, and the customer heard none of it: %+v", v.written[1:])
		}
	})
}

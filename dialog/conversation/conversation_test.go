package conversation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/asr/backchannel"
	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/dialogtest"
	"parley/dialog/floor"
)

const id dialog.ConversationID = "c"

// rig is a conversation with a call, on a virtual clock.
type rig struct {
	*testing.T
	hub   *conversation.Hub
	log   *dialogtest.Log
	brain *dialogtest.Brain
	voice *dialogtest.Voice
	done  chan error
}

func config() floor.Config {
	return floor.Config{Name: "Parley", Company: "Brightwood", Drafts: true, Backchannel: backchannel.Is, Stop: backchannel.Stop}
}

// call runs f with a call whose greeting is over.
func call(t *testing.T, c floor.Config, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, c, &dialogtest.Brain{First: 300 * time.Millisecond, Each: 20 * time.Millisecond})
		r.open("en")
		time.Sleep(8 * time.Second)
		f(r)
		r.end()
	})
}

func start(t *testing.T, c floor.Config, b *dialogtest.Brain) *rig {
	r := &rig{T: t, log: dialogtest.NewLog(), brain: b, voice: dialogtest.NewVoice("call"), done: make(chan error, 1)}
	r.hub = conversation.NewHub(conversation.Options{Log: r.log, Bus: r.log, Brain: b, Chat: chat.New(), Floor: c})
	return r
}

func (r *rig) open(language string) {
	r.voice.Event(dialog.Opened{Via: dialog.ViaVoice, Call: "call", Language: language})
	go func() { r.done <- r.hub.Attach(context.Background(), id, dialog.ViaVoice, r.voice) }()
}

func (r *rig) reply(f func(dialog.Context) (string, error)) {
	r.brain.Set(func(b *dialogtest.Brain) { b.Reply = f })
}

func (r *rig) post(e dialog.Event) {
	if err := r.hub.Post(context.Background(), id, e); err != nil {
		r.Error(err)
	}
}

// write is the customer writing on the page.
func (r *rig) write(turn dialog.TurnID, text string) {
	m := dialog.Turn{ID: turn, From: dialog.Customer, Via: dialog.ViaChat, Text: text}
	b, _ := json.Marshal(m.Data())
	_, _ = r.log.Append(context.Background(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b})
	r.post(dialog.Said{Turn: m})
}

// source is a random source for several goroutines.
type source struct {
	mu  sync.Mutex
	pcg *rand.PCG
}

func locked(seed uint64) *source { return &source{pcg: rand.NewPCG(seed, 1)} }

func (s *source) Uint64() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pcg.Uint64()
}

func (r *rig) end() {
	r.voice.Leave()
	time.Sleep(time.Second)
	if err := r.hub.Close(context.Background()); err != nil {
		r.Error(err)
	}
	<-r.done
	if r.voice.Overlap() {
		r.Error("two replies were delivered at once")
	}
}

// turns are the conversation's messages.
func (r *rig) turns() []dialog.MessageData {
	var out []dialog.MessageData
	for _, rec := range r.log.Records(id, dialog.MessageCreated) {
		var m dialog.MessageData
		if err := json.Unmarshal(rec.Data, &m); err != nil {
			r.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func (r *rig) last() dialog.MessageData {
	ts := r.turns()
	if len(ts) == 0 {
		return dialog.MessageData{}
	}
	return ts[len(ts)-1]
}

func TestGreetsListensAnswers(t *testing.T) {
	call(t, config(), func(r *rig) {
		if h := r.voice.Heard(); !strings.Contains(h, "AI assistant for Brightwood") || !strings.Contains(h, "How can I help you?") {
			r.Errorf("greeting %q", h)
		}
		r.voice.Say("where is my order", time.Second)
		time.Sleep(5 * time.Second)
		ts := r.turns()
		if n := len(ts); n != 4 || ts[2].From != dialog.Customer || ts[3].Text != "You asked where is my order." || ts[3].ReplyTo != ts[2].ID || ts[3].Cut {
			r.Errorf("%+v", ts)
		}
	})
}

func TestInterruptedSpeakingKeepsWhatWasHeard(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.reply(func(dialog.Context) (string, error) {
			return "one two three four five six seven eight nine ten eleven twelve", nil
		})
		r.voice.Say("count", time.Second)
		time.Sleep(1600 * time.Millisecond)
		if s, _, _ := r.voice.State(); !s {
			r.Fatal("it does not speak")
		}
		r.voice.Event(dialog.Onset{})
		time.Sleep(50 * time.Millisecond)
		if _, ducked, hushed := r.voice.State(); !ducked || hushed {
			r.Errorf("at onset: ducked %v, hushed %v", ducked, hushed)
		}
		time.Sleep(250 * time.Millisecond)
		if _, _, hushed := r.voice.State(); !hushed {
			r.Error("not hushed while the customer speaks on")
		}
		r.voice.Event(dialog.Partial{Text: "no"})
		time.Sleep(50 * time.Millisecond)
		cut := r.last()
		if !cut.Cut || cut.From != dialog.Bot || !strings.HasPrefix("one two three four five six seven eight", cut.Text) {
			r.Errorf("%+v", cut)
		}
		if !strings.HasSuffix(r.voice.Heard(), cut.Text) {
			r.Errorf("history has %q, heard was %q", cut.Text, r.voice.Heard())
		}
		r.voice.Event(dialog.Offset{})
		r.voice.Event(dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "no I mean cancel"}})
		time.Sleep(6 * time.Second)
		asked := r.brain.Asked()
		c := asked[len(asked)-1]
		if len(c.Question) != 1 || c.Question[0].Text != "no I mean cancel" || c.History[len(c.History)-1].Text != cut.Text {
			r.Errorf("%+v", c)
		}
	})
}

func TestBackchannelsAndEchoDoNotStopIt(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.reply(func(dialog.Context) (string, error) {
			return "one two three four five six seven eight nine ten", nil
		})
		r.voice.Say("count", time.Second)
		time.Sleep(1500 * time.Millisecond)
		r.voice.Say("mm-hm", 400*time.Millisecond)
		time.Sleep(100 * time.Millisecond)
		r.voice.Event(dialog.Onset{Echo: true})
		r.voice.Event(dialog.Partial{Text: "three four five", Echo: true})
		time.Sleep(6 * time.Second)
		if m := r.last(); m.Cut || !strings.HasSuffix(m.Text, "nine ten") {
			r.Errorf("%+v", m)
		}
		if _, d, h := r.voice.State(); d || h {
			r.Error("still ducked or hushed")
		}
	})
}

func TestInterruptedThinkingJoinsTheQuestion(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.brain.Set(func(b *dialogtest.Brain) { b.First = 2 * time.Second })
		r.voice.Say("I bought headphones", time.Second)
		time.Sleep(400 * time.Millisecond)
		r.voice.Say("and they are broken", time.Second)
		time.Sleep(12 * time.Second)
		asked := r.brain.Asked()
		q := asked[len(asked)-1].Question
		if len(q) != 2 || q[0].Text != "I bought headphones" || q[1].Text != "and they are broken" {
			r.Errorf("asked %+v", q)
		}
		bots := 0
		for _, m := range r.turns()[2:] {
			if m.From == dialog.Bot {
				bots++
			}
		}
		if bots != 1 {
			r.Errorf("%d answers: %+v", bots, r.turns())
		}
	})
}

func TestDraftIsAdopted(t *testing.T) {
	call(t, config(), func(r *rig) {
		turn := dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "where is my order"}
		r.voice.Event(dialog.Onset{})
		time.Sleep(time.Second)
		r.voice.Event(dialog.Offset{})
		r.voice.Event(dialog.Tentative{Turn: turn})
		time.Sleep(300 * time.Millisecond)
		n := len(r.turns())
		r.voice.Event(dialog.Said{Turn: turn})
		time.Sleep(150 * time.Millisecond) // 300 ms of thinking lie behind; 100 of speech before
		if s, _, _ := r.voice.State(); !s {
			r.Error("the draft saved no time")
		}
		time.Sleep(5 * time.Second)
		if a, w := r.hub.Drafts(); a != 1 || w != 0 {
			r.Errorf("%d adopted, %d wasted", a, w)
		}
		if len(r.brain.Asked()) != 1 || len(r.turns()) != n+2 {
			r.Errorf("asked %d times", len(r.brain.Asked()))
		}
		if texts, open := r.voice.Prepared(); len(texts) != 1 || strings.TrimSpace(texts[0]) != r.last().Text || open != 0 {
			r.Errorf("the voice was to make ready %q, and holds %d", texts, open)
		}
	})
}

func TestADraftOfAnotherTextIsDropped(t *testing.T) {
	call(t, config(), func(r *rig) {
		turn := dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "where is my"}
		r.voice.Event(dialog.Tentative{Turn: turn})
		time.Sleep(300 * time.Millisecond)
		turn.Text = "where is my order"
		r.voice.Event(dialog.Said{Turn: turn})
		time.Sleep(5 * time.Second)
		if a, w := r.hub.Drafts(); a != 0 || w != 1 {
			r.Errorf("%d adopted, %d wasted", a, w)
		}
		if m := r.last(); m.Text != "You asked where is my order." {
			r.Errorf("%+v", m)
		}
		if _, open := r.voice.Prepared(); open != 0 {
			r.Error("the voice holds what was dropped")
		}
	})
}

func TestProviderDeadApologises(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.reply(func(dialog.Context) (string, error) { return "", dialogtest.ErrProvider })
		r.voice.Say("where is my order", time.Second)
		time.Sleep(8 * time.Second)
		if m := r.last(); !strings.Contains(m.Text, "I am sorry") {
			r.Errorf("%+v", m)
		}
		r.voice.Set(func(v *dialogtest.Voice) { v.Break = dialogtest.ErrProvider })
		r.voice.Say("hello", time.Second)
		time.Sleep(8 * time.Second)
		if m := r.last(); !strings.Contains(m.Text, "I am sorry") {
			r.Errorf("after a voice that broke: %+v", m)
		}
	})
}

func TestHangingProviderIsFilledAndGivenUp(t *testing.T) {
	call(t, config(), func(r *rig) {
		r.brain.Set(func(b *dialogtest.Brain) { b.First = time.Hour })
		r.voice.Say("where is my order", time.Second)
		time.Sleep(4 * time.Second)
		if !strings.Contains(r.voice.Heard(), "One moment") {
			r.Errorf("nothing said while waiting: %q", r.voice.Heard())
		}
	})
}

func TestCommands(t *testing.T) {
	call(t, config(), func(r *rig) {
		say := func(text, want string) {
			r.voice.Say(text, time.Second)
			time.Sleep(6 * time.Second)
			if m := r.last(); !strings.Contains(m.Text, want) {
				r.Errorf("%q: %+v", text, m)
			}
		}
		say("where is my order", "You asked where is my order")
		say("say that again please", "You asked where is my order")
		say("please speak more slowly", "slowly")
		if r.voice.Rate() != 0.8 {
			r.Errorf("rate %v", r.voice.Rate())
		}
		say("你好请问订单在哪里", "You asked")
		say("再说一遍", "You asked")
		say("大声一点", "听清")
		say("请等一下", "慢慢来")
		time.Sleep(time.Minute)
		if strings.Contains(r.voice.Heard(), "您还在吗") {
			r.Error("nagged after 等一下")
		}
		say("再见", "再见")
		if r.voice.Hung() != "goodbye" {
			r.Errorf("hung up: %q", r.voice.Hung())
		}
	})
}

func TestSilenceIsAskedAndEnded(t *testing.T) {
	call(t, config(), func(r *rig) {
		time.Sleep(20 * time.Second)
		if !strings.Contains(r.voice.Heard(), "Are you still there?") {
			r.Errorf("heard %q", r.voice.Heard())
		}
		time.Sleep(30 * time.Second)
		if r.voice.Hung() != "silence" || !strings.Contains(r.voice.Heard(), "Goodbye") {
			r.Errorf("hung up %q after %q", r.voice.Hung(), r.voice.Heard())
		}
	})
}

func TestMisheardThriceIsAnotherWay(t *testing.T) {
	call(t, config(), func(r *rig) {
		for range 3 {
			r.voice.Event(dialog.Onset{})
			time.Sleep(time.Second)
			r.voice.Event(dialog.Offset{})
			r.voice.Event(dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: true})
			time.Sleep(10 * time.Second)
		}
		if n := strings.Count(r.voice.Heard(), "did not catch that"); n != 1 {
			r.Errorf("%d times: %q", n, r.voice.Heard())
		}
		if !strings.Contains(r.voice.Heard(), "keypad") {
			r.Error("no other way offered")
		}
	})
}

func TestRecordingAndRefusal(t *testing.T) {
	c := config()
	c.Record, c.RecordNotice = true, true
	call(t, c, func(r *rig) {
		time.Sleep(4 * time.Second)
		if !r.voice.Recording() || !strings.Contains(r.voice.Heard(), "This call is recorded") {
			r.Errorf("recording %v after %q", r.voice.Recording(), r.voice.Heard())
		}
		r.voice.Say("no", 500*time.Millisecond)
		time.Sleep(5 * time.Second)
		if r.voice.Recording() || !strings.Contains(r.voice.Heard(), "not recorded") {
			r.Error("recorded against the customer's will")
		}
	})
	c.RecordAsk = true
	call(t, c, func(r *rig) {
		if r.voice.Recording() {
			r.Error("recorded before it was allowed")
		}
		r.voice.Say("yes", 500*time.Millisecond)
		time.Sleep(3 * time.Second)
		if !r.voice.Recording() {
			r.Error("allowed, and not recorded")
		}
	})
}

func TestKeysAreAnAnswer(t *testing.T) {
	call(t, config(), func(r *rig) {
		for _, k := range "4815#" {
			r.voice.Event(dialog.Key{Digit: byte(k)})
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		if m := r.last(); m.Text != "You asked 4815." {
			r.Errorf("%+v", m)
		}
	})
}

func TestEarlyWordsAreAnsweredAfterTheDisclosure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(), &dialogtest.Brain{First: 300 * time.Millisecond})
		r.open("en")
		time.Sleep(500 * time.Millisecond)
		r.voice.Say("where is my order", time.Second)
		time.Sleep(10 * time.Second)
		h := r.voice.Heard()
		if !strings.HasPrefix(h, "Hello, this is Parley, an AI assistant for Brightwood.") || !strings.HasSuffix(h, "You asked where is my order.") || strings.Contains(h, "How can I help") {
			t.Errorf("heard %q", h)
		}
		r.end()
	})
}

func TestChatIsAnsweredAndWakesAfterSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(), &dialogtest.Brain{First: 300 * time.Millisecond})
		write := r.write
		write("q1", "where is my order")
		time.Sleep(5 * time.Second)
		if m := r.last(); m.Text != "You asked where is my order." || m.Via != dialog.ViaChat || m.ReplyTo != "q1" {
			t.Errorf("%+v", m)
		}
		time.Sleep(10 * time.Minute)
		if _, awake := r.hub.Snapshot(id); awake {
			t.Error("it does not sleep")
		}
		write("q2", "and the second one")
		time.Sleep(5 * time.Second)
		asked := r.brain.Asked()
		if c := asked[len(asked)-1]; len(c.History) != 2 || c.Question[0].ID != "q2" {
			t.Errorf("after sleep: %+v", c)
		}
		r.done <- nil
		r.end()
	})
}

// Who finds that another node has taken the conversation over writes nothing more,
// and ends its call.
func TestTakenOverByAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(), &dialogtest.Brain{First: 300 * time.Millisecond})
		r.open("en")
		time.Sleep(10 * time.Second)
		before := len(r.turns())
		if _, err := r.log.Claim(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		r.voice.Say("where is my order", time.Second)
		time.Sleep(10 * time.Second)
		if n := len(r.turns()); n != before {
			t.Errorf("%d turns were written under a stale epoch", n-before)
		}
		if _, awake := r.hub.Snapshot(id); awake {
			t.Error("the stale actor is still there")
		}
		r.end()
	})
}

// Whatever happens in whatever order, the conversation is never stuck, and its
// history holds nothing that was not heard.
func TestRandomSchedules(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 1000
	}
	for seed := range n {
		synctest.Test(t, func(t *testing.T) { randomCall(t, uint64(seed)) })
		if t.Failed() {
			return
		}
	}
}

func randomCall(t *testing.T, seed uint64) {
	rng := rand.New(locked(seed))
	ms := func(n int) time.Duration { return time.Duration(rng.IntN(n)+1) * time.Millisecond }
	b := &dialogtest.Brain{First: ms(3000), Each: ms(200)}
	b.Reply = func(c dialog.Context) (string, error) {
		switch rng.IntN(8) {
		case 0:
			return "", dialogtest.ErrProvider
		case 1:
			return "half an answer", dialogtest.ErrProvider
		case 2:
			return "", nil
		}
		return strings.Repeat(fmt.Sprintf("word%d ", len(c.Question)), 1+rng.IntN(20)), nil
	}
	r := start(t, config(), b)
	r.voice.WordTime, r.voice.TTS = ms(300), ms(800)
	r.open("en")
	texts := []string{"where is my order", "mm-hm", "stop", "wait", "and the other one", "say that again", "no", "等一下", "订单在哪", "yes please go on with that"}
	for i := range 30 {
		time.Sleep(ms(1500))
		text := texts[rng.IntN(len(texts))]
		switch rng.IntN(15) {
		case 0:
			r.voice.Event(dialog.Onset{Measured: rng.IntN(2) == 0})
		case 1:
			r.voice.Event(dialog.Offset{})
		case 2:
			r.voice.Event(dialog.Partial{Text: text})
		case 3:
			r.voice.Event(dialog.Tentative{Turn: dialog.Turn{Via: dialog.ViaVoice, Text: text}})
		case 4:
			r.voice.Event(dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: rng.IntN(2) == 0})
		case 5:
			r.voice.Event(dialog.Key{Digit: byte('0' + rng.IntN(10))})
		case 6:
			r.voice.Event(dialog.Failed{Part: "asr"})
		case 7:
			r.voice.Event(dialog.Stir{})
		case 9:
			if err := r.hub.Post(context.Background(), id, dialog.Settled{Change: "c"}); err != nil {
				t.Error(err)
			}
		case 8:
			r.voice.Event(dialog.Lasting{Voice: ms(300), Speech: ms(600), Quiet: ms(100)})
		case 12:
			r.write(dialog.TurnID(fmt.Sprint("m", i)), text)
		case 13:
			r.post(dialog.Typing{})
		case 14:
			r.post(dialog.Muted{On: rng.IntN(2) == 0})
		default:
			r.voice.Say(text, ms(1500))
		}
	}
	// The customer comes to a last question, and must get an answer.
	r.voice.Event(dialog.Offset{})
	if r.voice.Hung() == "" {
		b.Set(func(b *dialogtest.Brain) { b.Reply, b.First, b.Each = nil, 100*time.Millisecond, 0 })
		r.voice.Set(func(v *dialogtest.Voice) { v.TTS = 50 * time.Millisecond })
		time.Sleep(20 * time.Second) // whatever is under way comes to its end
		if r.voice.Hung() == "" {
			r.voice.Say("the very last question", time.Second)
			time.Sleep(20 * time.Second)
			if h := r.voice.Heard(); !strings.Contains(h, "You asked the very last question") {
				t.Errorf("seed %d is stuck: heard %q", seed, last(h, 300))
			}
		}
	}
	said := strings.Join(strings.Fields(r.voice.Heard()), " ")
	for _, m := range r.turns() {
		if m.From == dialog.Bot && m.Via == dialog.ViaVoice && !strings.Contains(said, m.Text) { // what settles after the call is written
			t.Errorf("history holds %q, which was not heard", m.Text)
		}
	}
	r.end()
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

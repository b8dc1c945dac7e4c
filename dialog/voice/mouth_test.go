package voice

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/tts"
)

// wordSamples is how long each word of the steady voice takes.
const wordSamples = media.SampleRate / 4

// steady speaks every word in a quarter of a second, so what was heard can be counted.
type steady struct {
	breakAt int   // after so many samples ReadFrame fails, once
	always  bool  // and not only once
	refuse  error // Synthesize fails
	asked   []string
}

func (s *steady) Synthesize(_ context.Context, text string, _ tts.Voice) (tts.Speech, error) {
	if s.refuse != nil {
		return nil, s.refuse
	}
	s.asked = append(s.asked, text)
	sp := &steadySpeech{text: text, left: len(strings.Fields(text)) * wordSamples, breakAt: s.breakAt}
	if !s.always {
		s.breakAt = 0
	}
	return sp, nil
}

type steadySpeech struct {
	text    string
	left    int
	read    int
	breakAt int
}

func (s *steadySpeech) Format() media.Format { return media.Speech }
func (s *steadySpeech) Close() error         { return nil }
func (s *steadySpeech) ReadFrame(f *media.Frame) error {
	if s.breakAt > 0 && s.read >= s.breakAt {
		return errors.New("the voice broke")
	}
	n := min(s.left, 800)
	if n == 0 {
		return io.EOF
	}
	f.PCM = f.PCM[:0]
	for range n {
		f.PCM = append(f.PCM, 1000)
	}
	s.left -= n
	s.read += n
	return nil
}
func (s *steadySpeech) Heard(n int64) tts.Span {
	words, end := int(n/wordSamples), 0
	for i, w := range strings.Fields(s.text) {
		if i >= words {
			break
		}
		end = strings.Index(s.text[end:], w) + end + len(w)
	}
	return tts.Span{End: end}
}
func (s *steadySpeech) Boundary(n int64) int64 { return n / wordSamples * wordSamples }

// rig is a mouth with a hand-driven clock.
type rig struct {
	*mouth
	clock  atomic.Int64
	events []dialog.Event
	out    []int16 // all that was spoken, silence included
}

func newRig(v tts.Synthesizer) *rig {
	r := &rig{mouth: newMouth("bot", v)}
	r.emit = func(e dialog.Event) { r.events = append(r.events, e) }
	r.now = r.at
	r.delay = func() media.CallTime { return media.At(60 * time.Millisecond) }
	return r
}

func (r *rig) at() media.CallTime { return media.CallTime(r.clock.Load()) }

// tick runs the room for d of call time, one tick per 20 ms of virtual time.
func (r *rig) tick(d time.Duration) {
	for end := r.at() + media.At(d); r.at() < end; r.clock.Add(media.TickSamples) {
		p := media.Packet{At: r.at()}
		if r.Pull(&p) {
			r.out = append(r.out, p.PCM...)
		} else {
			r.out = append(r.out, make([]int16, media.TickSamples)...)
		}
		time.Sleep(media.Tick)
	}
}

func (r *rig) say(ctx context.Context, text string) (result chan dialog.Turn, err chan error) {
	result, err = make(chan dialog.Turn, 1), make(chan error, 1)
	go func() {
		t, e := r.deliver(ctx, dialog.Message{ID: "r", Language: "en", Reply: dialog.Say(text)})
		result <- t
		err <- e
	}()
	synctest.Wait()
	return result, err
}

func TestAllOfAReplyIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		got, err := r.say(t.Context(), "Your parcel is on its way. It comes tomorrow.")
		r.tick(4 * time.Second)
		if e := <-err; e != nil {
			t.Fatal(e)
		}
		turn := <-got
		if turn.Cut || turn.Text != "Your parcel is on its way. It comes tomorrow." {
			t.Errorf("%+v", turn)
		}
		var audible bool
		for _, e := range r.events {
			if a, ok := e.(dialog.Audible); ok {
				audible = a.Timing.Packet >= a.Timing.Audio && a.Reply == "r"
			}
		}
		if !audible {
			t.Errorf("no Audible in %v", r.events)
		}
	})
}

// The wait is measured from the customer's end of speech, which the message carries.
func TestTheWaitBeginsWithWhatWasHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		r.tick(time.Second)
		done := make(chan dialog.Turn, 1)
		go func() {
			turn, _ := r.deliver(t.Context(), dialog.Message{Reply: dialog.Say("one two"),
				Timing: dialog.Timing{SpeechEnd: 400 * time.Millisecond, Decided: 700 * time.Millisecond, Usable: 900 * time.Millisecond}})
			done <- turn
		}()
		r.tick(2 * time.Second)
		m := (<-done).Timing.Gaps()
		if m.EndpointMS != 300 || m.ASRMS != 200 || m.TotalMS < 600 || m.TotalMS > 640 {
			t.Errorf("%+v", m)
		}
	})
}

func TestOnlyWhatWasHeardCountsAfterACut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		ctx, cancel := context.WithCancelCause(t.Context())
		got, err := r.say(ctx, "one two three four five six seven eight")
		// Three words and 200 ms of the fourth are written; the customer is 60 ms behind.
		r.tick(950 * time.Millisecond)
		cancel(dialog.ErrYield)
		if e := <-err; !errors.Is(e, dialog.ErrYield) {
			t.Fatal(e)
		}
		if turn := <-got; !turn.Cut || turn.Text != "one two three" {
			t.Errorf("%+v", turn)
		}
	})
}

func TestHushIsSilentAndResumesAtAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		got, _ := r.say(t.Context(), "one two three four")
		r.tick(400 * time.Millisecond)
		r.hush()
		r.tick(20 * time.Millisecond) // fades
		from := len(r.out)
		r.tick(time.Second)
		for i, s := range r.out[from:] {
			if s != 0 {
				t.Fatalf("sample %d of the silence is %d", i, s)
			}
		}
		r.resume()
		from = len(r.out)
		r.tick(2 * time.Second)
		turn := <-got
		if turn.Cut || turn.Text != "one two three four" {
			t.Errorf("%+v", turn)
		}
		loud := 0
		for _, s := range r.out[from:] {
			if s != 0 {
				loud++
			}
		}
		// It was in the second word, so three words follow.
		if words := float64(loud) / wordSamples; words < 2.9 || words > 3.1 {
			t.Errorf("%.2f words after resuming, want 3", words)
		}
	})
}

func TestDuckLowersAndRestores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		got, _ := r.say(t.Context(), "one two three four five six")
		r.tick(200 * time.Millisecond)
		r.duck(true)
		r.tick(200 * time.Millisecond)
		if s := r.out[len(r.out)-1]; s != 250 {
			t.Errorf("ducked sample %d, want 250", s)
		}
		r.duck(false)
		r.tick(200 * time.Millisecond)
		if s := r.out[len(r.out)-1]; s != 1000 {
			t.Errorf("restored sample %d, want 1000", s)
		}
		r.tick(2 * time.Second)
		<-got
	})
}

func TestThinkingIsCutAsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		var cause error
		reply := dialog.Reply(func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
			return func(yield func(dialog.Delta, error) bool) {
				<-ctx.Done()
				cause = context.Cause(ctx)
				yield(dialog.Delta{}, cause)
			}
		})
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() {
			turn, err := r.deliver(ctx, dialog.Message{Reply: reply})
			if turn.Text != "" {
				t.Errorf("heard %q of nothing", turn.Text)
			}
			done <- err
		}()
		r.tick(300 * time.Millisecond)
		cancel(dialog.ErrRejoined)
		if err := <-done; !errors.Is(err, dialog.ErrRejoined) || !errors.Is(cause, dialog.ErrRejoined) {
			t.Errorf("delivery ended with %v, the model with %v", err, cause)
		}
	})
}

func TestABrokenVoiceSaysTheRestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &steady{breakAt: 2 * wordSamples}
		r := newRig(v)
		got, err := r.say(t.Context(), "one two three four")
		r.tick(2 * time.Second)
		if e := <-err; e != nil {
			t.Fatal(e)
		}
		if turn := <-got; turn.Text != "one two three four" || turn.Cut {
			t.Errorf("%+v", turn)
		}
		if len(v.asked) != 2 || strings.TrimSpace(v.asked[1]) != "three four" {
			t.Errorf("asked the voice for %q", v.asked)
		}
	})
}

// A voice that breaks again and again is given up: of its sentence counts what was heard.
func TestAVoiceThatBreaksForGoodIsHeardAsFarAsItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{breakAt: 2 * wordSamples, always: true})
		got, err := r.say(t.Context(), "one two three four five six seven eight")
		r.tick(4 * time.Second)
		if e := <-err; e == nil {
			t.Error("no error")
		}
		if turn := <-got; turn.Text != "one two three four five six" || !turn.Cut {
			t.Errorf("%+v", turn)
		}
	})
}

func TestAReplyThatBreaksIsHeardAsFarAsItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		boom := errors.New("model died")
		reply := dialog.Reply(func(context.Context) iter.Seq2[dialog.Delta, error] {
			return func(yield func(dialog.Delta, error) bool) {
				_ = yield(dialog.Delta{Text: "We are open until six. "}, nil) && yield(dialog.Delta{}, boom)
			}
		})
		var turn dialog.Turn
		var err error
		done := make(chan struct{})
		go func() {
			turn, err = r.deliver(t.Context(), dialog.Message{Reply: reply})
			close(done)
		}()
		synctest.Wait()
		r.tick(3 * time.Second)
		<-done
		if !errors.Is(err, boom) || turn.Text != "We are open until six." {
			t.Errorf("%+v, %v", turn, err)
		}
	})
}

func TestNothingIsAllocatedPerTick(t *testing.T) {
	r := newRig(&steady{})
	d := newDelivery(r.mouth, dialog.Message{}, tts.Voice{})
	d.buf.write(make([]int16, aheadSamples))
	d.audible = true
	r.cur = d
	p := media.Packet{PCM: make([]int16, 0, media.TickSamples)}
	if n := testing.AllocsPerRun(100, func() { p.At = r.at(); r.Pull(&p); r.clock.Add(media.TickSamples) }); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

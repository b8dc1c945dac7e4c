package llm_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog/llm"
)

// scripted answers the n-th request, from 1, as it is told.
type scripted struct {
	asked int
	at    []time.Time
	give  func(n int) (text string, err error)
}

func (s *scripted) Stream(context.Context, llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		s.asked++
		s.at = append(s.at, time.Now())
		text, err := s.give(s.asked)
		if text != "" && !yield(llm.Chunk{Text: text}, nil) {
			return
		}
		if err != nil {
			yield(llm.Chunk{}, err)
			return
		}
		yield(llm.Chunk{FinishReason: "stop"}, nil)
	}
}

func TestRetry(t *testing.T) {
	busy := &llm.StatusError{Status: 503}
	for name, c := range map[string]struct {
		give  func(n int) (string, error)
		asked int
		ok    bool
		least time.Duration
	}{
		"well": {func(int) (string, error) { return "yes", nil }, 1, true, 0},
		"busy once": {func(n int) (string, error) {
			if n == 1 {
				return "", busy
			}
			return "yes", nil
		}, 2, true, 100 * time.Millisecond},
		"busy for ever":   {func(int) (string, error) { return "", busy }, 3, false, 300 * time.Millisecond},
		"cut off":         {func(int) (string, error) { return "", llm.ErrCutOff }, 3, false, 0},
		"a wrong key":     {func(int) (string, error) { return "", &llm.StatusError{Status: 401} }, 1, false, 0},
		"no money":        {func(int) (string, error) { return "", &llm.StatusError{Status: 402} }, 1, false, 0},
		"silent":          {func(int) (string, error) { return "", llm.ErrSilent }, 1, false, 0},
		"after some text": {func(int) (string, error) { return "ye", busy }, 1, false, 0},
		"asks to wait": {func(n int) (string, error) {
			if n == 1 {
				return "", &llm.StatusError{Status: 429, RetryAfter: 900 * time.Millisecond}
			}
			return "yes", nil
		}, 2, true, 900 * time.Millisecond},
		"asks to wait for long": {func(int) (string, error) { return "", &llm.StatusError{Status: 429, RetryAfter: time.Minute} }, 1, false, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{give: c.give}
			began := time.Now()
			_, last, err := collect(t, llm.Retry(s, llm.RetryOptions{Attempts: 3}), hello)
			took := time.Since(began)
			if s.asked != c.asked || (err == nil) != c.ok || c.ok && last.FinishReason != "stop" || took < c.least || took > 2*time.Second {
				t.Errorf("%s: asked %d times in %v, %v", name, s.asked, took, err)
			}
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		s := &scripted{give: func(int) (string, error) { return "", &llm.StatusError{Status: 500} }}
		for range llm.Retry(s, llm.RetryOptions{Attempts: 9}).Stream(ctx, hello) {
		}
		if s.asked != 1 {
			t.Errorf("asked %d times", s.asked)
		}
	})
}

// The breaker of a chain: closed, open, one trial, open for longer, closed.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := true
		bad := &scripted{give: func(int) (string, error) {
			if dead {
				return "", errors.New("dead")
			}
			return "bad", nil
		}}
		good := &scripted{give: func(int) (string, error) { return "good", nil }}
		m := llm.Fallback(llm.FallbackOptions{Failures: 2, Cooldown: 10 * time.Second}, llm.Choice{Name: "bad", Model: bad}, llm.Choice{Name: "good", Model: good})
		ask := func(want string, asked int) {
			t.Helper()
			if text, _, err := collect(t, m, hello); text != want || err != nil || bad.asked != asked {
				t.Errorf("%q, %v, asked %d times, want %q, %d", text, err, bad.asked, want, asked)
			}
		}
		ask("good", 1)
		ask("good", 2)
		ask("good", 2) // open
		time.Sleep(11 * time.Second)
		ask("good", 3) // the trial fails
		time.Sleep(11 * time.Second)
		ask("good", 3) // open for twice as long
		time.Sleep(10 * time.Second)
		dead = false
		ask("bad", 4) // the trial succeeds
		ask("bad", 5)
		dead = true
		ask("good", 6) // one failure does not open it
		ask("good", 7)
		ask("good", 7)
	})
}

// While one request tries a model anew, others go on to the next.
func TestOneTrialAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &scripted{give: func(n int) (string, error) {
			if n > 1 {
				time.Sleep(time.Second)
			}
			return "", errors.New("dead")
		}}
		good := &scripted{give: func(int) (string, error) { return "good", nil }}
		m := llm.Fallback(llm.FallbackOptions{Failures: 1, Cooldown: time.Second}, llm.Choice{Name: "slow", Model: slow}, llm.Choice{Name: "good", Model: good})
		_, _, _ = collect(t, m, hello)
		time.Sleep(2 * time.Second)
		done := make(chan struct{})
		go func() { defer close(done); _, _, _ = collect(t, m, hello) }()
		synctest.Wait()
		_, _, _ = collect(t, m, hello)
		if slow.asked != 2 {
			t.Errorf("asked %d times", slow.asked)
		}
		<-done
	})
}

// A server that names the time is left alone until then, after a single refusal.
func TestTheBreakerHonoursRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := &scripted{give: func(n int) (string, error) {
			if n == 1 {
				return "", &llm.StatusError{Status: 429, RetryAfter: time.Minute}
			}
			return "busy", nil
		}}
		good := &scripted{give: func(int) (string, error) { return "good", nil }}
		m := llm.Fallback(llm.FallbackOptions{}, llm.Choice{Name: "busy", Model: busy}, llm.Choice{Name: "good", Model: good})
		for i, want := range []string{"good", "good", "busy"} {
			if text, _, err := collect(t, m, hello); text != want || err != nil {
				t.Errorf("%d: %q, %v", i, text, err)
			}
			if i == 1 {
				time.Sleep(time.Minute)
			}
		}
	})
}

// Nobody is to blame when the customer speaks up.
func TestBargeInOpensNoBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &scripted{give: func(int) (string, error) { return "yes", nil }}
		f := llm.Fallback(llm.FallbackOptions{Failures: 1}, llm.Choice{Name: "m", Model: m}, llm.Choice{Name: "other", Model: m})
		for range 3 {
			ctx, cancel := context.WithCancelCause(t.Context())
			for range f.Stream(ctx, hello) {
				cancel(errors.New("spoke up"))
				break
			}
			cancel(nil)
		}
		if _, last, err := collect(t, f, hello); err != nil || last.Model != "m" {
			t.Errorf("%+v, %v", last, err)
		}
	})
}

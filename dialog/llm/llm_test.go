package llm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog/llm"
	"parley/dialog/llm/llmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func peer(t *testing.T, s llmtest.Script) (*llmtest.Server, llm.Model) {
	t.Helper()
	p := llmtest.NewServer(s)
	t.Cleanup(p.Close)
	return p, llm.NewOpenAI(llm.Options{URL: p.URL, Key: "k", Model: "m", FirstToken: 300 * time.Millisecond, BetweenChunks: 300 * time.Millisecond})
}

// ask gives the text, the last chunk and the error of a reply.
func ask(t *testing.T, m llm.Model) (string, llm.Chunk, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var text string
	var last llm.Chunk
	zero := 0.0
	for c, err := range m.Stream(ctx, llm.Request{System: "be brief", Messages: []llm.Message{{Role: llm.User, Text: "one two three four"}}, Temperature: &zero}) {
		if err != nil {
			return text, last, err
		}
		text += c.Text
		last = c
	}
	return text, last, nil
}

func TestStream(t *testing.T) {
	p, m := peer(t, llmtest.Script{})
	text, last, err := ask(t, m)
	if err != nil || text != "one two three four" || last.FinishReason != "stop" || last.Usage == nil || last.Usage.Reply != 4 {
		t.Errorf("%q, %+v, %v", text, last, err)
	}
	q := p.Requests()[0]
	if q.Model != "m" || len(q.Messages) != 2 || q.Messages[0].Role != "system" || !strings.Contains(string(q.Body), `"temperature":`) {
		t.Errorf("%s", q.Body)
	}
}

func TestWhatServersGetWrongIsMended(t *testing.T) {
	_, m := peer(t, llmtest.Script{Mode: llmtest.Messy})
	text, last, err := ask(t, m)
	if err != nil || text != "one two three four" || last.Usage == nil || last.Usage.Reply != 4 {
		t.Errorf("%q, %+v, %v", text, last, err)
	}
}

func TestFailures(t *testing.T) {
	for mode, want := range map[llmtest.Mode]error{llmtest.Refuse: nil, llmtest.Hang: llm.ErrSilent, llmtest.Stall: llm.ErrSilent, llmtest.Break: nil, llmtest.Lie: nil} {
		_, m := peer(t, llmtest.Script{Mode: mode})
		if _, _, err := ask(t, m); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", mode, err)
		}
	}
	if _, _, err := ask(t, llm.NewOpenAI(llm.Options{URL: "http://127.0.0.1:1/v1", Model: "m"})); err == nil {
		t.Error("nobody there, and no error")
	}
}

func TestFallback(t *testing.T) {
	bad, dead := peer(t, llmtest.Script{Mode: llmtest.Refuse})
	_, good := peer(t, llmtest.Script{})
	var told []string
	f := llm.Fallback(llm.FallbackOptions{Failures: 2, Failed: func(n string, _ error, next string) { told = append(told, n+">"+next) }},
		llm.Choice{Name: "dead", Model: dead}, llm.Choice{Name: "good", Model: good})
	for range 4 {
		if text, last, err := ask(t, f); err != nil || text != "one two three four" || last.Model != "good" {
			t.Errorf("%q, %+v, %v", text, last, err)
		}
	}
	if len(told) != 2 || told[0] != "dead>good" || len(bad.Requests()) != 2 {
		t.Errorf("%v, asked %d times", told, len(bad.Requests()))
	}
	_, stalls := peer(t, llmtest.Script{Mode: llmtest.Break})
	text, _, err := ask(t, llm.Fallback(llm.FallbackOptions{}, llm.Choice{Name: "a", Model: stalls}, llm.Choice{Name: "b", Model: good}))
	if err == nil || text != "one two " {
		t.Errorf("after something was said another began: %q, %v", text, err)
	}
	if _, _, err := ask(t, llm.Fallback(llm.FallbackOptions{}, llm.Choice{Name: "a", Model: dead})); !errors.Is(err, llm.ErrNoModel) {
		t.Error(err)
	}
}

func TestLeavingEndsTheRequest(t *testing.T) {
	_, m := peer(t, llmtest.Script{PerToken: 50 * time.Millisecond})
	for range m.Stream(t.Context(), llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "one two three"}}}) {
		break
	}
}

package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"parley/dialog/llm"
	"parley/dialog/llm/llmtest"
)

func TestEmbedder(t *testing.T) {
	var sent int
	var spent []llm.Spent
	count := &answers{}
	count.give = func(_ int, body string) (int, string, string) {
		var q struct {
			Input []string `json:"input"`
		}
		_ = json.Unmarshal([]byte(body), &q)
		sent = max(sent, len(q.Input))
		var data []string
		for i, x := range q.Input {
			data = append([]string{fmt.Sprintf(`{"index":%d,"embedding":[%d,0]}`, i, len(x))}, data...) // in any order
		}
		return 200, "application/json", `{"data":[` + strings.Join(data, ",") + `],"usage":{"prompt_tokens":5}}`
	}
	e := llm.NewEmbedder(llm.EmbedOptions{Options: llm.Options{Preset: "qwen", Transport: count}, Price: llm.Price{In: 2},
		Meter: llm.MeterFunc(func(s llm.Spent) { spent = append(spent, s) })})
	texts := strings.Split(strings.Repeat("a,bb,", 12)+"c", ",")
	vs, err := e.Embed(t.Context(), texts)
	if err != nil || len(vs) != 25 || sent != 10 || len(count.sent) != 3 || e.Name() != "text-embedding-v4" {
		t.Fatalf("%d vectors, %d at most, %d requests, %v", len(vs), sent, len(count.sent), err)
	}
	for _, v := range vs {
		if v[0] != 1 {
			t.Errorf("not of length 1: %v", v)
		}
	}
	if len(spent) != 3 || spent[0] != (llm.Spent{Role: "embed", Model: "text-embedding-v4", Usage: llm.Usage{Prompt: 5}, Cost: 1e-5, Currency: "USD"}) {
		t.Errorf("%+v", spent)
	}
	if strings.Contains(count.sent[0], "enable_thinking") {
		t.Error(count.sent[0])
	}
}

func TestEmbedderPresets(t *testing.T) {
	for _, name := range llm.PresetNames() {
		e := llm.NewEmbedder(llm.EmbedOptions{Options: llm.Options{Preset: name, Model: "m", Transport: llmtest.Imitate(name)}})
		if vs, err := e.Embed(t.Context(), []string{"a", ""}); err != nil || len(vs) != 2 || len(vs[0]) != 3 {
			t.Errorf("%s: %v, %v", name, vs, err)
		}
	}
}

func TestEmbedderRefusesBadVectors(t *testing.T) {
	for _, data := range []string{`[]`, `[{"index":0,"embedding":[1]}]`, `[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]`, `[{"index":0,"embedding":[1]},{"index":5,"embedding":[1]}]`,
		`[{"index":0,"embedding":[0]},{"index":1,"embedding":[1]}]`, `[{"index":0,"embedding":[]},{"index":1,"embedding":[1]}]`, `[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]`} {
		synctest.Test(t, func(t *testing.T) {
			a := &answers{give: func(int, string) (int, string, string) { return 200, "application/json", `{"data":` + data + `}` }}
			e := llm.NewEmbedder(llm.EmbedOptions{Options: llm.Options{URL: "http://x/v1", Model: "m", Transport: a}})
			if vs, err := e.Embed(t.Context(), []string{"a", "b"}); !errors.Is(err, llm.ErrVectors) {
				t.Errorf("%s: %v, %v", data, vs, err)
			}
		})
	}
}

func TestEmbedderTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{give: func(n int, _ string) (int, string, string) {
			if n < 3 {
				return 429, "application/json", `{}`
			}
			return 200, "application/json", `{"data":[{"index":0,"embedding":[1]}]}`
		}}
		e := llm.NewEmbedder(llm.EmbedOptions{Options: llm.Options{URL: "http://x/v1", Model: "m", Transport: a}})
		if _, err := e.Embed(t.Context(), []string{"a"}); err != nil || len(a.sent) != 3 {
			t.Errorf("%v after %d requests", err, len(a.sent))
		}
	})
}

type memory map[string][]float32

func (m memory) Vectors(_ context.Context, model string, hashes []string) (map[string][]float32, error) {
	out := map[string][]float32{}
	for _, h := range hashes {
		if v := m[model+h]; v != nil {
			out[h] = v
		}
	}
	return out, nil
}

func (m memory) PutVectors(_ context.Context, model string, vs map[string][]float32) error {
	for h, v := range vs {
		m[model+h] = v
	}
	return nil
}

type counted struct {
	name  string
	texts []string
}

func (c *counted) Name() string { return c.name }
func (c *counted) Embed(_ context.Context, texts []string) ([][]float32, error) {
	c.texts = append(c.texts, texts...)
	var out [][]float32
	for _, x := range texts {
		out = append(out, []float32{float32(len(x))})
	}
	return out, nil
}

func TestCachedEmbedsWhatIsNew(t *testing.T) {
	kept := memory{}
	e := &counted{name: "m"}
	for _, texts := range [][]string{{"a", "bb", "a"}, {"bb", "ccc"}, {"a"}} {
		vs, err := (&llm.Cached{Embedder: e, Kept: kept}).Embed(t.Context(), texts)
		if err != nil || len(vs) != len(texts) {
			t.Fatal(vs, err)
		}
		for i, x := range texts {
			if vs[i][0] != float32(len(x)) {
				t.Errorf("%q: %v", x, vs[i])
			}
		}
	}
	if got := strings.Join(e.texts, " "); got != "a bb ccc" {
		t.Error(got)
	}
	other := &counted{name: "other"}
	if _, err := (&llm.Cached{Embedder: other, Kept: kept}).Embed(t.Context(), []string{"a"}); err != nil || len(other.texts) != 1 {
		t.Errorf("%v, another model's vector was taken: %v", err, other.texts)
	}
}

// A model that has changed its dimensions under its name makes all vectors anew.
func TestCachedVectorsOfAnotherWidth(t *testing.T) {
	kept := memory{"m" + llm.Hash("a"): {1, 0}, "m" + llm.Hash("bb"): {0, 1}}
	e := &counted{name: "m"}
	c := &llm.Cached{Embedder: e, Kept: kept}
	if vs, err := c.Embed(t.Context(), []string{"a"}); err != nil || len(vs[0]) != 2 {
		t.Fatal("what is kept is believed until it is known to be old:", vs, err)
	}
	vs, err := c.Embed(t.Context(), []string{"a", "ccc"})
	if err != nil || len(vs[0]) != 1 || len(vs[1]) != 1 {
		t.Fatal(vs, err)
	}
	if vs, err := c.Embed(t.Context(), []string{"bb"}); err != nil || len(vs[0]) != 1 || len(kept["m"+llm.Hash("bb")]) != 1 {
		t.Fatal(vs, err)
	}
}

type slowly struct{ memory }

func (s slowly) PutVectors(ctx context.Context, model string, vs map[string][]float32) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.memory.PutVectors(ctx, model, vs)
}

// Vectors that are paid for are kept although the caller has gone meanwhile.
func TestPaidVectorsAreKept(t *testing.T) {
	kept := slowly{memory{}}
	ctx, cancel := context.WithCancel(t.Context())
	e := leaving{&counted{name: "m"}, cancel}
	if _, err := (&llm.Cached{Embedder: e, Kept: kept}).Embed(ctx, []string{"a"}); err != nil || len(kept.memory) != 1 {
		t.Error(kept.memory, err)
	}
}

type leaving struct {
	*counted
	cancel func()
}

func (l leaving) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	defer l.cancel()
	return l.counted.Embed(ctx, texts)
}

func TestWhatIsRefusedForWhatIsInIt(t *testing.T) {
	for status, want := range map[int]bool{400: true, 413: true, 422: true, 401: false, 404: false, 429: false, 500: false} {
		a := &answers{give: func(int, string) (int, string, string) {
			return status, "application/json", `{"error":{"message":"no"}}`
		}}
		e := llm.NewEmbedder(llm.EmbedOptions{Options: llm.Options{URL: "http://x/v1", Model: "m", Transport: a}, Retry: llm.RetryOptions{Attempts: 1}})
		_, err := e.Embed(t.Context(), []string{"a"})
		var r interface{ Refused() bool }
		if got := errors.As(err, &r) && r.Refused(); got != want {
			t.Errorf("%d: %v (%v)", status, got, err)
		}
	}
}

package serve

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/knowledge"
	"parley/dialog/llm/llmtest"
	"parley/dialog/rag"
	"parley/dialog/rag/ragtest"
)

// meaning is an embedding engine that takes some words for others.
func meaning(t *testing.T, same map[string]string) *llmtest.Server {
	t.Helper()
	e := &ragtest.Embedder{Same: same, Width: 512}
	p := llmtest.NewServer(llmtest.Script{Embed: func(texts []string) ([][]float32, error) { return e.Embed(t.Context(), texts) }})
	t.Cleanup(p.Close)
	return p
}

func texts(p *llmtest.Server) (n int) {
	for _, r := range p.Requests() {
		n += len(r.Texts)
	}
	return n
}

// vectorState is what the API tells of the vectors.
type vectorState struct {
	Vectors *struct {
		Model          string
		Passages, Done int
		Error          string
		Resting        bool
	}
}

func (x *site) vectors() (s vectorState) {
	x.do("GET", "/v1/knowledge/status", x.admin(), "").json(x.t, &s)
	return s
}

// embedded waits until every passage has a vector of a model.
func (x *site) embedded(model string) {
	x.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		v := x.find.progress()
		if v != nil && v.Model == model && v.Done == v.Passages && v.Done > 0 {
			return
		}
		if time.Now().After(end) {
			x.t.Fatalf("%+v\n%s", v, x.logs)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (x *site) nearest(q string) string {
	hits := x.find.Search(rag.Query{Text: q})
	if len(hits) == 0 {
		return ""
	}
	return hits[0].Text
}

func (x *site) document(text string) {
	x.t.Helper()
	if a := x.do("POST", "/v1/knowledge/documents", x.admin(), fmt.Sprintf(`{"title":"T","text":%q}`, text)); a.code != 202 {
		x.t.Fatal(a)
	}
}

// An embedding engine set on the page serves the search without a restart; another model
// makes vectors of its own, the old ones go, and nothing is embedded twice.
func TestPassagesAreFoundByMeaning(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	admin := x.admin()
	x.document("An automobile must be registered at the gate.")
	if s := x.vectors(); s.Vectors != nil || strings.Contains(x.nearest("jalopy"), "automobile") {
		t.Fatalf("%+v", s)
	}
	one := meaning(t, map[string]string{"jalopy": "automobile"})
	set := func(p *llmtest.Server, model string) {
		t.Helper()
		if a := x.do("PUT", "/v1/engines/embed", admin, fmt.Sprintf(`[{"engine":"openai","url":%q,"model":%q,"key":"k"}]`, p.URL, model)); a.code != 200 {
			t.Fatal(a)
		}
		x.embedded(model)
	}
	set(one, "one")
	if got := x.nearest("jalopy"); !strings.Contains(got, "automobile") {
		t.Errorf("%q", got)
	}
	if s := x.vectors(); s.Vectors == nil || s.Vectors.Model != "one" || s.Vectors.Done != x.index.Len() || s.Vectors.Error != "" {
		t.Errorf("%+v", s.Vectors)
	}
	var found struct{ Items []struct{ Text string } }
	x.do("GET", "/v1/knowledge/search?q=jalopy", admin, "").json(t, &found)
	if len(found.Items) == 0 || !strings.Contains(found.Items[0].Text, "automobile") {
		t.Errorf("the search on the page: %+v", found)
	}
	before := texts(one)
	if n := x.index.Len(); before != n+2 { // and two questions
		t.Errorf("%d texts for %d passages", before, n)
	}
	// The same model at the same place with another key: what is kept is taken.
	if a := x.do("PUT", "/v1/engines/embed", admin, fmt.Sprintf(`[{"engine":"openai","url":%q,"model":"one","key":"other"}]`, one.URL)); a.code != 200 {
		t.Fatal(a)
	}
	x.embedded("one")
	if n := texts(one) - before; n != 0 {
		t.Errorf("%d texts embedded twice", n)
	}
	two := meaning(t, map[string]string{"quux": "automobile"})
	set(two, "two")
	if got := x.nearest("quux"); !strings.Contains(got, "automobile") {
		t.Errorf("%q", got)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if strings.Contains(x.logs.String(), "old vectors removed") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the old model's vectors stay")
		}
	}
	if a := x.do("PUT", "/v1/engines/embed", admin, `[]`); a.code != 200 {
		t.Fatal(a)
	}
	if s := x.vectors(); s.Vectors != nil || strings.Contains(x.nearest("quux"), "automobile") {
		t.Error("none is set, and one serves", s.Vectors)
	}
}

// Whatever the engine does, an edit is found at once, and nobody waits for long.
func TestSearchGoesOnWithoutTheEngine(t *testing.T) {
	t.Parallel()
	engine := meaning(t, map[string]string{"jalopy": "automobile"})
	x := up(t, func(c *config.Config) { c.Embed = []config.Engine{{Engine: "openai", URL: engine.URL, Model: "m"}} })
	x.embedded("m")
	engine.Set(llmtest.Script{Mode: llmtest.Hang})
	x.document("An automobile must be registered at the gate.")
	if got := x.nearest("registered automobile gate"); !strings.Contains(got, "registered") {
		t.Errorf("an edit: %q", got)
	}
	began := time.Now()
	for range 30 {
		x.nearest("registered automobile gate")
	}
	if d := time.Since(began); d > 5*time.Second { // 30 would be nine
		t.Errorf("30 searches took %v", d)
	}
	if v := x.find.progress(); !v.Resting || v.Done >= v.Passages {
		t.Errorf("%+v", v)
	}
}

// The index is left for the next start, for the owner alone to read.
func TestTheIndexIsKept(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	t.Run("a run", func(t *testing.T) {
		x := up(t, func(c *config.Config) { c.Data = data })
		x.document("An automobile must be registered at the gate.")
	})
	file := filepath.Join(data, knowledge.SnapshotFile)
	b, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(b, []byte("registered at the gate")) {
		t.Fatal(len(b), err)
	}
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Error(i.Mode(), err)
	}
}

package retrieval

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/dialog/llm/llmtest"
	"parley/dialog/rag/ragtest"
)

// The product is measured as it is configured: with vectors when an engine is set.
func TestMeasuredWithVectors(t *testing.T) {
	e := &ragtest.Embedder{Same: map[string]string{"jalopy": "automobile"}, Width: 512}
	p := llmtest.NewServer(llmtest.Script{Embed: func(texts []string) ([][]float32, error) { return e.Embed(t.Context(), texts) }})
	defer p.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"corpus.jsonl":  `{"id":"1","title":"","text":"An automobile must be registered."}` + "\n" + `{"id":"2","title":"","text":"Ships are moored."}`,
		"queries.jsonl": `{"id":"q","text":"jalopy","lang":"en","source":"made","answerability":"answerable"}`,
		"qrels.tsv":     "query\tdocument\tscore\nq\t1\t1\n",
		"parley.yaml":   "embed:\n  - {engine: openai, url: " + p.URL + ", model: m}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for args, want := range map[string]string{"": "0.000", "-config=" + filepath.Join(dir, "parley.yaml"): "1.000"} {
		var out bytes.Buffer
		all := []string{"-quiet", "-noise=0", "-data=" + dir}
		if args != "" {
			all = append(all, args)
		}
		if err := Run(t.Context(), all, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "with vectors of m: 2 passages embedded, 0 refused; 0 of") != (args != "") {
			t.Errorf("%s: %s", args, out.String())
		}
	}
}

package retrieval

import (
	"context"
	"fmt"
	"io"

	"parley/cmd/parley/config"
	"parley/dialog/llm"
	"parley/dialog/rag"
)

type searcher interface{ Search(q rag.Query) []rag.Hit }

// Vectors is what the embedding engine did.
type Vectors struct {
	Model     string `json:"model"`
	Passages  int    `json:"passages"`
	Refused   int    `json:"refused"`
	Questions int    `json:"questions"` // searches
	Missed    int    `json:"missed"`    // those that went by words alone, for the engine was too slow or failed
}

// embedded is the search with vectors, which counts.
type embedded struct {
	*rag.Hybrid
	Vectors
}

// Search counts the questions that got no vector.
func (v *embedded) Search(q rag.Query) []rag.Hit {
	hits := v.Hybrid.Search(q)
	v.Questions++
	for _, h := range hits {
		if h.Cosine != 0 {
			return hits
		}
	}
	v.Missed++
	return hits
}

// embed gives all passages their vectors, and searches by them as the product does.
func embed(ctx context.Context, ix *rag.Index, e config.Engine, progress io.Writer) (*embedded, error) {
	passages := llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions()})
	questions := llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions(), Retry: llm.RetryOptions{Attempts: 1}})
	v := &embedded{Hybrid: rag.NewHybrid(ix, passages, rag.HybridOptions{Questions: questions})}
	fmt.Fprintf(progress, "%d passages are embedded by %s\n", ix.Len(), passages.Name())
	if err := v.Catch(ctx); err != nil {
		return nil, fmt.Errorf("retrieval: %w", err)
	}
	p := v.Progress()
	v.Vectors = Vectors{Model: passages.Name(), Passages: p.Vectors, Refused: p.Refused}
	return v, nil
}

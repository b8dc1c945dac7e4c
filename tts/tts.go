// Package tts turns text into speech: the interface that every voice fulfils.
//
// It knows nothing of conversations.
package tts

import (
	"context"

	"parley/media"
)

// Synthesizer speaks. It may be used by many goroutines.
type Synthesizer interface {
	// Synthesize starts to speak text, as the brain wrote it: one or a few
	// sentences, perhaps with Markdown. It returns when the engine has accepted
	// it or refused; audio may still be on its way. ctx governs all of it.
	Synthesize(ctx context.Context, text string, v Voice) (Speech, error)
}

// Voice says how to speak. The zero value is the engine's own English voice.
type Voice struct {
	Language string  // BCP 47 tag of the text's main language; scripts within are found
	Name     string  // the engine's own name of a voice; "" is its default
	Rate     float64 // tempo, 1 is normal, 0.8 slower; 0 is 1
}

// Speech is one text being spoken. Its audio is 16 kHz mono, whatever the
// engine made. Heard and Boundary may be called while another goroutine reads.
type Speech interface {
	media.Source
	// Heard is the part of the text, as it was given to Synthesize, that has
	// wholly been spoken after the first n samples: whole words only.
	Heard(n int64) Span
	// Boundary is the largest start of a word, in samples, that is at most n:
	// where to go on after an interruption.
	Boundary(n int64) int64
	// Close stops the engine and frees what it holds.
	Close() error
}

// Span is a part of a text in bytes: text[Start:End].
type Span struct{ Start, End int }

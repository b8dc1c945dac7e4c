// Package asr turns speech into text: the interface that every recogniser
// fulfils, and the chain that falls back from one to the next.
//
// It knows nothing of conversations, and of calls only their audio.
package asr

import (
	"context"
	"iter"

	"parley/media"
)

// Recognizer hears one utterance at a time. It may be used by many goroutines.
type Recognizer interface {
	// Recognize reads src (16 kHz mono) until io.EOF, which means: the utterance
	// is over, finalise now. It yields partial results as they come, each
	// replacing the last, then exactly one with Final set, whose Text may be
	// empty when nothing was said. An error ends it; what was yielded before
	// stands. Leaving the range or cancelling ctx frees everything it holds.
	Recognize(ctx context.Context, src media.Source, o Options) iter.Seq2[Result, error]
}

// Warmer is the optional ability of a recogniser that is slow to start.
type Warmer interface {
	// Warm makes an engine ready for a conversation that has just opened.
	// Release is called once, when the conversation is over.
	Warm(ctx context.Context, o Options) (release func(), err error)
}

// Checker is the optional ability of a recogniser behind a network to tell
// whether its server is there, without an utterance.
type Checker interface {
	Check(ctx context.Context) error
}

// Options of one utterance. The zero value is English, anything said.
type Options struct {
	Language string   // BCP 47 tag: "en", "zh-CN", "yue"; "" is "en"
	Hints    []string // words and names that are likely, most likely first
	Expect   Expect   // what was asked for
}

// Expect is what kind of answer was asked for.
type Expect uint8

// The kinds of answers.
const (
	ExpectAnything Expect = iota
	ExpectDigits          // an order or phone number, spoken digit by digit
)

// Result is what an engine believes was said so far.
type Result struct {
	Text       string
	Final      bool
	Words      []Word  // with times, when the engine gives them
	Language   string  // BCP 47, as asked for or as detected
	Confidence float64 // 0 to 1; 0 is unknown
	Engine     string  // which engine said so
}

// Word is one recognised word in call time.
type Word struct {
	Text       string
	Start, End media.CallTime
	Confidence float64 // 0 to 1; 0 is unknown
}

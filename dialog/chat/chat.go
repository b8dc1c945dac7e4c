// Package chat is the written channel: a reply is shown as it is made, and all
// that was made has arrived.
package chat

import (
	"context"
	"errors"
	"iter"
	"strings"

	"parley/dialog"
)

// Channel writes to whoever watches the conversation: the pieces of a reply go
// out as passing events, which the conversation publishes itself.
type Channel struct{}

var _ dialog.Channel = Channel{}

// New returns the channel.
func New() Channel { return Channel{} }

// Listen yields nothing: what customers write is posted to the conversation.
func (Channel) Listen(ctx context.Context) iter.Seq2[dialog.Event, error] {
	return func(func(dialog.Event, error) bool) { <-ctx.Done() }
}

// Deliver implements dialog.Channel. A reply that is cancelled stands as far as it was shown.
func (Channel) Deliver(ctx context.Context, m dialog.Message) (dialog.Turn, error) {
	t := dialog.Turn{From: dialog.Bot, Via: dialog.ViaChat, Language: m.Language}
	var text strings.Builder
	var failed error
	for d, err := range m.Reply(ctx) {
		if err != nil {
			failed = err
			break
		}
		text.WriteString(d.Text)
		text.WriteString(d.Shown)
		if d.Citation != nil {
			t.Citations = append(t.Citations, *d.Citation)
		}
		if ctx.Err() != nil {
			break
		}
	}
	t.Text = strings.TrimSpace(text.String())
	if cause := context.Cause(ctx); cause != nil {
		t.Cut = true
		return t, cause
	}
	t.Cut = failed != nil && t.Text != ""
	if errors.Is(failed, context.Canceled) {
		failed = context.Cause(ctx)
	}
	return t, failed
}

package dialogtest

import (
	"context"

	"parley/dialog"
)

// preparing is what a Voice was told to make ready.
type preparing struct {
	texts []string
	open  int
}

// Prepare implements dialog.Preparer: it notes the text, and waits for ctx.
func (v *Voice) Prepare(ctx context.Context, _ string, r dialog.Reply) {
	v.set(func() { v.ready.open++ })
	text := ""
	for d, err := range r(ctx) {
		if err != nil {
			break
		}
		text += d.Text
	}
	v.set(func() { v.ready.texts = append(v.ready.texts, text) })
	<-ctx.Done()
	v.set(func() { v.ready.open-- })
}

// Prepared is what it was told to make ready so far, and how much of that is still held.
func (v *Voice) Prepared() (texts []string, open int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.ready.texts...), v.ready.open
}

var _ dialog.Preparer = (*Voice)(nil)

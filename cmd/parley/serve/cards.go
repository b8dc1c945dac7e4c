package serve

import (
	"context"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/web"
)

// cards is the web's view of what is taken out of what customers write.
type cards server

var _ web.Cards = (*cards)(nil)

// Take implements web.Cards.
func (c *cards) Take(ctx context.Context, id dialog.ConversationID, text string) (out string, sealed []dialog.Sealed, asked bool) {
	kind := ""
	if forms := c.forms.Load(); forms != nil && *forms != nil {
		known, err := c.store.Known(ctx, id)
		if err != nil { // whoever keeps the message finds the same
			c.log.Warn("it is not known whether card data is asked for", "conversation", id, "err", err)
		}
		kind = brain.AsksCard(*forms, known.Memo)
	}
	out, sealed = c.cards.Take(id, kind, text, true)
	return out, sealed, kind != ""
}

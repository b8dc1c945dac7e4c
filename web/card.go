package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"

	"parley/dialog"
	"parley/dialog/card"
)

// Cards takes card data out of what customers write, and keeps it for the procedure that
// asks for it.
type Cards interface {
	// Take gives the text without card data, what was taken out, and whether it was asked for.
	Take(ctx context.Context, id dialog.ConversationID, text string) (out string, sealed []dialog.Sealed, asked bool)
}

// spare takes card data out of what a customer writes; removed tells that nobody had
// asked for it.
func (s *Server) spare(ctx context.Context, id dialog.ConversationID, text string) (out string, sealed []dialog.Sealed, removed bool) {
	if s.o.Cards == nil {
		out, removed = card.Mask(text)
		return out, nil, removed
	}
	out, sealed, asked := s.o.Cards.Take(ctx, id, text)
	return out, sealed, out != text && !asked
}

// clean is a text of anybody's without card numbers.
func clean(text string) string {
	text, _ = card.Mask(text)
	return text
}

// removal is what the customer reads beside a message that held a card's number.
func (s *Server) removal(text, locale string) (dialog.Record, error) {
	words := "For your safety we removed the card number from your message."
	if strings.HasPrefix(strings.ToLower(locale), "zh") || locale == "" && han(text) {
		words = "为了您的安全，我们已把消息中的卡号删除。"
	}
	b, err := json.Marshal(dialog.MessageData{ID: dialog.TurnID("m_" + rand.Text()), From: dialog.System, Via: dialog.ViaChat, Text: words, Language: locale})
	return dialog.Record{Type: dialog.MessageCreated, Data: b}, err
}

func han(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

package brain

import (
	"encoding/json"
	"strings"

	"parley/dialog"
	"parley/dialog/card"
)

// AsksCard is the kind of card data that a conversation waits for, by its memory; "" is
// none.
func AsksCard(forms Forms, raw json.RawMessage) string {
	if forms == nil || len(raw) == 0 {
		return ""
	}
	m := recall(dialog.Context{Known: dialog.Known{Memo: raw}})
	return m.asksCard(forms)
}

func (m *memo) asksCard(forms Forms) string {
	if m.Form == nil || forms == nil || !m.Form.Running() {
		return ""
	}
	f, ok := forms.Form(m.Form.Form)
	if !ok {
		return ""
	}
	return f.Asks(*m.Form)
}

// sealed is the card data of the question.
func (t *turn) sealed() (out []dialog.Sealed) {
	for _, q := range t.c.Question {
		out = append(out, q.Sealed...)
	}
	return out
}

// spared tells who gave a card's number that nobody had asked for that it was not kept;
// true: that was all there was to say. In a chat the page says so beside the message.
func (t *turn) spared() bool {
	if !strings.Contains(t.text, card.Mark) || t.takesCard() {
		return false
	}
	if t.c.Via == dialog.ViaVoice {
		t.say("For your safety I have not kept the card number you gave.", "为了您的安全，您刚才说的卡号没有保存。")
	}
	if t.text = strings.TrimSpace(strings.ReplaceAll(t.text, card.Mark, "")); substantial(t.text) || len(t.c.Question) > 1 {
		return false
	}
	t.say("I do not need a card number here. What can I do for you?", "这里不需要卡号。请问要办什么？")
	return true
}

// takesCard reports whether the procedure under way is one that a card is needed for.
func (t *turn) takesCard() bool {
	if s := t.mem.Form; s != nil && s.Running() && t.m.o.Forms != nil {
		f, ok := t.m.o.Forms.Form(s.Form)
		return ok && f.TakesCard()
	}
	return false
}

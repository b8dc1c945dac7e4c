package brain

import (
	"testing"

	"parley/dialog"
)

func TestTheEarGetsNoMarkup(t *testing.T) {
	for _, c := range []struct{ language, text, said, shown string }{
		{"en", "See [our page](https://example.com/a) for more.", "See our page for more.", "our page: https://example.com/a"},
		{"en", "Go to https://example.com/returns.", "Go to the link that I have put into the chat.", "https://example.com/returns"},
		{"zh-CN", "请打开https://example.com/退货。", "请打开我发在聊天里的链接。", "https://example.com/退货"},
		{"en", "You need:\n- the order number\n- **a photo**\n", "You need: the order number; a photo ", ""},
		{"zh-CN", "需要：\n1. 订单号\n2. 照片", "需要：订单号；照片", ""},
		{"en", "Plain words, 2 to 4 days.", "Plain words, 2 to 4 days.", ""},
		{"en", " and so on", " and so on", ""},
	} {
		d := shaped(dialog.Delta{Text: c.text}, dialog.ViaVoice, c.language)
		if d.Text != c.said || d.Shown != c.shown {
			t.Errorf("%q: %q, shown %q", c.text, d.Text, d.Shown)
		}
		if d := shaped(dialog.Delta{Text: c.text}, dialog.ViaChat, c.language); d.Text != c.text || d.Shown != "" {
			t.Errorf("in the chat %q became %q", c.text, d.Text)
		}
	}
}

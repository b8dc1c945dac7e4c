package demo_test

import (
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/demo"
	"parley/dialog/intent"
)

// shown sends a picture in which an order's number was read.
func (k *customer) shown(t *testing.T, text, number string) string {
	t.Helper()
	q := dialog.Turn{From: dialog.Customer, Via: dialog.ViaChat, Text: text, Images: []dialog.Image{{ID: "img_1", URL: "/v1/conversations/c/images/img_1",
		Seen: &dialog.Seen{Kind: "screenshot", Text: "Order number: " + number, Identifiers: []dialog.Identifier{{Kind: dialog.OrderNumber, Value: number, Label: "Order number", Confidence: 0.93}}}}}}
	return k.turn(t, q)
}

var bare = strings.NewReplacer(" ", "", ",", "", "，", "", "、", "")

// A number that was read in a picture is told, put to the customer before it is looked
// up, and can be corrected.
func TestANumberInAPictureIsReadBack(t *testing.T) {
	intents := intent.Train(demo.Procedures(), nil)
	for language, c := range map[string]struct{ where, read, wrong, yes string }{
		"en":    {"Where is my order?", "order number 204815", "no, it is 205101", "yes"},
		"zh-CN": {"我的订单到哪了？", "订单号204815", "不对，是205101", "对"},
	} {
		for _, together := range []bool{false, true} {
			k := &customer{b: shop(t, intents, still, &witness{reads: map[string]int{}, runs: map[string]int{}}), via: dialog.ViaChat, language: language, now: tuesday}
			asked := ""
			if together {
				asked = k.shown(t, c.where, "204815")
			} else {
				if s := k.shown(t, "", "204815"); !strings.Contains(s, c.read) {
					t.Errorf("%s: alone: %q", language, s)
				}
				asked = k.say(t, c.where)
			}
			if !strings.Contains(bare.Replace(asked), "204815") {
				t.Errorf("%s, together %v: not read back: %q", language, together, asked)
			}
			if s := k.say(t, c.wrong); !strings.Contains(bare.Replace(s), "205101") && strings.Contains(bare.Replace(s), "204815") {
				t.Errorf("%s: corrected: %q", language, s)
			}
		}
	}
}

// A picture that comes now counts before what was spoken of, and a sticker in the middle
// of a procedure is no answer that was not understood.
func TestAPictureOfNowCounts(t *testing.T) {
	intents := intent.Train(demo.Procedures(), nil)
	begin := func() *customer {
		return &customer{b: shop(t, intents, still, &witness{reads: map[string]int{}, runs: map[string]int{}}), via: dialog.ViaChat, language: "en", now: tuesday}
	}
	k := begin()
	k.say(t, "where is order 198230")
	k.say(t, "never mind")
	if s := bare.Replace(k.shown(t, "cancel this order please, I bought 2", "204815")); !strings.Contains(s, "204815") || strings.Contains(s, "198230") {
		t.Errorf("%q", s)
	}
	k = begin()
	asked := k.say(t, "where is my order")
	sticker := dialog.Turn{From: dialog.Customer, Via: dialog.ViaChat, Images: []dialog.Image{{ID: "img_2", Seen: &dialog.Seen{Kind: "sticker", Mood: "happy"}}}}
	blurred := dialog.Turn{From: dialog.Customer, Via: dialog.ViaChat, Images: []dialog.Image{{ID: "img_3", Seen: &dialog.Seen{Kind: "other", Trouble: dialog.Blurred}}}}
	for i, q := range []dialog.Turn{sticker, blurred, sticker, blurred} {
		if s := k.turn(t, q); !strings.Contains(s, "order number") || strings.Contains(s, "colleague") {
			t.Errorf("%d, after %q: %q", i, asked, s)
		}
	}
	if s := bare.Replace(k.shown(t, "", "204815")); !strings.Contains(s, "204815") {
		t.Errorf("the number at last: %q", s)
	}
}

package form

import (
	"testing"

	"parley/dialog"
)

// What is said anew at the confirmation is taken there and then, in all its forms.
func TestCorrectionsAtTheConfirmation(t *testing.T) {
	f := demo(t)["change_address"]
	for said, want := range map[string]string{
		"sorry, it's 21 Elm Road, Boston 02108":           "to: 21 Elm Road, Boston 02108?",
		"no, send it to 7 Orchard Close, Hitchin SG5 1AB": "to: 7 Orchard Close, Hitchin SG5 1AB?",
		"apt 4, 12 Elm Road, Boston 02108 actually":       "to: apt 4, 12 Elm Road, Boston 02108?",
		"not 12 but 21": "to: 21 Elm Road, Boston 02108?",
		"no, the address is 5 Hill Lane, Boston 02108":       "to: 5 Hill Lane, Boston 02108?",
		"change it to 9 Elm Road, Boston 02108":              "to: 9 Elm Road, Boston 02108?",
		"改成南京路5号，上海":                                         "to: 南京路5号，上海?",
		"please send back order 206627":                      "order 206627",
		"yes but for order 206627":                           "order 206627",
		"no, the order is 206627":                            "order 206627",
		"that's not what I said":                             "not mine",
		"no":                                                 "What should I change?",
		"never mind":                                         "done cancelled",
		"is 12 Elm Road, Boston 02108 inside your area then": "not mine",
	} {
		c := begin(t, f, "en", dialog.ViaChat, "change the address of order 205101 to 12 Elm Road, Boston 02108")
		c.step(Verified{Level: 2})
		c.result(obj("orders", []any{obj("order", "205101")}))
		c.result(obj("status", "ok"))
		c.want("confirm: Shall I send order 205101 to: 12 Elm Road, Boston 02108?")
		c.say(said)
		for range 2 {
			if c.s.Stage == Waiting {
				c.result(obj("orders", []any{obj("order", "205101")}, "status", "ok"))
			}
		}
		t.Log(said)
		c.want(want)
	}
}

// Two numbers of which one is meant are asked about; none is guessed.
func TestWhichOfTwo(t *testing.T) {
	f := demo(t)["cancel_order"]
	for answer, want := range map[string]string{"the second one": "206627", "206611": "206611", "the first": "206611", "第二个": "206627"} {
		c := begin(t, f, "en", dialog.ViaChat, "cancel 206611 or 206627, I am not sure")
		c.want("Which one is it: 206611 or 206627?")
		c.say("hm")
		c.want("Which one is it")
		c.say(answer)
		if v := c.s.Slots["order"].Value; v != want {
			t.Errorf("%q: %q, want %q", answer, v, want)
		}
	}
	c := begin(t, f, "en", dialog.ViaChat, "cancel 206611, no, 206627")
	if v := c.s.Slots["order"].Value; v != "206627" {
		t.Errorf("corrected: %q", v)
	}
}

// A part of a number is put right at its read-back.
func TestAPartOfANumber(t *testing.T) {
	f := demo(t)["cancel_order"]
	for said, want := range map[string]string{"no, the last digit is seven": "205107", "no, it begins with 31": "315101", "no": "", "no, one oh nine at the end": "205109", "no, 206611": "206611"} {
		c := begin(t, f, "en", dialog.ViaVoice, "cancel an order")
		c.say("two oh five one oh one")
		c.want("That was 2, 0, 5, 1, 0, 1")
		c.say(said)
		if v := c.s.Slots["order"].Value; v != want {
			t.Errorf("%q: %q, want %q", said, v, want)
		}
	}
}

// Several values in one sentence go each to its slot, and what is asked beside them stays out.
func TestSeveralInOneSentence(t *testing.T) {
	f := demo(t)["callback"]
	for _, x := range []struct{ language, said, name, phone, when string }{
		{"en", "Sam Hill, 202 555 0160, any time after three tomorrow", "Sam Hill", "2025550160", "any time after three tomorrow"},
		{"en", "my name's Rob Stone, number 202 555 0190, mornings are best", "Rob Stone", "2025550190", "mornings are best"},
		{"zh-CN", "现在没人？那叫他明天九点过后打给我嘛，我姓刘，电话13900002233", "刘", "13900002233", "明天九点过后"},
		{"zh-CN", "姓周，电话13900001122，明天别打给我", "周", "13900001122", "明天别打给我"},
		{"en", "Sam Hill, 202 555 0160, don't call me before ten tomorrow", "Sam Hill", "2025550160", "don't call me before ten tomorrow"},
		{"zh-CN", "姓周，电话13900001122，上午别打，下午打", "周", "13900001122", "上午别打，下午打"},
		{"en", "is there a lift?", "", "", ""},
		{"zh-CN", "停车方便吗", "", "", ""},
	} {
		c := begin(t, f, x.language, dialog.ViaChat, "")
		c.say(x.said)
		s := c.s.Slots
		if s["name"].Value != x.name || s["phone"].Value != x.phone || s["when"].Value != x.when {
			t.Errorf("%q: %+v", x.said, s)
		}
	}
}

// A house number alone, or an hour, is put into the place of the one that stood there.
func TestWhatIsCorrectedInShort(t *testing.T) {
	f := demo(t)["change_address"]
	c := begin(t, f, "zh-CN", dialog.ViaChat, "订单320977改成南京市鼓楼区中山路3号")
	c.step(Verified{Level: 2})
	c.result(obj("orders", []any{obj("order", "320977")}))
	c.result(obj("status", "ok"))
	c.want("寄到“南京市鼓楼区中山路3号”，对吗？")
	c.say("错了，是8号")
	c.want("寄到“南京市鼓楼区中山路8号”，对吗？")

	free := obj("slots", []any{obj("at", "2026-11-25T10:00:00Z"), obj("at", "2026-11-25T11:00:00Z")})
	c = begin(t, demo(t)["book_appointment"], "en", dialog.ViaChat, "book me in for tomorrow at ten, my name is Max Power, 202 555 0147")
	c.result(free)
	c.want("10 am")
	c.say("make that eleven")
	c.result(free)
	c.want("confirm: Shall I book Wednesday, November 25, 11 am for Max Power")
}

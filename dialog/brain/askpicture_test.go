package brain_test

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
)

// in gives the bot's reply to a turn in a context of the test's own.
func (k *talk) in(change func(c *dialog.Context), q ...dialog.Turn) string {
	k.Helper()
	c := dialog.Context{Conversation: cmp.Or(k.id, "c"), Via: dialog.ViaChat, Language: k.language, History: k.history, Question: q, Known: k.known, Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Add(k.after)}
	change(&c)
	text := ""
	k.actions = nil
	for d, err := range k.b.Answer(c)(context.Background()) {
		if err != nil {
			k.Fatal(err)
		}
		text += d.Text
		if d.Action != nil {
			k.actions = append(k.actions, *d.Action)
		}
		k.told = append(k.told, d.Told...)
		if d.Memo != nil {
			k.known.Memo = d.Memo
		}
	}
	k.history = append(append(k.history, q...), dialog.Turn{From: dialog.Bot, Via: c.Via, Text: text})
	return text
}

func spokenTurn(text string) dialog.Turn {
	return dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: text}
}

// request is the picture that the last reply asked for.
func (k *talk) request() (dialog.Action, bool) {
	for _, a := range k.actions {
		if a.Kind == dialog.AskPicture {
			return a, true
		}
	}
	return dialog.Action{}, false
}

func TestAnOfferOfAPictureIsTaken(t *testing.T) {
	for _, c := range []struct{ language, text, of string }{
		{"en", "My screen shows an error, can I show you?", "your screen"},
		{"en", "can I send you a picture", "it"},
		{"en", "Could I send you a quick photo of the receipt?", "the receipt"},
		{"en", "I have a screenshot of it", "your screen"},
		{"en", "let me show you", "it"},
		{"en", "where can I upload a photo of the label", "the number"},
		{"zh-CN", "我拍给你看", "它"},
		{"zh-CN", "可以发图片吗", "它"},
		{"zh-CN", "屏幕上一直报错，我截图给你看看", "屏幕"},
		{"zh-CN", "我有一张小票的照片", "收据或发票"},
	} {
		k := begin(t, c.language, brain.Options{})
		s := k.say(c.text)
		a, ok := k.request()
		if !ok || !strings.Contains(a.Reason, c.of) || !strings.Contains(s, c.of) {
			t.Errorf("%q: %q, %+v", c.text, s, a)
		}
	}
	for _, text := range []string{"how long does delivery take", "can you send me a picture of the headphones", "what does your photo show", "can I show my receipt in a shop", "你们的照片好看", "给我看看耳机的图片", "can I send you a letter"} {
		k := begin(t, "en", brain.Options{})
		k.say(text)
		if a, ok := k.request(); ok {
			t.Errorf("%q: %+v", text, a)
		}
	}
}

func TestHowAPictureComesDependsOnTheLine(t *testing.T) {
	show := spokenTurn("can I show you a picture of the damage")
	show.Text = "can I send you a picture of the damage"
	for name, c := range map[string]struct {
		links         bool
		phone, caller string
		want, not     string
		asked         bool
		to            string
	}{
		"in a browser":                {true, "", "", "camera button on your page", "link", true, ""},
		"on a phone":                  {true, "phone", "+8613800138000", "link to your phone", "page", true, "+8613800138000"},
		"on a phone without a number": {true, "phone", "", "cannot take pictures", "link", false, ""},
		"on a phone without a sender": {false, "phone", "+8613800138000", "cannot take pictures", "link", false, ""},
	} {
		k := begin(t, "en", brain.Options{Links: c.links})
		s := k.in(func(x *dialog.Context) { x.Via, x.Phone, x.Caller = dialog.ViaVoice, c.phone != "", c.caller }, show)
		a, ok := k.request()
		to, _ := a.Args["to"].(string)
		if !strings.Contains(s, c.want) || strings.Contains(s, c.not) || ok != c.asked || to != c.to {
			t.Errorf("%s: %q, %+v", name, s, a)
		}
	}
}

// A reply that nobody heard a word of is made anew with what was said meanwhile: a yes to the
// words on the page is none to a question that was asked.
func TestAYesBeforeTheQuestionIsAsked(t *testing.T) {
	voice := func(x *dialog.Context) { x.Via = dialog.ViaVoice }
	for _, w := range [][2]string{{"yes", "Is that right?"}, {"No.", "Is that right?"}} {
		k := begin(t, "en", systems(t).Options)
		if s := k.in(voice, shown(w[0], order("4815"))); !strings.Contains(s, w[1]) {
			t.Errorf("%s: %q", w[0], s)
		}
	}
	k := begin(t, "en", systems(t).Options)
	if s := k.in(voice, shown("no where is that order", order("4815"))); strings.Contains(s, "Is that right?") {
		t.Errorf("a question of its own: %q", s)
	}
}

func TestANumberThatIsNotUnderstoodMayBeShown(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	k.say("I want to return my headphones")
	if _, ok := k.request(); ok {
		t.Error("asked for at once")
	}
	s := k.say("it is somewhere here hold on let me look, no")
	if a, ok := k.request(); !ok || !strings.Contains(s, "picture") {
		t.Errorf("%q, %+v", s, a)
	}
	k.say("hmm it is hard to say really")
	if _, ok := k.request(); ok {
		t.Error("asked for twice")
	}
	if s := k.answer(shown("", order("4815"))); !strings.Contains(s, "I can read 4815") {
		t.Errorf("the picture is not read back: %q", s)
	}
	if s := k.say("yes"); !strings.Contains(s, "Shall I start the return of order 4815") {
		t.Errorf("%q", s)
	}
}

func TestWhatIsDescribedMayBeShown(t *testing.T) {
	for text, want := range map[string]bool{
		"my headphones arrived damaged":             true,
		"the screen shows a strange warning":        true,
		"what happens if my parcel arrived damaged": false,
		"how long does delivery take":               false,
	} {
		k := begin(t, "en", brain.Options{})
		s := k.say(text)
		if _, ok := k.request(); ok != want {
			t.Errorf("%q: %q, asked %v", text, s, ok)
		}
	}
}

// What was read in a picture is said in a call, and confirmed by voice or key: it is not
// asked about again.
func TestAPictureInACallIsConfirmed(t *testing.T) {
	voice := func(c *dialog.Context) { c.Via = dialog.ViaVoice }
	for name, yes := range map[string]dialog.Turn{"by voice": spokenTurn("yes it is"), "by key": {From: dialog.Customer, Via: dialog.ViaVoice, Text: "1", Confidence: 1}} {
		k := begin(t, "en", systems(t).Options)
		if s := k.in(voice, shown("", order("4815"))); !strings.Contains(s, "order number 4, 8, 1, 5") || !strings.Contains(s, "Is that right?") {
			t.Fatalf("%s: %q", name, s)
		}
		if s := k.in(voice, yes); !strings.Contains(s, "What would you like") {
			t.Errorf("%s: %q", name, s)
		}
		if s := k.in(voice, spokenTurn("I want to return my headphones")); !strings.Contains(s, "Shall I start the return of order 4") {
			t.Errorf("%s: asked again: %q", name, s)
		}
	}
	two := order("4815")
	two.Identifiers = append(two.Identifiers, dialog.Identifier{Kind: dialog.TrackingNumber, Value: "BW447", Confidence: 0.9})
	if s := begin(t, "en", systems(t).Options).in(voice, shown("", two)); strings.Contains(s, "tracking") || !strings.Contains(s, "4, 8, 1, 5") {
		t.Errorf("more is read out than the best: %q", s)
	}
	k := begin(t, "zh-CN", systems(t).Options)
	if s := k.in(voice, shown("", order("4815"))); !strings.Contains(s, "订单号4 8 1 5，对吗") {
		t.Errorf("%q", s)
	}
	if s := k.in(voice, spokenTurn("不对")); !strings.Contains(s, "告诉我") {
		t.Errorf("%q", s)
	}
	if s := k.in(voice, spokenTurn("我要退货")); !strings.Contains(s, "请问订单号是多少") {
		t.Errorf("a number that was denied is taken: %q", s)
	}
}

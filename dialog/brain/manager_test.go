package brain_test

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
)

// talk is a conversation with a brain, by chat.
type talk struct {
	*testing.T
	b        dialog.Brain
	language string
	known    dialog.Known
	history  []dialog.Turn
	actions  []dialog.Action
	sources  []string
	told     []string
	id       dialog.ConversationID // "" is c
	after    time.Duration         // since the tests' clock began
	caller   string                // of a call; "" is a chat
	out      *dialog.Out
}

// say gives the bot's reply to a turn of the customer.
func (k *talk) say(text string) string {
	k.Helper()
	q := dialog.Turn{From: dialog.Customer, Via: dialog.ViaChat, Text: text}
	return k.answer(q)
}

func (k *talk) answer(q ...dialog.Turn) string {
	k.Helper()
	c := dialog.Context{Conversation: cmp.Or(k.id, "c"), Via: dialog.ViaChat, Language: k.language, History: k.history, Question: q, Known: k.known, Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Add(k.after)}
	if k.caller != "" || k.out != nil {
		c.Via, c.Phone, c.Caller, c.Out = dialog.ViaVoice, true, k.caller, k.out
	}
	reply := ""
	k.actions, k.sources = nil, nil
	for d, err := range k.b.Answer(c)(context.Background()) {
		if err != nil {
			k.Fatal(err)
		}
		reply += d.Text
		if d.Action != nil {
			k.actions = append(k.actions, *d.Action)
		}
		if d.Citation != nil {
			k.sources = append(k.sources, d.Citation.Title)
		}
		if d.Memo != nil {
			k.known.Memo = d.Memo
		}
		k.told = append(k.told, d.Told...)
	}
	k.history = append(append(k.history, q...), dialog.Turn{From: dialog.Bot, Via: dialog.ViaChat, Text: reply})
	return reply
}

func (k *talk) packet() brain.Packet {
	k.Helper()
	for _, a := range k.actions {
		if a.Kind == "handoff" {
			p, ok := a.Args["packet"].(brain.Packet)
			if !ok {
				k.Fatalf("no packet in %+v", a)
			}
			return p
		}
	}
	k.Fatalf("no handoff among %+v", k.actions)
	return brain.Packet{}
}

func (k *talk) handoff() string {
	for _, a := range k.actions {
		if a.Kind == "handoff" {
			return a.Reason
		}
	}
	return ""
}

func begin(t *testing.T, language string, o brain.Options) *talk {
	if o.Retriever == nil {
		o.Retriever = index()
	}
	return &talk{T: t, b: brain.New(o), language: language}
}

func TestAPersonIsBroughtInTheSameTurn(t *testing.T) {
	for language, text := range map[string]string{"en": "where is it, and can someone human tell me please", "zh-CN": "退款几天到？算了你直接给我转人工吧"} {
		k := begin(t, language, brain.Options{})
		k.say(map[string]string{"en": "how long does delivery take", "zh-CN": "多久能送到"}[language])
		k.say(text)
		if k.handoff() != "customer" {
			t.Errorf("%s: %+v", text, k.actions)
			continue
		}
		p := k.packet()
		if p.Reason != "customer" || p.Language != language || !strings.Contains(p.Summary, p.Last) || len(p.Citations) == 0 || p.Last != text {
			t.Errorf("%+v", p)
		}
		if b, err := json.Marshal(p); err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s, %v", b, err)
		}
		if k.say(text); k.handoff() != "" {
			t.Error("sent for twice")
		}
	}
}

func TestAnOfferThatIsTaken(t *testing.T) {
	k := begin(t, "en", brain.Options{})
	if s := k.say("what is the capital of france"); !strings.Contains(s, "person") {
		t.Errorf("a refusal without an offer: %q", s)
	}
	if k.say("yes please"); k.handoff() != "offered" {
		t.Errorf("%+v", k.actions)
	}
	k = begin(t, "en", brain.Options{})
	k.say("how long does delivery take")
	if k.say("yes please"); k.handoff() != "" {
		t.Error("a yes to nothing brings a person")
	}
}

func TestFailuresInARowOfferAPerson(t *testing.T) {
	k := begin(t, "zh-CN", brain.Options{})
	k.say("法国的首都是哪里")
	if s := k.say("今天天气怎么样"); !strings.Contains(s, "转人工") {
		t.Errorf("%q", s)
	}
	if k.say("好的"); k.handoff() != "offered" || len(k.packet().Unanswered) != 2 {
		t.Errorf("%+v", k.actions)
	}
}

func TestDangerComesBeforeAllElse(t *testing.T) {
	k := begin(t, "en", brain.Options{Handoff: brain.Handoff{Emergency: map[string]string{"en": "999"}}})
	s := k.say("I'd like to return my earbuds, hang on, the case is smoking on the bed")
	if !strings.Contains(s, "999") || k.handoff() != "emergency" || len(k.sources) > 0 || k.packet().Danger != "emergency" {
		t.Errorf("%q %+v", s, k.actions)
	}
	k = begin(t, "zh-CN", brain.Options{})
	if s := k.say("赔款再不下来我也不想活了"); !strings.Contains(s, "120") || k.handoff() != "self-harm" {
		t.Errorf("%q %+v", s, k.actions)
	}
	k = begin(t, "en", brain.Options{})
	s = k.say("My husband passed away. How long does a refund take?")
	if !strings.HasPrefix(s, "I am so sorry") || !strings.Contains(s, "5 working days") || !strings.Contains(s, "person") || k.handoff() != "" {
		t.Errorf("%q", s)
	}
}

func TestAngerIsMetAndThenHandedOver(t *testing.T) {
	k := begin(t, "en", brain.Options{})
	s := k.say("This is a disgrace!! How long does delivery take??")
	if !strings.Contains(s, "sorry") || !strings.Contains(s, "2 to 4 working days") || k.handoff() != "" {
		t.Errorf("%q", s)
	}
	if s = k.say("you useless clowns, where is my money"); k.handoff() != "anger" || k.packet().Sentiment > -0.5 {
		t.Errorf("%q %+v", s, k.actions)
	}
}

func TestTheCompanysTopicsAndCustomers(t *testing.T) {
	o := brain.Options{Handoff: brain.Handoff{Topics: map[string]string{"lawyer": "legal", "律师函": "legal"}, VIP: []string{"c7"}}}
	if k := begin(t, "zh-CN", o); k.say("我要发律师函") == "" || k.handoff() != "topic" || k.packet().Intent != "legal" {
		t.Errorf("%+v", k.actions)
	}
	k := begin(t, "en", o)
	k.known.Customer = "c7"
	if k.say("how long does delivery take"); k.handoff() != "vip" || k.packet().Verification.Level != 2 {
		t.Errorf("%+v", k.actions)
	}
	if s := k.say("how long does delivery take"); !strings.Contains(s, "2 to 4") {
		t.Errorf("nothing else is done for them: %q", s)
	}
}

func TestAMemoryThatIsBrokenOrNewerIsBegunAnew(t *testing.T) {
	for _, m := range []string{`{"v":99,"failures":7}`, `[1]`, `{`, `{"failures":"x"}`} {
		k := begin(t, "en", brain.Options{})
		k.known.Memo = json.RawMessage(m)
		if s := k.say("how long does delivery take"); !strings.Contains(s, "2 to 4") || !strings.HasPrefix(string(k.known.Memo), `{"v":1`) {
			t.Errorf("%s: %q, %s", m, s, k.known.Memo)
		}
	}
}

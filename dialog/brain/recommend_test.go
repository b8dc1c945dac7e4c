package brain_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/memory"
	"parley/dialog/recommend"
)

// sells is the demo shop, whose customer did something on its pages.
func sells(events ...recommend.Event) brain.Options {
	c := recommend.NewCatalogue(demo.Products())
	return brain.Options{Recommends: true, Sells: func(context.Context, dialog.ConversationID) (*recommend.Catalogue, []recommend.Event, error) {
		return c, events, nil
	}}
}

var bought = recommend.Event{Kind: recommend.Purchased, Product: "one", At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}

// states are what became of recommendations in the last turn.
func (k *talk) states() string {
	var out []string
	for _, a := range k.actions {
		if a.Kind == brain.Recommended {
			out = append(out, a.Args["product"].(string)+" "+string(a.Args["state"].(recommend.State)))
		}
	}
	return strings.Join(out, ", ")
}

func TestAProductIsToldOfOnce(t *testing.T) {
	for language, x := range map[string]struct{ ask, tip, yes, more, again string }{
		"en":    {"How long does delivery take?", "By the way, this goes with the Brightwood One: Spare battery, $19. It is changed in a minute with the screwdriver that comes with the headphones. Would you like to hear more?", "yes please", "Spare battery costs $19. A spare battery for the Brightwood One. It is changed in a minute", "How much is delivery?"},
		"zh-CN": {"多久能送到？", "顺便说一句，有一款和 Brightwood One 配套的备用电池（19 美元）。用随耳机附送的螺丝刀一分钟就能换好。想了解一下吗？", "好的", "备用电池的价格是19 美元。Brightwood One 的备用电池。用随耳机附送的螺丝刀", "运费多少钱？"},
	} {
		k := begin(t, language, sells(bought))
		if s := k.say(x.ask); !strings.HasSuffix(s, x.tip) || k.states() != "battery offered" {
			t.Fatalf("%s: %q, %s", language, s, k.states())
		}
		if last := k.sources[len(k.sources)-1]; last != map[string]string{"en": "Spare battery", "zh-CN": "备用电池"}[language] {
			t.Errorf("%s: the source is %q", language, last)
		}
		if s := k.say(x.yes); !strings.HasPrefix(s, x.more) || k.states() != "battery interested" {
			t.Errorf("%s: %q, %s", language, s, k.states())
		}
		if s := k.say(x.again); k.states() != "" || strings.Contains(s, "By the way") || strings.Contains(s, "顺便") {
			t.Errorf("%s: pressed: %q, %s", language, s, k.states())
		}
	}
}

func TestARefusalIsRemembered(t *testing.T) {
	var profile memory.Profile
	o := sells(bought)
	o.Profile = func(context.Context, dialog.Person) (memory.Profile, error) { return profile, nil }
	k := begin(t, "en", o)
	k.known.Customer, k.known.Site = "c7", "shop"
	k.say("How long does delivery take?")
	if s := k.say("no thanks"); !strings.HasPrefix(s, "All right.") || k.states() != "battery refused" || k.handoff() != "" {
		t.Fatalf("%q, %+v", s, k.actions)
	}
	for _, a := range k.actions {
		if a.Kind == brain.Remember {
			profile.Know(a.Args["facts"].([]memory.Fact)...)
		}
	}
	k = begin(t, "en", o) // another day
	k.known.Customer, k.known.Site = "c7", "shop"
	if k.say("How much is delivery?"); k.states() != "case offered" {
		t.Errorf("%s after %+v", k.states(), profile)
	}
	if s := k.say("please stop recommending things to me"); k.states() != "case refused" || !strings.Contains(s, "I will not") {
		t.Errorf("%q, %s", s, k.states())
	}
	for _, a := range k.actions {
		if a.Kind == brain.Remember {
			profile.Know(a.Args["facts"].([]memory.Fact)...)
		}
	}
	k = begin(t, "en", o)
	k.known.Customer, k.known.Site = "c7", "shop"
	if k.say("How long does delivery take?"); k.states() != "" {
		t.Errorf("pressed: %s after %+v", k.states(), profile)
	}
}

func TestNothingIsSoldToWhoHasTrouble(t *testing.T) {
	for _, says := range [][]string{
		{"My order is late. How long does delivery take?"},
		{"This is a disgrace!! How long does delivery take?"},
		{"耳机坏了，多久能送到新的？"},
		{"what is the capital of france"},
		{"hello"},
		{"no more advertising. How long does delivery take?"},
		{"let me talk to a person", "How long does delivery take?"},
		{"my father died, I need to cancel his things", "How long does delivery take?"},
	} {
		language := "en"
		if strings.Contains(says[0], "，") {
			language = "zh-CN"
		}
		k := begin(t, language, sells(bought))
		for _, s := range says {
			if reply := k.say(s); k.states() != "" || strings.Contains(reply, "By the way") {
				t.Errorf("%q: %q", s, reply)
			}
		}
	}
	o := sells(bought)
	o.Recommends = false
	k := begin(t, "en", o)
	if k.say("How long does delivery take?"); k.states() != "" {
		t.Error("it was turned off")
	}
	a, err := brain.New(o).Advise(t.Context(), dialog.Context{Language: "en"})
	if err != nil || len(a.Fits) == 0 {
		t.Errorf("the agent gets advice all the same: %+v, %v", a, err)
	}
}

func TestATipThatNobodyHeardWasNone(t *testing.T) {
	k := begin(t, "en", sells(bought))
	k.say("How long does delivery take?")
	k.history[len(k.history)-1].Text, k.history[len(k.history)-1].Cut = "Standard delivery takes", true
	if k.say("yes please"); k.states() != "battery unheard" {
		t.Errorf("%s, a yes to what was not heard", k.states())
	}
}

func TestWhoWantsNoProducts(t *testing.T) {
	for text, wants := range map[string]bool{
		"please stop recommending things": true, "don't sell me anything": true, "Just answer, and do not recommend products.": true, "no more ads please": true, "别再推销了": true, "不要给我推荐": true,
		"I don't recommend this shop to anybody": false, "we do not sell that": false, "You don't offer me a refund?": false, "I would not push it": false, "你们推荐哪款": false,
	} {
		k := begin(t, "en", sells(bought))
		if strings.ContainsRune(text, '推') {
			k = begin(t, "zh-CN", sells(bought))
		}
		reply := k.say(text)
		if got := strings.Contains(reply, "I will not") || strings.Contains(reply, "不再推荐"); got != wants {
			t.Errorf("%q: %q", text, reply)
		}
	}
}

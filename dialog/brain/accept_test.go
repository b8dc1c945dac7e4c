package brain_test

import (
	"strings"
	"testing"

	"parley/dialog/brain"
)

func TestHowPeopleBeginAndEndNeedsNoSource(t *testing.T) {
	for text, want := range map[string]string{
		"how are you": "I am well", "Good morning, how's it going?": "I am well", "bye": "Goodbye", "thanks, bye": "Goodbye",
		"Nice weather today!": "nice to hear", "hello, are you a robot?": "AI assistant",
	} {
		k := begin(t, "en", brain.Options{})
		if s := k.say(text); !strings.Contains(s, want) {
			t.Errorf("%q: %q", text, s)
		}
	}
	for text, want := range map[string]string{
		"你好吗": "我很好", "您好，最近怎么样": "我很好", "再见": "再见", "今天天气真好": "很高兴", "今天天气怎么样": "资料里没有",
	} {
		k := begin(t, "zh-CN", brain.Options{})
		if s := k.say(text); !strings.Contains(s, want) {
			t.Errorf("%q: %q", text, s)
		}
	}
}

func TestWhoMournsIsOfferedAPersonWhileNobodyIsThere(t *testing.T) {
	for language, says := range map[string][2]string{
		"en":    {"My husband died last week and I need to close his policy", "yes please"},
		"zh-CN": {"我妈妈上周去世了，我心里很乱", "好的"},
	} {
		c := systems(t)
		c.Hours = closed(t)
		k := begin(t, language, c.Options)
		if s := k.say(says[0]); !strings.Contains(s, until[language]) || comes.MatchString(s) || k.handoff() != "" {
			t.Errorf("no way on: %q", s)
		}
		if s := k.say(says[1]); k.handoff() != "offered" {
			t.Errorf("%q: %q", says[1], s)
		}
	}
}

func TestAnOutburstIsNoUnknownQuestion(t *testing.T) {
	for language, text := range map[string]string{"en": "This is the worst company, you people are useless!!!", "zh-CN": "你们就是骗子！垃圾公司！"} {
		for _, away := range []bool{false, true} {
			o := systems(t).Options
			if away {
				o.Hours = closed(t)
			}
			k := begin(t, language, o)
			s := k.say(text)
			if strings.Contains(s, "our information") || strings.Contains(s, "资料里") || away != strings.Contains(s, until[language]) {
				t.Errorf("%v: %q", away, s)
			}
			if k.say(map[string]string{"en": "yes please", "zh-CN": "好的"}[language]); k.handoff() != "offered" {
				t.Errorf("%v: no person was offered in %q", away, s)
			}
		}
	}
}

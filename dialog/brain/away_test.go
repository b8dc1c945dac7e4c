package brain_test

import (
	"regexp"
	"strings"
	"testing"

	"parley/dialog/brain"
	"parley/dialog/hours"
)

// closed are hours of which the clock of these tests, a Tuesday's eight in the evening in
// Shanghai, is outside.
func closed(t *testing.T) hours.Hours {
	t.Helper()
	h, err := hours.New("Asia/Shanghai", map[string]string{"mon-fri": "09:00-18:00"}, []string{"2026-11-25"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var (
	until  = map[string]string{"en": "on Thursday at 9 a.m., Shanghai time", "zh-CN": "北京时间后天上午9点"}
	comes  = regexp.MustCompile(`(?i)have asked a colleague|telling a colleague|has been told|bring in a person|take over|transfer you|已为您请|通知同事|收到通知|马上请同事|转人工|转接`)
	person = map[string]string{"en": "let me talk to a person", "zh-CN": "我要转人工"}
)

func TestWhilePeopleAreAwayNobodyIsPromised(t *testing.T) {
	c := systems(t)
	c.Hours = closed(t)
	c.Handoff = brain.Handoff{Topics: map[string]string{"lawyer": "legal", "律师函": "legal"}, VIP: []string{"c7"}, Emergency: map[string]string{"en": "999"}}
	for name, talks := range map[string]map[string][]string{
		"customer": {"en": {person["en"], person["en"]}, "zh-CN": {person["zh-CN"], person["zh-CN"]}},
		"topic":    {"en": {"my lawyer will write to you"}, "zh-CN": {"我要发律师函"}},
		"anger":    {"en": {"This is a disgrace!! How long does delivery take??", "you useless clowns, where is my money"}},
		"vip":      {"en": {"how long does delivery take"}},
		"offered":  {"en": {"what is the capital of france", "what is the weather like on mars", "yes please"}, "zh-CN": {"法国的首都是哪里", "今天天气怎么样", "好的"}},
	} {
		for language, says := range talks {
			k := begin(t, language, c.Options)
			if name == "vip" {
				k.known.Customer = "c7"
			}
			reply := ""
			for i, text := range says {
				reply = k.say(text)
				if comes.MatchString(reply) {
					t.Errorf("%s, %s: %q", name, text, reply)
				}
				if first := name == "customer" && i == 0; i == len(says)-1 && name != "customer" || first {
					if k.handoff() != name || k.packet().Back == nil || !strings.Contains(reply, until[language]) {
						t.Errorf("%s, %s: %q, %+v", name, language, reply, k.actions)
					}
					if name != "vip" && !strings.Contains(reply, "best number") && !strings.Contains(reply, "电话") {
						t.Errorf("%s, %s: no way on: %q", name, language, reply)
					}
				}
			}
			if name == "customer" && !strings.Contains(reply, until[language]) {
				t.Errorf("asked again: %q", reply)
			}
		}
	}
}

func TestWhilePeopleAreAwayDangerStillGetsItsNumberFirst(t *testing.T) {
	o := brain.Options{Hours: closed(t), Handoff: brain.Handoff{Emergency: map[string]string{"en": "999", "zh": "119"}}}
	for text, number := range map[string]string{"the case is smoking on the bed and it burns": "999", "着火了，充电盒在冒烟": "119"} {
		language := "en"
		if number == "119" {
			language = "zh-CN"
		}
		k := begin(t, language, o)
		s := k.say(text)
		n, u := strings.Index(s, number), strings.Index(s, until[language])
		if n < 0 || u < n || k.handoff() != "emergency" || comes.MatchString(s) {
			t.Errorf("%q %+v", s, k.actions)
		}
		if s = k.say(text); comes.MatchString(s) || !strings.Contains(s, number) {
			t.Errorf("%q", s)
		}
	}
}

func TestProceduresPromiseNobodyWhilePeopleAreAway(t *testing.T) {
	for language, says := range map[string][]string{"en": {"I want to return my earbuds", "hm", "well", "hm"}, "zh-CN": {"我要退货", "嗯", "呃", "嗯"}} {
		c := systems(t)
		c.Hours = closed(t)
		k := begin(t, language, c.Options)
		handed := false
		for _, text := range says {
			s := k.say(text)
			if comes.MatchString(s) {
				t.Errorf("%q", s)
			}
			if k.handoff() != "" {
				handed = true
				if !strings.Contains(s, until[language]) {
					t.Errorf("%q", s)
				}
			}
		}
		if !handed {
			t.Error("the procedure did not give up")
		}
	}
}

func TestWhilePeopleAreThereNothingIsSaidOfHours(t *testing.T) {
	h, err := hours.New("Asia/Shanghai", map[string]string{"tue": "09:00-21:00"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := begin(t, "en", brain.Options{Hours: h})
	if s := k.say(person["en"]); strings.Contains(s, "back") || !strings.Contains(s, "asked a colleague") || k.packet().Back != nil {
		t.Errorf("%q", s)
	}
}

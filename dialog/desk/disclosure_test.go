package desk_test

import (
	"testing"

	"parley/dialog"
	"parley/dialog/desk"
)

func TestADisclosureThatIsMissing(t *testing.T) {
	rules := []desk.Disclosure{
		{Name: "withdrawal", Queues: []string{"insurance"}, When: []string{"sign up", "投保"}, Said: []string{"14 days", "14天"}, Say: map[string]string{"en": "You may withdraw within 14 days.", "zh": "您可以在14天内撤销。"}},
		{Name: "name", Said: []string{"my name is", "我是"}, Say: map[string]string{"en": "Say who you are."}},
	}
	customer, agent := dialog.Customer, dialog.Agent
	for _, x := range []struct {
		queue, language string
		said            []dialog.Turn
		due             []string
	}{
		{"insurance", "en", []dialog.Turn{{From: customer, Text: "I want to Sign Up"}}, []string{"You may withdraw within 14 days.", "Say who you are."}},
		{"insurance", "zh-CN", []dialog.Turn{{From: customer, Text: "我要投保"}, {From: agent, Text: "我是小陈"}}, []string{"您可以在14天内撤销。"}},
		{"insurance", "en", []dialog.Turn{{From: customer, Text: "sign up; I know of the 14 days"}, {From: agent, Text: "My name is Ann."}}, []string{"You may withdraw within 14 days."}},
		{"insurance", "en", []dialog.Turn{{From: customer, Text: "sign up"}, {From: agent, Text: "My name is Ann. You have 14 days."}}, nil},
		{"shop", "en", []dialog.Turn{{From: customer, Text: "sign up"}, {From: agent, Text: "my name is Ann"}}, nil},
	} {
		var got []string
		for _, d := range desk.Missing(rules, x.queue, x.language, x.said) {
			got = append(got, d.Say)
		}
		if len(got) != len(x.due) || len(got) > 0 && got[0] != x.due[0] {
			t.Errorf("%s %v: %q, not %q", x.queue, x.said, got, x.due)
		}
	}
}

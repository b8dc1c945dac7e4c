package config

import (
	"strings"
	"testing"
)

func TestWebhooksAreReadAndChecked(t *testing.T) {
	c, err := Load(file(t, "webhooks:\n  - {url: \"https://crm.example/in\", secret: \"${HOOK}\", events: [message.created, \"*\"]}\n  - url: http://10.0.0.7:8080/in\n    secret: another long secret\n    internal: true\n"), env("HOOK", "a secret of sixteen"))
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Webhooks; len(w) != 2 || w[0].Secret != "a secret of sixteen" || w[0].Events[0] != "message.created" || !w[1].Internal || w[0].Internal {
		t.Errorf("%+v", w)
	}
	const good = "webhooks:\n  - url: https://crm.example/in\n    secret: a secret of sixteen\n    events: [message.created]\n"
	for name, x := range map[string]struct{ from, to, want string }{
		"a mistyped key":   {"secret:", "secrt:", `line 3: unknown key "secrt"`},
		"no address":       {"https://crm.example/in", "crm.example/in", "line 2: webhooks[0]: url is no address"},
		"another scheme":   {"https:", "ftp:", "line 2: webhooks[0]: url is no address"},
		"no url":           {"url: https://crm.example/in", "internal: true", "line 2: webhooks[0]: url is missing"},
		"no secret":        {"\n    secret: a secret of sixteen", "", "line 2: webhooks[0]: secret is missing"},
		"no type of event": {"message.created]", "Message Created]", `line 4: webhooks[0]: event "Message Created"`},
		"the same twice":   {good, good + "  - {url: https://crm.example/in, secret: a secret of sixteen}\n", "line 5: webhooks[1]: there are two"},
	} {
		if _, err := Load(file(t, strings.Replace(good, x.from, x.to, 1)), env()); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
		if err != nil && strings.Contains(err.Error(), "a secret of sixteen") {
			t.Errorf("%s: the secret is in the complaint: %v", name, err)
		}
	}
}

package config

import (
	"strings"
	"testing"
)

func TestMessagesAreReadAndChecked(t *testing.T) {
	const good = "messages:\n  url: https://sms.example/send\n  secret: \"${SMS}\"\n  from: Brightwood\n  link: https://support.example/\n"
	c, err := Load(file(t, good), env("SMS", "a secret of sixteen"))
	if err != nil || !c.Messages.On() || c.Messages.Secret != "a secret of sixteen" || c.Messages.Link != "https://support.example" {
		t.Fatalf("%+v %v", c.Messages, err)
	}
	c, err = Load(file(t, "tls: {domain: help.example}\nmessages: {url: https://sms.example/send, secret: x}\n"), env())
	if err != nil || c.Messages.Link != "https://help.example" {
		t.Errorf("%+v %v", c.Messages, err)
	}
	for name, x := range map[string]struct{ from, to, want string }{
		"no url":      {"  url: https://sms.example/send\n", "", "messages: url is missing"},
		"no address":  {"https://sms.example/send", "sms.example", "line 2: messages: url is no address"},
		"no secret":   {"  secret: \"${SMS}\"\n", "", "messages: secret is missing"},
		"no link":     {"  link: https://support.example/\n", "", "messages: link is missing"},
		"a bad link":  {"https://support.example/", "ftp://support.example/", "line 5: messages: link is no address"},
		"another key": {"from:", "sender:", "unknown key"},
	} {
		if _, err := Load(file(t, strings.Replace(good, x.from, x.to, 1)), env("SMS", "a secret of sixteen")); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

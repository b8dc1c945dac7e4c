package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Messages are short texts to customers' phones.
type Messages struct {
	URL    string `yaml:"url"` // what sends them; "": nothing does
	Secret string `yaml:"secret"`
	From   string `yaml:"from"`
	Link   string `yaml:"link"` // where phones reach this server
}

// On reports whether messages are sent.
func (m Messages) On() bool { return m.URL != "" }

// texts says what is wrong with the messages, and finds where phones reach this server.
func (c *Config) texts() error {
	m := &c.Messages
	if *m == (Messages{}) {
		return nil
	}
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, errors.New(c.at("messages."+key, "messages")+"messages: "+fmt.Sprintf(format, args...)))
	}
	if m.URL == "" {
		bad("url", "url is missing: expected http:// or https://")
	} else if !address(m.URL) {
		bad("url", "url is no address that begins with http:// or https://")
	}
	if m.Secret == "" {
		bad("secret", "secret is missing: the receiver knows by it that we have sent it")
	}
	if m.Link == "" && c.TLS.Domain != "" {
		m.Link = "https://" + c.TLS.Domain
	}
	switch u, err := url.Parse(m.Link); {
	case m.Link == "":
		bad("link", "link is missing: where phones reach this server, as https://support.example.com")
	case !address(m.Link) || err != nil || u.RawQuery != "" || u.Fragment != "":
		bad("link", "link is no address that begins with http:// or https://")
	}
	m.Link = strings.TrimRight(m.Link, "/")
	return errors.Join(errs...)
}

func address(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"gopkg.in/yaml.v3"
)

// Webhook is a program that is told of events.
type Webhook struct {
	URL      string   `yaml:"url"`
	Secret   string   `yaml:"secret"`
	Events   []string `yaml:"events"`   // types; none, or "*", is all
	Internal bool     `yaml:"internal"` // also what customers may not see
}

var eventType = regexp.MustCompile(`^(?:\*|[a-z]+(?:\.[a-z]+)+)$`)

// hooks says what is wrong with the webhooks.
func (c *Config) hooks() error {
	var errs []error
	seen := map[string]bool{}
	for i, w := range c.Webhooks {
		where := fmt.Sprintf("webhooks[%d]", i)
		bad := func(key, format string, args ...any) {
			errs = append(errs, errors.New(c.at(where+"."+key, where)+where+": "+fmt.Sprintf(format, args...)))
		}
		u, err := url.Parse(w.URL)
		switch {
		case w.URL == "":
			bad("url", "url is missing: expected http:// or https://")
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			bad("url", "url is no address that begins with http:// or https://")
		case seen[w.URL]:
			bad("url", "there are two with the same url: list all events in one")
		}
		seen[w.URL] = true
		if w.Secret == "" {
			bad("secret", "secret is missing: the receiver knows by it that we have sent it")
		}
		for _, e := range w.Events {
			if !eventType.MatchString(e) {
				bad("events", "event %q is no type, as message.created, or *", e)
			}
		}
	}
	return errors.Join(errs...)
}

// at names the line of the first of some places that the file has, as "line 3: ".
func (c *Config) at(places ...string) string {
	for _, p := range places {
		if n := c.lines[p]; n > 0 {
			return fmt.Sprintf("line %d: ", n)
		}
	}
	return ""
}

// linesOf gives the line of every place in a file, as "webhooks[0].url".
func linesOf(n *yaml.Node, place string, lines map[string]int) {
	if place != "" && lines[place] == 0 {
		lines[place] = n.Line
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, k := range n.Content {
			linesOf(k, place, lines)
		}
	case yaml.SequenceNode:
		for i, k := range n.Content {
			linesOf(k, fmt.Sprintf("%s[%d]", place, i), lines)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := n.Content[i].Value
			if place != "" {
				p = place + "." + p
			}
			lines[p] = n.Content[i].Line
			linesOf(n.Content[i+1], p, lines)
		}
	}
}

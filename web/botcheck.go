package web

import (
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"parley/dialog/hours"
	"parley/dialog/store"
)

// checkBot says everything that is wrong with settings, by field.
func checkBot(b store.BotSettings) error {
	var errs []error
	bad := func(field, what string, value any) {
		errs = append(errs, &huma.ErrorDetail{Location: "body.settings." + field, Message: what, Value: value})
	}
	tag := func(field, l string) {
		if _, err := language.Parse(l); err != nil {
			bad(field, "expected BCP 47 tags, as en or zh-CN", l)
		}
	}
	for _, l := range b.Languages {
		tag("languages", l)
	}
	for l, g := range b.Greeting {
		tag("greeting", l)
		if len(g) > 1000 {
			bad("greeting", "expected at most 1000 bytes", l)
		}
	}
	for _, r := range b.Rules {
		if strings.TrimSpace(r) == "" || len(r) > 2000 {
			bad("rules", "expected text of at most 2000 bytes", r)
		}
	}
	if h := b.Handoff; h != nil {
		for l := range h.Emergency {
			tag("handoff.emergency", l)
		}
		if len(h.Topics) > 500 {
			bad("handoff.topics", "expected at most 500", len(h.Topics))
		}
		for words, name := range h.Topics {
			if strings.TrimSpace(words) == "" || strings.TrimSpace(name) == "" {
				bad("handoff.topics", "expected words and a name", words)
			}
		}
	}
	checkHours(b.Hours, bad)
	if len(errs) == 0 {
		return nil
	}
	return huma.Error422UnprocessableEntity("validation failed", errs...)
}

func checkHours(h *store.Hours, bad func(field, what string, value any)) {
	if h == nil {
		return
	}
	_, err := hours.New(h.Zone, h.Open, h.Holidays)
	if err == nil {
		return
	}
	all := []error{err}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		all = j.Unwrap()
	}
	for _, err := range all {
		if e := new(hours.Error); errors.As(err, &e) {
			bad("hours."+e.Field, e.Want, e.Value)
		}
	}
}

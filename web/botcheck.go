package web

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

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

var (
	days  = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$`)
	times = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$`)
)

func checkHours(h *store.Hours, bad func(field, what string, value any)) {
	if h == nil {
		return
	}
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		bad("hours.zone", "expected an IANA zone, as Asia/Shanghai", h.Zone)
	}
	for d, t := range h.Open {
		if !days.MatchString(d) {
			bad("hours.open", "expected days, as mon-fri or sat", d)
		}
		if !times.MatchString(t) || t[:5] >= t[6:] {
			bad("hours.open", fmt.Sprintf("expected times of %s, as 09:00-18:00", d), t)
		}
	}
	for _, d := range h.Holidays {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			bad("hours.holidays", "expected a date, as 2026-10-01", d)
		}
	}
}

package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"golang.org/x/text/language"

	"parley/dialog/hours"
)

// Queue is a line in which customers wait for people; dialog/desk says what each key does.
type Queue struct {
	Name      string   `yaml:"name"`
	Languages []string `yaml:"languages"`
	Skills    []string `yaml:"skills"`
	Default   bool     `yaml:"default"`
	Hours     *Hours   `yaml:"hours"` // nil: the company's
	Team      string   `yaml:"team"`  // whose it is, for supervisors of teams
	Priority  int      `yaml:"priority"`
	Overflow  string   `yaml:"overflow"`       // to this queue …
	After     int      `yaml:"overflow_after"` // … after so many seconds
	Offer     int      `yaml:"offer_s"`        // a person may think about an offer
	Wait      int      `yaml:"max_wait_s"`
	Mode      string   `yaml:"wrapup"`   // none, optional, timed or mandatory: work of a person's own after each conversation
	WrapUp    int      `yaml:"wrapup_s"` // with timed: how long
	Endings   []Ending `yaml:"dispositions"`
}

// Ending is a way for a conversation to end.
type Ending struct {
	Code  string            `yaml:"code"`
	Names map[string]string `yaml:"names"` // by language
}

// Desk is how people work.
type Desk struct {
	Grace       int          `yaml:"grace_s"`        // for a connection to come back, before others are asked
	Listening   bool         `yaml:"show_listening"` // people see who listens to their call
	Disclosures []Disclosure `yaml:"disclosures"`    // what customers must be told; people are warned while it is not
}

// Disclosure is something that the company must tell; dialog/desk says what each key does.
type Disclosure struct {
	Name   string            `yaml:"name"`
	Queues []string          `yaml:"queues"`
	When   []string          `yaml:"when"`
	Said   []string          `yaml:"said"`
	Say    map[string]string `yaml:"say"`
}

var queueName = regexp.MustCompile(`^[^\s]{1,60}$`)

// queues says what is wrong with the lines.
func (c *Config) queues() error {
	var errs []error
	names := map[string]bool{}
	bad := func(i int, f string, args ...any) {
		errs = append(errs, fmt.Errorf("queues[%d]: %s", i, fmt.Sprintf(f, args...)))
	}
	defaults := 0
	for i, q := range c.Queues {
		if !queueName.MatchString(q.Name) {
			bad(i, "name %q is no word of at most 60 characters", q.Name)
		}
		if names[q.Name] {
			bad(i, "there are two of the name %q", q.Name)
		}
		names[q.Name] = true
		if q.Default {
			defaults++
		}
		for _, l := range q.Languages {
			if _, err := language.Parse(l); err != nil {
				bad(i, "language %q is no BCP 47 tag, as en or zh-CN", l)
			}
		}
		if h := q.Hours; h != nil {
			if _, err := hours.New(h.Zone, h.Open, h.Holidays); err != nil {
				bad(i, "hours: %v", err)
			}
		}
		for name, n := range map[string]int{"overflow_after": q.After, "offer_s": q.Offer, "max_wait_s": q.Wait, "wrapup_s": q.WrapUp} {
			if n < 0 || n > 24*3600 {
				bad(i, "%s: %d is not between 0 and 86400", name, n)
			}
		}
		switch q.Mode {
		case "", "timed":
			if q.Mode != "" && q.WrapUp == 0 {
				bad(i, "wrapup: timed needs wrapup_s")
			}
		case "none", "optional", "mandatory":
			if q.WrapUp > 0 {
				bad(i, "wrapup_s goes with wrapup: timed")
			}
		default:
			bad(i, "wrapup %q is none of none, optional, timed, mandatory", q.Mode)
		}
		codes := map[string]bool{}
		for _, e := range q.Endings {
			if !queueName.MatchString(e.Code) || codes[e.Code] || len(e.Names) == 0 {
				bad(i, "dispositions: each has a code of its own, a word of at most 60 characters, and names by language: %q", e.Code)
			}
			codes[e.Code] = true
			for tag := range e.Names {
				if _, err := language.Parse(tag); err != nil {
					bad(i, "dispositions: language %q is no BCP 47 tag, as en or zh-CN", tag)
				}
			}
		}
		if q.Team != "" && !queueName.MatchString(q.Team) {
			bad(i, "team %q is no word of at most 60 characters", q.Team)
		}
		if (q.Overflow == "") != (q.After == 0) {
			bad(i, "overflow and overflow_after go together")
		}
	}
	for i, q := range c.Queues {
		if q.Overflow != "" && (!names[q.Overflow] || q.Overflow == q.Name) {
			bad(i, "overflow: there is no other queue %q", q.Overflow)
		}
	}
	if defaults > 1 {
		errs = append(errs, errors.New("queues: more than one is the default"))
	}
	errs = append(errs, c.disclosures(names)...)
	if c.Desk.Grace < 0 || c.Desk.Grace > 3600 {
		errs = append(errs, fmt.Errorf("desk.grace_s: %d is not between 0 and 3600", c.Desk.Grace))
	}
	return errors.Join(errs...)
}

// disclosures says what is wrong with them; queues are those that there are.
func (c *Config) disclosures(queues map[string]bool) (errs []error) {
	for i, d := range c.Desk.Disclosures {
		bad := func(f string, args ...any) {
			errs = append(errs, fmt.Errorf("desk.disclosures[%d]: %s", i, fmt.Sprintf(f, args...)))
		}
		if d.Name == "" {
			bad("it has no name")
		}
		if len(d.Said) == 0 || slices.Contains(d.Said, "") || slices.Contains(d.When, "") {
			bad("said lists the words that tell it, when those that make it due; none is empty")
		}
		if len(d.Say) == 0 {
			bad("say is what to say, by language")
		}
		for tag := range d.Say {
			if _, err := language.Parse(tag); err != nil {
				bad("say: language %q is no BCP 47 tag, as en or zh-CN", tag)
			}
		}
		for _, q := range d.Queues {
			if !queues[q] {
				bad("there is no queue %q", q)
			}
		}
	}
	return errs
}

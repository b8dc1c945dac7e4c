package config

import (
	"errors"
	"fmt"
	"time"
)

// Wall is how soon people are to answer, and whose day the supervisors' figures are of.
type Wall struct {
	Call int    `yaml:"answer_call_s"`
	Chat int    `yaml:"answer_chat_s"`
	Zone string `yaml:"zone"` // "": that of hours, or UTC
}

// Alerts are the thresholds of the supervisors' figures; 0 raises nothing.
type Alerts struct {
	Waiting      int `yaml:"waiting"`
	Longest      int `yaml:"longest_wait_s"`
	ServiceLevel int `yaml:"service_level"` // percent, below it
	Abandoned    int `yaml:"abandoned"`
	Risk         int `yaml:"risk"` // 0 to 100
}

// Location is where the day of the figures begins and ends.
func (c *Config) Location() (*time.Location, error) {
	zone := c.Wall.Zone
	if zone == "" && c.Hours != nil {
		zone = c.Hours.Zone
	}
	return time.LoadLocation(zone) // "" is UTC
}

// wall says what is wrong with them.
func (c *Config) wall() error {
	var errs []error
	for _, x := range []struct {
		key         string
		n, from, to int
	}{{"wall.answer_call_s", c.Wall.Call, 1, 3600}, {"wall.answer_chat_s", c.Wall.Chat, 1, 86400}, {"alerts.waiting", c.Alerts.Waiting, 0, 100000},
		{"alerts.longest_wait_s", c.Alerts.Longest, 0, 86400}, {"alerts.service_level", c.Alerts.ServiceLevel, 0, 100},
		{"alerts.abandoned", c.Alerts.Abandoned, 0, 100000}, {"alerts.risk", c.Alerts.Risk, 0, 100}} {
		if x.n < x.from || x.n > x.to {
			errs = append(errs, fmt.Errorf("%s: %d is not between %d and %d", x.key, x.n, x.from, x.to))
		}
	}
	if _, err := c.Location(); err != nil {
		errs = append(errs, fmt.Errorf("wall.zone: %q is no time zone, as Asia/Shanghai", c.Wall.Zone))
	}
	return errors.Join(errs...)
}

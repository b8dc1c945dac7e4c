// Package company is the demo company's business systems, a shop and an insurer, as
// an MCP server: in process for parley serve --demo, or on standard streams for
// others. Its data are invented, and made anew when they have grown old.
package company

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gopkg.in/yaml.v3"
)

//go:embed seed.yaml
var seed []byte

//go:embed tools.yaml
var tools []byte

// anew is after how many days the data are made anew, so that "last week" stays true.
const anew = 3

// Options of a Company. The zero value works.
type Options struct {
	File string // keeps what was changed; "" keeps nothing
	Now  func() time.Time
}

// Company is the business.
type Company struct {
	o Options

	mu    sync.Mutex
	s     state
	tries map[string]failed // of verifying, by what was claimed
}

type names struct {
	EN string `json:"en" yaml:"en"`
	ZH string `json:"zh" yaml:"zh"`
}

func (n names) in(language string) string {
	if zh(language) {
		return n.ZH
	}
	return n.EN
}

func zh(language string) bool {
	return strings.HasPrefix(language, "zh") || strings.HasPrefix(language, "yue")
}

type (
	customer struct {
		ID, Name, Phone, Birth, Postcode string
	}
	item struct {
		Product, Color string
		Cents, Count   int
	}
	order struct {
		Number, Customer                  string
		Placed, Shipped, Delivered, Moved int // days since the company opened
		Status, Carrier, Tracking         string
		Place                             names
		Items                             []item
		Address                           string
	}
	policy struct {
		Number, Customer, Kind string
		Name                   names
		Since, Until           int
		Monthly                int `yaml:"monthly_cents"`
		Yearly                 int `yaml:"yearly_cents"`
	}
	claim struct {
		Number, Customer, Policy, Kind string
		Filed                          int
		Status                         string
		Missing                        names
		Cents                          int
		What                           string
	}
	appointment struct {
		Number, Name, Phone, Topic string
		At                         time.Time
		Cancelled                  bool
	}
	// note is what people of the company see to: returns, cases, calls back, leads.
	note struct {
		Number, Kind, Customer, Order string
		At                            time.Time
		Data                          map[string]string
	}
)

type state struct {
	Opened       time.Time // midnight of its first day, UTC
	Next         int       // of the numbers that it gives
	Customers    []customer
	Orders       []order
	Policies     []policy
	Claims       []claim
	Appointments []appointment
	Notes        []note
	Keys         map[string]json.RawMessage // what was answered to a key
}

// Open makes the company, or goes on with what File holds.
func Open(o Options) (*Company, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Company{o: o, tries: map[string]failed{}}
	if o.File != "" {
		b, err := os.ReadFile(o.File)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("company: %w", err)
		case json.Unmarshal(b, &c.s) == nil && c.day(o.Now()) <= anew && c.day(o.Now()) >= 0:
			return c, nil
		}
	}
	c.s = state{Next: 1000, Keys: map[string]json.RawMessage{}}
	c.s.Opened = o.Now().UTC().Truncate(24 * time.Hour)
	if err := yaml.Unmarshal(seed, &c.s); err != nil {
		return nil, fmt.Errorf("company: %w", err)
	}
	return c, c.save()
}

// save keeps the state, whole or not at all.
func (c *Company) save() error {
	if c.o.File == "" {
		return nil
	}
	b, err := json.Marshal(c.s)
	if err != nil {
		return fmt.Errorf("company: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.o.File), ".company-*")
	if err != nil {
		return fmt.Errorf("company: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), c.o.File)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("company: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// day is a time as days since the company opened.
func (c *Company) day(t time.Time) int { return int(t.Sub(c.s.Opened).Hours() / 24) }

func (c *Company) date(day int) string { return c.s.Opened.AddDate(0, 0, day).Format(time.DateOnly) }

// working counts the working days after day, up to and with to.
func (c *Company) working(day, to int) (n int) {
	for d := day + 1; d <= to; d++ {
		if w := c.s.Opened.AddDate(0, 0, d).Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	return n
}

// after is the date so many working days from now.
func (c *Company) after(n int) string {
	d := c.day(c.o.Now())
	for n > 0 {
		d++
		if c.working(d-1, d) == 1 {
			n--
		}
	}
	return c.date(d)
}

func (c *Company) number(prefix string) string {
	c.s.Next += 7
	return fmt.Sprintf("%s%d", prefix, c.s.Next)
}

// answer is what a tool answers.
type answer = map[string]any

// refused is a definite no: nothing was changed.
func refused(language, reason, en, cn string) answer {
	return answer{"status": "refused", "reason": reason, "reason_text": names{en, cn}.in(language)}
}

// change runs f once for a key, and keeps what it did with its answer: both or none.
func (c *Company) change(key string, f func() answer) (answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b, ok := c.s.Keys[key]; ok && key != "" {
		var a answer
		return a, json.Unmarshal(b, &a)
	}
	before, err := json.Marshal(c.s)
	if err != nil {
		return nil, err
	}
	a := f()
	if key != "" {
		b, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		c.s.Keys[key] = b
	}
	if err := c.save(); err != nil {
		var old state
		if e := json.Unmarshal(before, &old); e != nil {
			return nil, errors.Join(err, e)
		}
		c.s = old
		return nil, err
	}
	return a, nil
}

// Changes counts what was changed, for tests and benches.
func (c *Company) Changes() (notes, appointments, claims int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.s.Notes), len(c.s.Appointments), len(c.s.Claims)
}

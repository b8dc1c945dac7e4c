package dialog

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"parley/dialog"
)

//go:embed scenarios/*.yaml
var embedded embed.FS

// maxScenario bounds a file of scenarios, in bytes.
const maxScenario = 1 << 20

// Scenario is a talk with a customer, and what a good agent would do in it.
type Scenario struct {
	Name     string     `yaml:"name"`
	Language string     `yaml:"language"` // BCP 47 tag
	Channel  dialog.Via `yaml:"channel"`  // voice: run by voice too
	Customer string     `yaml:"customer"` // as the page signs it; "" is a stranger
	Now      time.Time  `yaml:"now"`      // zero: noon of a Tuesday
	Known    string     `yaml:"known"`    // why it is known to fail; it counts as failed
	Turns    []Turn     `yaml:"turns"`
	Finally  Finally    `yaml:"finally"`

	file string
}

// Turn is what the customer says, and what must come of it. A change that is not
// listed must not happen.
type Turn struct {
	Say        string     `yaml:"say"`
	Spoken     string     `yaml:"spoken"`     // by voice, where it is said otherwise than written
	Only       dialog.Via `yaml:"only"`       // the channel on which it is said; "" is both
	Interrupts int        `yaml:"interrupts"` // words heard of the reply before, which was cut off there; 0: all
	Hears      []Words    `yaml:"hears"`
	Never      []Words    `yaml:"never"`
	Cites      []Words    `yaml:"cites"` // document or title, "tool:NAME" for a business system
	Reads      []Use      `yaml:"reads"`
	Changes    []Use      `yaml:"changes"`
	Asks       string     `yaml:"asks"`      // digits, yesno or anything
	Handoff    string     `yaml:"handoff"`   // the reason, any or none; "" is either
	Gives      []string   `yaml:"gives"`     // slots that are known from here on
	Withdraws  []string   `yaml:"withdraws"` // slots that may be asked for again
}

// Use is one use of a tool. An argument fits when it holds the words, without regard
// to case and spaces.
type Use struct {
	Tool string           `yaml:"tool"`
	Args map[string]Words `yaml:"args"`
}

// Finally is what must be true of the whole talk.
type Finally struct {
	Changes   map[string]int   `yaml:"changes"` // how often each tool did its work
	Never     []Words          `yaml:"never"`
	Untouched []Use            `yaml:"untouched"` // uses that must not have been
	Handoff   string           `yaml:"handoff"`   // a reason, any or none; "" is either
	Packet    map[string]Words `yaml:"packet"`    // slots in the last packet
}

// Words is one of several texts: "sorry|apologies".
type Words []string

// UnmarshalYAML reads alternatives parted by |.
func (w *Words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: expected a text", n.Line)
	}
	for _, s := range strings.Split(n.Value, "|") {
		if s = plain(s); s == "" {
			return fmt.Errorf("line %d: an empty text fits everything", n.Line)
		}
		*w = append(*w, s)
	}
	return nil
}

// in reports whether one of the words is in the text.
func (w Words) in(text string) bool {
	text = plain(text)
	return slices.ContainsFunc(w, func(s string) bool { return strings.Contains(text, s) })
}

func (w Words) String() string { return strings.Join(w, " | ") }

// plain is a text as it is compared: lower case, one kind of quotes, no spaces beside
// one between words of Latin letters.
func plain(text string) string {
	text = strings.NewReplacer("’", "'", "“", `"`, "”", `"`, "，", ",", "？", "?", "！", "!", "：", ":", "；", ";", "（", "(", "）", ")").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// Load reads the scenarios of files and folders; of none, those that come with Parley.
func Load(paths ...string) ([]Scenario, error) {
	var out []Scenario
	add := func(name string, b []byte, err error) error {
		if err != nil {
			return err
		}
		s, err := parse(b)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i := range s {
			s[i].file = name
		}
		out = append(out, s...)
		return nil
	}
	if len(paths) == 0 {
		names, err := fs.Glob(embedded, "scenarios/*.yaml")
		for _, n := range names {
			b, e := embedded.ReadFile(n)
			err = errors.Join(err, add(n, b, e))
		}
		return out, errors.Join(err, distinct(out))
	}
	for _, p := range paths {
		files := []string{p}
		if i, err := os.Stat(p); err == nil && i.IsDir() {
			files, _ = filepath.Glob(filepath.Join(p, "*.yaml"))
		}
		for _, f := range files {
			b, err := readFile(f)
			if err := add(f, b, err); err != nil {
				return nil, err
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there are no scenarios (files that end in .yaml)")
	}
	return out, distinct(out)
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxScenario+1))
	if len(b) > maxScenario {
		return nil, fmt.Errorf("%s: more than %d bytes", name, maxScenario)
	}
	return b, err
}

func distinct(all []Scenario) error {
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.Name] {
			return fmt.Errorf("there are two scenarios named %q", s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}

// parse reads the scenarios of a file, parted by ---.
func parse(b []byte) ([]Scenario, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	var out []Scenario
	for {
		var s Scenario
		switch err := d.Decode(&s); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		out = append(out, s)
	}
}

// check says what is wrong with a scenario, and fills what is not set.
func (s *Scenario) check() error {
	var errs []error
	wrong := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if s.Name == "" {
		wrong("it has no name")
	}
	if s.Language == "" {
		wrong("it has no language")
	}
	if s.Channel == "" {
		s.Channel = dialog.ViaChat
	}
	if s.Channel != dialog.ViaChat && s.Channel != dialog.ViaVoice {
		wrong("channel %q is neither chat nor voice", s.Channel)
	}
	if s.Now.IsZero() {
		s.Now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	}
	if len(s.Turns) == 0 {
		wrong("it has no turns")
	}
	for i, t := range s.Turns {
		if strings.TrimSpace(t.Say) == "" {
			wrong("turn %d says nothing", i+1)
		}
		if t.Only != "" && t.Only != dialog.ViaChat && t.Only != dialog.ViaVoice {
			wrong("turn %d: only %q is neither chat nor voice", i+1, t.Only)
		}
		if !slices.Contains([]string{"", "digits", "yesno", "anything"}, t.Asks) {
			wrong("turn %d: asks %q is none of digits, yesno, anything", i+1, t.Asks)
		}
		for _, u := range slices.Concat(t.Reads, t.Changes) {
			if u.Tool == "" {
				wrong("turn %d: a use of no tool", i+1)
			}
		}
	}
	return errors.Join(errs...)
}

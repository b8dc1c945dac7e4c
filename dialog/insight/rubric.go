package insight

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Criterion is one of what a conversation is scored by.
type Criterion string

// The criteria, in their order.
const (
	Greeting      Criterion = "greeting"
	Understanding Criterion = "understanding"
	Correctness   Criterion = "correctness"
	Tone          Criterion = "tone"
	Resolution    Criterion = "resolution"
	Compliance    Criterion = "compliance"
)

var criteria = [...]Criterion{Greeting, Understanding, Correctness, Tone, Resolution, Compliance}

// Rubric is what the company scores its conversations by.
type Rubric struct {
	Weights   map[Criterion]int `json:"weights" doc:"what each criterion counts for, 0 to 100; 0: it is not scored"`
	Required  []Phrase          `json:"required" doc:"what must be said, by the bot or a person"`
	Forbidden []Phrase          `json:"forbidden" doc:"what nobody of the company may say"`
	Off       []string          `json:"off" doc:"faults that are not looked for"`
}

// Phrase is something to be said, or not: one of the wordings in the conversation's language.
type Phrase struct {
	Name string              `json:"name" doc:"how the fault is called" maxLength:"60"`
	Any  map[string][]string `json:"any" doc:"wordings, by language: en, zh; case does not matter"`
	When map[string][]string `json:"when,omitempty" doc:"of what must be said: wordings of anybody's that make it due, by language; absent: it is always due"`
}

// DefaultRubric serves while the company has none of its own.
func DefaultRubric() Rubric {
	return Rubric{Weights: map[Criterion]int{Greeting: 10, Understanding: 20, Correctness: 25, Tone: 15, Resolution: 20, Compliance: 10}, Required: []Phrase{}, Forbidden: []Phrase{}, Off: []string{}}
}

// Bounds of a rubric.
const (
	mostPhrases  = 50
	mostWordings = 50
	mostWording  = 300 // bytes
)

// Check says what is wrong with a rubric: which field, and what is expected.
func (r Rubric) Check() (field, expected string) {
	sum := 0
	for c, w := range r.Weights {
		if !slices.Contains(criteria[:], c) || w < 0 || w > 100 {
			return "weights." + string(c), "greeting, understanding, correctness, tone, resolution or compliance, each 0 to 100"
		}
		sum += w
	}
	if sum == 0 {
		return "weights", "at least one above 0"
	}
	named := map[string]bool{}
	for name, list := range map[string][]Phrase{"required": r.Required, "forbidden": r.Forbidden} {
		if len(list) > mostPhrases {
			return name, fmt.Sprintf("at most %d", mostPhrases)
		}
		for k, p := range list {
			at := fmt.Sprintf("%s[%d]", name, k)
			if strings.TrimSpace(p.Name) == "" {
				return at + ".name", "a name"
			}
			if _, ours := faultCosts[p.Name]; ours || named[p.Name] {
				return at + ".name", "a name of its own"
			}
			named[p.Name] = true
			for field, by := range map[string]map[string][]string{".any": p.Any, ".when": p.When} {
				n, bad := wordings(by)
				if bad {
					return at + field, fmt.Sprintf("wordings of 1 to %d bytes", mostWording)
				}
				if n > mostWordings || n == 0 && field == ".any" {
					return at + field, fmt.Sprintf("1 to %d wordings", mostWordings)
				}
			}
		}
	}
	return "", ""
}

// wordings are how many there are in all languages; bad: one is empty or too long.
func wordings(by map[string][]string) (n int, bad bool) {
	for _, ws := range by {
		n += len(ws)
		bad = bad || slices.ContainsFunc(ws, func(w string) bool { return strings.TrimSpace(w) == "" || len(w) > mostWording })
	}
	return n, bad
}

// readRubric reads a kept one; what cannot be read is the default.
func readRubric(b json.RawMessage) Rubric {
	var r Rubric
	if len(b) == 0 || json.Unmarshal(b, &r) != nil {
		return DefaultRubric()
	}
	return r
}

// said reports whether a text holds one of the wordings.
func (p Phrase) said(text, language string) bool { return holds(text, p.Any[language]) }

// holds reports whether a text holds one of the wordings.
func holds(text string, wordings []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(wordings, func(w string) bool { return strings.Contains(text, strings.ToLower(strings.TrimSpace(w))) })
}

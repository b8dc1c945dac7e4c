package quality

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/insight"
)

//go:embed talks/*.txt
var talks embed.FS

// Talk is a conversation with planted faults.
type Talk struct {
	Name     string
	Set      string // "tuned" or "held": the rules were tuned on it, or not
	Language string // "en", "zh"
	About    string
	Script   insight.Script
	Planted  []Planted
}

// Planted is a fault, and the turn that shows it.
type Planted struct {
	Fault string
	Seq   int64
}

// has reports whether a fault was planted.
func (t Talk) has(fault string) bool {
	return slices.ContainsFunc(t.Planted, func(p Planted) bool { return p.Fault == fault })
}

// Load reads the conversations.
func Load() ([]Talk, error) {
	files, err := fs.Glob(talks, "talks/*.txt")
	if err != nil {
		return nil, err
	}
	var out []Talk
	for _, f := range files {
		b, err := talks.ReadFile(f)
		if err != nil {
			return nil, err
		}
		set, language, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(f, "talks/"), ".txt"), "_")
		ts, err := read(string(b), set, language)
		if err != nil {
			return nil, fmt.Errorf("quality: %s: %w", f, err)
		}
		out = append(out, ts...)
	}
	return out, nil
}

// read reads the form that is told at the head of talks/tuned_en.txt.
func read(text, set, language string) ([]Talk, error) {
	var out []Talk
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "== "); ok {
			t, err := heading(head)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			t.Set, t.Language, t.Script.Language = set, language, language
			out = append(out, t)
			continue
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("line %d: nothing has begun", n+1)
		}
		if err := out[len(out)-1].add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return out, nil
}

// heading reads "name, channel and how it ended: what it is about".
func heading(head string) (Talk, error) {
	name, rest, ok := strings.Cut(head, ", ")
	kind, about, both := strings.Cut(rest, ": ")
	if !ok || !both {
		return Talk{}, fmt.Errorf("%q: expected name, channel: subject", head)
	}
	t := Talk{Name: name, About: about}
	for _, w := range strings.Fields(kind) {
		switch w {
		case "call":
			t.Script.Call = true
		case "lost":
			t.Script.Lost = true
		case "failed":
			t.Script.Failed = true
		case "chat":
		default:
			return Talk{}, fmt.Errorf("%q: expected call, chat, lost or failed", w)
		}
	}
	return t, nil
}

var parties = map[string]dialog.Party{"B": dialog.Bot, "A": dialog.Agent, "C": dialog.Customer}

// add takes in a turn, or a source of the turn above.
func (t *Talk) add(line string) error {
	lines := &t.Script.Lines
	if source, ok := strings.CutPrefix(line, "| "); ok {
		title, quote, both := strings.Cut(source, " | ")
		if !both || len(*lines) == 0 {
			return fmt.Errorf("%q: expected a title and what it says, below a turn", line)
		}
		last := &(*lines)[len(*lines)-1]
		last.Cites = append(last.Cites, dialog.Citation{Title: title, Quote: quote})
		return nil
	}
	head, text, _ := strings.Cut(line, " ")
	who, faults, marked := strings.Cut(strings.TrimSuffix(head, "]"), "[")
	from, ok := parties[who]
	if !ok || text == "" {
		return fmt.Errorf("%q: expected B, A or C and what was said", line)
	}
	via := dialog.ViaChat
	if t.Script.Call {
		via = dialog.ViaVoice
	}
	seq := int64(len(*lines) + 1)
	*lines = append(*lines, insight.Line{Seq: seq, From: from, Via: via, Text: text})
	if marked {
		for _, f := range strings.Split(faults, " ") {
			t.Planted = append(t.Planted, Planted{f, seq})
		}
	}
	return nil
}

// Rubric is that of the company that the conversations are of.
func Rubric() insight.Rubric {
	r := insight.DefaultRubric()
	r.Required = []insight.Phrase{{Name: "cooling_off",
		When: map[string][]string{"en": {"sign you up", "take out the policy"}, "zh": {"给您投保", "帮您投保"}},
		Any:  map[string][]string{"en": {"within 14 days", "14-day"}, "zh": {"14天"}}}}
	r.Forbidden = []insight.Phrase{{Name: "forbidden_best", Any: map[string][]string{"en": {"cheapest policy on the market"}, "zh": {"全网最低"}}}}
	return r
}

package form

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/dialog"
)

// Text is words by language, "en" and "zh" at least when it is set. A form's are
// templates: {path} is a value, {path|filter} one made readable, and [ … ] is left out
// when a value in it is not there.
type Text map[string]Spoken

// Spoken is a text for the ear and for the eye.
type Spoken struct {
	Voice string `yaml:"voice" json:"voice"`
	Chat  string `yaml:"chat" json:"chat"`
}

// UnmarshalYAML takes a plain string for both.
func (s *Spoken) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.Voice, s.Chat = n.Value, n.Value
		return nil
	}
	type plain Spoken
	if err := n.Decode((*plain)(s)); err != nil {
		return err
	}
	if s.Voice == "" || s.Chat == "" {
		return fmt.Errorf("line %d: a text has both voice and chat, or is one string", n.Line)
	}
	return nil
}

// In gives the words for a language and a channel; English when there are none.
func (t Text) In(language string, via dialog.Via) string {
	s, ok := t[tongue(language)]
	if !ok {
		s = t["en"]
	}
	if via == dialog.ViaVoice {
		return s.Voice
	}
	return s.Chat
}

// tongue is the language of a form's texts for a tag.
func tongue(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	switch tag {
	case "zh", "yue", "cmn", "wuu", "nan", "hak":
		return "zh"
	}
	return "en"
}

// piece of a template: words, a value, or a part that may be left out.
type piece struct {
	text     string
	path     string
	filter   string
	optional []piece
}

// maxTemplate bounds a template, in bytes.
const maxTemplate = 4000

// parse reads a template.
func parse(s string) ([]piece, error) {
	if len(s) > maxTemplate {
		return nil, fmt.Errorf("a text of more than %d bytes", maxTemplate)
	}
	out, rest, err := pieces(s, false)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q: a ] that nothing opens", s)
	}
	return out, err
}

func pieces(s string, inside bool) (out []piece, rest string, err error) {
	for s != "" {
		i := strings.IndexAny(s, "{[]")
		if i < 0 {
			break
		}
		if i > 0 {
			out = append(out, piece{text: s[:i]})
		}
		c := s[i]
		s = s[i+1:]
		switch c {
		case '{':
			name, after, ok := strings.Cut(s, "}")
			if !ok {
				return nil, "", fmt.Errorf("%q: a { that nothing closes", name)
			}
			path, filter, _ := strings.Cut(name, "|")
			path, filter = strings.TrimSpace(path), strings.TrimSpace(filter)
			if path == "" || !filters[filter] {
				return nil, "", fmt.Errorf("{%s}: no such value or filter", name)
			}
			out = append(out, piece{path: path, filter: filter})
			s = after
		case '[':
			if inside {
				return nil, "", fmt.Errorf("a [ inside another")
			}
			opt, after, err := pieces(s, true)
			if err != nil {
				return nil, "", err
			}
			if !strings.HasPrefix(after, "]") {
				return nil, "", fmt.Errorf("a [ that nothing closes")
			}
			out = append(out, piece{optional: opt})
			s = after[1:]
		case ']':
			return out, "]" + s, nil
		}
	}
	if s != "" {
		out = append(out, piece{text: s})
	}
	return out, "", nil
}

// filters of templates. "" shows a slot as its type is read out, and data as it is.
var filters = map[string]bool{"": true, "raw": true, "date": true, "time": true, "digits": true, "money": true, "word": true, "list": true, "last4": true}

// scope is where a template's values come from.
type scope struct {
	f        *Form
	s        *State
	language string
	via      dialog.Via
	item     any // of a list, looked into first
}

func (f *Form) scope(s *State) scope {
	return scope{f: f, s: s, language: s.Language, via: s.Via}
}

// fill writes a template out; ok is false when a value outside [ ] is missing.
func (c scope) fill(template string) (string, bool) {
	ps, err := parse(template)
	if err != nil {
		return "", false
	}
	return c.write(ps)
}

func (c scope) write(ps []piece) (string, bool) {
	var b strings.Builder
	all := true
	for _, p := range ps {
		switch {
		case p.optional != nil:
			if s, ok := c.write(p.optional); ok {
				b.WriteString(s)
			}
		case p.path != "":
			s, ok := c.show(p)
			all = all && ok
			b.WriteString(s)
		default:
			b.WriteString(p.text)
		}
	}
	return strings.TrimSpace(b.String()), all
}

// text fills the words for the customer.
func (f *Form) text(s *State, t Text) string {
	out, _ := f.scope(s).fill(t.In(s.Language, s.Via))
	return out
}

// look finds a value: of the item, a slot, or a result, with dots between the names.
func (c scope) look(path string) (any, bool) {
	head, rest, deep := strings.Cut(path, ".")
	if m, ok := c.item.(map[string]any); ok {
		if v, ok := m[head]; ok {
			return dig(v, rest, deep)
		}
	}
	if sl, ok := c.f.slots[head]; ok && !deep {
		v, ok := c.s.Slots[head]
		if !ok || v.Skipped || v.Value == "" {
			return nil, false
		}
		return sl.typed(v), true
	}
	v, ok := c.s.Results[head]
	if !ok {
		return nil, false
	}
	return dig(v, rest, deep)
}

func dig(v any, path string, deep bool) (any, bool) {
	for deep {
		var head string
		head, path, deep = strings.Cut(path, ".")
		switch m := v.(type) {
		case map[string]any:
			w, ok := m[head]
			if !ok {
				return nil, false
			}
			v = w
		case []any:
			i := 0
			if _, err := fmt.Sscanf(head, "%d", &i); err != nil || i < 0 || i >= len(m) {
				return nil, false
			}
			v = m[i]
		default:
			return nil, false
		}
	}
	return v, !hollow(v)
}

// hollow reports whether a value says nothing.
func hollow(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

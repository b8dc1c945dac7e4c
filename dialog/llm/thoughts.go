package llm

import "strings"

// thoughts takes out what a model thinks aloud: <think>…</think> at the beginning of
// its reply, as servers send it that do not know the model's way to think.
type thoughts struct {
	held  string
	where int // 0: before; 1: within; 2: after
}

const opening, closing = "<think>", "</think>"

// strip gives what of a piece is for the customer.
func (t *thoughts) strip(text string) string {
	if t.where == 2 {
		return text
	}
	t.held += text
	if t.where == 0 {
		s := strings.TrimLeft(t.held, " \n\t")
		switch {
		case strings.HasPrefix(s, opening):
			t.where = 1
		case strings.HasPrefix(opening, s):
			return ""
		default:
			return t.all()
		}
	}
	if _, after, ok := strings.Cut(t.held, closing); ok {
		t.held = strings.TrimLeft(after, " \n\t")
		return t.all()
	}
	if len(t.held) > 64<<10 { // what it thinks is not kept
		t.held = opening + t.held[len(t.held)-len(closing):]
	}
	return ""
}

func (t *thoughts) all() string {
	s := t.held
	t.held, t.where = "", 2
	return s
}

// end gives what looked like the beginning of thoughts and was none.
func (t *thoughts) end() string {
	if t.where == 0 {
		return t.all()
	}
	return ""
}

package brain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"parley/dialog"
	"parley/dialog/llm"
	"parley/dialog/regexp"
)

// ModelTools are the company's business systems, as a model sees them.
type ModelTools interface {
	// List gives the tools that may be used in this conversation now.
	List(ctx context.Context, c dialog.Context) []llm.Tool
	// Read uses a tool that changes nothing, and gives what it says for the model, and
	// what an answer that rests on it cites. For a tool that changes something it does
	// nothing and gives ErrChanges.
	Read(ctx context.Context, c dialog.Context, call llm.Call) (text string, source dialog.Citation, err error)
}

// ErrChanges: the tool changes something, so the customer is to confirm it first.
var ErrChanges = errors.New("brain: the tool changes something")

// Limits of a model's use of tools.
const (
	maxRounds = 3 // of reading, in one reply
	maxCalls  = 4 // in one round
	maxArgs   = 8 << 10
	maxResult = 6 << 10 // bytes of each that the model is given
)

// isoTime is a date or time, which a model may work out.
var isoTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?$|^\d{2}:\d{2}$`)

// args decodes what a model would call a tool with.
func args(call llm.Call) (map[string]any, error) {
	if len(call.Arguments) > maxArgs {
		return nil, errors.New("too long")
	}
	out := map[string]any{}
	if strings.TrimSpace(call.Arguments) == "" {
		return out, nil
	}
	return out, json.Unmarshal([]byte(call.Arguments), &out)
}

// given reports whether every value that names or counts something comes from the
// customer or from a business system: a document or picture may not say whose order is looked up, and a
// model may not make one up.
func given(v any, known string) bool {
	switch x := v.(type) {
	case map[string]any:
		for _, y := range x {
			if !given(y, known) {
				return false
			}
		}
	case []any:
		for _, y := range x {
			if !given(y, known) {
				return false
			}
		}
	case float64:
		return strings.Contains(digitsOf(known), digitsOf(fmt.Sprint(x))) || spoken(x, known)
	case string:
		if isoTime.MatchString(x) || !strings.ContainsAny(x, "0123456789@*/\\") {
			return x != "*"
		}
		l := literal(x)
		return l.in(known) && strings.Contains(digitsOf(known), digitsOf(x)) && !strings.ContainsAny(x, "*")
	}
	return true
}

// spoken reports whether a number is among those of a text, however it is written.
func spoken(x float64, known string) bool {
	for _, f := range facts(known) {
		if f.raw == x {
			return true
		}
	}
	return false
}

// wanted reports whether the customer's own words speak of what a tool does.
func wanted(t llm.Tool, customer string) bool {
	about := marksOf(strings.NewReplacer("_", " ", "-", " ").Replace(t.Name) + " " + t.Description)
	for m := range marksOf(customer) {
		if about[m] && m != "=order" {
			return true
		}
	}
	return false
}

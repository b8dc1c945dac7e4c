package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"parley/dialog"
	"parley/dialog/card"
)

// Vault opens what was sealed of a payment card; *card.Vault is one. A Box is the only one
// that asks it to.
type Vault interface {
	Open(id dialog.ConversationID, text string) (out string, values []string, err error)
	Forget(id dialog.ConversationID)
}

// sealed reports whether an argument names card data.
func sealed(v any) bool {
	s, ok := v.(string)
	return ok && card.Sealed(s)
}

// open gives arguments with the card data that they name, and those values.
func (b *Box) open(id dialog.ConversationID, args map[string]any) (plain map[string]any, values []string, err error) {
	plain = args
	for arg, v := range args {
		if !sealed(v) {
			continue
		}
		if b.o.Vault == nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrUnsent, ErrSealed)
		}
		text, vs, err := b.o.Vault.Open(id, v.(string))
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrUnsent, ErrSealed)
		}
		if len(values) == 0 { // args are the caller's
			plain = make(map[string]any, len(args))
			for k, v := range args {
				plain[k] = v
			}
		}
		plain[arg], values = text, append(values, vs...)
	}
	return plain, values, nil
}

// opened calls a tool with the card data that the arguments name.
func (b *Box) opened(ctx context.Context, e *entry, id dialog.ConversationID, c Call) (Result, error) {
	plain, values, err := b.open(id, c.Args)
	if err != nil {
		return Result{}, err
	}
	c.Args = plain
	r, err := b.run(ctx, e, c)
	return spared(r, values), hushed(err, values)
}

// used forgets the card data of a change that has come to an end: no security code is kept
// once it has been used (PCI DSS 3.3.1).
func (b *Box) used(id dialog.ConversationID, body string) {
	if b.o.Vault != nil && card.Sealed(body) {
		b.o.Vault.Forget(id)
	}
}

// masked is a result without card numbers: a business system's answer may repeat them.
func masked(r Result) Result {
	return r.changed(func(s string) string {
		s, _ = card.Mask(s)
		return s
	})
}

// spared is a result that repeats none of the values that the tool was called with.
func spared(r Result, values []string) Result {
	if len(values) == 0 {
		return r
	}
	return r.changed(func(s string) string { return cleared(s, values) })
}

func cleared(s string, values []string) string {
	for _, v := range values {
		if s == v || len(v) > 4 {
			s = strings.ReplaceAll(s, v, card.Mark)
		}
	}
	s, _ = card.Mask(s)
	return s
}

// changed is a result with f applied to each of its texts.
func (r Result) changed(f func(string) string) Result {
	r.Text = f(r.Text)
	r.Data = changed(r.Data, f)
	return r
}

func changed(v any, f func(string) string) any {
	switch x := v.(type) {
	case string:
		return f(x)
	case json.Number:
		if s := f(x.String()); s != x.String() {
			return s
		}
	case map[string]any:
		for k, e := range x {
			x[k] = changed(e, f)
		}
	case []any:
		for i, e := range x {
			x[i] = changed(e, f)
		}
	}
	return v
}

// hushed keeps the values that a tool was called with out of its error's words.
func hushed(err error, values []string) error {
	if err == nil || cleared(err.Error(), values) == err.Error() {
		return err
	}
	if bad := (*ArgumentError)(nil); errors.As(err, &bad) {
		out := &ArgumentError{Tool: bad.Tool}
		for _, p := range bad.Problems {
			out.Problems = append(out.Problems, Problem{p.Argument, cleared(p.Message, values)})
		}
		return out
	}
	kind := ErrUnsure
	if errors.Is(err, ErrUnsent) {
		kind = ErrUnsent
	}
	return &hiddenError{cleared(err.Error(), values), kind}
}

package brain

import (
	"context"
	"fmt"
	"slices"

	"parley/dialog/tool"
)

// Only is a box of which some tools alone may be used; nil names are all.
func Only(b Shelf, names []string) Shelf {
	if names == nil {
		return b
	}
	return only{b, names}
}

// only hides the other tools. Procedures and models are refused alike.
type only struct {
	Shelf
	names []string
}

func (o only) hidden(name string) error {
	if slices.Contains(o.names, name) {
		return nil
	}
	return fmt.Errorf("tool %s: %w", name, tool.ErrForbidden)
}

func (o only) Read(ctx context.Context, u tool.User, name string, args map[string]any) (tool.Result, error) {
	if s, ok := o.Shelf.Spec(name); ok && !s.Private { // private ones are the procedures' own
		if err := o.hidden(name); err != nil {
			return tool.Result{}, err
		}
	}
	return o.Shelf.Read(ctx, u, name, args)
}

func (o only) Allowed(u tool.User, name string) error {
	if err := o.hidden(name); err != nil {
		return err
	}
	return o.Shelf.Allowed(u, name)
}

func (o only) Status() []tool.Status {
	return slices.DeleteFunc(o.Shelf.Status(), func(s tool.Status) bool { return o.hidden(s.Spec.Name) != nil })
}

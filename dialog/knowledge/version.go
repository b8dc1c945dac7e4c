package knowledge

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"parley/dialog"
	"parley/dialog/store"
)

// ErrNoDraft: there is no draft to publish or compare.
var ErrNoDraft = fmt.Errorf("there is no draft: %w", dialog.ErrNotFound)

// Publish makes a document's draft what is searched, as a new version. It is found
// after Look.
func (s *Service) Publish(ctx context.Context, id, who string) (store.Document, error) {
	if _, err := s.shown(ctx, id); err != nil {
		return store.Document{}, err
	}
	d, _, err := s.edit(ctx, id, func(d *store.Document) error {
		if d.Draft == "" {
			return ErrNoDraft
		}
		c := held(d, true)
		c.Who = who
		return set(d, c, false)
	})
	return d, err
}

// Discard forgets a document's draft; a document that has nothing else stays without text.
func (s *Service) Discard(ctx context.Context, id string) (store.Document, error) {
	if _, err := s.shown(ctx, id); err != nil {
		return store.Document{}, err
	}
	d, _, err := s.edit(ctx, id, func(d *store.Document) error {
		if d.Draft == "" {
			return ErrNoDraft
		}
		d.Draft = ""
		return nil
	})
	return d, err
}

// Restore publishes a former version anew. A draft stays.
func (s *Service) Restore(ctx context.Context, id string, version int64, who string) (store.Document, error) {
	if _, err := s.shown(ctx, id); err != nil {
		return store.Document{}, err
	}
	v, err := s.o.Store.Version(ctx, id, version)
	if err != nil {
		return store.Document{}, err
	}
	d, _, err := s.edit(ctx, id, func(d *store.Document) error {
		if d.Version == version {
			return store.ErrUnchanged
		}
		draft := d.Draft
		c := content{Title: v.Title, Text: v.Body, Language: v.Language, Audience: v.Audience, Source: v.Source, Kind: v.Kind,
			From: when(v.ValidFrom), Until: when(v.ValidUntil), Hash: v.Hash, Blob: v.Blob, Bytes: v.Bytes, Who: who}
		err := set(d, c, false)
		if err == nil {
			d.Draft = draft
		}
		return err
	})
	return d, err
}

// Versions lists what was published of a document, newest first.
func (s *Service) Versions(ctx context.Context, id string) ([]store.DocumentVersion, error) {
	if _, err := s.shown(ctx, id); err != nil {
		return nil, err
	}
	return s.o.Store.Versions(ctx, id)
}

// Version gives what was published once.
func (s *Service) Version(ctx context.Context, id string, n int64) (store.DocumentVersion, error) {
	if _, err := s.shown(ctx, id); err != nil {
		return store.DocumentVersion{}, err
	}
	return s.o.Store.Version(ctx, id, n)
}

// Line is one of a comparison: Op is ' ' (in both), '-' (in the first) or '+' (in the second).
type Line struct {
	Op   byte
	Text string
}

// maxCompared bounds the lines of a text that is compared: the time grows with their square.
const maxCompared = 20_000

// ErrCompare: the texts are too long to be compared.
var ErrCompare = fmt.Errorf("a text of more than %d lines is not compared", maxCompared)

// Diff compares two versions line by line; version 0 of from is the empty text, and to
// below 0 is the draft.
func (s *Service) Diff(ctx context.Context, id string, from, to int64) ([]Line, error) {
	d, err := s.shown(ctx, id)
	if err != nil {
		return nil, err
	}
	text := func(n int64) (string, error) {
		switch {
		case n == 0:
			return "", nil
		case n < 0 && d.Draft == "":
			return "", ErrNoDraft
		case n < 0:
			return held(&d, true).Text, nil
		case n == d.Version:
			return d.Body, nil
		}
		v, err := s.o.Store.Version(ctx, id, n)
		return v.Body, err
	}
	a, err1 := text(from)
	b, err2 := text(to)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return compare(a, b)
}

func compare(a, b string) ([]Line, error) {
	la, lb := lines(a), lines(b)
	if len(la) > maxCompared || len(lb) > maxCompared {
		return nil, ErrCompare
	}
	out := make([]Line, 0, max(len(la), len(lb)))
	add := func(op byte, ls []string) {
		for _, l := range ls {
			out = append(out, Line{op, l})
		}
	}
	// Without junk: a line that comes often is a line like any other.
	for _, c := range difflib.NewMatcherWithJunk(la, lb, false, nil).GetOpCodes() {
		if c.Tag == 'e' {
			add(' ', la[c.I1:c.I2])
			continue
		}
		add('-', la[c.I1:c.I2])
		add('+', lb[c.J1:c.J2])
	}
	return out, nil
}

func lines(s string) []string {
	if s = strings.TrimRight(s, "\n"); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

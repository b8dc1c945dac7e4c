package knowledge

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"parley/dialog/rag"
	"parley/dialog/rag/read"
	"parley/dialog/store"
)

// Errors of what is put in.
var (
	ErrBusy  = errors.New("too many files wait to be read")
	ErrEmpty = errors.New("there is no text in it")
	ErrLong  = fmt.Errorf("the text is longer than %d bytes", maxText)
)

// maxText bounds a document's text, in bytes.
const maxText = 8 << 20

// Input is what somebody puts in. Of a document that is there already, fields that
// are nil stay as they are.
type Input struct {
	Title, Text        *string
	Language, Audience *string
	From, Until        *time.Time // the zero time: unbounded
	Draft              bool       // it is kept as a draft, and published by Publish
	Who                string     // who puts it in
	Source             string     // where it is from, for people; "" leaves it
	Kind               string     // how it was read; "" is "text"
}

// content is a text with all that belongs to it: what a version holds, or a draft.
type content struct {
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Language string    `json:"language,omitempty"`
	Audience string    `json:"audience,omitempty"`
	Source   string    `json:"source,omitempty"`
	Kind     string    `json:"kind,omitempty"`
	From     time.Time `json:"from,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Hash     string    `json:"hash,omitempty"` // of the original, or of the text
	Blob     string    `json:"blob,omitempty"` // the original
	Bytes    int64     `json:"bytes,omitempty"`
	Who      string    `json:"who,omitempty"`
}

// NewID is an ID that no document has.
func NewID() string { return "doc_" + rand.Text() }

// IDOf is the ID of what comes from a place again and again, as a file of a folder.
func IDOf(place string) string { return "doc_" + hash(place)[:26] }

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d\x00%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Put takes in a text: into the document with this ID, which is made when there is
// none. changed is false when it was there already. It is found after Look.
func (s *Service) Put(ctx context.Context, id string, in Input) (d store.Document, changed bool, err error) {
	return s.edit(ctx, id, func(d *store.Document) error {
		c := held(d, in.Draft)
		in.onto(&c)
		if in.Text != nil {
			c.Text, c.Blob, c.Bytes, c.Hash = clean(*in.Text), "", int64(len(*in.Text)), ""
			if c.Kind = in.Kind; c.Kind == "" {
				c.Kind = "text"
			}
		}
		return set(d, c, in.Draft)
	})
}

func (s *Service) edit(ctx context.Context, id string, f func(d *store.Document) error) (store.Document, bool, error) {
	d, err := s.o.Store.EditDocument(ctx, id, f)
	if errors.Is(err, store.ErrUnchanged) {
		return d, false, nil
	}
	return d, err == nil, err
}

// onto lays what is given over what is there, text apart.
func (in Input) onto(c *content) {
	for _, f := range []struct{ to, from *string }{{&c.Title, in.Title}, {&c.Language, in.Language}, {&c.Audience, in.Audience}} {
		if f.from != nil {
			*f.to = strings.TrimSpace(*f.from)
		}
	}
	if in.From != nil {
		c.From = *in.From
	}
	if in.Until != nil {
		c.Until = *in.Until
	}
	if in.Source != "" {
		c.Source = in.Source
	}
	c.Who = in.Who
}

// held is what a document holds: its draft when that is asked for and there is one, else
// what is published.
func held(d *store.Document, draft bool) content {
	var c content
	if draft && d.Draft != "" && json.Unmarshal([]byte(d.Draft), &c) == nil {
		return c
	}
	return content{Title: d.Title, Text: d.Body, Language: d.Language, Audience: d.Audience, Source: d.Source, Kind: d.Kind,
		From: when(d.ValidFrom), Until: when(d.ValidUntil), Hash: d.Hash, Blob: d.Blob, Bytes: d.Bytes, Who: d.Who}
}

// clean is a text as it is kept: UTF-8, lines ended by \n.
func clean(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\x00", "")
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return s
}

// set makes c the document's draft, or publishes it as a new version.
func set(d *store.Document, c content, draft bool) error {
	switch {
	case strings.TrimSpace(c.Text) == "":
		return ErrEmpty
	case len(c.Text) > maxText:
		return ErrLong
	}
	c.complete()
	if c.Hash == "" {
		c.Hash = hash(c.Text)
	}
	if draft {
		b, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("knowledge: %w", err)
		}
		if d.Draft == string(b) {
			return store.ErrUnchanged
		}
		d.Draft = string(b)
		if d.Version == 0 { // so that a list shows it
			d.Title, d.Language, d.Audience, d.Source, d.Kind = c.Title, c.Language, c.Audience, c.Source, c.Kind
		}
		d.State, d.Error, d.Job = store.Ready, "", ""
		return nil
	}
	now := held(d, false)
	now.Who, now.Blob = c.Who, c.Blob
	if d.Version > 0 && now == c && (d.State == store.Ready || d.State == store.Reading) && d.Draft == "" {
		return store.ErrUnchanged
	}
	d.Title, d.Body, d.Language, d.Audience, d.Source, d.Kind = c.Title, c.Text, c.Language, c.Audience, c.Source, c.Kind
	d.ValidFrom, d.ValidUntil, d.Hash, d.Blob, d.Bytes, d.Who = micro(c.From), micro(c.Until), c.Hash, c.Blob, c.Bytes, c.Who
	d.Version++
	d.Draft, d.Job, d.State, d.Error = "", "", store.Ready, ""
	return nil
}

// complete fills in what can be known from the rest.
func (c *content) complete() {
	if c.Title == "" {
		c.Title = titleOf(c.Text)
	}
	if c.Title == "" {
		c.Title = nameOf(c.Source)
	}
	if c.Language == "" {
		c.Language = rag.LanguageOf(c.Text)
	}
	c.From, c.Until = c.From.UTC().Truncate(time.Microsecond), c.Until.UTC().Truncate(time.Microsecond)
}

// titleOf is a text's first heading; "" when it has none at its beginning.
func titleOf(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || read.IsPage(line) {
			continue
		}
		if t, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			return strings.TrimSpace(t)
		}
		return ""
	}
	return ""
}

// nameOf is what a place is called: "/a/Price%20list.pdf" is "Price list".
func nameOf(source string) string {
	if u, err := url.Parse(source); err == nil && u.Host != "" {
		if source = u.Path; strings.Trim(source, "/") == "" {
			return u.Host
		}
	}
	name := path.Base(strings.ReplaceAll(source, "\\", "/"))
	if name = strings.TrimSuffix(name, path.Ext(name)); name == "." || name == "/" {
		return "Untitled"
	}
	return name
}

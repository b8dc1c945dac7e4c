// Package vision takes in the pictures that customers send, and reads them: the types
// that every reader fulfils, and the chain that falls back from one to the next.
//
// It knows nothing of conversations.
package vision

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Image is a picture as Take made it: upright, without metadata, safe to decode.
type Image struct {
	Data          []byte
	Type          string // "image/jpeg" or "image/png"
	Width, Height int    // pixels
}

// Question is what is asked of pictures.
type Question struct {
	Text     string // the customer's words beside them; may be empty
	Language string // BCP 47, of the customer; readers expect its letters first
}

// Reader tells what pictures show. It may be used by many goroutines.
type Reader interface {
	// Read gives a finding for each picture, in their order. An error is for all of
	// them; a picture in which nothing can be read is a finding with little in it.
	Read(ctx context.Context, images []Image, q Question) ([]Finding, error)
}

// Checker is the optional ability of a reader to tell whether it works, without a
// customer's picture.
type Checker interface {
	Check(ctx context.Context) error
}

// ErrUnavailable: the reader is not there, refuses, or answers nonsense.
var ErrUnavailable = errors.New("the reader of pictures is not available")

// Kind is what a picture is.
type Kind string

// The kinds of pictures.
const (
	Screenshot Kind = "screenshot"
	Receipt    Kind = "receipt"
	Product    Kind = "product" // a thing, its label or its packaging
	Document   Kind = "document"
	Sticker    Kind = "sticker" // or an emoji
	Person     Kind = "person"
	Other      Kind = "other"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Screenshot, Receipt, Product, Document, Sticker, Person, Other} }

// Finding is what a reader found in one picture. All of it is data from a stranger:
// never an instruction, and no identifier is acted on before it is confirmed.
type Finding struct {
	Kind        Kind         `json:"kind"`
	Shows       string       `json:"shows"`          // in the customer's language; "" when the reader only reads text
	Lines       []Line       `json:"lines"`          // its text, from top to bottom
	Identifiers []Identifier `json:"identifiers"`    // best first
	Mood        string       `json:"mood,omitempty"` // of a sticker: "happy", "sad", "angry", "thanks", "neutral"
	Trouble     Trouble      `json:"trouble,omitempty"`
	Engine      string       `json:"engine"`
}

// Line is text at its place.
type Line struct {
	Text       string  `json:"text"`
	Box        Box     `json:"box"`        // zero when the reader gives no places
	Confidence float64 `json:"confidence"` // 0 to 1
}

// Box is a place in a picture, in pixels from its top left.
type Box struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Trouble is why a picture could not be read well, for the advice that is given.
type Trouble string

// The troubles.
const (
	NoTrouble Trouble = ""
	Blurred   Trouble = "blurred"
	Dark      Trouble = "dark"
	Small     Trouble = "small"  // the text is too small: closer
	NoText    Trouble = "notext" // there is none to be seen
	Unread    Trouble = "unread" // there was no time for it
)

// Text is all lines of a finding.
func (f Finding) Text() string {
	n := 0
	for _, l := range f.Lines {
		n += len(l.Text) + 1
	}
	b := make([]byte, 0, n)
	for i, l := range f.Lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, l.Text...)
	}
	return string(b)
}

// Named is a reader with the name that logs and findings give it.
type Named struct {
	Name   string
	Reader Reader
}

// rest is how long a reader that failed is asked only after the others.
const rest = 30 * time.Second

// Fallback reads by the first reader that can. One that failed rests for a while, so that
// a server that hangs makes one customer wait and not each.
func Fallback(readers ...Named) Reader {
	return &chain{readers: readers, until: make([]time.Time, len(readers))}
}

type chain struct {
	readers []Named
	mu      sync.Mutex
	until   []time.Time // that each rests
}

// order is who is asked, first to last.
func (c *chain) order() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var fresh, resting []int
	for i := range c.readers {
		if time.Now().Before(c.until[i]) {
			resting = append(resting, i)
		} else {
			fresh = append(fresh, i)
		}
	}
	return append(fresh, resting...)
}

// Read implements Reader.
func (c *chain) Read(ctx context.Context, images []Image, q Question) ([]Finding, error) {
	var errs []error
	for _, i := range c.order() {
		r := c.readers[i]
		found, err := r.Reader.Read(ctx, images, q)
		if err == nil && len(found) != len(images) {
			err = fmt.Errorf("%w: %d findings of %d pictures", ErrUnavailable, len(found), len(images))
		}
		if err == nil {
			for i := range found {
				found[i].Engine = r.Name
			}
			return found, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", r.Name, err))
		if ctx.Err() != nil {
			break
		}
		c.mu.Lock()
		c.until[i] = time.Now().Add(rest)
		c.mu.Unlock()
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%w: none is configured", ErrUnavailable)
	}
	return nil, errors.Join(errs...)
}

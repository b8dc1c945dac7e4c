package knowledge

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/rag/read"
	"parley/dialog/store"
)

// job is a file that is to be read into a document.
type job struct {
	ID       string     `json:"id"`
	Name     string     `json:"name,omitempty"` // of the file
	Blob     string     `json:"blob,omitempty"`
	URL      string     `json:"url,omitempty"` // when it is to be fetched
	Hash     string     `json:"hash,omitempty"`
	Bytes    int64      `json:"bytes,omitempty"`
	Title    *string    `json:"title,omitempty"`
	Language *string    `json:"language,omitempty"`
	Audience *string    `json:"audience,omitempty"`
	From     *time.Time `json:"from,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
	Draft    bool       `json:"draft,omitempty"`
	Who      string     `json:"who,omitempty"`
	At       time.Time  `json:"at"`
}

func (j job) input() Input {
	in := Input{Title: j.Title, Language: j.Language, Audience: j.Audience, From: j.From, Until: j.Until, Draft: j.Draft, Who: j.Who, Source: j.Name}
	if j.URL != "" {
		in.Source = j.URL
	}
	return in
}

// PutFile takes in a file: it is kept, and read by a worker soon. What the document said
// before holds until then. A file that the document was made from already changes nothing.
func (s *Service) PutFile(ctx context.Context, id, name string, b []byte, in Input) (d store.Document, changed bool, err error) {
	if len(b) == 0 {
		return d, false, ErrEmpty
	}
	j := newJob(in)
	j.Name, j.Hash, j.Bytes, j.Blob = name, hash(string(b)), int64(len(b)), "doc_"+rand.Text()
	if err := s.keep(j.Blob, b); err != nil {
		return d, false, err
	}
	d, changed, err = s.queue(ctx, id, j)
	if !changed {
		err = errors.Join(err, s.o.Store.Blobs.Delete(j.Blob))
	}
	return d, changed, err
}

// PutURL takes in what an address has, as PutFile does. It is fetched anew each time.
func (s *Service) PutURL(ctx context.Context, id, url string, in Input) (store.Document, error) {
	j := newJob(in)
	j.URL = url
	d, _, err := s.queue(ctx, id, j)
	return d, err
}

func newJob(in Input) job {
	return job{ID: rand.Text(), Title: in.Title, Language: in.Language, Audience: in.Audience, From: in.From, Until: in.Until, Draft: in.Draft,
		Who: in.Who, At: time.Now().UTC()}
}

func (s *Service) queue(ctx context.Context, id string, j job) (store.Document, bool, error) {
	n, err := s.o.Store.CountWaiting(ctx)
	if err != nil {
		return store.Document{}, false, err
	}
	if n >= s.o.Queue {
		return store.Document{}, false, ErrBusy
	}
	b, err := json.Marshal(j)
	if err != nil {
		return store.Document{}, false, fmt.Errorf("knowledge: %w", err)
	}
	var before job // that nobody has read yet
	d, changed, err := s.edit(ctx, id, func(d *store.Document) error {
		if in := j.input(); !j.Draft && d.Version > 0 && d.State == store.Ready && d.Hash == j.Hash && d.Draft == "" && in.adds(d) == 0 {
			return store.ErrUnchanged
		}
		if d.State == store.Queued {
			_ = json.Unmarshal([]byte(d.Job), &before)
		}
		d.State, d.Error, d.Job = store.Queued, "", string(b)
		if d.Version == 0 {
			d.Source = j.input().Source
			if d.Title = nameOf(d.Source); j.Title != nil && *j.Title != "" {
				d.Title = *j.Title
			}
			d.Bytes = j.Bytes
		}
		return nil
	})
	if err == nil && before.Blob != "" {
		err = s.o.Store.Blobs.Delete(before.Blob)
	}
	return d, changed, err
}

// adds is how many things besides the text are given that the document has not.
func (in Input) adds(d *store.Document) (n int) {
	had := held(d, false)
	c := had
	in.onto(&c)
	c.Who = had.Who
	c.complete()
	if c != had {
		n++
	}
	return n
}

// Wake says that a file waits. It is called when what queued it is committed.
func (s *Service) Wake() {
	for range s.o.Workers {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

func (s *Service) keep(blob string, b []byte) error {
	w, err := s.o.Store.Blobs.Create(blob)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.Join(fmt.Errorf("knowledge: %w", err), s.o.Store.Blobs.Delete(blob))
	}
	return nil
}

// ReadFile takes in a file at once, without the queue, and gives how many passages it
// has; changed is false when the document was made from this very file.
func (s *Service) ReadFile(ctx context.Context, id, name string, b []byte, in Input) (d store.Document, changed bool, err error) {
	if had, err := s.o.Store.Document(ctx, id); err == nil {
		with := in
		with.Source = name
		if had.State == store.Ready && had.Version > 0 && had.Hash == hash(string(b)) && with.adds(&had) == 0 {
			return had, false, nil
		}
	} else if !errors.Is(err, dialog.ErrNotFound) {
		return d, false, err
	}
	r, err := read.Read(ctx, name, b, s.o.Limits)
	if err != nil {
		return d, false, err
	}
	blob := "doc_" + rand.Text()
	if err := s.keep(blob, b); err != nil {
		return d, false, err
	}
	in.Source = name
	d, changed, err = s.take(ctx, id, r, in, blob, b, nil)
	if err != nil || !changed {
		err = errors.Join(err, s.o.Store.Blobs.Delete(blob))
	}
	return d, changed, err
}

// ReadURL does the same with what an address has.
func (s *Service) ReadURL(ctx context.Context, id, url string, in Input) (d store.Document, changed bool, err error) {
	p, err := s.o.Fetch.Get(ctx, url)
	if err != nil {
		return d, false, err
	}
	r, err := read.Read(ctx, p.Name, p.Body, s.o.Limits)
	if err != nil {
		return d, false, err
	}
	in.Source = url
	return s.take(ctx, id, r, in, "", p.Body, nil)
}

// take makes a document of what was read. still says whether it is still wanted; nil: it is.
func (s *Service) take(ctx context.Context, id string, r read.Result, in Input, blob string, b []byte, still func(*store.Document) bool) (store.Document, bool, error) {
	return s.edit(ctx, id, func(d *store.Document) error {
		if still != nil && !still(d) {
			return store.ErrUnchanged
		}
		c := held(d, in.Draft)
		if d.Version == 0 && d.Draft == "" { // until now it had but a file's name
			c.Title, c.Language = "", ""
		}
		in.onto(&c)
		c.Text, c.Kind, c.Blob, c.Bytes, c.Hash = clean(r.Text), r.Kind, blob, int64(len(b)), hash(string(b))
		if c.Title == "" {
			c.Title = strings.TrimSpace(r.Title)
		}
		d.Job = ""
		return set(d, c, in.Draft)
	})
}

package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/dialog"
	"parley/dialog/rag/read"
	"parley/dialog/store"
)

// How long a worker may take for a file, and how long a file whose bytes another node
// has may wait for that node.
const (
	lease    = 5 * time.Minute
	orphaned = 15 * time.Minute
	between  = 2 * time.Second
)

// work reads the files that wait, until Close.
func (s *Service) work() {
	t := time.NewTicker(between)
	defer t.Stop()
	for s.ctx.Err() == nil {
		did, err := s.workOnce(s.ctx)
		if err != nil && s.ctx.Err() == nil {
			s.o.Logger.Warn("files wait and cannot be read", "err", err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-s.ctx.Done():
		case <-s.wake:
		case <-t.C:
		}
	}
}

// workOnce reads one file; false: none waits.
func (s *Service) workOnce(ctx context.Context) (bool, error) {
	now := time.Now()
	ds, err := s.o.Store.Waiting(ctx, now, 20)
	if err != nil {
		return false, err
	}
	for _, d := range ds {
		var j job
		if err := json.Unmarshal([]byte(d.Job), &j); err != nil {
			return true, s.fail(ctx, d, errors.New("what was to be read was lost"))
		}
		b, missing, err := s.bytes(j)
		if missing && now.Sub(j.At) < orphaned {
			continue // another node has it
		}
		ok, claim := s.o.Store.ClaimJob(ctx, d, now, now.Add(lease))
		if claim != nil {
			return false, claim
		}
		if !ok {
			continue
		}
		if err != nil {
			return true, s.fail(ctx, d, err)
		}
		return true, s.do(ctx, d, j, b)
	}
	return false, nil
}

// bytes are a job's file.
func (s *Service) bytes(j job) (b []byte, missing bool, err error) {
	if j.Blob == "" {
		return nil, false, nil
	}
	f, err := s.o.Store.Blobs.Open(j.Blob)
	if err != nil {
		return nil, errors.Is(err, dialog.ErrNotFound), errors.New("the file is not here any more; please upload it again")
	}
	defer f.Close()
	b, err = io.ReadAll(f)
	return b, false, err
}

// do reads one file into its document.
func (s *Service) do(ctx context.Context, d store.Document, j job, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, lease-30*time.Second)
	defer cancel()
	name := j.Name
	if j.URL != "" {
		p, err := s.o.Fetch.Get(ctx, j.URL)
		if err != nil {
			return s.fail(ctx, d, err)
		}
		b, name = p.Body, p.Name
	}
	r, err := read.Read(ctx, name, b, s.o.Limits)
	if err != nil {
		return s.fail(ctx, d, err)
	}
	_, changed, err := s.take(ctx, d.ID, r, j.input(), j.Blob, b, func(now *store.Document) bool { return now.Job == d.Job })
	switch {
	case errors.Is(err, ErrEmpty), errors.Is(err, ErrLong):
		return s.fail(ctx, d, err)
	case err != nil:
		return err
	case !changed:
		return errors.Join(s.settle(ctx, d), s.drop(ctx, d.ID, j.Blob))
	}
	return s.Look(ctx)
}

// settle ends a job that changed nothing.
func (s *Service) settle(ctx context.Context, d store.Document) error {
	_, _, err := s.edit(ctx, d.ID, func(now *store.Document) error {
		if now.Job != d.Job {
			return store.ErrUnchanged
		}
		now.State, now.Error, now.Job = store.Ready, "", ""
		return nil
	})
	return err
}

// drop deletes an original that its document does not need.
func (s *Service) drop(ctx context.Context, id, blob string) error {
	if blob == "" {
		return nil
	}
	if d, err := s.o.Store.Document(ctx, id); err == nil && (d.Blob == blob || held(&d, true).Blob == blob) {
		return nil
	}
	return s.o.Store.Blobs.Delete(blob)
}

// fail notes why a file could not be read. When the server goes down the file waits
// for the next start instead.
func (s *Service) fail(ctx context.Context, d store.Document, why error) error {
	state, reason := store.Failed, why.Error()
	if s.ctx.Err() != nil {
		state, reason = store.Queued, ""
	} else if ctx.Err() != nil {
		reason = "reading it took too long"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var blob string
	_, _, err := s.edit(ctx, d.ID, func(now *store.Document) error {
		if now.Job != d.Job {
			return store.ErrUnchanged
		}
		if now.State, now.Error, now.Lease = state, reason, 0; state == store.Failed {
			var j job
			_ = json.Unmarshal([]byte(now.Job), &j)
			now.Job, blob = "", j.Blob
		}
		return nil
	})
	if err == nil && blob != "" {
		err = s.o.Store.Blobs.Delete(blob)
	}
	if err != nil {
		return fmt.Errorf("knowledge: %w", err)
	}
	return nil
}

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"parley/dialog"
)

// Blobs keeps audio and pictures as files of a folder.
type Blobs struct{ folder string }

// nameOK is what a blob may be called: it cannot leave the folder.
var nameOK = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}(\.[a-z0-9]{1,8})?$`)

func (b *Blobs) path(name string) (string, error) {
	if !nameOK.MatchString(name) {
		return "", fmt.Errorf("blob %q: %w", name, dialog.ErrNotFound)
	}
	return filepath.Join(b.folder, name), nil
}

// Create opens a new blob for appending; what is written is there at once, and may be read
// and written over in place: card data does not stay.
func (b *Blobs) Create(name string) (io.WriteCloser, error) {
	path, err := b.path(name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.folder, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("blob %q: %w", name, dialog.ErrConflict)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return f, nil
}

// Open reads a blob.
func (b *Blobs) Open(name string) (io.ReadSeekCloser, error) {
	path, err := b.path(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("blob %q: %w", name, dialog.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return f, nil
}

// Names gives the blobs whose names begin with a prefix and that were made before a time.
func (b *Blobs) Names(prefix string, before time.Time) ([]string, error) {
	files, err := os.ReadDir(b.folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	var out []string
	for _, f := range files {
		if i, err := f.Info(); err == nil && strings.HasPrefix(f.Name(), prefix) && i.ModTime().Before(before) {
			out = append(out, f.Name())
		}
	}
	return out, nil
}

// Delete removes a blob; one that is not there is no error.
func (b *Blobs) Delete(name string) error {
	path, err := b.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

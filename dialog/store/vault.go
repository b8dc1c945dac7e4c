package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// vault seals what must not be read out of the database alone: AES-256-GCM with a key in
// a file of the data folder. Nodes that share a database need the same file.
type vault struct {
	file string

	mu   sync.Mutex
	aead cipher.AEAD // nil: the file was not read yet
}

// errSealed: what was sealed cannot be opened with this folder's key.
var errSealed = errors.New("sealed with another key than that of the data folder")

// cipher reads the key, or makes it where there is none.
func (v *vault) cipher(create bool) (cipher.AEAD, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.aead != nil {
		return v.aead, nil
	}
	key, err := os.ReadFile(v.file)
	if errors.Is(err, fs.ErrNotExist) {
		if !create {
			return nil, errSealed
		}
		key, err = newKey(v.file)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", filepath.Base(v.file), err)
	}
	v.aead, err = cipher.NewGCM(b)
	return v.aead, err
}

// newKey writes a key that is whole or not there, and gives the one that is there when
// another process was faster.
func newKey(file string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	w, err := os.CreateTemp(filepath.Dir(file), ".key-*") // 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(w.Name())
	_, err = w.Write(key)
	if err := errors.Join(err, w.Sync(), w.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(w.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(file)
}

// seal binds a secret to what it belongs to.
func (v *vault) seal(of, secret string) (string, error) {
	c, err := v.cipher(true)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, c.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(c.Seal(nonce, nonce, []byte(secret), []byte(of))), nil
}

func (v *vault) open(of, sealed string) (string, error) {
	c, err := v.cipher(false)
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < c.NonceSize() {
		return "", errSealed
	}
	out, err := c.Open(nil, b[:c.NonceSize()], b[c.NonceSize():], []byte(of))
	if err != nil {
		return "", errSealed
	}
	return string(out), nil
}

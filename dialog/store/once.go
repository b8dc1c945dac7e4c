package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// onceLife is how long the answer to a request is kept for its repetition.
const onceLife = 24 * time.Hour

// ErrRunning: the first request with this key is still running.
var ErrRunning = errors.New("the first request with this key is still running")

// Answer is what was answered to a request that may come again.
type Answer struct {
	Status   int
	Body     string
	Location string // the header, "" when there was none
}

// packed and unpacked are what is sealed: the location stands before the body, which never
// begins with a zero byte.
func (a Answer) packed() string {
	if a.Location == "" {
		return a.Body
	}
	return "\x00" + a.Location + "\x00" + a.Body
}

func unpacked(status int, s string) Answer {
	a := Answer{Status: status, Body: s}
	if rest, ok := strings.CutPrefix(s, "\x00"); ok {
		a.Location, a.Body, _ = strings.Cut(rest, "\x00")
	}
	return a
}

type answer struct {
	bun.BaseModel `bun:"table:idempotency"`

	Key     string `bun:",pk"` // hash of the request's key
	Request string // hash of what was asked
	Status  int64
	Body    string // sealed with a key that only the request's key gives
	Created int64
}

// onces are the requests that run right now in this process.
type onces struct {
	mu    sync.Mutex
	keys  map[string]bool
	swept time.Time
}

func (o *onces) take(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	if o.keys[key] {
		return false
	}
	o.keys[key] = true
	return true
}

func (o *onces) give(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.keys, key)
}

// due reports, at most every ten minutes, that old answers are to be forgotten.
func (o *onces) due(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.swept) < 10*time.Minute {
		return false
	}
	o.swept = now
	return true
}

// Once runs do for a key at most once in 24 hours. What do writes with the context
// it is given, and its answer, are kept in one transaction: both or none. A key that
// was used before gives the first answer (again is true); dialog.ErrConflict when it
// asked for something else; ErrRunning while the first still runs. An error of do
// keeps nothing, so that it may be tried again.
func (s *Store) Once(ctx context.Context, key, request string, do func(ctx context.Context) (Answer, error)) (a Answer, again bool, err error) {
	name := hashed(key)
	if !s.running.take(name) {
		return Answer{}, false, ErrRunning
	}
	defer s.running.give(name)
	now := time.Now()
	if s.running.due(now) {
		if _, err := s.write.NewDelete().Model((*answer)(nil)).Where("created < ?", micro(now.Add(-onceLife))).Exec(ctx); err != nil {
			return Answer{}, false, failure("idempotency", err)
		}
	}
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.alone(ctx, tx, name); err != nil {
			return err
		}
		var old answer
		err := tx.NewSelect().Model(&old).Where("key = ?", name).Scan(ctx)
		switch err = failure("idempotency", err); {
		case err == nil && old.Created >= micro(now.Add(-onceLife)):
			again = true
			a, err = old.open(key, request)
			return err
		case err != nil && !errors.Is(err, dialog.ErrNotFound):
			return err
		}
		if a, err = do(context.WithValue(ctx, txKey{}, tx)); err != nil {
			return err
		}
		row := answer{Key: name, Request: hashed(request), Status: int64(a.Status), Created: micro(now)}
		if row.Body, err = sealed(key, a.packed()); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (key) DO UPDATE").
			Set("request = EXCLUDED.request, status = EXCLUDED.status, body = EXCLUDED.body, created = EXCLUDED.created").Exec(ctx)
		return failure("idempotency", err)
	})
	if err != nil {
		return Answer{}, false, err
	}
	s.signal()
	return a, again, nil
}

// alone keeps other nodes out of a key until the transaction ends. SQLite has no
// other nodes.
func (s *Store) alone(ctx context.Context, tx bun.Tx, name string) error {
	if !s.postgres {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	var free bool
	if err := tx.NewRaw("SELECT pg_try_advisory_xact_lock(?)", int64(h.Sum64())).Scan(ctx, &free); err != nil {
		return failure("idempotency", err)
	}
	if !free {
		return ErrRunning
	}
	return nil
}

func (a answer) open(key, request string) (Answer, error) {
	if a.Request != hashed(request) {
		return Answer{}, dialog.ErrConflict
	}
	body, err := unsealed(key, a.Body)
	return unpacked(int(a.Status), body), err
}

// cipherOf seals answers, which may hold tokens, with what is kept nowhere: the
// request's own key.
func cipherOf(key string) (cipher.AEAD, error) {
	k := sha256.Sum256([]byte("parley answer\x00" + key))
	b, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

func sealed(key, body string) (string, error) {
	c, err := cipherOf(key)
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	nonce := make([]byte, c.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(c.Seal(nonce, nonce, []byte(body), nil)), nil
}

func unsealed(key, body string) (string, error) {
	c, err := cipherOf(key)
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	b, err := base64.StdEncoding.DecodeString(body)
	if err != nil || len(b) < c.NonceSize() {
		return "", errors.New("store: a kept answer is damaged")
	}
	out, err := c.Open(nil, b[:c.NonceSize()], b[c.NonceSize():], nil)
	if err != nil {
		return "", fmt.Errorf("store: a kept answer is damaged: %w", err)
	}
	return string(out), nil
}

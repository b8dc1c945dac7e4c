package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Key is what a program of the company proves itself by. Its token is told once and kept hashed.
type Key struct {
	bun.BaseModel `bun:"table:api_keys"`

	ID      string `bun:",pk"` // key_…; the trail names it as it names users
	Tenant  dialog.TenantID
	Name    string
	Role    string // what it may do, as of users
	Token   string // hashed
	Creator string // user id
	Created int64
	Expires int64 // 0: never
	Used    int64 // last, to the minute; 0: never
}

// KeyPrefix begins the token of every key, so that scanners for secrets know one.
const KeyPrefix = "parley_"

// maxKeys bounds the keys that hold at once.
const maxKeys = 200

// ErrKey: a key cannot be so.
var ErrKey = errors.New("key")

// AddKey makes a key and tells its token, which is told never again. A zero expires is never.
func (s *Store) AddKey(ctx context.Context, name, role, creator string, expires time.Time) (k Key, token string, err error) {
	now := time.Now()
	name = clipName(name)
	switch {
	case name == "":
		return Key{}, "", fmt.Errorf("%w: it has no name", ErrKey)
	case role != Agent && role != Supervisor && role != Admin:
		return Key{}, "", fmt.Errorf("%w: role %q is none of agent, supervisor, admin", ErrKey, role)
	case !expires.IsZero() && !expires.After(now):
		return Key{}, "", fmt.Errorf("%w: it would have expired already", ErrKey)
	}
	n, err := s.in(ctx).NewSelect().Model((*Key)(nil)).Where("tenant = ?", dialog.DefaultTenant).Count(ctx)
	if err != nil {
		return Key{}, "", failure("key", err)
	}
	if n >= maxKeys {
		return Key{}, "", fmt.Errorf("%w: there are %d already; remove those that are not used", ErrKey, n)
	}
	token = KeyPrefix + rand.Text()
	k = Key{ID: "key_" + rand.Text(), Tenant: dialog.DefaultTenant, Name: name, Role: role, Token: hashed(token), Creator: creator, Created: micro(now)}
	if !expires.IsZero() {
		k.Expires = micro(expires)
	}
	_, err = s.in(ctx).NewInsert().Model(&k).Exec(ctx)
	return k, token, failure("key", err)
}

// Keys lists them, the newest first; those that expired stand among them.
func (s *Store) Keys(ctx context.Context) ([]Key, error) {
	var ks []Key
	err := s.reads(ctx).NewSelect().Model(&ks).Where("tenant = ?", dialog.DefaultTenant).Order("created DESC", "id").Limit(2 * maxKeys).Scan(ctx)
	return ks, failure("keys", err)
}

// DeleteKey ends a key at once.
func (s *Store) DeleteKey(ctx context.Context, id string) error {
	r, err := s.in(ctx).NewDelete().Model((*Key)(nil)).Where("tenant = ? AND id = ?", dialog.DefaultTenant, id).Exec(ctx)
	if err != nil {
		return failure("key", err)
	}
	if n, _ := r.RowsAffected(); n == 0 {
		return fmt.Errorf("store: key %s: %w", id, dialog.ErrNotFound)
	}
	return nil
}

// ByKey gives the program that a key's token is of, as one of the staff.
func (s *Store) ByKey(ctx context.Context, token string) (User, error) {
	if !strings.HasPrefix(token, KeyPrefix) {
		return User{}, fmt.Errorf("store: key: %w", dialog.ErrNotFound)
	}
	var k Key
	now := micro(time.Now())
	if err := s.db.NewSelect().Model(&k).Where("token = ? AND (expires = 0 OR expires > ?)", hashed(token), now).Scan(ctx); err != nil {
		return User{}, failure("key", err)
	}
	const minute = 60_000_000
	if now-k.Used > minute { // one write a minute tells who may remove it enough, and a failed one refuses nobody
		_, _ = s.in(ctx).NewUpdate().Model((*Key)(nil)).Set("used = ?", now).Where("id = ?", k.ID).Exec(ctx)
	}
	return User{ID: k.ID, Tenant: k.Tenant, Name: k.Name, Role: k.Role, Created: k.Created}, nil
}

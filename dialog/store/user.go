package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"

	"parley/dialog"
)

// Roles, each of which can do what those before it can.
const (
	Agent      = "agent"
	Supervisor = "supervisor"
	Admin      = "admin"
)

// User is one of the staff.
type User struct {
	bun.BaseModel `bun:"table:users"`

	ID       string `bun:",pk"`
	Tenant   dialog.TenantID
	Email    string
	Name     string
	Role     string
	Password string // argon2id, PHC string
	Created  int64
	Queues   string // names with spaces between them
	Skills   string
	Teams    string // that a supervisor looks after, likewise; none: all
	Phone    string // a number, or the user of a phone that registers here; "" is none
}

type session struct {
	bun.BaseModel `bun:"table:sessions"`

	Token   string `bun:",pk"` // hashed
	UserID  string
	Expires int64
}

// SessionLife is how long a session lasts.
const SessionLife = 12 * time.Hour

// ErrUser: what is said of somebody cannot be.
var ErrUser = errors.New("user")

// ErrCredentials: e-mail or password is wrong; which, is not told.
var ErrCredentials = errors.New("wrong e-mail or password")

// argon2id by OWASP's Password Storage Cheat Sheet. RFC 9106's own 64 MiB and 3 passes hold
// both cores of a small machine for a third of a second, while calls are up.
const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	argonLanes  = 1
)

func seal(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	h := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32)
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(h))
}

// nobodys is what no password fits, and as much work as one that may.
var nobodys = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", argonMemory, argonTime, argonLanes)

func fits(password, sealed string) bool {
	parts := strings.Split(sealed, "$")
	var m, t uint32
	var p uint8
	if len(parts) != 6 {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil {
		return false
	}
	return subtle.ConstantTimeCompare(argon2.IDKey([]byte(password), salt, t, m, p, uint32(len(want))), want) == 1
}

// AddUser adds one of the staff.
func (s *Store) AddUser(ctx context.Context, email, name, role, password string) (User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !strings.Contains(email, "@") || len(email) > 200 {
		return User{}, fmt.Errorf("%w: %q is no e-mail address", ErrUser, email)
	}
	if role != Agent && role != Supervisor && role != Admin {
		return User{}, fmt.Errorf("%w: role %q is none of agent, supervisor, admin", ErrUser, role)
	}
	if len(password) < 8 {
		return User{}, fmt.Errorf("%w: the password has less than 8 characters", ErrUser)
	}
	u := User{ID: "user_" + rand.Text(), Tenant: dialog.DefaultTenant, Email: email, Name: name, Role: role, Password: seal(password), Created: micro(time.Now())}
	_, err := s.in(ctx).NewInsert().Model(&u).Exec(ctx)
	return u, failure("user "+email, err)
}

// SetPassword replaces a password, and ends the user's sessions.
func (s *Store) SetPassword(ctx context.Context, email, password string) error {
	u, err := s.user(ctx, email)
	if err != nil {
		return err
	}
	return failure("password", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Model((*User)(nil)).Set("password = ?", seal(password)).Where("id = ?", u.ID).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*session)(nil)).Where("user_id = ?", u.ID).Exec(ctx)
		return err
	}))
}

func (s *Store) user(ctx context.Context, email string) (User, error) {
	var u User
	err := s.db.NewSelect().Model(&u).Where("email = ?", strings.ToLower(strings.TrimSpace(email))).Scan(ctx)
	return u, failure("user", err)
}

// HasUser reports whether somebody with this address is there.
func (s *Store) HasUser(ctx context.Context, email string) (bool, error) {
	_, err := s.user(ctx, email)
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Login gives a session's token.
func (s *Store) Login(ctx context.Context, email, password string) (token string, u User, err error) {
	select { // each attempt takes 19 MB for a moment
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return "", User{}, fmt.Errorf("store: login: %w", ctx.Err())
	}
	u, err = s.user(ctx, email)
	if err != nil {
		// As much work for a stranger's address, so that time tells nothing.
		fits(password, nobodys)
		if errors.Is(err, dialog.ErrNotFound) {
			err = ErrCredentials
		}
		return "", User{}, err
	}
	if !fits(password, u.Password) {
		return "", User{}, ErrCredentials
	}
	token, err = s.begin(ctx, u)
	return token, u, err
}

// begin opens a session.
func (s *Store) begin(ctx context.Context, u User) (token string, err error) {
	token = rand.Text()
	_, err = s.in(ctx).NewInsert().Model(&session{Token: hashed(token), UserID: u.ID, Expires: micro(time.Now().Add(SessionLife))}).Exec(ctx)
	return token, failure("session", err)
}

// Enter gives a session's token to somebody whom another has proved. A role replaces the one they
// have, but the last administrator stays one. Who is not known is made, when create says so, without
// a password and as an agent unless role says more; else that is dialog.ErrNotFound. before is the
// role that they had, "" of who is new.
func (s *Store) Enter(ctx context.Context, email, name, role string, create bool) (token string, u User, before string, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !strings.Contains(email, "@") || len(email) > 200 {
		return "", User{}, "", fmt.Errorf("%w: %q is no e-mail address", ErrUser, email)
	}
	if role != "" && role != Agent && role != Supervisor && role != Admin {
		return "", User{}, "", fmt.Errorf("%w: role %q is none of agent, supervisor, admin", ErrUser, role)
	}
	u, err = s.user(ctx, email)
	switch {
	case errors.Is(err, dialog.ErrNotFound) && create:
		u = User{ID: "user_" + rand.Text(), Tenant: dialog.DefaultTenant, Email: email, Name: clipName(name), Role: cmp.Or(role, Agent), Created: micro(time.Now())}
		if _, err := s.in(ctx).NewInsert().Model(&u).Exec(ctx); err != nil {
			return "", User{}, "", failure("user "+email, err)
		}
	case err != nil:
		return "", User{}, "", err
	default:
		if before = u.Role; role == "" || role == u.Role {
			break
		}
		changed, err := s.ChangeUser(ctx, u.ID, UserChange{Role: &role})
		if err == nil {
			u = changed
		} else if !errors.Is(err, ErrLastAdmin) {
			return "", User{}, "", err
		}
	}
	token, err = s.begin(ctx, u)
	return token, u, before, err
}

// maxName bounds a name, in bytes.
const maxName = 100

func clipName(name string) string {
	name = strings.TrimSpace(name)
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}

// Session gives whose token it is.
func (s *Store) Session(ctx context.Context, token string) (User, error) {
	var u User
	err := s.db.NewSelect().Model(&u).Join("JOIN sessions AS s ON s.user_id = ?TableAlias.id").
		Where("s.token = ? AND s.expires > ?", hashed(token), micro(time.Now())).Scan(ctx)
	return u, failure("session", err)
}

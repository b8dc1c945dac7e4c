package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// ErrLastAdmin: there would be nobody left who can administer.
var ErrLastAdmin = errors.New("the last administrator stays one")

// UserChange is what is to be different; nil stays.
type UserChange struct {
	Name, Role, Password *string
	Phone                *string
	Queues, Skills       *[]string
	Teams                *[]string
}

// QueueNames are the queues that the person takes from.
func (u User) QueueNames() []string { return strings.Fields(u.Queues) }

// TeamNames are the teams that a supervisor looks after; none: all.
func (u User) TeamNames() []string { return strings.Fields(u.Teams) }

// SkillNames are what the person can do.
func (u User) SkillNames() []string { return strings.Fields(u.Skills) }

// Users lists the staff after an id ("": from the first), by id.
func (s *Store) Users(ctx context.Context, after string, limit int) ([]User, error) {
	var us []User
	err := s.reads(ctx).NewSelect().Model(&us).Where("tenant = ? AND id > ?", dialog.DefaultTenant, after).Order("id").Limit(int64(limit)).Scan(ctx)
	return us, failure("users", err)
}

// ChangeUser changes one of the staff. A new password ends the sessions.
func (s *Store) ChangeUser(ctx context.Context, id string, c UserChange) (u User, err error) {
	if c.Role != nil && *c.Role != Agent && *c.Role != Supervisor && *c.Role != Admin {
		return u, fmt.Errorf("%w: role %q is none of agent, supervisor, admin", ErrUser, *c.Role)
	}
	sealedPassword := ""
	if c.Password != nil {
		if len(*c.Password) < 8 {
			return u, fmt.Errorf("%w: the password has less than 8 characters", ErrUser)
		}
		sealedPassword = seal(*c.Password)
	}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := tx.NewSelect().Model(&u).Where("id = ?", id).Scan(ctx); err != nil {
			return err
		}
		if c.Role != nil && u.Role == Admin && *c.Role != Admin {
			if err := s.anotherAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		set(&u.Name, c.Name)
		set(&u.Role, c.Role)
		set(&u.Phone, c.Phone)
		if c.Queues != nil {
			u.Queues = strings.Join(*c.Queues, " ")
		}
		if c.Teams != nil {
			u.Teams = strings.Join(*c.Teams, " ")
		}
		if c.Skills != nil {
			u.Skills = strings.Join(*c.Skills, " ")
		}
		if sealedPassword != "" {
			u.Password = sealedPassword
			if _, err := tx.NewDelete().Model((*session)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model(&u).WherePK().Exec(ctx)
		return err
	})
	if errors.Is(err, ErrLastAdmin) {
		return u, err
	}
	return u, failure("user", err)
}

func set(to *string, v *string) {
	if v != nil {
		*to = *v
	}
}

// DeleteUser removes one of the staff, and ends their sessions.
func (s *Store) DeleteUser(ctx context.Context, id string) error {
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var u User
		if err := tx.NewSelect().Model(&u).Where("id = ?", id).Scan(ctx); err != nil {
			return err
		}
		if u.Role == Admin {
			if err := s.anotherAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		if _, err := tx.NewDelete().Model((*session)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model(&u).WherePK().Exec(ctx)
		return err
	})
	if errors.Is(err, ErrLastAdmin) {
		return err
	}
	return failure("user", err)
}

// anotherAdmin fails when nobody but id administers. Administrators are locked, so that
// two who remove each other do not both succeed.
func (s *Store) anotherAdmin(ctx context.Context, tx bun.Tx, id string) error {
	var us []User
	q := tx.NewSelect().Model(&us).Where("tenant = ? AND role = ?", dialog.DefaultTenant, Admin).Order("id")
	if s.postgres {
		q = q.For("UPDATE")
	}
	if err := q.Scan(ctx); err != nil {
		return err
	}
	for _, u := range us {
		if u.ID != id {
			return nil
		}
	}
	return ErrLastAdmin
}

// EndSession ends the session of a token.
func (s *Store) EndSession(ctx context.Context, token string) error {
	_, err := s.in(ctx).NewDelete().Model((*session)(nil)).Where("token = ?", hashed(token)).Exec(ctx)
	return failure("session", err)
}

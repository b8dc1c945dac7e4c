package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"parley/cmd/parley/config"
	"parley/dialog/store"
)

// login is a way in that is printed once.
type login struct{ email, role, password string }

const adminEmail = "admin@local"

// people makes the staff that must be there: the first administrator, and the
// demo company's.
func (s *server) people(ctx context.Context) error {
	has, err := s.store.HasUser(ctx, adminEmail)
	if err != nil {
		return err
	}
	password := s.c.AdminPassword
	switch {
	case has && password != "":
		if err := s.store.SetPassword(ctx, adminEmail, password); err != nil {
			return err
		}
	case !has:
		if password == "" {
			password = newPassword()
		}
		if _, err := s.store.AddUser(ctx, adminEmail, "Administrator", store.Admin, password); err != nil {
			return err
		}
		if s.c.AdminPassword == "" {
			s.fresh = append(s.fresh, login{adminEmail, store.Admin, password})
		}
	}
	if !s.c.Demo {
		return nil
	}
	for _, p := range []login{{"agent@local", store.Agent, ""}, {"agent2@local", store.Agent, ""}, {"supervisor@local", store.Supervisor, ""}} {
		has, err := s.store.HasUser(ctx, p.email)
		if err != nil {
			return err
		}
		p.password = newPassword()
		if has { // a demo's passwords are made anew, so that they can be printed
			err = s.store.SetPassword(ctx, p.email, p.password)
		} else {
			d := demoPeople[p.email]
			var u store.User
			if u, err = s.store.AddUser(ctx, p.email, d.name, p.role, p.password); err == nil && d.skills != nil {
				_, err = s.store.ChangeUser(ctx, u.ID, store.UserChange{Skills: &d.skills})
			}
		}
		if err != nil {
			return err
		}
		s.fresh = append(s.fresh, p)
	}
	return nil
}

// demoPeople are who works at the demo company: names that customers see, languages and
// skills with levels.
var demoPeople = map[string]struct {
	name   string
	skills []string
}{
	"agent@local":      {"Mia Chen 陈米雅", []string{"en:5", "zh-CN:5", "returns:4"}},
	"agent2@local":     {"Tom Baker", []string{"en:5", "insurance:4"}},
	"supervisor@local": {"Sofia Lindqvist", nil},
}

func newPassword() string { return strings.ToLower(rand.Text()[:14]) }

// User is `parley user add`.
func User(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "add" {
		return errors.New("usage: parley user add --email ADDRESS --role agent|supervisor|admin [--name NAME] [--config FILE]")
	}
	fs := flag.NewFlagSet("user add", flag.ContinueOnError)
	fs.SetOutput(out)
	email := fs.String("email", "", "e-mail `address`, which signs in")
	name := fs.String("name", "", "name that customers see")
	role := fs.String("role", store.Agent, "agent, supervisor or admin")
	file := fs.String("config", "", "settings `file`")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	c, err := config.Load(*file, config.Environment)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database, Folder: c.Data})
	if err != nil {
		return err
	}
	defer s.Close()
	password := newPassword()
	if _, err := s.AddUser(ctx, *email, *name, *role, password); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s (%s)  password: %s\n", *email, *role, password)
	return err
}

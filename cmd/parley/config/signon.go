package config

import (
	"errors"
	"fmt"
	"net/url"
)

// SignOn is the company's own sign-in for staff, an OpenID provider. The zero value is none.
type SignOn struct {
	Issuer       string              `yaml:"issuer"`
	ClientID     string              `yaml:"client_id"`
	ClientSecret string              `yaml:"client_secret"`
	Name         string              `yaml:"name"` // on the button; "" is the issuer's host
	Scopes       []string            `yaml:"scopes"`
	Claim        string              `yaml:"claim"`
	Roles        map[string][]string `yaml:"roles"`
	Create       bool                `yaml:"create"`
	Unverified   bool                `yaml:"unverified"`
	URL          string              `yaml:"url"` // under which browsers reach this server; "": as each asks
}

// On reports whether there is one.
func (s SignOn) On() bool { return s.Issuer != "" }

// signOn says what is wrong with it.
func (c *Config) signOn() error {
	s := &c.OIDC
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, errors.New(c.at("oidc."+key, "oidc")+"oidc: "+fmt.Sprintf(format, args...)))
	}
	switch {
	case s.Issuer == "" && s.ClientID == "" && s.ClientSecret == "":
		return nil
	case s.Issuer == "":
		bad("issuer", "issuer is missing: the provider's address, as https://login.example.com")
	case !address(s.Issuer):
		bad("issuer", "issuer is no address that begins with https://")
	}
	if s.ClientID == "" {
		bad("client_id", "client_id is missing")
	}
	if s.URL != "" && !address(s.URL) {
		bad("url", "url is no address that begins with http:// or https://")
	}
	for role := range s.Roles {
		if role != "agent" && role != "supervisor" && role != "admin" {
			bad("roles", "role %q is none of agent, supervisor, admin", role)
		}
	}
	if u, err := url.Parse(s.Issuer); err == nil && s.Name == "" {
		s.Name = u.Host
	}
	return errors.Join(errs...)
}

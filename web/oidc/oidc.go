// Package oidc proves who the staff are by their company's own sign-in: OpenID Connect Core 1.0,
// authorization code flow with PKCE (RFC 7636), the provider found by its issuer (OpenID Connect
// Discovery 1.0).
package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"parley/web"
)

// Options of a sign-in.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string            // beside openid, profile and email
	Claim        string              // whose values tell the role; "" is groups
	Roles        map[string][]string // values of the claim by role; empty: the role is given here
	Create       bool                // whoever is proved and not known becomes one of the staff
	Unverified   bool                // an e-mail address counts though the provider has not verified it
	Timeout      time.Duration       // of one exchange with the provider; 0 is 10 s
}

// Provider is a company's sign-in. It is looked up when it is first needed, and again as long as
// that fails: a provider that is away stops no start.
type Provider struct {
	o      Options
	client *http.Client

	looks singleflight.Group

	mu     sync.Mutex
	found  *oidc.Provider
	missed error     // why the last look found none
	missAt time.Time // when that was
}

var _ web.SignOn = (*Provider)(nil)

// New makes a sign-in.
func New(o Options) *Provider {
	if o.Claim == "" {
		o.Claim = "groups"
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return &Provider{o: o, client: &http.Client{Timeout: o.Timeout}}
}

// again is how long a provider that was not reached is not looked for again.
const again = 5 * time.Second

// provider finds where the provider's parts are. All who ask while it is looked for wait for one look.
func (p *Provider) provider(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found, missed := p.found, p.missed
	if time.Since(p.missAt) > again {
		missed = nil
	}
	p.mu.Unlock()
	if found != nil || missed != nil {
		return found, missed
	}
	look := p.looks.DoChan("", func() (any, error) {
		// The keys are fetched by this context as long as the provider lives; the client limits each.
		found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.o.Issuer)
		if err != nil {
			err = fmt.Errorf("oidc: %w", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.found, p.missed, p.missAt = found, err, time.Now()
		return found, err
	})
	select {
	case r := <-look:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*oidc.Provider), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("oidc: %w", context.Cause(ctx))
	}
}

func (p *Provider) config(at *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: at.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID, "profile", "email"}, p.o.Scopes...)}
}

// Begin implements web.SignOn.
func (p *Provider) Begin(ctx context.Context, redirect, state, nonce, verifier string) (string, error) {
	at, err := p.provider(ctx)
	if err != nil {
		return "", err
	}
	return p.config(at, redirect).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Finish implements web.SignOn.
func (p *Provider) Finish(ctx context.Context, redirect, code, nonce, verifier string) (web.SignedOn, error) {
	at, err := p.provider(ctx)
	if err != nil {
		return web.SignedOn{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.config(at, redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) {
		return web.SignedOn{}, fmt.Errorf("%w: the code is refused: %s", web.ErrSignOn, refused.ErrorCode)
	}
	if err != nil {
		return web.SignedOn{}, fmt.Errorf("oidc: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return web.SignedOn{}, errors.New("oidc: the provider gives no id_token")
	}
	id, err := at.Verifier(&oidc.Config{ClientID: p.o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return web.SignedOn{}, fmt.Errorf("%w: %w", web.ErrSignOn, err)
	}
	if id.Nonce != nonce {
		return web.SignedOn{}, fmt.Errorf("%w: another sign-in's token", web.ErrSignOn)
	}
	return p.person(id)
}

// person reads who a token is of.
func (p *Provider) person(id *oidc.IDToken) (web.SignedOn, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified *bool  `json:"email_verified"`
		Name     string `json:"name"`
	}
	var all map[string]any
	if err := errors.Join(id.Claims(&claims), id.Claims(&all)); err != nil {
		return web.SignedOn{}, fmt.Errorf("oidc: claims: %w", err)
	}
	if claims.Email == "" {
		return web.SignedOn{}, fmt.Errorf("%w: the provider tells no e-mail address", web.ErrSignOn)
	}
	// Whose address is not verified may have taken somebody else's.
	if (claims.Verified == nil || !*claims.Verified) && !p.o.Unverified {
		return web.SignedOn{}, fmt.Errorf("%w: the e-mail address is not verified", web.ErrSignOn)
	}
	who := web.SignedOn{Email: claims.Email, Name: claims.Name, Create: p.o.Create}
	if len(p.o.Roles) > 0 {
		if who.Role = p.role(all[p.o.Claim]); who.Role == "" {
			return web.SignedOn{}, fmt.Errorf("%w: no %s gives a role", web.ErrSignOn, p.o.Claim)
		}
	}
	return who, nil
}

// role is the highest one that a claim gives; "" is none.
func (p *Provider) role(claim any) string {
	var has []string
	switch c := claim.(type) {
	case string:
		has = []string{c}
	case []any:
		for _, v := range c {
			if s, ok := v.(string); ok {
				has = append(has, s)
			}
		}
	}
	for _, role := range []string{"admin", "supervisor", "agent"} {
		if slices.ContainsFunc(p.o.Roles[role], func(v string) bool { return slices.Contains(has, v) }) {
			return role
		}
	}
	return ""
}

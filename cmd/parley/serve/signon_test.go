package serve

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/web/oidc/oidctest"
)

// The company's own sign-in lets in whom it proves, with the role that it gives, and nobody else.
func TestStaffSignInByTheirCompany(t *testing.T) {
	t.Parallel()
	p := oidctest.New("parley", "secret")
	t.Cleanup(p.Close)
	x := up(t, func(c *config.Config) {
		c.OIDC = config.SignOn{Issuer: p.URL, ClientID: "parley", ClientSecret: "secret", Name: "Acme", Create: true, Roles: map[string][]string{"supervisor": {"leads"}, "agent": {"care"}}}
	})
	if a := x.do("GET", "/v1/capabilities", "", ""); !strings.Contains(a.body, `"sign_on":"Acme"`) {
		t.Error(a)
	}
	// enter signs somebody in as a browser does, and gives the page where that ends and who is in.
	enter := func(claims map[string]any, forge func(r *http.Request)) (page string, me answer) {
		p.Says(claims)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		b := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if forge != nil && strings.HasSuffix(r.URL.Path, "/callback") {
				forge(r)
			}
			if strings.HasPrefix(r.URL.Path, "/desk") || strings.HasPrefix(r.URL.Path, "/supervisor") {
				page = r.URL.RequestURI()
				return http.ErrUseLastResponse
			}
			return nil
		}}
		res, err := b.Get(x.base + "/v1/login/oidc?to=/supervisor")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		token := ""
		u, _ := url.Parse(x.base)
		for _, c := range jar.Cookies(u) {
			if c.Name == "parley" {
				token = c.Value
			}
		}
		return page, x.do("GET", "/v1/me", token, "")
	}
	claims := func(email string, groups ...string) map[string]any {
		return map[string]any{"email": email, "email_verified": true, "name": "Wei", "groups": groups}
	}
	if page, me := enter(claims("Wei@example.com", "leads", "care"), nil); page != "/supervisor" || me.code != 200 || !strings.Contains(me.body, `"supervisor"`) || !strings.Contains(me.body, `"wei@example.com"`) {
		t.Error(page, me)
	}
	if _, me := enter(claims("wei@example.com", "care"), nil); !strings.Contains(me.body, `"agent"`) {
		t.Error("a role that was taken away: ", me)
	}
	for name, c := range map[string]struct {
		claims map[string]any
		forge  func(r *http.Request)
		why    string
	}{
		"no role":         {claims("eve@example.com", "guests"), nil, "refused"},
		"not verified":    {map[string]any{"email": "wei@example.com", "groups": "leads"}, nil, "refused"},
		"another's nonce": {map[string]any{"email": "wei@example.com", "email_verified": true, "groups": "leads", "nonce": "x"}, nil, "refused"},
		"for another":     {map[string]any{"email": "wei@example.com", "email_verified": true, "groups": "leads", "aud": "shop"}, nil, "refused"},
		"another's state": {claims("wei@example.com", "leads"), func(r *http.Request) { r.URL.RawQuery = "code=x&state=y" }, "expired"},
		"another's code":  {claims("wei@example.com", "leads"), func(r *http.Request) { q := r.URL.Query(); q.Set("code", "x"); r.URL.RawQuery = q.Encode() }, "refused"},
		"refused over there": {claims("wei@example.com", "leads"), func(r *http.Request) {
			q := r.URL.Query()
			q.Del("code")
			q.Set("error", "access_denied")
			r.URL.RawQuery = q.Encode()
		}, "refused"},
	} {
		if page, me := enter(c.claims, c.forge); !strings.HasSuffix(page, "?signin="+c.why) || me.code != 401 {
			t.Errorf("%s: %s %v", name, page, me)
		}
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(x.base + "/v1/login/oidc?to=//evil.example")
	if err != nil || res.StatusCode != http.StatusFound || !strings.HasPrefix(res.Header.Get("Location"), p.URL) {
		t.Fatal(res, err)
	}
	for _, c := range res.Cookies() {
		if strings.Contains(c.Value, "evil") {
			t.Error("a browser is sent on to a page that is not ours")
		}
	}
	p.Close()
}

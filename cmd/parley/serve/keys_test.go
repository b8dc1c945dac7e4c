package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A program proves itself by a key, does what its role may, is named in the trail, sits at
// no desk, and is cut off when the key is removed.
func TestProgramsHaveKeys(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	admin := x.admin()
	type key struct {
		ID, Name, Role, Token string
		Used                  string `json:"used_at"`
	}
	add := func(body string) (k key) {
		t.Helper()
		a := x.do("POST", "/v1/keys", admin, body)
		if a.code != http.StatusCreated {
			t.Fatal(a)
		}
		a.json(t, &k)
		return k
	}
	crm := add(`{"name":"CRM","role":"supervisor"}`)
	if !strings.HasPrefix(crm.Token, "parley_") || crm.ID == "" {
		t.Fatalf("%+v", crm)
	}
	var me struct{ ID, Name, Role string }
	x.do("GET", "/v1/me", crm.Token, "").json(t, &me)
	if me.ID != crm.ID || me.Name != "CRM" || me.Role != "supervisor" {
		t.Errorf("%+v", me)
	}

	k := x.converse()
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", crm.Token, `{"text":"seen by the CRM","private":true}`); a.code != http.StatusAccepted {
		t.Error(a)
	}
	for path, want := range map[string]int{
		"GET /v1/conversations": 200, "GET /v1/reports/summary": 200, "GET /v1/audit": 200,
		"GET /v1/users": 403, "GET /v1/keys": 403, "POST /v1/keys": 403, "PUT /v1/desk/me": 403, "POST /v1/conversations/" + string(k.ID) + "/takeover": 403,
	} {
		body := map[string]string{"POST /v1/keys": `{"name":"more","role":"agent"}`, "PUT /v1/desk/me": `{"status":"available"}`}[path]
		if method, p, _ := strings.Cut(path, " "); x.do(method, p, crm.Token, body).code != want {
			t.Errorf("%s is not %d: %v", path, want, x.do(method, p, crm.Token, body))
		}
	}
	if root := add(`{"name":"root","role":"admin"}`); x.do("POST", "/v1/keys", root.Token, `{"name":"heir","role":"admin"}`).code != 403 {
		t.Error("a key made a key")
	}

	var list struct{ Items []key }
	a := x.do("GET", "/v1/keys", admin, "")
	a.json(t, &list)
	if len(list.Items) != 2 || list.Items[1].Name != "CRM" || list.Items[1].Used == "" || strings.Contains(a.body, crm.Token) {
		t.Errorf("%v", a)
	}
	var deeds struct {
		Items []struct{ Who, Name, What string }
	}
	x.do("GET", "/v1/audit?what=key.", admin, "").json(t, &deeds)
	if len(deeds.Items) != 2 || deeds.Items[0].What != "key.create" {
		t.Errorf("%+v", deeds)
	}
	for _, body := range []string{`{"name":" ","role":"agent"}`, `{"name":"x","role":"king"}`, `{"name":"x","role":"agent","expires_at":"2001-01-01T00:00:00Z"}`} {
		if a := x.do("POST", "/v1/keys", admin, body); a.code != http.StatusUnprocessableEntity {
			t.Error(body, a)
		}
	}

	desk := &window{x: x, token: crm.Token}
	desk.open(0)
	desk.kind("desk.snapshot")
	if a := x.do("GET", "/v1/desk/agents", admin, ""); a.code != 200 || strings.Contains(a.body, crm.ID) {
		t.Error("a program sits at the desk:", a)
	}

	w := x.watch(talk{ID: k.ID, Token: crm.Token}, 0)
	w.kind("note.created")
	if a := x.do("DELETE", "/v1/keys/"+crm.ID, admin, ""); a.code != http.StatusNoContent {
		t.Fatal(a)
	}
	if a := x.do("GET", "/v1/conversations", crm.Token, ""); a.code != http.StatusUnauthorized {
		t.Error(a)
	}
	_ = w.c.SetReadDeadline(time.Now().Add(time.Minute))
	for err := error(nil); ; {
		if _, _, err = w.c.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, 4403) {
				t.Errorf("its socket: %v", err)
			}
			break
		}
	}
	if a := x.do("DELETE", "/v1/keys/"+crm.ID, admin, ""); a.code != http.StatusNotFound {
		t.Error(a)
	}

	brief := add(`{"name":"brief","role":"agent","expires_at":"` + time.Now().Add(2*time.Second).UTC().Format(time.RFC3339Nano) + `"}`)
	for x.do("GET", "/v1/me", brief.Token, "").code == http.StatusOK {
		if t.Context().Err() != nil {
			t.Fatal("it did not expire")
		}
		time.Sleep(100 * time.Millisecond)
	}
}

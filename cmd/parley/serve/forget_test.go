package serve

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/media/rtc/rtctest"
)

// signed opens a conversation of a customer for whom the site vouches.
func (x *site) signed(customer string) talk {
	x.t.Helper()
	until := time.Now().Add(time.Hour).Unix()
	m := hmac.New(sha256.New, []byte("site secret"))
	m.Write([]byte(customer + "." + strconv.FormatInt(until, 10)))
	var k talk
	x.do("POST", "/v1/conversations", "", fmt.Sprintf(`{"site":"shop","customer":{"id":%q,"expires":%d,"signature":%q}}`, customer, until, hex.EncodeToString(m.Sum(nil)))).json(x.t, &k)
	x.opened = append(x.opened, k.ID)
	return k
}

func TestACustomerIsForgotten(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Sites = []config.Site{{Key: "shop", Secret: "site secret"}} })
	k, stranger := x.signed("c7"), x.converse()
	c := "/v1/conversations/" + string(k.ID)
	w := x.watch(k, 0)
	x.do("POST", c+"/messages", k.Token, `{"text":"how long does delivery take? this is a secret"}`)
	w.says(dialog.Bot, "2 to 4 working days")
	refused(t, "a stranger", x.do("POST", c+"/forget", stranger.Token, ""), 403)
	refused(t, "one whom nobody vouches for", x.do("POST", "/v1/conversations/"+string(stranger.ID)+"/forget", stranger.Token, ""), 403)
	refused(t, "nobody", x.do("POST", c+"/forget", "", ""), 401)
	a := x.do("POST", c+"/forget", k.Token, "")
	where := a.head.Get("Location")
	if a.code != 202 || !strings.HasPrefix(where, "/v1/certificates/") || !strings.Contains(a.body, where) {
		t.Fatal(a)
	}
	if a = x.do("GET", where, k.Token, ""); a.code != 200 || !strings.Contains(a.body, `"conversations":1`) || strings.Contains(a.body, "secret") {
		t.Error(a)
	}
	refused(t, "another's certificate", x.do("GET", where, stranger.Token, ""), 403)
	if a = x.do("GET", c+"/messages", k.Token, ""); strings.Contains(a.body, "secret") {
		t.Error("it is still there:", a)
	}
	refused(t, "it is over", x.do("POST", c+"/messages", k.Token, `{"text":"x"}`), 409)
	admin := x.admin()
	first := x.do("POST", "/v1/conversations/"+string(stranger.ID)+"/forget", admin, "", "Idempotency-Key", "f")
	if a = x.do("POST", "/v1/conversations/"+string(stranger.ID)+"/forget", admin, "", "Idempotency-Key", "f"); a.head.Get("Location") == "" || a.head.Get("Location") != first.head.Get("Location") || a.body != first.body {
		t.Error("the first answer comes again, with its address:", first, a)
	}
	if a.code != 202 {
		t.Error("an admin may:", a)
	}
}

// Forgetting in one conversation ends the customer's call in another.
func TestForgettingEndsTheCustomersOtherCalls(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Sites = []config.Site{{Key: "shop", Secret: "site secret"}} })
	here, there, stranger := x.signed("c7"), x.signed("c7"), x.converse()
	w, other := x.watch(there, 0), x.watch(stranger, 0)
	p, q := x.call(there, rtctest.Options{}), x.call(stranger, rtctest.Options{})
	w.kind(dialog.CallStarted)
	other.kind(dialog.CallStarted)
	if a := x.do("POST", "/v1/conversations/"+string(here.ID)+"/forget", here.Token, ""); a.code != 202 {
		t.Fatal(a)
	}
	_ = w.c.SetReadDeadline(time.Now().Add(time.Minute))
	var err error
	for err == nil {
		err = w.c.ReadJSON(new(dialog.Record))
	}
	if !websocket.IsCloseError(err, 4410) {
		t.Errorf("who watched what is forgotten is told %v", err)
	}
	eventually(t, "the call is over", func() bool {
		c, err := x.store.Call(t.Context(), p.id)
		return err == nil && c.Ended > 0
	})
	if c, err := x.store.Call(t.Context(), q.id); err != nil || c.Ended > 0 {
		t.Error("a stranger's call was ended:", err)
	}
	rs, err := x.store.Since(t.Context(), there.ID, 0, 100)
	for _, r := range rs {
		if r.Type != dialog.CallEnded {
			t.Errorf("%s is left", r.Type)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestStaffReadTheHandoffPacket(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	c := "/v1/conversations/" + string(k.ID)
	refused(t, "there is none yet", x.do("GET", c+"/packet", x.admin(), ""), 404)
	w := x.watch(k, 0)
	x.do("POST", c+"/messages", k.Token, `{"text":"let me talk to a person"}`)
	w.says(dialog.Bot, "colleague")
	if a := x.do("GET", c+"/packet", x.admin(), ""); a.code != 200 || !strings.Contains(a.body, `"reason":"customer"`) || !strings.Contains(a.body, "let me talk to a person") {
		t.Error(a)
	}
	refused(t, "the customer", x.do("GET", c+"/packet", k.Token, ""), 403)
}

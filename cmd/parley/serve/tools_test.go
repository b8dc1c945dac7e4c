package serve

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/dialog/store"
)

// hired signs in somebody with a role.
func (x *site) hired(role string) string {
	x.t.Helper()
	if _, err := x.store.AddUser(x.t.Context(), role+"@test.example", role, role, adminPassword); err != nil {
		x.t.Fatal(err)
	}
	return x.staff(role+"@test.example", adminPassword)
}

func TestStaffTryTools(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	agent, supervisor := x.hired(store.Agent), x.hired(store.Supervisor)
	var list struct {
		Items []struct{ Name, Effect, Idempotent, State, Source string }
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(list.Items) == 0 || list.Items[0].State != "ready" { // it connects beside the start
		if ctx.Err() != nil {
			t.Fatalf("%+v", list)
		}
		x.do("GET", "/v1/tools", agent, "").json(t, &list)
	}
	found := map[string]string{}
	for _, i := range list.Items {
		found[i.Name] = i.Effect + " " + i.Idempotent
	}
	if found["track_order"] != "read " || found["cancel_order"] != "change natural" || found["start_return"] != "change key" || found["send_invoice"] != "change no" {
		t.Errorf("%v", found)
	}
	refused(t, "nobody", x.do("GET", "/v1/tools", "", ""), 401)
	refused(t, "a customer", x.do("GET", "/v1/tools", x.converse().Token, ""), 403)
	a := x.do("POST", "/v1/tools/track_order/try", agent, `{"args":{"order":"204815"},"customer":"cus_lee","language":"zh-CN"}`)
	if a.code != 200 || !strings.Contains(a.body, "里弗顿") || !strings.Contains(a.body, `"ms":`) {
		t.Error(a)
	}
	const change = "/v1/tools/report_missing_parcel/try"
	body := `{"args":{"order":"204815","wish":"search"},"customer":"cus_lee","confirm":true}`
	refused(t, "an agent", x.do("POST", change, agent, body), 403)
	refused(t, "unconfirmed", x.do("POST", change, supervisor, strings.Replace(body, "true", "false", 1)), 422)
	refused(t, "wrong arguments", x.do("POST", change, supervisor, strings.Replace(body, `"wish":"search"`, `"wish":7`, 1)), 422)
	refused(t, "an unknown tool", x.do("POST", "/v1/tools/nothing/try", agent, `{}`), 404)
	first := x.do("POST", change, supervisor, body)
	if first.code != 200 || !strings.Contains(first.body, `"state":"done"`) || !strings.Contains(first.body, `"case":"C`) {
		t.Fatal(first)
	}
	if again := x.do("POST", change, supervisor, body); again.code != 200 || !strings.Contains(again.body, `"refused":true`) {
		t.Error("without a key it is another request:", again)
	}
	keyed := func(b string) answer {
		return x.do("POST", "/v1/tools/record_lead/try", supervisor, b, "Idempotency-Key", "k1")
	}
	lead := `{"args":{"name":"Lee","phone":"2025550147","interest":"speakers"},"confirm":true}`
	one, two := keyed(lead), keyed(lead)
	if !strings.Contains(one.body, `"note":"L`) || strings.Split(one.body, `"ms"`)[0] != strings.Split(two.body, `"ms"`)[0] {
		t.Error("the same key again:", one, two)
	}
	refused(t, "the key for another request", keyed(strings.Replace(lead, "Lee", "Ann", 1)), 422)
	if us, err := x.outbox.Untold(t.Context(), ""); err != nil || len(us) != 0 {
		t.Errorf("a customer is to be told of what the staff tried: %+v %v", us, err)
	}
}

package serve

import (
	"encoding/json"
	"strings"
	"testing"
)

// A customer who bought something is told of what goes with it, once; what becomes of that is
// counted, and the agent sees the need with its evidence.
func TestRecommendations(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	at := "/v1/conversations/" + string(k.ID)
	for body, code := range map[string]int{
		`{"events":[]}`: 422, `{"events":[{"type":"stolen","product":"one"}]}`: 422, `{"events":[{"type":"purchased"}]}`: 422, `{"events":[{"type":"searched","text":" "}]}`: 422,
		`{"events":[{"type":"searched","text":"` + strings.Repeat("长", 600) + `"}]}`:                                              204,
		`{"events":[{"type":"product.viewed","product":"one","at":"2999-01-01T00:00:00Z"},{"type":"purchased","product":"one"}]}`: 204,
	} {
		if a := x.do("POST", at+"/page-events", k.Token, body); a.code != code {
			t.Errorf("%.60s: %v", body, a)
		}
	}
	other := x.converse()
	if a := x.do("POST", at+"/page-events", other.Token, `{"events":[{"type":"purchased","product":"one"}]}`); a.code != 403 && a.code != 404 {
		t.Error("another's conversation: ", a)
	}
	w := x.watch(k, 0)
	say := func(text string) {
		x.do("POST", at+"/messages", k.Token, string(jsonOf(t, map[string]string{"text": text})))
	}
	say("How long does delivery take?")
	w.says("bot", "By the way, this goes with the Brightwood One: Spare battery, $19.")
	say("no thanks")
	w.says("bot", "All right.")

	admin := x.admin()
	if a := x.do("GET", at+"/need", k.Token, ""); a.code != 403 {
		t.Error("a customer reads it: ", a)
	}
	need := func() (out struct {
		Need     string
		Evidence []struct{ Kind, Text string }
		Products []struct {
			Product       struct{ ID string }
			Reason, Quote string
		}
		Recommended []struct{ Product, State, By string }
	}) {
		a := x.do("GET", at+"/need", admin, "")
		if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.code != 200 {
			t.Fatal(a, err)
		}
		return out
	}
	n := need()
	if !strings.Contains(n.Need, "bought Brightwood One") || len(n.Products) == 0 || n.Products[0].Product.ID != "case" || n.Products[0].Quote == "" ||
		len(n.Recommended) != 1 || n.Recommended[0].State != "refused" || n.Recommended[0].By != "" {
		t.Errorf("%+v", n)
	}
	if a := x.do("POST", at+"/recommendations", admin, `{"product":"nothing"}`); a.code != 422 {
		t.Error(a)
	}
	if a := x.do("POST", at+"/recommendations", admin, `{"product":"case"}`); a.code != 204 {
		t.Fatal(a)
	}
	if a := x.do("POST", at+"/page-events", k.Token, `{"events":[{"type":"cart.added","product":"case"}]}`); a.code != 204 {
		t.Fatal(a)
	}
	if n := need(); len(n.Recommended) != 2 || n.Recommended[1].State != "taken" || n.Recommended[1].By == "" {
		t.Errorf("%+v", n.Recommended)
	}

	var r struct {
		Items []struct {
			Name          string
			Value         float64
			Conversations string
		}
		Products []struct {
			Of, Name          string
			N, Taken, Refused int
		}
		By []struct {
			Of string
			N  int
		}
	}
	a := x.do("GET", "/v1/reports/recommendations", admin, "")
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.code != 200 {
		t.Fatal(a, err)
	}
	if len(r.Products) != 2 || r.Products[0].Of != "battery" || r.Products[0].Refused != 1 || r.Products[1].Taken != 1 || r.By[0].N != 1 || r.By[1].N != 1 || r.Items[0].Value != 2 || r.Items[2].Value != 50 {
		t.Errorf("%+v", r)
	}
	for path, n := range map[string]int{r.Items[0].Conversations: 1, r.Items[1].Conversations: 0, "/v1/reports/conversations?product=case": 1, "/v1/reports/conversations?product=tips": 0} {
		if a := x.do("GET", path, admin, ""); a.code != 200 || strings.Count(a.body, `"conversation":`) != n {
			t.Errorf("%s: %v", path, a)
		}
	}
	if a := x.do("GET", "/v1/reports/recommendations?table=products", admin, "", "Accept", "text/csv"); !strings.Contains(a.body, "Spare battery") {
		t.Error(a)
	}
}

// A list of products is taken whole or not at all, and holds from the next question on.
func TestProducts(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	admin := x.admin()
	if a := x.do("GET", "/v1/products", admin, ""); a.code != 200 || !strings.Contains(a.body, `"version":0`) || !strings.Contains(a.body, "Brightwood") {
		t.Error(a)
	}
	table := "id,language,name,text,price,for\nlamp,en,Desk lamp,It is bright. It folds.,$20,reading; dark room\n"
	if a := x.do("PUT", "/v1/products", admin, table, "Content-Type", "text/csv"); a.code != 200 || !strings.Contains(a.body, `"version":1`) {
		t.Fatal(a)
	}
	for name, body := range map[string]string{"a bad row": table + "bulb,en,,\n", "no table": "\x00\x01\x02", "nothing": ""} {
		if a := x.do("PUT", "/v1/products", admin, body, "Content-Type", "text/csv"); a.code != 422 && a.code != 400 {
			t.Errorf("%s: %v", name, a)
		}
	}
	if a := x.do("GET", "/v1/products", admin, ""); strings.Count(a.body, `"id":`) != 1 || !strings.Contains(a.body, "dark room") {
		t.Error("something was lost: ", a)
	}
	if a := x.do("PUT", "/v1/products", x.staff("agent@local", x.password("agent@local")), table, "Content-Type", "text/csv"); a.code != 403 {
		t.Error("an agent sets it: ", a)
	}
	k := x.converse()
	if a := x.do("GET", "/v1/audit?what=products.put", admin, ""); strings.Count(a.body, `"products.put"`) != 1 {
		t.Error("not noted: ", a)
	}
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"I need light for reading in a dark room"}`)
	x.watch(k, 0).says("bot", "")
	if a := x.do("GET", "/v1/conversations/"+string(k.ID)+"/need", admin, ""); !strings.Contains(a.body, `Wants something for “reading”, “dark room”`) || !strings.Contains(a.body, "It is bright.") {
		t.Error(a)
	}
}

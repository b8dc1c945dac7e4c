package company

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog/tool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// monday is a day on which the company opens.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func open(t *testing.T, o Options) *Company {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return monday }
	}
	c, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// box is the company's tools as Parley has them.
func box(t *testing.T, c *Company) *tool.Box {
	t.Helper()
	s, err := c.Tools(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := tool.NewBox(tool.Options{})
	b.AddSource(s)
	t.Cleanup(func() { _ = b.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := tool.Ready(ctx, s); err != nil {
		t.Fatal(err)
	}
	return b
}

func as(customer, language string) tool.User {
	return tool.User{Role: tool.Customer, Level: 2, Customer: customer, Language: language}
}

func TestEveryToolIsUsableInBothLanguages(t *testing.T) {
	b := box(t, open(t, Options{}))
	list := b.Status()
	if len(list) != 19 {
		t.Errorf("%d tools", len(list))
	}
	for _, s := range list {
		if s.State != "ready" {
			t.Errorf("%s: %s %v", s.Spec.Name, s.State, s.Err)
		}
		for _, l := range []string{"en", "zh"} {
			if s.Spec.Title[l] == "" || !s.Spec.Private && (s.Spec.Description[l] == "" || s.Spec.Result[l] == "") || s.Spec.Effect == tool.Changes && s.Spec.Confirm[l] == "" {
				t.Errorf("%s lacks words in %s", s.Spec.Name, l)
			}
		}
		if strings.Contains(string(s.Spec.Schema), `"customer"`) || strings.Contains(string(s.Spec.Schema), `"key"`) {
			t.Errorf("%s asks for what is filled: %s", s.Spec.Name, s.Spec.Schema)
		}
	}
}

func TestTheHeadphonesThatNeverArrived(t *testing.T) {
	b := box(t, open(t, Options{}))
	for _, c := range []struct{ customer, language, order, want string }{
		{"cus_lee", "en", "4815", "Order 204815, Brightwood One: the parcel was last seen on Tuesday, November 17 at the Riverton sorting centre, with Northway Parcel, number NW7730164815. It has not moved for 4 working days."},
		{"cus_wang", "zh-CN", "", "订单318062（Brightwood Air）最近一次更新是11月17日，在上海青浦转运中心"},
	} {
		args := map[string]any{}
		if c.order != "" {
			args["order"] = c.order
		}
		r, err := b.Read(t.Context(), as(c.customer, c.language), "track_order", args)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := b.Tell("track_order", c.language, args, r)
		if !ok || !strings.HasPrefix(s, c.want) {
			t.Errorf("%v %q", ok, s)
		}
	}
}

// Everything that can be said of a result, in both languages: every branch of every
// template fits what the company answers.
func TestEveryAnswerCanBeSaid(t *testing.T) {
	type try struct {
		customer, tool string
		args           map[string]any
	}
	m := func(kv ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			out[kv[i].(string)] = kv[i+1]
		}
		return out
	}
	for _, l := range []string{"en", "zh-CN"} {
		b := box(t, open(t, Options{}))
		for i, x := range []try{
			{"cus_lee", "find_orders", m()}, {"cus_nobody", "find_orders", m()},
			{"cus_lee", "track_order", m("order", "205101")}, {"cus_dana", "track_order", m()}, {"cus_priya", "track_order", m()}, {"cus_lee", "track_order", m("order", "198230")},
			{"cus_lee", "report_missing_parcel", m("order", "204815", "wish", "search")}, {"cus_lee", "report_missing_parcel", m("order", "204815", "wish", "resend")},
			{"cus_wang", "report_missing_parcel", m("order", "318062", "wish", "resend")}, {"cus_priya", "report_missing_parcel", m("order", "207744", "wish", "search")},
			{"cus_dana", "exchange_item", m("order", "198230", "item", "Air", "wish", "white")}, {"cus_dana", "start_return", m("order", "198230")},
			{"cus_zhang", "start_return", m("order", "316508", "item", "Brightwood Air")}, {"cus_zhang", "track_order", m("order", "316508")}, {"cus_dana", "start_return", m("order", "173355")},
			{"cus_zhang", "change_address", m("order", "320977", "address", "杭州市西湖区文二路1号")}, {"cus_lee", "change_address", m("order", "204815", "address", "1 Long Road, Town")},
			{"cus_zhang", "cancel_order", m("order", "320977")}, {"cus_zhang", "track_order", m("order", "320977")}, {"cus_lee", "cancel_order", m("order", "204815")},
			{"cus_lee", "send_invoice", m("order", "204815")}, {"cus_lee", "send_invoice", m("order", "205101")},
			{"cus_lee", "list_policies", m()}, {"cus_priya", "list_policies", m()},
			{"cus_lee", "get_claim", m()}, {"cus_dana", "get_claim", m("claim", "880315")}, {"cus_wang", "get_claim", m()}, {"cus_lee", "get_claim", m("claim", "880315")},
			{"cus_lee", "report_claim", m("policy", "5501882", "date", "2026-11-22", "what", "suitcase lost")}, {"cus_lee", "report_claim", m("policy", "5501882", "date", "2026-10-01", "what", "suitcase")}, {"cus_lee", "get_claim", m()},
			{"", "free_appointments", m()}, {"", "free_appointments", m("day", "2026-11-28")},
			{"", "book_appointment", m("at", "2026-11-24T10:00:00Z", "name", "Lee", "phone", "2025550147")}, {"", "book_appointment", m("at", "2026-11-24T03:00:00Z", "name", "Lee", "phone", "2025550147")},
			{"", "cancel_appointment", m("appointment", "A1007", "phone", "1")}, {"", "cancel_appointment", m("appointment", "A1049", "phone", "202 555 0147")},
			{"", "request_callback", m("name", "王芳", "phone", "19000000175", "when", "明天上午")}, {"", "request_callback", m("name", "Lee", "phone", "2025550147")},
			{"", "record_lead", m("name", "Lee", "phone", "2025550147", "interest", "speakers")},
		} {
			u := as(x.customer, l)
			r, err := b.Try(t.Context(), u, x.tool, fmt.Sprint("k", i), x.args)
			if err != nil {
				t.Errorf("%s %v: %v", x.tool, x.args, err)
				continue
			}
			s, ok := b.Tell(x.tool, l, x.args, r)
			if !ok || strings.Contains(s, "<") {
				t.Errorf("%s %v in %s: %q of %s", x.tool, x.args, l, s, r.JSON())
			}
			if spec, _ := b.Spec(x.tool); spec.Effect == tool.Changes {
				q, err := b.Confirm(x.tool, l, x.args)
				if err != nil || strings.Contains(q, "To confirm:") || strings.Contains(q, "请您确认") {
					t.Errorf("%s is confirmed by %q, %v", x.tool, q, err)
				}
			}
			t.Logf("%s: %s", x.tool, s)
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	now := monday
	c := open(t, Options{Now: func() time.Time { return now }})
	said := func(in verifyIn) string { b, _ := json.Marshal(c.verify(in)); return string(b) }
	no := said(verifyIn{Order: "999999", LastDigits: "0000"})
	for _, in := range []verifyIn{{Order: "204815", LastDigits: "0000"}, {Order: "204815"}, {}, {LastDigits: "0147"}, {Phone: "2025550147", LastDigits: "0147"},
		{Order: "204815", LastDigits: "0147", BirthDate: "1990-01-01"}, {Order: "198230", LastDigits: "0147"}, {Policy: "5501882", Postcode: "10027"}} {
		if s := said(in); s != no {
			t.Errorf("%+v: %s, unlike %s", in, s, no)
		}
	}
	for _, in := range []struct {
		verifyIn
		level int
		who   string
	}{
		{verifyIn{Order: "20 48 15", LastDigits: "0147"}, 1, "cus_lee"}, {verifyIn{Phone: "(202) 555-0147", LastDigits: "4815"}, 1, "cus_lee"},
		{verifyIn{Phone: "19000000175", BirthDate: "1990-05-18"}, 2, "cus_wang"}, {verifyIn{Claim: "880315", BirthDate: "1992-11-23"}, 2, "cus_dana"},
		{verifyIn{Policy: "5503360", Postcode: "200040"}, 1, "cus_wang"},
	} {
		if a := c.verify(in.verifyIn); a["verified"] != true || a["level"] != in.level || a["customer"] != in.who {
			t.Errorf("%+v: %v", in, a)
		}
	}
	for range triesAllowed {
		c.verify(verifyIn{Order: "320977", LastDigits: "1111"})
	}
	if s := said(verifyIn{Order: "320977", LastDigits: "8862"}); s != no {
		t.Error("guessing goes on without end")
	}
	if now = now.Add(time.Hour); said(verifyIn{Order: "320977", LastDigits: "8862"}) == no {
		t.Error("locked for ever")
	}
}

// Nobody sees or changes what is another's, whatever is asked.
func TestNobodyElsesOrders(t *testing.T) {
	c := open(t, Options{})
	b := box(t, c)
	for _, o := range c.s.Orders {
		for _, p := range c.s.Customers {
			if p.ID == o.Customer {
				continue
			}
			for i, x := range []string{"track_order", "get_order", "report_missing_parcel", "start_return", "exchange_item", "change_address", "cancel_order", "send_invoice"} {
				args := map[string]any{"order": o.Number}
				switch x {
				case "report_missing_parcel":
					args["wish"] = "search"
				case "exchange_item":
					args["item"], args["wish"] = o.Items[0].Product, "white"
				case "change_address":
					args["address"] = "1 Long Road, Town"
				}
				args["customer"] = o.Customer // what a model might make up
				_, err := b.Try(t.Context(), as(p.ID, "en"), x, fmt.Sprint(o.Number, p.ID, i), args)
				if err == nil {
					t.Fatalf("%s took a customer from the arguments", x)
				}
				delete(args, "customer")
				r, err := b.Try(t.Context(), as(p.ID, "en"), x, fmt.Sprint(o.Number, p.ID, i), args)
				if d, ok := r.Data.(map[string]any); err != nil || !ok || d["found"] == true || d["status"] == "ok" {
					t.Errorf("%s gives %s of %s to %s: %s %v", x, o.Number, o.Customer, p.ID, r.JSON(), err)
				}
			}
		}
	}
	if notes, _, _ := c.Changes(); notes != 0 {
		t.Errorf("%d changes", notes)
	}
}

func TestKeysAndChangesOutliveTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "company.json")
	now := monday
	o := Options{File: file, Now: func() time.Time { return now }}
	in := missingIn{whose: whose{Customer: "cus_lee"}, Key: "k", Order: "204815", Wish: "search"}
	first, err := open(t, o).missing(in)
	if err != nil || first["status"] != "ok" {
		t.Fatal(first, err)
	}
	c := open(t, o)
	again, err := c.missing(in)
	if err != nil || again["case"] != first["case"] {
		t.Errorf("%v, then %v %v", first, again, err)
	}
	if notes, _, _ := c.Changes(); notes != 1 {
		t.Errorf("%d notes", notes)
	}
	now = now.AddDate(0, 0, anew+1)
	if notes, _, _ := open(t, o).Changes(); notes != 0 {
		t.Error("old data are kept for ever")
	}
}

package outbound

import (
	"errors"
	"testing"
	"time"
)

func number(t *testing.T, s string) Number {
	t.Helper()
	n, err := Parse(s, "CN")
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return n
}

// noon of a working day in Shanghai.
var noon = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)

func gate(r Rules) *Gate {
	if r.Destinations == nil {
		r.Destinations = []string{"+86", "+1"}
	}
	if r.Trunks == nil {
		r.Trunks = []Trunk{{Name: "a"}}
	}
	shanghai, _ := time.LoadLocation("Asia/Shanghai")
	return NewGate(r, shanghai)
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for _, s := range []string{"+862112345678", "021 1234 5678", "0086 21 1234-5678", "tel:+86-21-12345678"} {
		if n := number(t, s); n.E164 != "+862112345678" || n.Zones[0] != "Asia/Shanghai" {
			t.Errorf("%s: %+v", s, n)
		}
	}
	for _, s := range []string{"", "hello", "12", "+", "+86", "sip:bob@example.com", "+1 212 555 0123 ext 4", "+999123456789", "+86211234567890123456"} {
		if n, err := Parse(s, "CN"); CodeOf(err) != BadNumber {
			t.Errorf("%q: %+v %v", s, n, err)
		}
	}
}

func TestEmergencyNumbersAreNotCalled(t *testing.T) {
	for _, s := range []string{"110", "112", "119", "120", "911", "999", "000", " 1-1-2 ", "+86110", "+1911", "0044999", "+86 120", "１１０"} {
		if _, err := Parse(s, "CN"); CodeOf(err) != Emergency {
			t.Errorf("%q: %v", s, err)
		}
	}
	number(t, "+12125550911")
}

func TestDestinationsAreDeniedUnlessAllowed(t *testing.T) {
	g := gate(Rules{Destinations: []string{"+86"}})
	if _, err := g.Take(number(t, "+12125550123"), Ask{}, noon); CodeOf(err) != Destination {
		t.Error(err)
	}
	if _, err := gate(Rules{Destinations: []string{}}).Take(number(t, "02112345678"), Ask{}, noon); CodeOf(err) != Destination {
		t.Error(err)
	}
	if _, err := g.TakeStaff(number(t, "+12125550123"), noon); CodeOf(err) != Destination {
		t.Error("an agent hands on to any number", err)
	}
	if _, err := g.Take(number(t, "02112345678"), Ask{Listed: true}, noon); CodeOf(err) != Listed {
		t.Error(err)
	}
	if _, err := g.Take(number(t, "02112345678"), Ask{}, noon); err != nil {
		t.Error(err)
	}
}

// The hours are those of the callee: of a number that may be in several zones, of all.
func TestQuietHoursAreTheCallees(t *testing.T) {
	g := gate(Rules{Destinations: []string{"+"}, PerNumber: 100, Trunks: []Trunk{{Name: "a", PerSecond: 100}}})
	at := func(h int) time.Time { return time.Date(2026, 11, 30, h, 30, 0, 0, time.UTC) }
	honolulu, york := number(t, "+18085550123"), number(t, "+12125550123")
	free := number(t, "+18005550199") // toll free: from the Caribbean to Guam
	for _, c := range []struct {
		n    Number
		h    int
		open bool
	}{{york, 13, true}, {york, 12, false}, {honolulu, 13, false}, {honolulu, 18, true}, {free, 15, false}, {free, 19, false}, {free, 22, true}} {
		_, err := g.Take(c.n, Ask{}, at(c.h))
		if (err == nil) != c.open {
			t.Errorf("%s at %d UTC: %v", c.n.E164, c.h, err)
		}
		var r *Refusal
		if errors.As(err, &r) {
			if r.Code != Quiet || !r.Again.After(at(c.h)) {
				t.Errorf("%s at %d UTC: %+v", c.n.E164, c.h, r)
			}
			if _, err := g.Take(c.n, Ask{}, r.Again); err != nil {
				t.Errorf("%s at %s, when it was to be tried again: %v", c.n.E164, r.Again, err)
			}
		}
	}
	if _, err := g.TakeStaff(york, at(3)); err != nil {
		t.Error("people of the company have hours of their own:", err)
	}
}

func TestLimits(t *testing.T) {
	n := number(t, "02112345678")
	g := gate(Rules{PerNumber: 100, Trunks: []Trunk{{Name: "a", PerSecond: 2, AtOnce: 3, PerDay: 4}}})
	now := noon
	var ps []*Permit
	take := func(want Code) {
		t.Helper()
		p, err := g.Take(n, Ask{}, now)
		if CodeOf(err) != want {
			t.Fatalf("%v, want %q", err, want)
		}
		if p != nil {
			ps = append(ps, p)
		}
	}
	take("")
	take("")
	take(Rate)
	now = now.Add(time.Second)
	take("")
	take(AtOnce)
	ps[0].Done(0)
	ps[0].Done(0) // once
	now = now.Add(time.Second)
	take("")
	take(PerDay)
	now = now.Add(24 * time.Hour)
	take(AtOnce) // what is under way is so on the next day too
	ps[1].Done(time.Minute)
	take("")
}

func TestWhatACallCosts(t *testing.T) {
	n := number(t, "02112345678")
	r := Rules{PerNumber: 100, Trunks: []Trunk{{Name: "dear", PerSecond: 100, CostPerDay: 1, Rates: map[string]float64{"+86": 5, "+8621": 0.5}}, {Name: "cheap", PerSecond: 100}}}
	g := gate(r)
	p, err := g.Take(n, Ask{}, noon)
	if err != nil || p.Trunk != "dear" {
		t.Fatal(p, err)
	}
	p.Done(61 * time.Second) // two minutes at the price of the longest prefix
	if p, err = g.Take(n, Ask{}, noon); err != nil || p.Trunk != "cheap" {
		t.Fatal(p, err)
	}
	r.Trunks = r.Trunks[:1]
	g = gate(r)
	for range 2 { // again is no more
		g.Recount([]Past{{At: noon, Trunk: "dear", Number: n.E164, Seconds: 100}, {At: noon.AddDate(0, 0, -1), Trunk: "dear", Number: n.E164, Seconds: 1000}}, noon)
	}
	if _, err = g.Take(n, Ask{}, noon); CodeOf(err) != Cost {
		t.Error("what was called before a restart does not count:", err)
	}
	if u := g.Use(noon); u[0].Spent != 1 || u[0].Today != 1 {
		t.Errorf("%+v", u)
	}
}

func TestOneNumberIsNotCalledAgainAndAgain(t *testing.T) {
	g := gate(Rules{PerNumber: 2, Trunks: []Trunk{{Name: "a", PerSecond: 100}}})
	for i, want := range []Code{"", "", Often} {
		if _, err := g.Take(number(t, "02112345678"), Ask{}, noon); CodeOf(err) != want {
			t.Errorf("%d: %v", i, err)
		}
	}
	if _, err := g.Take(number(t, "02112345679"), Ask{}, noon); err != nil {
		t.Error(err)
	}
}

func TestTheSwitchStopsEverything(t *testing.T) {
	g := gate(Rules{})
	g.Switch(true)
	if _, err := g.Take(number(t, "02112345678"), Ask{}, noon); CodeOf(err) != Off {
		t.Error(err)
	}
	if _, err := g.TakeStaff(number(t, "02112345678"), noon); CodeOf(err) != Off || !g.Off() {
		t.Error(err)
	}
	g.Switch(false)
	if _, err := g.Take(number(t, "02112345678"), Ask{}, noon); err != nil {
		t.Error(err)
	}
}

func TestACallerIDBelongsToItsTrunk(t *testing.T) {
	g := gate(Rules{Trunks: []Trunk{{Name: "a"}, {Name: "b", AtOnce: 1}}})
	n := number(t, "02112345678")
	if p, err := g.Take(n, Ask{Trunk: "b"}, noon); err != nil || p.Trunk != "b" {
		t.Fatal(p, err)
	}
	if _, err := g.Take(n, Ask{Trunk: "b"}, noon); CodeOf(err) != AtOnce {
		t.Error("it goes by another:", err)
	}
	if _, err := g.Take(n, Ask{Trunk: "c"}, noon); CodeOf(err) != NoTrunk {
		t.Error(err)
	}
}

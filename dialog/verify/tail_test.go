package verify

import (
	"testing"
	"time"

	"parley/dialog"
)

func TestTail(t *testing.T) {
	for _, c := range []struct{ text, rest, digits string }{
		{"320977，手机尾号8862", "320977 ", "8862"},
		{"206627, and my number ends in 0158", "206627 ", "0158"},
		{"318062 尾号0175 快点查", "318062  快点查", "0175"},
		{"320977, phone last four 8862", "320977 ", "8862"},
		{"where is order 204815", "where is order 204815", ""},
		{"the colour ends in red", "the colour ends in red", ""},
	} {
		if rest, d := Tail(c.text); rest != c.rest || d != c.digits {
			t.Errorf("%q: %q %q", c.text, rest, d)
		}
	}
}

// A number that is corrected while a fact is asked for is no fact; one that was told
// beside the claim is not asked for again.
func TestCorrectedWhileAFactIsAskedFor(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	said := func(s State, text string) (State, Move) {
		s, ms := Step(Options{}, s, Said{Text: text, Language: "en", Via: dialog.ViaChat, Now: now})
		return s, ms[len(ms)-1]
	}
	s, _ := Step(Options{}, State{}, Begin{Level: 1, Claims: map[string]string{"order": "198230"}, Language: "en", Now: now})
	s, m := said(s, "sorry typo, it's 204815")
	if _, ok := m.(Ask); !ok || s.Claims["order"] != "204815" || s.Failures != 0 {
		t.Errorf("%#v %+v", m, s)
	}
	if s, _ := said(s, "no, the last digit is one, 204811"); s.Claims["order"] != "204811" {
		t.Errorf("%+v", s)
	}
	if _, m = said(s, "0147"); m.(Check).Args["order"] != "204815" || m.(Check).Args["last_digits"] != "0147" {
		t.Errorf("%#v", m)
	}
	_, ms := Step(Options{}, State{}, Begin{Level: 1, Told: "8862", Claims: map[string]string{"order": "320977"}, Language: "zh-CN", Now: now})
	if c, ok := ms[len(ms)-1].(Check); !ok || len(ms) != 1 || c.Args["last_digits"] != "8862" {
		t.Errorf("%#v", ms)
	}
	_, ms = Step(Options{}, State{}, Begin{Level: 2, Told: "8862", Claims: map[string]string{"order": "320977"}, Language: "en", Now: now})
	if _, ok := ms[len(ms)-1].(Ask); !ok { // the birth date is still wanted
		t.Errorf("%#v", ms)
	}
}

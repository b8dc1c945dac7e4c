package card

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/card/cardtest"
	"parley/dialog/spoken"
)

// left is what of a number's digits a text still has, however they are written.
func left(text string) string {
	var b strings.Builder
	for _, r := range spoken.Rows(strings.ReplaceAll(text, "205101", "")) {
		b.WriteString(r.Digits())
	}
	return b.String()
}

func TestEveryWayToGiveANumberIsFound(t *testing.T) {
	for _, v := range cardtest.Variants(400) {
		found := Find(v.Text)
		text, _ := Mask(v.Text)
		if len(found) != 1 || found[0].Digits != v.Number || left(text) != "" {
			t.Errorf("%q of %s: found %v, left %q", v.Text, v.Number, found, text)
		}
		if strings.Contains(v.Text, "205101") && !strings.Contains(text, "205101") {
			t.Errorf("%q: the order number has gone: %q", v.Text, text)
		}
	}
}

func TestOtherNumbersStay(t *testing.T) {
	for _, s := range cardtest.Harmless {
		if text, ok := Mask(s); ok {
			t.Errorf("%q became %q", s, text)
		}
	}
}

func TestOfANumberInTheMakingTheBeginningIsSeen(t *testing.T) {
	for text, want := range map[string]bool{"my card is four two four two four two four": false, "my card is four two four two four two four two": true,
		"4242 4242 42": true, "the order is 205101": false, "13800138000": false, "my number is one three eight zero zero one three eight": false,
		"卡号四二四二四二四二": true, "": false, "4242 4242 4242 4242 4242 4242": true} {
		if _, ok := Brewing(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
	if text, ok := MaskHeard("it is 4242 4242 4242 4243"); !ok || text != "it is "+Mark {
		t.Errorf("misheard: %q", text)
	}
}

func TestWhatWasAskedForIsSealed(t *testing.T) {
	const id = dialog.ConversationID("c")
	for _, c := range []struct {
		kind  string
		texts []string
		want  string // "": nothing is
	}{
		{dialog.CardNumber, []string{"4242 4242 4242 4242"}, "4242424242424242"},
		{dialog.CardNumber, []string{"四二四二四二四二", "四二四二四二四二"}, "4242424242424242"},
		{dialog.CardNumber, []string{"four two four two", "four two four two", "four two four two", "four two four two"}, "4242424242424242"},
		{dialog.CardNumber, []string{"4242 4242 4242 4243"}, ""},
		{dialog.CardCode, []string{"one two three"}, "123"},
		{dialog.CardCode, []string{"it is 1234"}, "1234"},
		{dialog.CardCode, []string{"一二三"}, "123"},
		{dialog.CardCode, []string{"1", "23"}, "123"},
		{dialog.CardCode, []string{"12345"}, ""},
		{dialog.CardExpiry, []string{"12/27"}, "12/27"},
		{dialog.CardExpiry, []string{"twelve twenty seven"}, "12/27"},
		{dialog.CardExpiry, []string{"it expires in December 2027"}, "12/27"},
		{dialog.CardExpiry, []string{"二七年十二月"}, "12/27"},
		{dialog.CardExpiry, []string{"3/28"}, "03/28"},
		{dialog.CardExpiry, []string{"1227"}, "12/27"},
		{dialog.CardExpiry, []string{"13/27"}, ""},
	} {
		var v Vault
		var last dialog.Sealed
		for i, s := range c.texts {
			if text, sealed := v.Take(id, c.kind, s, false); text != Mark || sealed != nil {
				t.Errorf("%q while it is being said: %q %v", s, text, sealed)
			}
			text, sealed := v.Take(id, c.kind, s, true)
			if text != Mark || len(sealed) != 1 {
				t.Fatalf("%q: %q %v", s, text, sealed)
			}
			if last = sealed[0]; last.Part != (i < len(c.texts)-1) {
				t.Errorf("%q: part %v", s, last.Part)
			}
		}
		got, _, err := v.Open(id, last.Ref)
		if last.Ref == "" {
			got = ""
		}
		if got != c.want || err != nil {
			t.Errorf("%v: %q %v", c.texts, got, err)
		}
		if _, _, err := v.Open("another", last.Ref); last.Ref != "" && err == nil {
			t.Errorf("%v: opened by another conversation", c.texts)
		}
	}
}

func TestOtherWordsAreNotTaken(t *testing.T) {
	var v Vault
	for _, s := range []string{"why do you need that?", "wait one moment please, I have to fetch it from my coat", "never mind", "算了", "等一下，我去拿"} {
		for _, kind := range []string{dialog.CardNumber, dialog.CardCode, dialog.CardExpiry} {
			if text, sealed := v.Take("c", kind, s, true); text != s || sealed != nil {
				t.Errorf("%s: %q became %q %v", kind, s, text, sealed)
			}
		}
	}
}

func TestASealedValueIsForgotten(t *testing.T) {
	now := time.Now()
	v := Vault{Now: func() time.Time { return now }}
	_, sealed := v.Take("c", dialog.CardCode, "123", true)
	if now = now.Add(keeping); true {
		if _, _, err := v.Open("c", sealed[0].Ref); err != ErrForgotten {
			t.Errorf("too old: %v", err)
		}
	}
	_, sealed = v.Take("c", dialog.CardCode, "123", true)
	if out, values, err := v.Open("c", "code "+sealed[0].Ref); err != nil || out != "code 123" || len(values) != 1 {
		t.Errorf("%q %v %v", out, values, err)
	}
	v.Forget("c")
	if _, _, err := v.Open("c", sealed[0].Ref); err != ErrForgotten {
		t.Errorf("forgotten: %v", err)
	}
	for i := range 3 * maxSecrets { // however many give one, memory is bounded
		v.Take(dialog.ConversationID(string(rune(i))), "", "4242424242424242", true)
	}
	if v.n > maxSecrets || len(v.kept) > maxSecrets {
		t.Errorf("%d kept", v.n)
	}
}

func FuzzMask(f *testing.F) {
	for _, v := range cardtest.Variants(40) {
		f.Add(v.Text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, ok := Mask(s)
		if again, more := Mask(text); more && !ok {
			t.Errorf("%q: %q", text, again)
		}
		Brewing(s)
		MaskHeard(s)
		for _, k := range []string{"", dialog.CardNumber, dialog.CardCode, dialog.CardExpiry} {
			new(Vault).Take("c", k, s, true)
		}
	})
}

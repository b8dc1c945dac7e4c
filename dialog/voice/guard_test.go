package voice

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/card"
	"parley/dialog/card/cardtest"
	"parley/media"
)

// guarded is a guard and what comes of it.
type guarded struct {
	*guard
	vault  card.Vault
	events []dialog.Event
	veiled bool
	wiped  []string
}

func newGuarded() *guarded {
	x := &guarded{}
	x.guard = &guard{conversation: "c", call: "call", cards: &x.vault, push: func(e dialog.Event) { x.events = append(x.events, e) },
		veil: func(on bool) { x.veiled = on }, wipe: func(from, to time.Duration) { x.wiped = append(x.wiped, fmt.Sprint(from, to)) }}
	return x
}

// said are the final turns.
func (x *guarded) said() (out []dialog.Turn) {
	for _, e := range x.events {
		if s, ok := e.(dialog.Said); ok {
			out = append(out, s.Turn)
		}
	}
	return out
}

// Two hundred ways of reading a number out, word by word as a recogniser hears them:
// nobody is told it, and the voice is veiled before it is whole.
func TestWhatIsReadOutIsToldToNobody(t *testing.T) {
	for _, v := range cardtest.Variants(460) {
		if !v.Spoken {
			continue
		}
		x := newGuarded()
		at := strings.Index(v.Text, v.Given)
		for i := range v.Text {
			if i > 0 && (v.Text[i] == ' ' || v.Text[i] >= 0x80) {
				x.event(dialog.Partial{Text: v.Text[:i]})
				if i >= at+len(v.Given)*3/4 && !x.veiled {
					t.Errorf("%q: heard by all", v.Text[:i])
				}
			}
		}
		x.event(dialog.Tentative{Turn: dialog.Turn{Text: v.Text}})
		x.event(dialog.Said{Turn: dialog.Turn{Text: v.Text, Start: time.Second, End: 9 * time.Second}})
		for _, e := range x.events {
			var text string
			switch e := e.(type) {
			case dialog.Partial:
				text = e.Text
			case dialog.Tentative:
				text = e.Turn.Text
			case dialog.Said:
				text = e.Turn.Text
			}
			if _, is := card.Brewing(text); is || len(card.Find(text)) > 0 {
				t.Errorf("%q: told %q", v.Text, text)
			}
		}
		if len(x.wiped) != 1 || x.wiped[0] != "600ms 9.4s" || x.veiled {
			t.Errorf("%q: silenced %v, veiled %v", v.Text, x.wiped, x.veiled)
		}
	}
}

func TestOtherNumbersAreHeardByAll(t *testing.T) {
	for _, s := range cardtest.Harmless {
		x := newGuarded()
		x.event(dialog.Said{Turn: dialog.Turn{Text: s}})
		if got := x.said(); len(got) != 1 || got[0].Text != s || x.veiled || x.wiped != nil {
			t.Errorf("%q: %v, veiled %v, silenced %v", s, got, x.veiled, x.wiped)
		}
	}
}

// While card data is asked for, nobody hears the customer; keys make one value, by their
// number, the hash key or a pause, and none of them is told.
func TestCardDataIsKeyed(t *testing.T) {
	for _, c := range []struct {
		x      dialog.Expect
		keys   string
		pause  bool
		want   string
		values int
	}{
		{dialog.ExpectCard, "4242424242424242", false, "4242424242424242", 1},
		{dialog.ExpectCard, "378282246310005", false, "378282246310005", 1},
		{dialog.ExpectCard, "4222222222222#", false, "4222222222222", 1},
		{dialog.ExpectCard, "4243*4242424242424242", false, "4242424242424242", 1},
		{dialog.ExpectCard, "4242424242424243#", false, "", 1},
		{dialog.ExpectCardCode, "123", true, "123", 1},
		{dialog.ExpectCardCode, "1234#", false, "1234", 1},
		{dialog.ExpectCardExpiry, "1229", false, "12/29", 1},
		{dialog.ExpectDigits, "205101#", false, "", 0},
		{dialog.ExpectAnything, "1", false, "", 0},
	} {
		x := newGuarded()
		x.expect(c.x)
		if x.veiled != (c.x.Card() != "") {
			t.Errorf("%v: veiled %v", c.x, x.veiled)
		}
		at := time.Second
		for _, k := range []byte(c.keys) {
			at += 200 * time.Millisecond
			x.event(dialog.Key{At: at, Digit: k})
			x.tick(media.At(at))
		}
		if c.pause {
			x.tick(media.At(at) + keyWait)
			if len(x.said()) != 0 {
				t.Errorf("%v %s: too soon", c.x, c.keys)
			}
			x.tick(media.At(at) + keyWait + media.TickSamples)
		}
		got := x.said()
		if len(got) != c.values {
			t.Fatalf("%v %s: %v", c.x, c.keys, got)
		}
		for _, e := range x.events {
			if k, ok := e.(dialog.Key); ok && (k.Digit != 0) != (c.values == 0) {
				t.Errorf("%v %s: told key %q", c.x, c.keys, k.Digit)
			}
		}
		if c.values == 0 {
			continue
		}
		value, _, err := x.vault.Open("c", got[0].Sealed[0].Ref)
		if got[0].Text != card.Mark || value != c.want || err != nil {
			t.Errorf("%v %s: %+v is %q, %v", c.x, c.keys, got[0], value, err)
		}
		if x.expect(dialog.ExpectAnything); x.veiled {
			t.Errorf("%v: still veiled", c.x)
		}
	}
}

package brain_test

import (
	"strings"
	"testing"

	"parley/dialog"
)

// What is typed on the keypad in a call is certain: it is not read back, and 1 is a yes
// where yes or no is asked for, to a question that was heard to its end.
func TestKeysAnswer(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	press := func(digits string) string {
		return k.answer(dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: digits, Confidence: 1})
	}
	k.say("I want to return my headphones")
	if s := press("4815"); !strings.Contains(s, "Shall I start the return of order 4815?") {
		t.Fatal(s)
	}
	last := &k.history[len(k.history)-1]
	last.Cut = true
	if s := press("1"); c.runs != 0 || !strings.Contains(s, "Shall I start") {
		t.Fatalf("%d runs, %q", c.runs, s)
	}
	if s := press("3"); c.runs != 0 {
		t.Fatalf("%d runs, %q", c.runs, s)
	}
	if s := press("1"); c.runs != 1 {
		t.Fatalf("%d runs, %q", c.runs, s)
	}
}

func TestSpokenDigitsAreNoKeys(t *testing.T) {
	for _, turn := range []dialog.Turn{
		{From: dialog.Customer, Via: dialog.ViaVoice, Text: "4815", Confidence: 0.9},
		{From: dialog.Customer, Via: dialog.ViaVoice, Text: "4815", Confidence: 1, Start: 1, End: 2},
		{From: dialog.Customer, Via: dialog.ViaChat, Text: "4815", Confidence: 1},
		{From: dialog.Customer, Via: dialog.ViaVoice, Text: "yes 4815", Confidence: 1},
	} {
		if turn.Keyed() {
			t.Errorf("%+v counts as typed on a keypad", turn)
		}
	}
}

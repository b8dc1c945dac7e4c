package brain_test

import (
	"strings"
	"testing"

	"parley/dialog/brain"
)

func TestToolsThatTheBotMayNotUse(t *testing.T) {
	c := systems(t)
	c.Options.Tools = brain.Only(c.box, []string{"find_order"})
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	if s := k.say("yes"); c.runs != 0 || strings.Contains(s, "R7") {
		t.Errorf("%q, %d runs", s, c.runs)
	}
	c.Options.Tools = brain.Only(c.box, []string{})
	k = begin(t, "en", c.Options)
	if s := k.say("I want to return my headphones, order 4815"); strings.Contains(s, "Brightwood Air") {
		t.Errorf("%q", s)
	}
}

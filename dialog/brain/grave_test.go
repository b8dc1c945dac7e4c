package brain_test

import (
	"strings"
	"testing"

	"parley/dialog/brain"
)

func TestWhatWasHeardAsDangerDoesNotLastForEver(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	k.say("the case is smoking on the bed")
	if s := k.say("I want to return my headphones"); strings.Contains(s, "order number") {
		t.Errorf("a form begins in danger: %q", s)
	}
	if s := k.say("it's a false alarm, I want to return my headphones"); !strings.Contains(s, "order number") {
		t.Errorf("all is well, and nothing begins: %q", s)
	}
	k = begin(t, "zh-CN", brain.Options{})
	k.say("电池冒烟了")
	for range 5 {
		k.say("嗯")
	}
	if s := k.say("多久能送到"); !strings.Contains(s, "2到4个工作日") {
		t.Errorf("%q", s)
	}
}

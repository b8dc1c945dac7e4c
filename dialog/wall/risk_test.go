package wall

import (
	"fmt"
	"testing"
	"time"
)

func TestRiskNamesItsReasons(t *testing.T) {
	for _, c := range []struct {
		what string
		s    Signs
		want string
	}{
		{"calm", Signs{}, "0"},
		{"a short wait", Signs{Wait: 5 * time.Second, Target: time.Minute}, "0"},
		{"a long wait", Signs{Wait: 2 * time.Minute, Target: time.Minute}, "50 wait 120"},
		{"a wait without end stays below certainty", Signs{Wait: 24 * time.Hour, Target: time.Minute}, "90 wait 86400"},
		{"slight annoyance is none", Signs{Anger: 0.2}, "0"},
		{"anger", Signs{Anger: 1}, "80 sentiment 100"},
		{"said again", Signs{Repeats: 2}, "50 repetition 2"},
		{"a call in which nobody speaks", Signs{Call: true, Silence: 40 * time.Second}, "50 silence 40"},
		{"a chat may be silent for longer", Signs{Silence: 40 * time.Second}, "0"},
		{"nobody came", Signs{Failures: 1}, "40 transfer 1"},
		{"together they are more, the heaviest first", Signs{Anger: 0.5, Failures: 2}, "88 transfer 2 sentiment 50"},
	} {
		n, why := Risk(c.s)
		got := fmt.Sprint(n)
		for _, r := range why {
			got += fmt.Sprintf(" %s %d", r.Why, r.Value)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestSameAgain(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Where is my parcel?", "where is my parcel??", true},
		{"我的快递到哪里了？", "我的快递到哪里了", true},
		{"Where is my parcel?", "Can I return the headphones?", false},
		{"yes", "yes", false},
		{"好的", "好的", false},
	} {
		if got := similar(grams(c.a), grams(c.b)) >= alike; got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

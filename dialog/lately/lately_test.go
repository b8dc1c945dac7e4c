package lately

import (
	"fmt"
	"strings"
	"testing"
)

func TestMemo(t *testing.T) {
	asked := 0
	length := func(s string) int { asked++; return len(s) }
	m := Memo[int]{Most: 3, Longest: 10}
	for range 2 {
		for _, s := range []string{"", "a", "bb"} {
			if got := m.Of(s, length); got != len(s) {
				t.Errorf("Of(%q) = %d", s, got)
			}
		}
	}
	if asked != 3 {
		t.Errorf("made %d times, want once for each text", asked)
	}
	for i := range 20 {
		m.Of(fmt.Sprint(i), length)
	}
	if n := len(m.made); n > 3 {
		t.Errorf("%d are kept, want 3 at most", n)
	}
	long := strings.Repeat("x", 11)
	if m.Of(long, length) != 11 || m.Of(long, length) != 11 || asked != 25 {
		t.Error("a long text was kept")
	}
}

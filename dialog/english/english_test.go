package english

import (
	"fmt"
	"sync"
	"testing"

	snowball "github.com/kljensen/snowball/english"
)

// More words than there are places, from many callers: each has its own stem.
func TestEveryWordHasItsStem(t *testing.T) {
	endings := []string{"", "s", "ed", "ing", "ation", "ously", "'s"}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 3 * places {
				w := fmt.Sprintf("w%x%s", i/len(endings), endings[i%len(endings)])
				if got, want := Stem(w), snowball.Stem(w, false); got != want {
					t.Errorf("the stem of %q is %q, want %q", w, got, want)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, w := range []string{"", "deliveries", "pneumonoultramicroscopicsilicovolcanoconiosises"} {
		for range 2 {
			if got, want := Stem(w), snowball.Stem(w, false); got != want {
				t.Errorf("the stem of %q is %q, want %q", w, got, want)
			}
		}
	}
}

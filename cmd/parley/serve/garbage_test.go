package serve

import "testing"

// Who is busy is given room, up to a limit, and who is idle or large none beyond the least.
func TestGarbageIsAllowedToWhoIsBusy(t *testing.T) {
	for _, c := range []struct {
		percent     int
		collections uint64
		live        uint64
		want        int
	}{
		{50, 0, 30 << 20, 50},
		{50, 1, 30 << 20, 50},
		{50, 9, 30 << 20, 100},
		{100, 9, 30 << 20, 200},
		{200, 9, 30 << 20, 200},
		{100, 9, 64 << 20, 100},
		{100, 9, 1 << 30, 50},
		{200, 1, 30 << 20, 200},
		{200, 0, 30 << 20, 100},
		{100, 0, 30 << 20, 50},
		{50, 2, 0, 100},
	} {
		if got := allowed(c.percent, c.collections, c.live); got != c.want {
			t.Errorf("after %d collections at %d %% of %d bytes: %d %%, want %d %%", c.collections, c.percent, c.live, got, c.want)
		}
	}
}

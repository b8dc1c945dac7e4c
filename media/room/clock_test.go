package room

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A clock has threads for the processors that this process may use, not for all there are.
func TestAClockHasThreadsForItsProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(6))
	c := NewClock(ClockOptions{})
	defer c.Close()
	if n := len(c.shards); n != 6/perShard {
		t.Errorf("%d threads for 6 processors", n)
	}
}

// A clock that sleeps holds none of the rooms that it ticked.
func TestAnIdleClockHoldsNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(ClockOptions{}, time.Sleep)
		var n atomic.Int64
		var rooms []*Room
		for i := range 12 {
			r := New(fmt.Sprint(i), c, Options{})
			_, _ = r.Join(&counting{n: &n}, Customer, Talk)
			rooms = append(rooms, r)
		}
		time.Sleep(time.Second)
		for _, r := range rooms {
			_ = r.Close()
		}
		time.Sleep(time.Second)
		c.Close()
		for i := range c.shards {
			for k := range c.shards[i].phases {
				p := &c.shards[i].phases[k]
				for _, r := range append(p.rooms[:cap(p.rooms)], p.work[:cap(p.work)]...) {
					if r != nil {
						t.Fatalf("phase %d of shard %d holds room %v", k, i, r.id)
					}
				}
			}
		}
	})
}

// A process that was stopped for a while makes up for so many ticks and no more, counts
// the others, and then keeps time again.
func TestAClockCatchesUpWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan time.Duration, 1)
		c := newClock(ClockOptions{CatchUp: 3}, func(d time.Duration) {
			select {
			case d = <-stop:
			default:
			}
			time.Sleep(d)
		})
		defer c.Close()
		var n atomic.Int64
		r := New("a", c, Options{})
		defer r.Close()
		_, _ = r.Join(&counting{n: &n}, Customer, Talk)
		time.Sleep(time.Second)
		stop <- 10 * time.Second
		time.Sleep(10*time.Second + 100*time.Millisecond)
		before := n.Load()
		time.Sleep(time.Second)
		if got := n.Load() - before; got < 49 || got > 51 {
			t.Errorf("%d ticks in a second after it", got)
		}
		if all := n.Load(); all < 50+3+50 || all > 50+3+60 {
			t.Errorf("%d ticks in all", all)
		}
		if m := c.Stats().Missed / phases; m < 490 || m > 500 {
			t.Errorf("%d ticks missed of 10 s", m)
		}
	})
}

package bus

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/dialog"
	"parley/dialog/bus/bustest"
	"parley/dialog/redistest"
)

var names atomic.Int64

// end is a node's, of a tenant's bus.
func end(t *testing.T, s *redistest.Server, tenant string, change func(*RedisOptions)) *Redis {
	t.Helper()
	o := RedisOptions{Client: s.Client(), Tenant: dialog.TenantID(tenant), Node: fmt.Sprintf("node%d", names.Add(1))}
	if change != nil {
		change(&o)
	}
	b := NewRedis(o)
	t.Cleanup(b.Close)
	return b
}

func TestRedis(t *testing.T) {
	s := redistest.Start(t)
	bustest.Bus(t, func(t *testing.T) dialog.Bus { return end(t, s, t.Name(), nil) },
		func(t *testing.T, _ dialog.Bus) dialog.Bus { return end(t, s, t.Name(), nil) })
}

func next[T any](t *testing.T, c <-chan T) (x T) {
	t.Helper()
	select {
	case x = <-c:
	case <-time.After(time.Minute):
		t.Fatal("it does not come")
	}
	return x
}

// What is kept, and what is noted, reaches each other node once, with its stamp; a node
// does not hear itself.
func TestOtherNodesHear(t *testing.T) {
	s := redistest.Start(t)
	heard, noted, own := make(chan string, 10), make(chan Note, 10), make(chan string, 10)
	there := make(chan struct{}, 10)
	two := end(t, s, "x", func(o *RedisOptions) {
		o.Heard = func(r dialog.Record, stamp json.RawMessage) { heard <- fmt.Sprintf("%d %s %s", r.Seq, r.Data, stamp) }
		o.Noted = func(n Note) {
			if n.Kind == "there" {
				there <- struct{}{}
				return
			}
			noted <- n
		}
	})
	_ = two
	one := end(t, s, "x", func(o *RedisOptions) {
		o.Stamp = func(r dialog.Record) json.RawMessage { return fmt.Appendf(nil, `"for %s"`, r.Conversation) }
		o.Heard = func(r dialog.Record, _ json.RawMessage) { own <- r.Type }
		o.Noted = func(n Note) { own <- n.Kind }
	})
	for met := false; !met; {
		one.Note(Note{Kind: "there"})
		select {
		case <-there:
			met = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	large := bustest.Kept("a", 2)
	large.Data = []byte(`"` + strings.Repeat("x", heavy) + `"`)
	_ = one.Publish(t.Context(), bustest.Kept("a", 1))
	_ = one.Publish(t.Context(), large)
	_ = one.Publish(t.Context(), dialog.Record{Conversation: "a", Type: dialog.MessageDelta, Data: []byte(`{}`)})
	one.Note(Note{Kind: "look", Conversation: "a", Number: 7})
	if h := next(t, heard); h != `1 {} "for a"` {
		t.Error(h)
	}
	if h := next(t, heard); h != `2 null "for a"` && h != `2  "for a"` { // it is read from the log
		t.Error(h)
	}
	if n := next(t, noted); n != (Note{"look", "a", 7}) {
		t.Error(n)
	}
	if len(heard) > 0 {
		t.Errorf("heard besides: %s", <-heard)
	}
	if len(own) > 0 {
		t.Errorf("heard itself: %s", <-own)
	}
}

// Redis goes away and comes back: this node's watchers are served all the time, and those
// of other nodes are told to look into the log.
func TestTheConnectionIsLost(t *testing.T) {
	s := redistest.Start(t)
	lost := make(chan struct{}, 100)
	one, two := end(t, s, "x", nil), end(t, s, "x", func(o *RedisOptions) { o.Missed = func() { lost <- struct{}{} } })
	here, there := bustest.Look(t, one, "a"), bustest.Look(t, two, "a")
	there.Met(one, "a")
	for _, ok := here.Next(); ok; _, ok = here.Next() {
	}
	s.Down()
	_ = one.Publish(t.Context(), bustest.Kept("a", 1))
	if r := here.Wait(); r.Seq != 1 {
		t.Errorf("not served while Redis is away: %+v", r)
	}
	s.Up()
	for {
		if r := there.Wait(); r.Seq == math.MaxInt64 && r.Data == nil {
			break
		}
	}
	next(t, lost)
	there.Met(one, "a") // and it goes on
	_ = one.Publish(t.Context(), bustest.Kept("a", 2))
	for r := there.Wait(); r.Seq != 2; r = there.Wait() {
	}
}

// Too much at once is not kept for ever, and the others are told that they missed something.
func TestWhatIsTooMuchIsTold(t *testing.T) {
	s := redistest.Start(t)
	lost := make(chan struct{}, 100)
	two := end(t, s, "x", func(o *RedisOptions) { o.Missed = func() { lost <- struct{}{} } })
	one := end(t, s, "x", nil)
	there := bustest.Look(t, two, "a")
	there.Met(one, "a")
	for range 20 * outgoing {
		_ = one.Publish(t.Context(), bustest.Kept("b", 1))
		if one.holes.Load() {
			break
		}
	}
	if n := len(one.out); n > outgoing {
		t.Errorf("%d wait", n)
	}
	next(t, lost)
}

// Whatever comes by the channels, nobody falls, and nobody is shown what is not theirs.
func TestHostileMessages(t *testing.T) {
	s := redistest.Start(t)
	b := end(t, s, "x", func(o *RedisOptions) {
		o.Heard = func(dialog.Record, json.RawMessage) { t.Error("heard") }
		o.Noted = func(Note) { t.Error("noted") }
	})
	w := bustest.Look(t, b, "a")
	w.Met(end(t, s, "x", nil), "a")
	for _, m := range []string{"", "{", "[]", "null", "{}", `{"record":{},"note":{}}`, `{"from":"x","record":{"seq":0,"conversation":"b","data":{}}}`,
		`{"from":"x","record":{"seq":0,"conversation":"a"}}`, strings.Repeat("x", hostile+1)} {
		b.hear(b.of+"a", m)
	}
	if r, ok := w.Next(); ok {
		t.Errorf("shown: %+v", r)
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"redis://127.0.0.1:6379/1":                                              "*redis.Client",
		"rediss://u:p@redis.example:6380/0":                                     "*redis.Client",
		"redis://u:p@s1.example:26379/0?master_name=main&addr=s2.example:26379": "*redis.Client", // of the Sentinels
		"redis://u:p@n1.example:7000?addr=n2.example:7001&addr=n3.example:7002": "*redis.ClusterClient",
	} {
		c, err := Connect(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := fmt.Sprintf("%T", c); got != want {
			t.Errorf("%s is a %s", address, got)
		}
		_ = c.Close()
	}
	for _, address := range []string{"", "redis.example:6379", "http://u:secret@redis.example", "redis://u:secret@x:1/a", "redis://u:secret@x:1/0?what=1", "redis://u:sec%ret@x:1", "redis://u:secret@x:1/0?master_name="} {
		c, err := Connect(address)
		if err == nil {
			_ = c.Close()
			t.Errorf("%q is no address", address)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%ret") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

var _ redis.UniversalClient = (*redis.Client)(nil)

package serve

import (
	"fmt"
	"slices"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/wall"
)

// Two supervisors are in a call at once: each sees the other. The agent sees who whispers, and
// who listens where the company wants it so.
func TestWhoListensIsSeen(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		t.Run(fmt.Sprintf("shown to the agent: %v", shown), func(t *testing.T) {
			t.Parallel()
			x := up(t, func(c *config.Config) {
				c.Queues = []config.Queue{{Name: "sales", Default: true}}
				c.Desk.Listening = shown
			})
			k := x.converse()
			w := x.watch(k, 0)
			customer := pipe(t, 500, x.offer("/v1/conversations/"+string(k.ID)+"/calls", k.Token))
			w.kind(dialog.CallStarted)
			ann, sue, max := x.atDesk("Ann", "supervisor", ""), x.atDesk("Sue", "supervisor", ""), x.atDesk("Max", "supervisor", "")
			pipe(t, 900, x.offer("/v1/desk/legs", ann.token))
			eventually(t, "the agent's audio stands by", func() bool { return x.guests.ready(ann.id) })
			if a := ann.do("POST", "/v1/conversations/"+string(k.ID)+"/takeover", ""); a.code != 204 {
				t.Fatal(a)
			}
			if a := x.do("PATCH", "/v1/users/"+ann.id, x.admin(), `{"role":"agent"}`); a.code != 200 {
				t.Fatal(a)
			}
			in := func(who *window) (out []string) {
				var list struct {
					Items []struct{ User, Mode, Party string }
				}
				who.do("GET", customer.location+"/legs", "").json(t, &list)
				for _, l := range list.Items {
					if l.Party == "supervisor" {
						out = append(out, l.User+" "+l.Mode)
					}
				}
				return out
			}
			pipe(t, 1300, x.offer(customer.location+"/legs?mode=listen", sue.token))
			both := []string{sue.id + " listen"}
			eventually(t, "Max sees that Sue listens", func() bool { return slices.Equal(in(max), both) })
			if shown {
				ann.kind(desk.CallListened)
			}
			pipe(t, 1700, x.offer(customer.location+"/legs?mode=whisper", max.token))
			both = append(both, max.id+" whisper")
			eventually(t, "Sue sees both", func() bool { return slices.Equal(in(sue), both) })
			ann.kind(desk.CallListened)
			if want := both[map[bool]int{false: 1, true: 0}[shown]:]; !slices.Equal(in(ann), want) {
				t.Errorf("the agent sees %v, not %v", in(ann), want)
			}
			eventually(t, "both are on the wall", func() bool {
				for _, r := range x.wall.Since(0).Rows {
					if r.ID == k.ID {
						return slices.Equal(r.Listeners, []wall.Listener{{User: sue.id, Mode: "listen"}, {User: max.id, Mode: "whisper"}})
					}
				}
				return false
			})
		})
	}
}

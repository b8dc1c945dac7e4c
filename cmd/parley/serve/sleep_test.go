package serve

import (
	"strings"
	"time"

	"parley/dialog"
)

// sleeps lets days go by in a conversation, and checks that it sleeps, wakes and ends.
func (x *site) sleeps(k talk) {
	x.t.Helper()
	state := func() string {
		var c struct{ State string }
		x.do("GET", "/v1/conversations/"+string(k.ID), k.Token, "").json(x.t, &c)
		return c.State
	}
	after := func(d time.Duration) {
		if err := x.restAt(x.t.Context(), time.Now().Add(d)); err != nil {
			x.t.Fatal(err)
		}
	}
	w := x.watch(k, 0)
	said := func(want string) {
		w.until(want, func(r dialog.Record) bool {
			return r.Type == dialog.ConversationUpdated && strings.Contains(string(r.Data), `"state":"`+want+`"`)
		})
	}
	if after(23 * time.Hour); state() != "open" {
		x.t.Error("it sleeps too soon")
	}
	after(25 * time.Hour)
	if said("sleeping"); state() != "sleeping" {
		x.t.Error("it does not sleep")
	}
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"how long does delivery take?"}`); a.code != 202 {
		x.t.Error(a)
	}
	said("open")
	if w.says(dialog.Bot, "2 to 4 working days"); state() != "open" {
		x.t.Error("it does not wake")
	}
	after(25 * time.Hour)
	if after(28 * 24 * time.Hour); state() != "sleeping" {
		x.t.Error("it is closed too soon")
	}
	after(31 * 24 * time.Hour)
	if said("closed"); state() != "closed" {
		x.t.Error("it is not closed")
	}
	refused(x.t, "it is over", x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"x"}`), 409)
}

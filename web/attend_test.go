package web

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
)

func TestWhoIsHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attendances{}
		tab := func(p dialog.Party) *socket { return &socket{id: "c", party: p} }
		var gone atomic.Int32
		leave := func(k *socket) { a.leave(k, func() { gone.Add(1) }) }
		phone, laptop, agent, supervisor := tab(dialog.Customer), tab(dialog.Customer), tab(dialog.Agent), tab("")
		if others, came := a.join(phone); len(others) != 0 || !came {
			t.Error("the first:", others, came)
		}
		if _, came := a.join(laptop); came {
			t.Error("a second tab is told of")
		}
		if others, came := a.join(supervisor); came || len(others) != 1 || others[0] != dialog.Customer {
			t.Error("who looks on:", others, came)
		}
		if others, came := a.join(agent); !came || len(others) != 1 || others[0] != dialog.Customer {
			t.Error("who answers:", others, came)
		}
		leave(phone)
		time.Sleep(2 * leaving)
		if n := gone.Load(); n != 0 {
			t.Error("gone while a tab is open")
		}
		leave(laptop)
		time.Sleep(leaving / 2)
		if _, came := a.join(phone); came {
			t.Error("a page that is loaded again comes anew")
		}
		time.Sleep(leaving)
		if n := gone.Load(); n != 0 {
			t.Error("told to be gone, and is back")
		}
		leave(phone)
		time.Sleep(2 * leaving)
		if n := gone.Load(); n != 1 || !a.gone("c", dialog.Customer) || a.gone("c", dialog.Customer) {
			t.Error("who is gone is told of once, not", n)
		}
		if others, _ := a.join(tab("")); len(others) != 1 || others[0] != dialog.Agent {
			t.Error("who is gone is not here:", others)
		}
		if _, came := a.join(phone); !came {
			t.Error("back, and not told of")
		}
		leave(phone)
		for _, k := range a.of("c") {
			leave(k)
		}
		if len(a.by) != 0 || len(a.all()) != 0 {
			t.Error("left behind:", a.by)
		}
		time.Sleep(2 * leaving)
		if n := gone.Load(); n != 1 {
			t.Error("nobody is there to be told")
		}
	})
}

func TestACustomersTabsKeepNoStaffOut(t *testing.T) {
	a := &attendances{}
	tab := func(p dialog.Party) *socket { return &socket{id: "c", party: p} }
	for range maxSockets {
		if a.full(tab(dialog.Customer)) {
			t.Fatal("full too early")
		}
		a.join(tab(dialog.Customer))
	}
	if !a.full(tab(dialog.Customer)) {
		t.Error("a customer's sockets have no end")
	}
	if a.full(tab(dialog.Agent)) || a.full(tab("")) {
		t.Error("the customer keeps the staff out")
	}
	for range maxSockets {
		a.join(tab(""))
	}
	if !a.full(tab(dialog.Agent)) || a.full(&socket{id: "d"}) {
		t.Error("the staff's are counted for their own conversation")
	}
}

func TestWhatIsKnownIsNotToldAgain(t *testing.T) {
	a := &attendances{}
	now := time.Now()
	tells := func(p dialog.Party, kind string, seq int64) bool { return a.tells("c", p, kind, seq, now) }
	if !tells(dialog.Customer, "typing", 0) || !tells(dialog.Customer, "typing", 0) {
		t.Error("without a socket nothing is known")
	}
	a.join(&socket{id: "c", party: dialog.Customer})
	a.join(&socket{id: "c", party: dialog.Agent})
	if !tells(dialog.Customer, "typing", 0) || tells(dialog.Customer, "typing", 0) || !tells(dialog.Agent, "typing", 0) {
		t.Error("each party is told to write once a second")
	}
	if now = now.Add(typingEvery); !tells(dialog.Customer, "typing", 0) {
		t.Error("still writing")
	}
	if !tells(dialog.Customer, "read", 5) || tells(dialog.Customer, "read", 5) || tells(dialog.Customer, "read", 4) || !tells(dialog.Customer, "read", 6) {
		t.Error("reading goes on only")
	}
	if !tells(dialog.Customer, "read", 0) || !tells(dialog.Customer, "read", 0) {
		t.Error("read, without a number")
	}
}

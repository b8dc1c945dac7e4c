package web

import (
	"fmt"
	"testing"
	"time"
)

func TestGuessersAreLockedOut(t *testing.T) {
	now := time.Unix(1e9, 0)
	l := newLockout(func() time.Time { return now })
	wrong := func(email, address string) time.Duration { return l.try(email, address) }
	for range freeOfPair {
		if w := wrong("ann@x", "1.1.1.1"); w != 0 {
			t.Fatal("locked too soon:", w)
		}
	}
	if w := wrong("Ann@x ", "1.1.1.1"); w != firstLock {
		t.Error("not locked:", w)
	}
	if w := wrong("ann@x", "2.2.2.2"); w != 0 {
		t.Error("another address is locked:", w)
	}
	if w := wrong("bob@x", "1.1.1.1"); w != 0 {
		t.Error("another account is locked:", w)
	}
	for i := 1; i < 12; i++ { // each lock is twice the one before
		now = now.Add(min(firstLock<<(i-1), longestLock))
		if w := wrong("ann@x", "1.1.1.1"); w != 0 {
			t.Fatal(i, w)
		}
		if w, want := wrong("ann@x", "1.1.1.1"), min(firstLock<<i, longestLock); w != want {
			t.Errorf("lock %d is %v, want %v", i, w, want)
		}
	}
	now = now.Add(longestLock)
	if w := l.try("ann@x", "1.1.1.1"); w != 0 {
		t.Fatal(w)
	}
	l.right("ann@x", "1.1.1.1")
	if w := wrong("ann@x", "1.1.1.1"); w != 0 {
		t.Error("locked after the right password:", w)
	}
	for i := range freeOfAddress { // one password for many accounts
		if w := wrong(fmt.Sprint(i, "@x"), "3.3.3.3"); w != 0 {
			t.Fatal("an office is locked too soon:", i, w)
		}
	}
	if w := wrong("new@x", "3.3.3.3"); w != firstLock {
		t.Error("an address that tries every account is not locked:", w)
	}
	for i := range freeOfAccount { // many addresses for one account
		if w := wrong("cat@x", fmt.Sprint(i)); w != 0 {
			t.Fatal(i, w)
		}
	}
	if w := wrong("cat@x", "9.9.9.9"); w != firstLock {
		t.Error("an account that everybody tries is not locked:", w)
	}
	now = now.Add(forgetTries)
	for _, address := range []string{"3.3.3.3", "9.9.9.9"} {
		if w := wrong("cat@x", address); w != 0 {
			t.Error("not forgotten:", w)
		}
	}
}

// Many who sign in rightly from one address lock nobody.
func TestAnOfficeSignsIn(t *testing.T) {
	now := time.Unix(1e9, 0)
	l := newLockout(func() time.Time { return now })
	for i := range 10 * freeOfAddress {
		email := fmt.Sprint(i, "@x")
		if w := l.try(email, "1.1.1.1"); w != 0 {
			t.Fatal(i, w)
		}
		l.right(email, "1.1.1.1")
	}
	if len(l.by) != 0 {
		t.Error(len(l.by), "are kept")
	}
}

// What is remembered of guesses is bounded.
func TestGuessesAreBounded(t *testing.T) {
	l := newLockout(time.Now)
	for i := range maxTries {
		l.try(fmt.Sprint(i), fmt.Sprint(i))
	}
	if len(l.by) > maxTries+2 {
		t.Error(len(l.by))
	}
}

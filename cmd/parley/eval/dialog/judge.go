package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/dialog"
)

var expects = map[dialog.Expect]string{dialog.ExpectAnything: "anything", dialog.ExpectDigits: "digits", dialog.ExpectYesNo: "yesno"}

// judge says what is wrong with a reply.
func judge(t Turn, x Exchange) (faults []string) {
	wrong := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for _, w := range t.Hears {
		if !w.in(x.Reply) {
			wrong("it does not say: %s", w)
		}
	}
	for _, w := range t.Never {
		if w.in(x.Reply) {
			wrong("it says: %s", w)
		}
	}
	for _, w := range t.Cites {
		if !slices.ContainsFunc(x.Citations, func(c string) bool { return w.in(c) }) {
			wrong("it does not cite: %s", w)
		}
	}
	for _, u := range t.Reads {
		if !slices.ContainsFunc(x.Uses, func(o used) bool { return !o.Change && u.fits(o) }) {
			wrong("not looked up: %s", u)
		}
	}
	faults = append(faults, changes(t.Changes, x.Uses)...)
	if t.Asks != "" && t.Asks != expects[x.expect] {
		wrong("it asks for %s, not %s", expects[x.expect], t.Asks)
	}
	if f := handed(t.Handoff, x.Handoff); f != "" {
		wrong("%s", f)
	}
	return faults
}

// changes compares what was changed with what was to be.
func changes(want []Use, uses []used) (faults []string) {
	var left []used
	for _, u := range uses {
		if u.Change {
			left = append(left, u)
		}
	}
	for _, w := range want {
		i := slices.IndexFunc(left, w.fits)
		if i < 0 {
			faults = append(faults, fmt.Sprintf("not done: %s", w))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, u := range left {
		faults = append(faults, fmt.Sprintf("done though nobody should: %s %v", u.Tool, u.Args))
	}
	return faults
}

func handed(want, got string) string {
	switch {
	case want == "", want == "any" && got != "", want == got, want == "none" && got == "":
		return ""
	case got == "":
		return "no person was sent for"
	}
	return fmt.Sprintf("a person was sent for: %s, expected %s", got, want)
}

// fits reports whether a use is the one.
func (u Use) fits(o used) bool {
	if u.Tool != o.Tool {
		return false
	}
	for name, w := range u.Args {
		got := squeeze(plain(fmt.Sprint(o.Args[name])))
		if o.Args[name] == nil || !slices.ContainsFunc(w, func(s string) bool { return strings.Contains(got, squeeze(s)) }) {
			return false
		}
	}
	return true
}

func (u Use) String() string {
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(u.Args)) {
		parts = append(parts, n+"="+u.Args[n].String())
	}
	return strings.Join(append([]string{u.Tool}, parts...), " ")
}

// judge says what is wrong with a whole talk.
func (f Finally) judge(t Talk) (faults []string) {
	wrong := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	did := map[string]int{}
	for _, u := range t.uses {
		if u.Change && u.Done {
			did[u.Tool]++
		}
	}
	names := slices.Collect(maps.Keys(did))
	for n := range f.Changes {
		if did[n] == 0 {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		if did[n] != f.Changes[n] {
			wrong("%s was done %d times, expected %d", n, did[n], f.Changes[n])
		}
	}
	for _, u := range f.Untouched {
		if slices.ContainsFunc(t.uses, func(o used) bool { return o.Done && u.fits(o) }) {
			wrong("used though nobody should: %s", u)
		}
	}
	handoff := ""
	for i, x := range t.Exchanges {
		for _, w := range f.Never {
			if w.in(x.Reply) {
				wrong("reply %d says: %s", i+1, w)
			}
		}
		if x.Handoff != "" && handoff != f.Handoff {
			handoff = x.Handoff
		}
	}
	if s := handed(f.Handoff, handoff); s != "" {
		wrong("%s", s)
	}
	return append(faults, f.packet(t)...)
}

// packet says what the person who took over was not given.
func (f Finally) packet(t Talk) (faults []string) {
	slots := map[string]string{}
	for _, x := range t.Exchanges {
		if x.packet == nil {
			continue
		}
		for _, s := range x.packet.Slots {
			slots[s.Name] = s.Value
		}
	}
	for _, n := range slices.Sorted(maps.Keys(f.Packet)) {
		if v, ok := slots[n]; !ok || !f.Packet[n].in(v) {
			faults = append(faults, fmt.Sprintf("the packet has %s=%q, expected %s", n, v, f.Packet[n]))
		}
	}
	return faults
}

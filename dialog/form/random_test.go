package form

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"parley/dialog"
)

// pool is what random customers say.
var pool = []string{"yes", "no", "yes please", "204815", "4815", "two oh four eight one five", "880315", "5501882", "+1 202 555 0147", "13800138000", "next Wednesday", "the fifth", "no, the fifth", "tomorrow at two", "at three", "2 pm", "John Smith", "my name is Jane", "我叫王小明", "弓长张", "change the date", "change the address", "the phone is wrong",
	"what are your opening hours?", "how long does it take?", "你们几点开门？", "never mind", "算了", "不对，四八五一", "blurgh", "嗯", "I don't know", "search", "send a new one", "都不用", "the first one", "第二个", "Brightwood Air", "the blue one", "48 Alder Street, Washington, DC 20011", "浙江省杭州市西湖区文三路90号", "", "对", "好的", "不是", "改日期", "204815, no, 205101", "any time", "no thanks",
	"I have been thinking about all of this for a long while now", "我觉得你们这个东西还挺有意思的呢", "cancel", "stop", "one", "2", "?", "\xff"}

// answers a random tool gives.
func randomResult(r *rand.Rand, call, tool string) Result {
	in := Result{Call: call}
	switch r.IntN(8) {
	case 0:
		in.Failure = []Failure{Refused, Unavailable, Unknown, Forbidden}[r.IntN(4)]
		return in
	case 1:
		in.Data = obj("found", false)
		return in
	}
	switch tool {
	case "find_orders":
		in.Data = obj("orders", []any{obj("order", "204815", "items_text", "Brightwood One", "placed", "2026-11-16"), obj("order", "205101", "items_text", "Brightwood Room", "placed", "2026-11-24")})
	case "track_order":
		in.Data = obj("found", true, "order", "204815", "stuck", r.IntN(2) == 0)
	case "free_appointments":
		in.Data = obj("slots", []any{obj("at", "2026-12-02T10:00:00Z"), obj("at", "2026-12-02T14:00:00Z")})
	default:
		in.Data, in.Text = obj("status", "ok"), "It is done."
	}
	return in
}

// watch is what must hold over a whole conversation.
type watch struct {
	t         *testing.T
	confirmed *Confirm // asked, and not answered yet
	yes       bool     // the last input was a clear yes to it
	last      string   // what was asked last, and how often in a row
	again     int
	known     string
	changes   int
}

// TestRandomConversations: a form always has a next move and ends in bounded time, asks
// for nothing it knows, never says the same prompt for a third time in a row, changes
// nothing without a yes to exactly that, and is the same after a journey through JSON.
func TestRandomConversations(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	forms := demo(t)
	for name, f := range forms {
		for seed := range uint64(200) {
			r := rand.New(rand.NewPCG(seed, 7))
			w := &watch{t: t}
			lang, via := []string{"en", "zh-CN"}[r.IntN(2)], []dialog.Via{dialog.ViaChat, dialog.ViaVoice}[r.IntN(2)]
			var in Input = Begin{Said: Said{Text: pool[r.IntN(len(pool))], Language: lang, Via: via, Now: now}, Level: r.IntN(3)}
			var s State
			for turn := 0; ; turn++ {
				if turn > 400 {
					t.Fatalf("%s, seed %d: no end: %+v", name, seed, s)
				}
				before := s
				snapshot, _ := json.Marshal(s)
				next, moves := f.Step(s, in)
				if again, _ := json.Marshal(before); string(again) != string(snapshot) {
					t.Fatalf("%s, seed %d: the state that was given has changed", name, seed)
				}
				w.see(f, next, in, moves, name, seed)
				s = journey(t, next)
				if s.Stage == Over {
					break
				}
				in = answerTo(r, f, s, moves, lang, via)
			}
		}
	}
}

// journey sends a state through JSON.
func journey(t *testing.T, s State) State {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var out State
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if b2, _ := json.Marshal(out); string(b2) != string(b) {
		t.Fatalf("JSON changes the state: %s %s", b, b2)
	}
	return out
}

// answerTo is what happens next: what the last move asks for, or something else.
func answerTo(r *rand.Rand, f *Form, s State, moves []Move, lang string, via dialog.Via) Input {
	if len(moves) > 0 {
		switch m := moves[len(moves)-1].(type) {
		case Read:
			return randomResult(r, m.Call, m.Tool)
		case Change:
			return randomResult(r, m.Call, m.Tool)
		case Verify:
			return Verified{Level: []int{m.Level, m.Level, 2, 0}[r.IntN(4)]}
		case NotMine:
			if r.IntN(2) == 0 || s.Stage == Waiting || s.Stage == Verifying {
				break
			}
			return []Input{Resume{}, Missed{}}[r.IntN(2)]
		}
	}
	switch s.Stage {
	case Waiting: // the same result may come late, or twice
		return randomResult(r, s.Call, f.Steps[s.At].tool())
	case Verifying:
		return Verified{Level: r.IntN(3)}
	}
	switch r.IntN(12) {
	case 0:
		return Keys{Digits: []string{"1", "2", "204815", "", "99999999999999999"}[r.IntN(5)], Now: now}
	case 1:
		return Result{Call: "stale-1", Data: obj("found", true)}
	case 2:
		return Verified{Level: 0}
	}
	return Said{Text: pool[r.IntN(len(pool))], Language: lang, Via: via, Now: now}
}

func (w *watch) see(f *Form, s State, in Input, moves []Move, name string, seed uint64) {
	w.t.Helper()
	fail := func(format string, args ...any) {
		w.t.Helper()
		w.t.Fatalf(name+", seed %d: "+format, append([]any{seed}, args...)...)
	}
	switch in.(type) {
	case Said, Keys, Begin:
		if len(moves) == 0 && s.Stage != Waiting && s.Stage != Verifying {
			fail("nothing follows %#v in %+v", in, s)
		}
	}
	if known := fmt.Sprint(s.Slots); known != w.known {
		w.known, w.last = known, "" // something was understood
	}
	for i, m := range moves {
		switch m := m.(type) {
		case Ask:
			if v, ok := s.Slots[m.Slot]; ok && s.Stage == Asking && m.Slot != "" {
				fail("%s is asked and known: %+v", m.Slot, v)
			}
			if strings.TrimSpace(m.Text) == "" || strings.ContainsAny(m.Text, "{}[]") {
				fail("asks %q", m.Text)
			}
			if _, resumed := in.(Resume); !resumed {
				if m.Text != w.last {
					w.last, w.again = m.Text, 0
				}
				if w.again++; w.again > 2 {
					fail("%q for the third time in a row: %+v", m.Text, s)
				}
			}
		case Confirm:
			if i != len(moves)-1 {
				fail("a confirmation is not the end: %v", text(moves))
			}
			c := m
			w.confirmed = &c
		case Change:
			if w.confirmed == nil || w.confirmed.Call != m.Call || w.confirmed.Tool != m.Tool || !reflect.DeepEqual(w.confirmed.Args, m.Args) {
				fail("%s was not confirmed: %+v, asked %+v", m.Tool, m.Args, w.confirmed)
			}
			if !clearYes(in) {
				fail("%#v counts as a yes", in)
			}
			w.confirmed = nil
			w.changes++
		case Handoff, Read:
			w.last = "" // something has happened
		case Say:
			if strings.ContainsAny(m.Text, "{}[]") {
				fail("says %q", m.Text)
			}
		}
	}
}

func clearYes(in Input) bool {
	switch in := in.(type) {
	case Said:
		return in.Text == "yes" || in.Text == "yes please" || in.Text == "对" || in.Text == "好的" || in.Text == "嗯"
	case Keys:
		return in.Digits == "1"
	}
	return false
}

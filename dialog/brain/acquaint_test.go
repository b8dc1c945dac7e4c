package brain_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/llm"
	"parley/dialog/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestACustomerWhoComesBackIsKnown(t *testing.T) {
	p := memory.Profile{Open: []memory.Matter{{Text: "my amp arrived broken", Conversation: "before"}}, Facts: []memory.Fact{{Kind: "contact", Text: "don't call before noon"}}}
	var asked []dialog.Person
	o := brain.Options{Profile: func(_ context.Context, c dialog.Person) (memory.Profile, error) {
		asked = append(asked, c)
		return p, nil
	}}
	k := begin(t, "en", o)
	k.known.Customer, k.known.Site = "c7", "shop"
	if s := k.say("hello"); !strings.Contains(s, "my amp arrived broken") || asked[0] != (dialog.Person{Space: dialog.SiteSpace("shop"), ID: "c7"}) {
		t.Errorf("%q", s)
	}
	k.say("By the way, please don't call me before ten.")
	if len(k.actions) == 0 || k.actions[0].Kind != brain.Remember {
		t.Errorf("%+v", k.actions)
	}
	asked = nil
	k = begin(t, "en", o) // nobody vouches for this one
	if s := k.say("hello"); strings.Contains(s, "amp") || len(asked) > 0 {
		t.Errorf("a stranger is told: %q", s)
	}
	if k.say("I prefer e-mail, my name is Ada"); len(k.actions) > 0 && k.actions[0].Kind == brain.Remember {
		t.Errorf("a stranger is remembered: %+v", k.actions)
	}
}

// A turn of a conversation of 200 costs the model at most a fifth more than one of 20.
func TestALongConversationCostsNoMore(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	var mu sync.Mutex
	size := map[bool][]int{} // of requests, by whether they sum up
	m := llm.Func(func(_ context.Context, r llm.Request) iter.Seq2[llm.Chunk, error] {
		n := len(r.System)
		for _, x := range r.Messages {
			n += len(x.Text)
		}
		sums := strings.HasPrefix(r.System, "Sum up")
		mu.Lock()
		size[sums] = append(size[sums], n)
		mu.Unlock()
		return func(yield func(llm.Chunk, error) bool) {
			_ = yield(llm.Chunk{Text: "Standard delivery takes 2 to 4 working days."}, nil) && yield(llm.Chunk{FinishReason: "stop"}, nil)
		}
	})
	b := brain.New(brain.Options{Retriever: index(), Model: m})
	defer b.Close()
	k := &talk{T: t, b: b, language: "en"}
	for i := range 100 {
		if s := k.say("how long does delivery take"); !strings.HasPrefix(s, "Standard delivery takes 2 to 4 working days.") {
			t.Fatalf("at %d: %q", i, s)
		}
		for j := range k.history { // ids as they would be
			k.history[j].ID = dialog.TurnID(fmt.Sprint("t", 2*(i+1)-len(k.history)+j))
		}
		if n := len(k.history); n > 60 { // as the actor does
			k.history = k.history[n-60:]
		}
		time.Sleep(time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	if early, late := size[false][9], size[false][99]; late*5 > early*6 {
		t.Errorf("a request has %d bytes after 20 turns, %d after 200", early, late)
	}
	if n := len(size[true]); n == 0 || n > 200/6 {
		t.Errorf("summed up %d times in 200 turns", n)
	}
	if !strings.Contains(string(k.known.Memo), `"summary"`) {
		t.Errorf("no summary is remembered: %s", k.known.Memo)
	}
}

package brain_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/form"
	"parley/dialog/llm"
)

// using has a procedure for what a model would change.
type using struct{ book }

func (u using) Using(tool string) (*form.Form, bool) {
	f, ok := u.book["return_item"]
	return f, ok && tool == "create_return"
}

// What a model proposes again while the first is not settled runs once, and what it
// proposes for another order is not done for the one before.
func TestAProposalMadeAgain(t *testing.T) {
	for _, procedure := range []bool{true, false} {
		c := systems(t)
		number := "4815"
		var asked []llm.Request
		o := c.Options
		o.Model = llm.Func(func(ctx context.Context, r llm.Request) iter.Seq2[llm.Chunk, error] {
			asked = nil
			return steps(&asked, calls("create_return", fmt.Sprintf(`{"number":%q}`, number))).Stream(ctx, r)
		})
		if shelf := brain.Shelf(c.box); shelf != nil {
			o.ModelTools = brain.FromBox(shelf)
		} else {
			t.Fatal("the tools show nothing of themselves")
		}
		if procedure {
			o.Forms = using{o.Forms.(book)}
		} else {
			o.Forms = nil
		}
		k := begin(t, "en", o)
		if s := k.say("please send back order 4815"); !strings.Contains(s, "4815") || !strings.HasSuffix(s, "?") {
			t.Fatal(s)
		}
		c.hold = make(chan struct{})
		ctx, cancel := context.WithCancel(context.Background())
		q := dialog.Context{Conversation: "c", Via: dialog.ViaVoice, Language: "en", History: k.history, Question: []dialog.Turn{{From: dialog.Customer, Text: "yes"}}, Known: k.known}
		time.AfterFunc(20*time.Millisecond, cancel)
		for range k.b.Answer(q)(ctx) {
		}
		s := k.say("I would like order 4815 sent back")
		close(c.hold)
		s += k.say("yes")
		if c.runs != 1 {
			t.Errorf("procedure %v: %d runs, %q", procedure, c.runs, s)
		}
		number = "4817"
		if s := k.say("please send back order 4817 too"); strings.Contains(s, "4815?") || !strings.Contains(s, "4817") {
			t.Errorf("procedure %v: %q", procedure, s)
		}
	}
}

package brain_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/form"
)

// A yes is one to the question about the change, or to none.
func TestAYesToSomethingElseChangesNothing(t *testing.T) {
	for name, between := range map[string]func(k *talk){
		"another voice asks": func(k *talk) {
			k.history = append(k.history, dialog.Turn{ID: "still", From: dialog.Bot, Via: dialog.ViaVoice, Text: "Are you still there?"})
		},
		"a person asks": func(k *talk) {
			k.history = append(k.history, dialog.Turn{ID: "p", From: dialog.Agent, Via: dialog.ViaChat, Text: "Do you like the blue one?"})
		},
	} {
		c := systems(t)
		k := begin(t, "en", c.Options)
		if s := k.say("I want to return my headphones, order 4815"); !strings.Contains(s, "Shall I start") {
			t.Fatal(s)
		}
		between(k)
		if s := k.say("yes"); c.runs != 0 || !strings.Contains(s, "Shall I start the return of order 4815?") {
			t.Errorf("%s: %d runs, %q", name, c.runs, s)
		}
		if s := k.say("yes"); c.runs != 1 {
			t.Errorf("%s: %d runs, %q", name, c.runs, s)
		}
	}
}

func TestAYesAfterAnEmergencyChangesNothing(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	k.say("hang on, the case is smoking on the bed")
	if s := k.say("yes"); c.runs != 0 {
		t.Errorf("%d runs, %q", c.runs, s)
	}
}

// The offer of a person does not take the yes that a question was to get.
func TestAYesGoesToTheQuestionAskedLast(t *testing.T) {
	for _, angry := range []string{"this is ridiculous! I want to return my headphones, order 4815", "I want to return my headphones, order 4815"} {
		c := systems(t)
		k := begin(t, "en", c.Options)
		k.say(angry)
		k.say("what is the capital of france?") // no answer: a person is offered, and then the question stands again
		if s := k.say("yes"); c.runs != 1 || k.handoff() != "" {
			t.Errorf("%d runs, %+v, %q", c.runs, k.actions, s)
		}
	}
}

// Whoever speaks up while a change runs, and is asked once more, changes nothing twice.
func TestAChangeThatIsAskedForTwiceRunsOnce(t *testing.T) {
	for _, settled := range []bool{true, false} {
		c := systems(t)
		c.hold = make(chan struct{})
		k := begin(t, "en", c.Options)
		k.say("I want to return my headphones, order 4815")
		ctx, cancel := context.WithCancel(context.Background())
		q := dialog.Context{Conversation: "c", Via: dialog.ViaVoice, Language: "en", History: k.history, Question: []dialog.Turn{{From: dialog.Customer, Text: "yes"}}, Known: k.known}
		time.AfterFunc(20*time.Millisecond, cancel)
		for range k.b.Answer(q)(ctx) {
		}
		if settled {
			close(c.hold)
			for len(mustUntold(t, c)) == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		s := k.say("blue")
		if !settled {
			close(c.hold)
		} else if !strings.Contains(s, "Return") && !strings.Contains(s, "R7") {
			t.Errorf("not told: %q", s)
		}
		s += k.say("yes")
		if c.runs != 1 {
			t.Errorf("settled %v: %d runs, %q", settled, c.runs, s)
		}
	}
}

func mustUntold(t *testing.T, c *company) (settled []string) {
	t.Helper()
	os, err := c.outbox.Untold(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range os {
		if o.State.Settled() {
			settled = append(settled, o.ID)
		}
	}
	return settled
}

func TestTheMemoryOfAConversationIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	c := systems(t)
	k := begin(t, "en", c.Options)
	known := map[string]any{}
	for i := range 2000 {
		known[strings.Repeat("k", i%50)+string(rune('a'+i%26))+strings.Repeat("z", i/26)] = map[string]any{"value": strings.Repeat("v", 300)}
	}
	k.known.Memo, _ = json.Marshal(map[string]any{"v": 1, "known": known, "failures": 1, "verify": map[string]any{"level": 1, "customer": "C1"}})
	k.say("how long does delivery take")
	if n := len(k.known.Memo); n > brain.MaxMemo {
		t.Errorf("%d bytes", n)
	}
	var m struct {
		Verify struct{ Customer string }
	}
	if json.Unmarshal(k.known.Memo, &m) != nil || m.Verify.Customer != "C1" {
		t.Error("who was verified is lost")
	}
	if strings.Contains(k.say(strings.Repeat("please note 'x' ", 20000)), "\x00") || len(k.known.Memo) > brain.MaxMemo {
		t.Error("huge text")
	}
}

// Whoever asks for a person while it is found out who is speaking is asked how to be
// reached, and no longer for a proof.
func TestAPersonIsSentForInAVerification(t *testing.T) {
	c := systems(t)
	forms, err := form.Load([]byte(strings.Replace(procedures, "  - read: find_order\n", "  - read: find_order\n    level: 1\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	b := book{}
	for _, f := range forms {
		b[f.Name] = f
	}
	c.Forms, c.Identity = b, brain.Identity{Tool: "find_order"}
	k := begin(t, "en", c.Options)
	if s := k.say("I want to return my headphones, order 4815"); !strings.Contains(s, "digits") {
		t.Fatalf("no proof is asked for: %q", s)
	}
	if s := k.say("let me talk to a person"); k.handoff() != "customer" || !strings.Contains(s, "best number") {
		t.Errorf("%q", s)
	}
	if s := k.say("020 7946 0123"); !strings.Contains(s, "A colleague will call you") {
		t.Errorf("%q", s)
	}
}

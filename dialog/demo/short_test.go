package demo_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/demo"
	"parley/dialog/intent"
	"parley/dialog/rag"
	"parley/dialog/tool"
)

// shortTalk is one of testdata/talks.txt.
type shortTalk struct {
	name, language, known string
	via                   dialog.Via
	turns                 []shortTurn
}

type shortTurn struct {
	say         []string
	holds, not  []string
	changes     []string
	line        int
	changesArgs [][]string
}

func shortTalks(t *testing.T) (out []shortTalk) {
	t.Helper()
	b, err := os.ReadFile("testdata/talks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		kind, rest := line[0], strings.TrimSpace(line[1:])
		var talk *shortTalk
		var turn *shortTurn
		if n := len(out); n > 0 {
			talk = &out[n-1]
			if m := len(talk.turns); m > 0 {
				turn = &talk.turns[m-1]
			}
		}
		switch kind {
		case '=':
			w := strings.SplitN(rest, " ", 3)
			s := shortTalk{name: w[2], language: map[string]string{"en": "en", "zh": "zh-CN"}[w[0]], via: dialog.ViaChat}
			if w[1] == "voice" {
				s.via = dialog.ViaVoice
			}
			out = append(out, s)
		case '~':
			talk.known = rest
		case '>':
			talk.turns = append(talk.turns, shortTurn{say: strings.Split(rest, " || "), line: i + 1})
		case '+':
			turn.holds = append(turn.holds, rest)
		case '-':
			turn.not = append(turn.not, rest)
		case '!':
			turn.changes = append(turn.changes, rest)
		default:
			t.Fatalf("line %d: %q", i+1, line)
		}
	}
	return out
}

// made are the changes that were made.
type made struct {
	changes
	did *[]tool.ChangeRequest
}

func (m made) Change(ctx context.Context, r tool.ChangeRequest) (tool.Outcome, error) {
	*m.did = append(*m.did, r)
	return m.changes.Change(ctx, r)
}

// lacks says what a talk got wrong, "" when nothing.
func (s shortTalk) lacks(t *testing.T, intents *intent.Model) string {
	did := []tool.ChangeRequest{}
	seen := &witness{}
	b := shopWith(t, intents, still, seen, &did)
	k := &customer{b: b, outbox: seen.Outbox, language: s.language, via: s.via, now: tuesday}
	for _, turn := range s.turns {
		did = did[:0]
		got := k.say(t, turn.say...)
		at := fmt.Sprintf("line %d: %q: %q", turn.line, turn.say, got)
		low := strings.ToLower(got)
		for _, h := range turn.holds {
			if !holdsOne(low, h) {
				return at + " lacks " + h
			}
		}
		for _, n := range turn.not {
			if strings.Contains(low, strings.ToLower(n)) {
				return at + " holds " + n
			}
		}
		if len(did) != len(turn.changes) {
			return fmt.Sprintf("%s: changed %v", at, did)
		}
		for i, c := range turn.changes {
			name, args, _ := strings.Cut(c, " ")
			if did[i].Tool != name || !fits(did[i].Args, args) {
				return fmt.Sprintf("%s: changed %s %v, not %s", at, did[i].Tool, did[i].Args, c)
			}
		}
	}
	return ""
}

func holdsOne(low, any string) bool {
	for _, w := range strings.Split(any, "|") {
		if strings.Contains(low, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// fits compares with "order=205101 address=12 Mill Lane".
func fits(got map[string]any, want string) bool {
	parts := strings.Split(want, "=")
	for i := 0; i+1 < len(parts); i++ {
		key := parts[i][strings.LastIndex(parts[i], " ")+1:]
		value := parts[i+1]
		if i+2 < len(parts) {
			value = value[:strings.LastIndex(value, " ")]
		}
		if !strings.Contains(fmt.Sprint(got[key]), value) {
			return false
		}
	}
	return true
}

// TestShortTalks: what customers mean is done, and nothing else, however they say it.
func TestShortTalks(t *testing.T) {
	var questions []string
	for _, d := range demo.Documents() {
		for _, p := range rag.Split(d) {
			questions = append(append(questions, p.Question), p.Asked...)
		}
	}
	intents := intent.Train(demo.Procedures(), questions)
	passed, of := map[string]int{}, map[string]int{}
	for _, s := range shortTalks(t) {
		of[s.language]++
		t.Run(s.name, func(t *testing.T) {
			lacks := s.lacks(t, intents)
			if lacks == "" {
				passed[s.language]++
			}
			if lacks != "" && s.known != "" {
				t.Skipf("known, %s: %s", s.known, lacks)
			}
			if lacks != "" {
				t.Error(lacks)
			}
			if lacks == "" && s.known != "" {
				t.Error("no longer fails")
			}
		})
	}
	t.Logf("passed: en %d of %d, zh %d of %d", passed["en"], of["en"], passed["zh-CN"], of["zh-CN"])
}

package dialog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
)

// replyTime is how long one reply may take, model and tools included.
const replyTime = 2 * time.Minute

// unheard stands where the recogniser understood nothing: the floor asks to say it
// again, and the brain is not asked.
const unheard = "(not heard)"

// Exchange is one turn of the customer and what came of it.
type Exchange struct {
	Said      string   `json:"said"`
	Heard     string   `json:"heard,omitempty"` // by voice: what the recogniser made of it
	Reply     string   `json:"reply"`
	Citations []string `json:"citations,omitempty"`
	Uses      []used   `json:"uses,omitempty"`
	Handoff   string   `json:"handoff,omitempty"`
	Faults    []string `json:"faults,omitempty"`

	expect dialog.Expect
	cites  []dialog.Citation
	packet *brain.Packet
	before known // what was known before the reply
	told   []string
}

// Talk is one run of a scenario.
type Talk struct {
	Scenario  string     `json:"scenario"`
	Language  string     `json:"language"`
	Channel   dialog.Via `json:"channel"`
	Run       int        `json:"run"`
	Passed    bool       `json:"passed"`
	Known     string     `json:"known,omitempty"` // why it is known to fail
	Exchanges []Exchange `json:"exchanges"`
	Faults    []string   `json:"faults,omitempty"` // of the whole talk
	Twice     int        `json:"asked_twice"`      // known slots asked for again
	Factual   int        `json:"factual_sentences"`
	Loose     []string   `json:"unsourced_sentences,omitempty"`

	uses []used
}

// speaker lets a text be said and heard; nil is by chat.
type speaker interface {
	// Hear gives what was understood of a spoken text.
	Hear(ctx context.Context, text, language string, digits bool, seed uint64) (heard string, confidence float64, err error)
}

// talker holds a conversation, as dialog/conversation does.
type talker struct {
	s       Scenario
	stage   *stage
	via     dialog.Via
	speaker speaker
	seed    uint64
	history []dialog.Turn
	memo    json.RawMessage
	known   known
	askers  askers
	now     time.Time

	names    string            // of bot and company
	company  []string          // words of the procedures
	passages map[string]string // of the knowledge, by ID
}

// perform runs a scenario once.
func (t *theatre) perform(ctx context.Context, s Scenario, via dialog.Via, sp speaker, run int, folder string) (talk Talk, err error) {
	st, err := t.set(ctx, folder, s.Now)
	if err != nil {
		return talk, err
	}
	defer func() {
		if e := st.close(); err == nil {
			err = e
		}
	}()
	talk = Talk{Scenario: s.Name, Language: s.Language, Channel: via, Run: run, Known: s.Known}
	k := &talker{s: s, stage: st, via: via, speaker: sp, seed: uint64(run), known: known{}, askers: askersOf(t.forms), now: s.Now,
		names: t.c.Bot.Name + " " + t.c.Bot.Company, company: t.words, passages: t.passages}
	for i, turn := range s.Turns {
		if turn.Only != "" && turn.Only != via {
			continue
		}
		x, err := k.turn(ctx, i, turn)
		if err != nil {
			return talk, fmt.Errorf("%s, turn %d: %w", s.Name, i+1, err)
		}
		x.Faults = judge(turn, x)
		for _, slot := range k.askers.again(x) {
			talk.Twice++
			x.Faults = append(x.Faults, "asked again for what is known: "+slot)
		}
		talk.Exchanges = append(talk.Exchanges, x)
	}
	talk.uses = st.tape.since(0)
	talk.Faults = s.Finally.judge(talk)
	k.weigh(&talk)
	talk.Passed = len(talk.Faults) == 0
	for _, x := range talk.Exchanges {
		talk.Passed = talk.Passed && len(x.Faults) == 0
	}
	return talk, nil
}

// turn says one thing and takes the reply.
func (k *talker) turn(ctx context.Context, i int, turn Turn) (x Exchange, err error) {
	k.interrupt(turn.Interrupts)
	k.now = k.now.Add(20 * time.Second)
	q := dialog.Turn{ID: dialog.TurnID(fmt.Sprint("t", i)), From: dialog.Customer, Via: k.via, Text: turn.Say, Language: k.s.Language, At: k.now}
	x = Exchange{Said: turn.Say}
	if k.speaker != nil {
		if turn.Spoken != "" {
			x.Said = turn.Spoken
		}
		digits := false
		if n := len(k.history); n > 0 {
			digits = k.history[n-1].Expect == dialog.ExpectDigits
		}
		if q.Text, q.Confidence, err = k.speaker.Hear(ctx, x.Said, k.s.Language, digits, k.seed<<16+uint64(i)); err != nil {
			return x, err
		}
		x.Heard = q.Text
		if strings.TrimSpace(q.Text) == "" { // the floor asks to say it again; nobody answers
			x.Reply = unheard
			return x, nil
		}
	}
	return x, k.reply(ctx, &x, q, turn)
}

// interrupt cuts off the last reply after so many words.
func (k *talker) interrupt(words int) {
	n := len(k.history)
	if words == 0 || n == 0 || k.history[n-1].From != dialog.Bot {
		return
	}
	last := &k.history[n-1]
	heard := first(last.Text, words)
	last.Cut = heard != last.Text
	last.Text = heard
}

// first gives the first words of a text; Han characters count by twos.
func first(text string, words int) string {
	left, inWord, han := words, false, 0
	for i, r := range text {
		switch {
		case r >= 0x2e80:
			if han++; han%2 == 1 {
				left--
			}
			inWord = false
		case r == ' ':
			inWord = false
		case !inWord:
			inWord = true
			left--
		}
		if left < 0 {
			return strings.TrimSpace(text[:i])
		}
	}
	return text
}

// reply takes the brain's reply to a turn.
func (k *talker) reply(ctx context.Context, x *Exchange, q dialog.Turn, turn Turn) error {
	ctx, cancel := context.WithTimeout(ctx, replyTime)
	defer cancel()
	c := dialog.Context{Tenant: dialog.DefaultTenant, Conversation: "talk", Via: k.via, Language: k.s.Language, History: k.history, Question: []dialog.Turn{q},
		Known: dialog.Known{Customer: k.s.Customer, Memo: k.memo}, Now: k.now}
	uses := k.stage.tape.len()
	k.known.give(turn)
	x.before = k.known.copy()
	for d, err := range k.stage.brain.Answer(c)(ctx) {
		if err != nil {
			return err
		}
		x.Reply += d.Text
		if d.Expect != dialog.ExpectAnything {
			x.expect = d.Expect
		}
		if d.Citation != nil {
			x.cites = append(x.cites, *d.Citation)
			x.Citations = append(x.Citations, d.Citation.Document+" "+d.Citation.Title)
		}
		if d.Action != nil && d.Action.Kind == "handoff" {
			x.Handoff = d.Action.Reason
			if p, ok := d.Action.Args["packet"].(brain.Packet); ok {
				x.packet = &p
			}
		}
		if d.Memo != nil {
			k.memo = d.Memo
		}
		x.told = append(x.told, d.Told...)
	}
	if err := k.stage.outbox.Told(ctx, x.told...); err != nil {
		return err
	}
	x.Uses = k.stage.tape.since(uses)
	k.known.learn(k.memo, x.Uses)
	b := dialog.Turn{ID: dialog.TurnID("r" + string(q.ID)), From: dialog.Bot, Via: k.via, Text: x.Reply, Citations: x.cites, ReplyTo: q.ID, Language: k.s.Language, At: k.now, Expect: x.expect}
	k.history = append(k.history, q, b)
	return nil
}

// Package desk brings people into conversations: queues, who gets what, and the passage of
// a conversation to a person and back.
//
// What happens to a transfer is decided by Step, and who is asked by Route; both are pure.
// Desk is the actor that carries them out on a Registry (who is there, who waits, who is
// being asked) and on the records. It sees no audio: a call is moved through CallControl.
package desk

import (
	"slices"
	"time"

	"parley/dialog"
)

// State of a transfer.
type State string

// The states. The last four are ends.
const (
	Queued     State = "queued"     // waits for a person
	Offering   State = "offering"   // one is being asked
	Consulting State = "consulting" // one has accepted and is being told; the customer waits
	Conference State = "conference" // customer, person and bot together
	Completed  State = "completed"  // the person has the conversation
	Returned   State = "returned"   // to whoever had it before
	Abandoned  State = "abandoned"  // the customer left
	Failed     State = "failed"
)

// Over reports whether nothing more happens to it.
func (s State) Over() bool { return s != Queued && s != Offering && s != Consulting && s != Conference }

// Reason of an end, or of the last attempt.
type Reason string

// The reasons.
const (
	Nobody      Reason = "nobody"
	NoAnswer    Reason = "no_answer"
	DeclinedBy  Reason = "declined"
	Busy        Reason = "busy"
	Voicemail   Reason = "voicemail"
	Error       Reason = "error"
	LeftBy      Reason = "customer_left"
	ChangedMind Reason = "customer_changed_mind"
)

// Kind is what a person gives to a conversation: a place among several chats, or the one call.
type Kind string

// The kinds.
const (
	Chat Kind = "chat"
	Call Kind = "call"
)

// Transfer is the passage of one conversation to a person. It is a value: Step gives another.
type Transfer struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	Kind         Kind                  `json:"kind"`
	State        State                 `json:"state"`
	Reason       Reason                `json:"reason,omitempty"`
	Queue        string                `json:"queue,omitempty"`
	Agent        string                `json:"agent,omitempty"` // asked, being told, or having taken over
	Offer        string                `json:"offer,omitempty"` // while Offering
	Only         string                `json:"only,omitempty"`  // the one person whom it is for
	From         string                `json:"from,omitempty"`  // the person who hands on, and has the conversation meanwhile
	Asked        string                `json:"asked,omitempty"` // why: "customer", "anger" …
	ByBot        bool                  `json:"by_bot,omitempty"`
	Note         string                `json:"note,omitempty"` // from who hands on to who takes over
	Said         string                `json:"said,omitempty"` // by the customer, asked why
	Language     string                `json:"language,omitempty"`
	Skills       []string              `json:"skills,omitempty"`
	Priority     int                   `json:"priority,omitempty"`
	First        bool                  `json:"first,omitempty"` // before all others: it was theirs already
	Not          []string              `json:"not,omitempty"`   // who said no, or nothing
	Tries        int                   `json:"tries,omitempty"` // offers that led to nothing

	Since    time.Time `json:"since"`             // the customer waits
	Queued   time.Time `json:"queued"`            // in this queue
	Lone     time.Time `json:"lone,omitzero"`     // since when nobody is there who could come
	Due      time.Time `json:"due,omitzero"`      // when the state ends by itself
	Accepted time.Time `json:"accepted,omitzero"` // the customer's wait ended
	Ended    time.Time `json:"ended,omitzero"`    //
	Told     time.Time `json:"told,omitzero"`     // when the customer last heard of the place
	ToldAt   int       `json:"told_at,omitempty"` // and which it was
	Offered  bool      `json:"offered,omitempty"` // a callback
	Joined   bool      `json:"joined,omitempty"`  // the person has been together with the customer
	Briefed  bool      `json:"briefed,omitempty"` // the briefing was heard or read to its end
	Blind    bool      `json:"blind,omitempty"`   // nobody is told first
	Consult  bool      `json:"consult,omitempty"` // who hands on talks to the person first, for as long as they like

	Node string `json:"node,omitempty"` // that steps it by itself; "" where there is one
}

// Wait is how long the customer waited for a person, or has waited so far.
func (t Transfer) Wait(now time.Time) time.Duration {
	for _, end := range []time.Time{t.Accepted, t.Ended} {
		if !end.IsZero() {
			now = end
			break
		}
	}
	return max(now.Sub(t.Since), 0)
}

// Holder is who has the conversation, in this state, and which person.
func (t Transfer) Holder() (dialog.Holder, string) {
	switch {
	case t.State == Completed, t.State == Conference:
		return dialog.HeldByAgent, t.Agent
	case t.From != "":
		return dialog.HeldByAgent, t.From
	case t.State.Over():
		return dialog.HeldByBot, ""
	}
	return dialog.HeldByQueue, ""
}

// Refused reports whether a person was asked already and did not come.
func (t Transfer) Refused(agent string) bool { return slices.Contains(t.Not, agent) }

// Rules are how long things may take.
type Rules struct {
	Offer      time.Duration // a person may think about an offer; 0 is 30 s
	Wait       time.Duration // a customer waits at most; 0 is 20 min
	Consult    time.Duration // a person may take to be told; 0 is 3 min
	Conference time.Duration // until the bot leaves by itself; 0 is 10 min
	Lone       time.Duration // waiting for nobody; 0 is 20 s
	Tell       time.Duration // between two sentences about the place; 0 is 90 s
	Tries      int           // offers; 0 is 12
	Grace      time.Duration // for a connection to come back; 0 is 45 s
}

// Default fills in what is not said.
func (r Rules) Default() Rules {
	for _, x := range []struct {
		d  *time.Duration
		is time.Duration
	}{{&r.Offer, 30 * time.Second}, {&r.Wait, 20 * time.Minute}, {&r.Consult, 3 * time.Minute}, {&r.Conference, 10 * time.Minute},
		{&r.Lone, 20 * time.Second}, {&r.Tell, 90 * time.Second}, {&r.Grace, 45 * time.Second}} {
		if *x.d == 0 {
			*x.d = x.is
		}
	}
	if r.Tries == 0 {
		r.Tries = 12
	}
	return r
}

// Entry is the transfer as it waits.
func (t Transfer) Entry() Entry {
	node := ""
	if t.Kind == Call { // its audio is there alone
		node = t.Node
	}
	return Entry{Node: node, Transfer: t.ID, Conversation: t.Conversation, Kind: t.Kind, Queue: t.Queue, Language: t.Language, Skills: t.Skills,
		Priority: t.Priority, Only: t.Only, From: t.From, Not: t.Not, First: t.First, Since: t.Since, Queued: t.Queued}
}

package tool

import (
	"encoding/json"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// State is how far a change is.
type State string

// The states. The last three are final.
const (
	Waiting  State = store.ChangeWaiting
	Running  State = store.ChangeRunning
	Checking State = store.ChangeChecking // whether it has happened is being looked up
	Done     State = store.ChangeDone
	Failed   State = store.ChangeFailed  // it has certainly not happened
	Unknown  State = store.ChangeUnknown // it may have happened; a person finds out
)

// Settled reports whether nothing more will be done.
func (s State) Settled() bool { return s == Done || s == Failed || s == Unknown }

// Outcome is what became of a change.
type Outcome struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	Key          string                `json:"key"`
	Tool         string                `json:"tool"`
	Language     string                `json:"language"`
	State        State                 `json:"state"`
	Args         map[string]any        `json:"args"`
	Result       Result                `json:"result"` // of Done, and of a system's refusal
	Reason       string                `json:"reason"` // of Failed and Unknown: "refused", "unreachable", "late", "unanswered"
	At           time.Time             `json:"at"`     // when it was asked for
}

// kept is what a row says of its end.
type kept struct {
	Result Result `json:"result"`
	Reason string `json:"reason,omitempty"`
}

func outcome(c store.Change) Outcome {
	o := Outcome{ID: c.ID, Conversation: c.Conversation, Key: c.Key, Tool: c.Tool, Language: c.Language, State: State(c.State), At: time.UnixMicro(c.Created).UTC()}
	if args, err := decoded(c.Body); err == nil {
		o.Args = args
	}
	var k kept
	d := json.NewDecoder(strings.NewReader(c.Result))
	d.UseNumber()
	if d.Decode(&k) == nil {
		o.Result, o.Reason = k.Result, k.Reason
	}
	return o
}

// Say tells the customer what became of a change: in the company's words, or in
// honest ones of ours.
func (o *Outbox) Say(c Outcome, language string) string {
	title := c.Tool
	if s, ok := o.box.Spec(c.Tool); ok {
		title = s.title(language)
	}
	switch c.State {
	case Done:
		if s, ok := o.box.Tell(c.Tool, language, c.Args, c.Result); ok {
			return s
		}
		return pick(language, "It is done: "+title+".", "已经为您办好："+title+"。")
	case Failed:
		if c.Reason == "refused" {
			if s, ok := o.box.Tell(c.Tool, language, c.Args, c.Result); ok {
				return s
			}
			return pick(language, "The system did not allow it: "+title+". Nothing was changed. I can bring in a person, if you like.",
				"系统没有通过这项操作："+title+"，没有做任何改动。需要的话可以为您转人工。")
		}
		return pick(language, "I am sorry, that did not work: "+title+". Nothing was changed. We can try again later, or I bring in a person.",
			"抱歉，没有办成："+title+"，没有做任何改动。可以稍后再试，也可以为您转人工。")
	case Unknown:
		return pick(language, "I am sorry, I cannot tell whether this went through: "+title+". A colleague will find out; please do not ask for it again until you hear from us.",
			"抱歉，我无法确认这项操作是否成功："+title+"。同事会核实，请先不要重复办理，等我们的答复。")
	}
	return pick(language, "This is still under way: "+title+". I tell you as soon as I know.", "这项操作还在办理中："+title+"，有结果马上告诉您。")
}

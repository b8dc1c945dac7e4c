// Package dialog is the vocabulary of conversations: turns, events, replies,
// channels, the brain, and the records that are kept.
//
// It imports nothing of ours. Its children import it; audio, recognition,
// synthesis and dialog meet in dialog/voice alone.
package dialog

import (
	"strings"
	"time"
)

// Identifiers are opaque to everyone but the one who made them.
type (
	TenantID       string
	ConversationID string
	CallID         string
	TurnID         string
	ReplyID        string
)

// DefaultTenant owns everything when there is one company.
const DefaultTenant TenantID = "default"

// Party is who says something.
type Party string

// The parties of a conversation.
const (
	Customer Party = "customer"
	Bot      Party = "bot"
	Agent    Party = "agent"
	System   Party = "system"
)

// Via is how a turn was said.
type Via string

// The ways.
const (
	ViaChat  Via = "chat"
	ViaVoice Via = "voice"
)

// Holder is who has the conversation now.
type Holder string

// The holders.
const (
	HeldByBot   Holder = "bot"
	HeldByQueue Holder = "queue"
	HeldByAgent Holder = "agent"
)

// Turn is what one party said and the other received.
type Turn struct {
	ID        TurnID
	From      Party
	Via       Via
	Text      string // what the other party received: of a spoken turn, what was heard
	Shown     string // what went to the chat beside a spoken reply
	Images    []Image
	Cut       bool // a spoken reply that was cut off
	Citations []Citation
	ReplyTo   TurnID
	Language  string // BCP 47 tag
	Call      CallID
	At        time.Time

	Expect Expect   // of the bot's: what kind of answer it asks for
	Sealed []Sealed // of a customer's: card data that was taken out of Text; kept nowhere

	// Of a spoken turn, since the call began.
	Start, End time.Duration
	Timing     Timing
	// Confidence of the recogniser, 0 to 1; 0 is unknown.
	Confidence float64
}

// Sealed is a payment card's data that was given and is in no text. The value itself is in
// memory alone, and opened by the tool that is called with Ref.
type Sealed struct {
	Kind  string // CardNumber, CardCode or CardExpiry
	Ref   string // says nothing of it; "": what was given cannot be one
	Last4 string // of a number
	Part  bool   // the rest of it is still to come
}

// The kinds of card data.
const (
	CardNumber = "card"
	CardCode   = "card_code"
	CardExpiry = "card_expiry"
)

// Keyed reports whether a turn was typed on a keypad during a call: digits that are
// certain, and that no speech brought.
func (t Turn) Keyed() bool {
	return t.Via == ViaVoice && t.From == Customer && t.Confidence == 1 && t.Start == 0 && t.End == 0 &&
		t.Text != "" && strings.Trim(t.Text, "0123456789*") == ""
}

// Citation is the passage that an answer rests on.
type Citation struct {
	Document string `json:"document"`
	Title    string `json:"title"`
	Passage  string `json:"passage"`
	Quote    string `json:"quote"`
}

// Timing is when each stage of a spoken wait was reached, since the call began;
// zero is "not reached". Retrieved and Sentence may lie before Usable when a
// draft was adopted.
type Timing struct {
	SpeechEnd time.Duration // of the customer, backdated to where it really was
	Decided   time.Duration // that the customer is done
	Usable    time.Duration // the text is there
	Retrieved time.Duration // the passages are there
	Sentence  time.Duration // the first speakable sentence is there
	Audio     time.Duration // its first PCM is there
	Packet    time.Duration // its first voiced packet was written
}

// Measured is Timing as gaps between stamps that follow one another: the data
// of the event turn.measured. An overlapped stage is 0.
type Measured struct {
	Call       CallID `json:"call"`
	Turn       TurnID `json:"turn"`
	EndpointMS int64  `json:"endpoint_ms"`
	ASRMS      int64  `json:"asr_ms"`
	RetrieveMS int64  `json:"retrieve_ms"`
	LLMMS      int64  `json:"llm_ms"`
	TTSMS      int64  `json:"tts_ms"`
	PlayoutMS  int64  `json:"playout_ms"`
	TotalMS    int64  `json:"total_ms"`
	Draft      bool   `json:"draft"` // whether a draft was adopted
}

// Gaps turns stamps into the wait they add up to.
func (t Timing) Gaps() Measured {
	var m Measured
	last := t.SpeechEnd
	gap := func(d *int64, at time.Duration) {
		if at > last {
			*d = at.Milliseconds() - last.Milliseconds()
			last = at
		}
	}
	gap(&m.EndpointMS, t.Decided)
	gap(&m.ASRMS, t.Usable)
	gap(&m.RetrieveMS, t.Retrieved)
	gap(&m.LLMMS, t.Sentence)
	gap(&m.TTSMS, t.Audio)
	gap(&m.PlayoutMS, t.Packet)
	m.TotalMS = last.Milliseconds() - t.SpeechEnd.Milliseconds()
	return m
}

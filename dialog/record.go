package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Record is one event of a conversation as it is kept and sent to watchers.
// Seq rises by one in each conversation; a passing event has none.
type Record struct {
	Seq          int64           `json:"seq,omitempty"`
	Type         string          `json:"type"`
	At           time.Time       `json:"at"`
	Conversation ConversationID  `json:"conversation"`
	Data         json.RawMessage `json:"data"`
}

// The types of records.
const (
	MessageCreated      = "message.created"
	MessageDelta        = "message.delta"  // passing
	SpeechPartial       = "speech.partial" // passing
	CallStarted         = "call.started"
	CallEnded           = "call.ended"
	CallRecording       = "call.recording"
	TurnMeasured        = "turn.measured"
	TransferUpdated     = "transfer.updated"
	ConversationUpdated = "conversation.updated"
	ConversationRated   = "conversation.rated"
	ImageRead           = "image.read"
	NoteCreated         = "note.created" // a message among the company's people: see Public
	ImageRequested      = "image.requested"
	CallbackUpdated     = "callback.updated"
	ToolRan             = "tool.ran" // the bot used a business system: see Public
)

// Public reports whether customers may see a record. Whatever leaves for them or for
// programs that are not the staff's asks this first.
func (r Record) Public() bool { return r.Type != NoteCreated && r.Type != ToolRan }

// RunState is how a use of a business system ended.
type RunState string

// The states of RunData.
const (
	RunOK      RunState = "ok"
	RunRefused RunState = "refused" // the system said no, and changed nothing
	RunFailed  RunState = "failed"  // there was no answer, and nothing has changed
	RunUnknown RunState = "unknown" // a change may have happened; a person finds out
)

// RunData is the data of tool.ran: what the bot did in a business system. The same id again
// replaces what was said before: that a change has happened after all may come late.
type RunData struct {
	ID     string            `json:"id"`
	Tool   string            `json:"tool"`
	Title  map[string]string `json:"title,omitempty"` // by BCP 47 tag
	Effect string            `json:"effect" enum:"read,change"`
	Args   map[string]any    `json:"args,omitempty"` // as asked for; card data and secrets are masked
	State  RunState          `json:"state" enum:"ok,refused,failed,unknown"`
	At     time.Time         `json:"at"`             // when it ended
	MS     int64             `json:"ms"`             // that the last attempt took
	Turn   TurnID            `json:"turn,omitempty"` // the reply that it was looked up for
}

// MessageData is the data of message.created, and of note.created.
type MessageData struct {
	ID        TurnID     `json:"id"`
	Key       string     `json:"key,omitempty"` // the Idempotency-Key it was posted with: how a page knows its own
	From      Party      `json:"from"`
	Via       Via        `json:"via"`
	Text      string     `json:"text"`
	Images    []string   `json:"images,omitempty"`
	Citations []Citation `json:"citations,omitempty"`
	ReplyTo   TurnID     `json:"reply_to,omitempty"`
	Cut       bool       `json:"cut,omitempty"`
	Shown     string     `json:"shown,omitempty"`
	Author    string     `json:"author,omitempty"`  // name of the person who wrote it
	Private   bool       `json:"private,omitempty"` // of a note: no customer sees it
	Language  string     `json:"language,omitempty"`
	Call      CallID     `json:"call,omitempty"`
	// Of a spoken turn: where in the call, for playing it.
	StartMS int64 `json:"start_ms,omitempty"`
	EndMS   int64 `json:"end_ms,omitempty"`
}

// DeltaData is the data of message.delta: the next piece of a reply in the making.
type DeltaData struct {
	ID   ReplyID `json:"id"`
	Text string  `json:"text"`
}

// PartialData is the data of speech.partial: what is being said right now, from its
// beginning. Of the bot it is what was spoken so far of a reply, in step with the voice.
type PartialData struct {
	From Party   `json:"from"`
	Text string  `json:"text"`
	ID   ReplyID `json:"id,omitempty"` // of the bot's reply
}

// RequestedData is the data of image.requested: the bot asks for a picture. It stands
// until then, until a picture comes, or until its call is over.
type RequestedData struct {
	ID     string    `json:"id"`
	Reason string    `json:"reason"` // what for, in the customer's language
	Call   CallID    `json:"call,omitempty"`
	Until  time.Time `json:"until"`
	Link   bool      `json:"link,omitempty"` // a link goes to the caller's phone
}

// CallData is the data of call.started and call.ended.
type CallData struct {
	Call      CallID `json:"call"`
	Via       string `json:"via"`       // "web" or "phone"
	Direction string `json:"direction"` // "in" or "out"
	Reason    string `json:"reason,omitempty"`
}

// RecordingData is the data of call.recording: whether the call is being recorded from
// now on.
type RecordingData struct {
	Call CallID `json:"call"`
	On   bool   `json:"on"`
}

// CallbackData is the data of callback.updated. State is "waiting" for its turn, "calling",
// "connected" (a person has the customer), "given_up" or "cancelled"; Reason is that of the
// last call or of the end.
type CallbackData struct {
	ID     string    `json:"id"`
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"`
	Tries  int       `json:"tries"`
	Due    time.Time `json:"due_at,omitzero"` // not called before; zero: not called any more
}

// UpdatedData is the data of conversation.updated.
type UpdatedData struct {
	State     string  `json:"state"` // open, sleeping, wrapup, closed
	Holder    Holder  `json:"holder"`
	Agent     string  `json:"agent,omitempty"` // user id of the person who has it
	Queue     string  `json:"queue,omitempty"`
	Language  string  `json:"language,omitempty"`
	Topic     string  `json:"topic,omitempty"`
	Sentiment float64 `json:"sentiment,omitempty"`
}

// Data of a turn as message.created carries it.
func (t Turn) Data() MessageData {
	m := MessageData{ID: t.ID, From: t.From, Via: t.Via, Text: t.Text, Citations: t.Citations,
		ReplyTo: t.ReplyTo, Cut: t.Cut, Shown: t.Shown, Language: t.Language, Call: t.Call,
		StartMS: t.Start.Milliseconds(), EndMS: t.End.Milliseconds()}
	for _, i := range t.Images {
		m.Images = append(m.Images, i.URL)
	}
	return m
}

// Turn is the way back, as far as the record carries it.
func (m MessageData) Turn(at time.Time) Turn {
	t := Turn{ID: m.ID, From: m.From, Via: m.Via, Text: m.Text, Citations: m.Citations,
		ReplyTo: m.ReplyTo, Cut: m.Cut, Shown: m.Shown, Language: m.Language, Call: m.Call, At: at,
		Start: time.Duration(m.StartMS) * time.Millisecond, End: time.Duration(m.EndMS) * time.Millisecond}
	for _, url := range m.Images {
		t.Images = append(t.Images, Image{ID: ImageOf(url), URL: url})
	}
	return t
}

// Known is what is kept of a conversation beside its records.
type Known struct {
	Memo     json.RawMessage // the brain's working memory; nil when there is none
	Site     string          // whose page it came from
	Locale   string          // BCP 47 tag that the page gave
	Customer string          // the site's id of a customer who is verified by signature; "" is a stranger
	Name     string          // as the customer gave it
	Holder   Holder          // who has the conversation
	Released bool            // a person has let the customer go for how they spoke: none is fetched again for a while
}

// Log is where a conversation's records are kept.
type Log interface {
	// Claim makes the caller the owner of a conversation and gives its epoch, above 0:
	// owners before it are refused from then on.
	Claim(ctx context.Context, id ConversationID) (epoch int64, err error)
	// Append gives each record its seq and keeps them all, or none. Records with
	// a zero At get the time of appending. Writers with a stale epoch get ErrStale; epoch 0
	// is the customer's side, which any node may write.
	Append(ctx context.Context, id ConversationID, epoch int64, rs ...Record) ([]Record, error)
	// Keep is Append, and in the same transaction keeps the brain's working memory (nil: as
	// it was) and runs then (nil: nothing): what that writes with its context is kept too, or,
	// when it fails, none of all is.
	Keep(ctx context.Context, id ConversationID, epoch int64, memo json.RawMessage, then func(context.Context) error, rs ...Record) ([]Record, error)
	// Known gives what is kept beside the records.
	Known(ctx context.Context, id ConversationID) (Known, error)
	// Since gives the kept records after seq, oldest first, at most limit.
	Since(ctx context.Context, id ConversationID, after int64, limit int) ([]Record, error)
}

// Publisher tells whoever watches a conversation what happens in it. It never waits.
type Publisher interface {
	Publish(ctx context.Context, r Record) error
}

// Bus carries what happens to whoever watches. Kept records may be missed by a slow
// watcher, who then reads the log; passing ones are lost.
type Bus interface {
	Publisher
	// Watch keeps what is published for a conversation from now on, until it is stopped.
	// wake is called after each record, from the publisher's goroutine: it must not wait.
	Watch(id ConversationID, wake func()) Watch
}

// Watch is one that watches.
type Watch interface {
	// Next gives what was published, in its order; false: nothing more so far. A nil
	// Record.Data with a seq says: look into the log from there, or, when that is the
	// largest there is, from where you are.
	Next() (Record, bool)
	Stop()
}

// Errors of the records, wrapped with what was tried.
var (
	ErrNotFound = errors.New("not found")
	ErrStale    = errors.New("another node has taken over the conversation")
	ErrClosed   = errors.New("the conversation is over")
	ErrConflict = errors.New("in conflict with what is there")
)

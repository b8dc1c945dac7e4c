package web

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/wall"
)

// transferData is the data of transfer.updated.
type transferData struct {
	ID       string `json:"id"`
	State    string `json:"state" enum:"queued,offering,consulting,conference,completed,returned,abandoned,failed"`
	Queue    string `json:"queue,omitempty"`
	Agent    string `json:"agent,omitempty"`
	Name     string `json:"name,omitempty" doc:"of the person, once there is one"`
	From     string `json:"from,omitempty" doc:"who of the staff hands on"`
	Reason   string `json:"reason,omitempty" enum:"nobody,no_answer,declined,busy,voicemail,error,customer_left,customer_changed_mind"`
	Position int    `json:"position,omitempty" doc:"in the queue, from 1"`
	WaitMS   int64  `json:"wait_ms,omitempty"`
}

// withdrawnData is the data of offer.withdrawn.
type withdrawnData struct {
	ID           string                `json:"id"`
	Transfer     string                `json:"transfer"`
	Conversation dialog.ConversationID `json:"conversation"`
	Reason       string                `json:"reason"`
}

// mentionData is the data of mention.created.
type mentionData struct {
	Note dialog.TurnID `json:"note"`
	By   string        `json:"by" doc:"name of who wrote it"`
	Text string        `json:"text"`
}

// ratedData is the data of conversation.rated.
type ratedData struct {
	Score   int    `json:"score" minimum:"1" maximum:"5"`
	Comment string `json:"comment"`
}

// passedData is the data of typing, read and presence.
type passedData struct {
	From   dialog.Party `json:"from"`
	Seq    int64        `json:"seq,omitempty" doc:"of read: the last event that was seen"`
	Online bool         `json:"online,omitempty" doc:"of presence"`
}

// eventTypes are the events of a conversation, as the socket and webhooks carry them.
var eventTypes = []struct {
	name   string
	stored bool // has a seq, and goes to webhooks
	about  string
	data   reflect.Type // nil: null
}{
	{dialog.MessageCreated, true, "Something was said or written. Of a spoken reply that was cut off, text is what the customer heard.", reflect.TypeFor[dialog.MessageData]()},
	{dialog.MessageDelta, false, "The next piece of a reply in the making.", reflect.TypeFor[dialog.DeltaData]()},
	{dialog.SpeechPartial, false, "What is being said right now; it replaces the one before it.", reflect.TypeFor[dialog.PartialData]()},
	{dialog.CallStarted, true, "A call is up.", reflect.TypeFor[dialog.CallData]()},
	{dialog.CallEnded, true, "A call is over.", reflect.TypeFor[dialog.CallData]()},
	{dialog.CallRecording, true, "Whether a call is recorded from now on.", reflect.TypeFor[dialog.RecordingData]()},
	{dialog.TurnMeasured, true, "How long a spoken answer took, stage by stage.", reflect.TypeFor[dialog.Measured]()},
	{dialog.TransferUpdated, true, "The passage to a person.", reflect.TypeFor[transferData]()},
	{dialog.ConversationUpdated, true, "State or holder has changed.", reflect.TypeFor[dialog.UpdatedData]()},
	{dialog.ConversationRated, true, "The customer's satisfaction.", reflect.TypeFor[ratedData]()},
	{dialog.CallbackUpdated, true, "Whether and when the customer is called back: waiting, calling, connected, given_up or cancelled.", reflect.TypeFor[dialog.CallbackData]()},
	{dialog.ImageRead, true, "What was understood of a picture.", reflect.TypeFor[dialog.ImageData]()},
	{dialog.ImageRequested, true, "The bot asks for a picture.", reflect.TypeFor[dialog.RequestedData]()},
	{dialog.NoteCreated, true, "A private note of the staff's: on no customer's socket, and to webhooks only with internal.", reflect.TypeFor[dialog.MessageData]()},
	{dialog.ToolRan, true, "What the bot did in a business system, once it has settled; the same id again replaces it. For the staff: on no customer's socket, and to webhooks only with internal.", reflect.TypeFor[dialog.RunData]()},
	{"typing", false, "A party writes.", reflect.TypeFor[passedData]()},
	{"read", false, "A party has read.", reflect.TypeFor[passedData]()},
	{"presence", false, "A party has come or gone.", reflect.TypeFor[passedData]()},
	{desk.OfferCreated, false, "On the desk's socket: a transfer rings at this person.", reflect.TypeFor[desk.Offer]()},
	{desk.OfferWithdrawn, false, "On the desk's socket: it rings no more.", reflect.TypeFor[withdrawnData]()},
	{desk.MentionCreated, false, "On the desk's socket: a private note calls this person by name.", reflect.TypeFor[mentionData]()},
	{desk.CallListened, false, "On the desk's socket: who of the supervisors is in this call has changed; see GET /v1/calls/{call}/legs.", reflect.TypeFor[desk.Listening]()},
	{desk.PresenceUpdated, false, "On the desk's socket: one of the people.", reflect.TypeFor[desk.PersonView]()},
	{desk.QueueUpdated, false, "On the desk's socket: one of the queues.", reflect.TypeFor[desk.QueueView]()},
	{desk.DeskSnapshot, false, "On the desk's socket: how it stands, for who has just come.", reflect.TypeFor[snapshot]()},
	{wallUpdated, false, "On the desk's socket of a supervisor with wall=true: all of the wall first, then what has changed. It has no number.", reflect.TypeFor[wall.View]()},
	{"pong", false, "Answers a page that sends {\"type\":\"ping\"}: the link lives.", nil},
}

// eventView is one entry of x-events.
type eventView struct {
	Description string       `json:"description"`
	Stored      bool         `json:"stored"`
	Schema      *huma.Schema `json:"schema"`
}

// events describes what the sockets carry (x-events), and what webhooks are told.
func events(o *huma.OpenAPI) {
	schemas := o.Components.Schemas
	list := map[string]eventView{}
	o.Webhooks = map[string]*huma.PathItem{}
	for _, e := range eventTypes {
		data := &huma.Schema{Enum: []any{nil}}
		if e.data != nil {
			data = schemas.Schema(e.data, true, e.name)
		}
		event := &huma.Schema{Type: huma.TypeObject, Required: []string{"type", "at", "conversation", "data"}, Properties: map[string]*huma.Schema{
			"type": {Type: huma.TypeString, Enum: []any{e.name}}, "at": {Type: huma.TypeString, Format: "date-time"},
			"conversation": {Type: huma.TypeString}, "data": data}}
		event.Properties["seq"] = &huma.Schema{Type: huma.TypeInteger, Description: "on the desk's socket: of the desk's own sequence, by which it resumes"}
		if e.stored {
			event.Properties["seq"] = &huma.Schema{Type: huma.TypeInteger, Description: "rises by one in each conversation"}
			event.Required = append(event.Required, "seq")
		}
		list[e.name] = eventView{e.about, e.stored, event}
		if !e.stored {
			continue
		}
		text := &huma.Schema{Type: huma.TypeString}
		o.Webhooks[e.name] = &huma.PathItem{Post: &huma.Operation{OperationID: "webhook " + e.name, Summary: e.about, Tags: []string{"Webhooks"},
			Parameters: []*huma.Param{
				{Name: "Parley-Id", In: "header", Required: true, Description: "the same in every attempt", Schema: text},
				{Name: "Parley-Timestamp", In: "header", Required: true, Description: "Unix seconds of the attempt", Schema: text},
				{Name: "Parley-Signature", In: "header", Required: true, Description: "t=TIME,v1=SUM; SUM is the hex HMAC-SHA256 of TIME.BODY with the secret", Schema: text}},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: event}}},
			Responses:   map[string]*huma.Response{"2XX": {Description: "received"}, "410": {Description: "tell me nothing more"}, "default": {Description: "it is told again, for 24 hours"}}}}
	}
	if o.Extensions == nil {
		o.Extensions = map[string]any{}
	}
	o.Extensions["x-events"] = list
}

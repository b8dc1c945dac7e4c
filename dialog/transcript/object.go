package transcript

import (
	"encoding/json"
	"time"

	"parley/dialog"
)

// Above is what stands above the items.
type Above struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Company      string                `json:"company,omitempty"`
	Started      time.Time             `json:"started_at"`
	Zone         string                `json:"zone" doc:"IANA name"`
}

// Whole is what the JSON format gives.
type Whole struct {
	Above
	Items    []dialog.Record `json:"items" doc:"events, as the conversation's socket gives them"`
	Complete bool            `json:"complete" doc:"false: the rest could not be read"`
}

// object is one JSON object: what stands above, "items" as the API gives events, and
// "complete".
type object struct {
	*out
	h    Head
	some bool
}

func (f *object) begin() {
	b, err := json.Marshal(Above{f.h.Conversation, f.h.Company, f.h.Started.UTC(), f.h.Zone.String()})
	if err != nil {
		f.bad = err
		return
	}
	f.put(string(b[:len(b)-1]), `,"items":[`)
}

func (f *object) day(string) {}

func (f *object) entry(e entry) {
	r := e.record
	switch r.Type { // who of the staff it was is not the customer's
	case dialog.TransferUpdated:
		r.Data = only(r.Data, "id", "state", "reason")
	case dialog.ConversationUpdated:
		r.Data = only(r.Data, "state", "holder", "language")
	}
	b, err := json.Marshal(r)
	if err != nil {
		f.bad = err
		return
	}
	if f.some {
		f.put(",")
	}
	f.some = true
	f.put("\n", string(b))
}

func (f *object) end(whole bool) {
	if whole {
		f.put("\n],\"complete\":true}\n")
		return
	}
	f.put("\n],\"complete\":false}\n")
}

// only keeps some fields of an object.
func only(data json.RawMessage, names ...string) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		return json.RawMessage("{}")
	}
	kept := map[string]json.RawMessage{}
	for _, n := range names {
		if v, ok := all[n]; ok {
			kept[n] = v
		}
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("{}")
	}
	return b
}

package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// conversationRow is a conversation in a list of the staff's.
type conversationRow struct {
	ID       dialog.ConversationID `json:"id"`
	State    string                `json:"state"`
	Holder   dialog.Holder         `json:"holder"`
	Agent    string                `json:"agent,omitempty" doc:"user id of who has it, or had it last"`
	Queue    string                `json:"queue,omitempty"`
	Site     string                `json:"site,omitempty"`
	Locale   string                `json:"locale,omitempty"`
	Customer customerView          `json:"customer"`
	Created  time.Time             `json:"created_at"`
	Updated  time.Time             `json:"updated_at"`
	Score    int64                 `json:"score,omitempty"`
	Transfer *transferView         `json:"transfer,omitempty" doc:"while one is under way"`
	Place    int                   `json:"place,omitempty" doc:"in the queue, 1 is next"`
	Last     *lastWords            `json:"last,omitempty"`
}

type customerView struct {
	ID   string `json:"id,omitempty" doc:"the site's own, of a verified customer"`
	Name string `json:"name,omitempty"`
}

type lastWords struct {
	From dialog.Party `json:"from"`
	Text string       `json:"text"`
	At   time.Time    `json:"at"`
}

type findInput struct {
	State  string        `query:"state" enum:"open,sleeping,wrapup,closed" required:"false"`
	Holder dialog.Holder `query:"holder" enum:"bot,queue,agent" required:"false"`
	Q      string        `query:"q" maxLength:"500" doc:"words that were all said or written in it, or its id"`
	Mine   bool          `query:"mine" doc:"only one's own and those in one's queues, for supervisors too"`
	Cursor string        `query:"cursor" maxLength:"200"`
	Limit  int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type findOutput struct {
	Body struct {
		Items []conversationRow `json:"items"`
		Next  string            `json:"next,omitempty"`
	}
}

// finding registers the search.
func (s *Server) finding(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "find-conversations", Method: http.MethodGet, Path: "/v1/conversations", Tags: []string{"Desk"},
		Summary: "Conversations that one may see, the latest first; also as text/csv"}, s.find)
}

func (s *Server) find(ctx context.Context, in *findInput) (*findOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	f := store.Finding{Scope: s.scope(u), State: in.State, Holder: in.Holder, Words: in.Q, Limit: in.Limit + 1}
	if p := s.personOf(u); !p.Senior || in.Mine {
		f.Agent, f.Queues, f.Scope = u.ID, p.Queues, nil
		for _, t := range s.o.Desk.Running() { // in a conference it is the other's too
			if t.From == u.ID || t.Agent == u.ID && t.State != desk.Offering {
				f.Also = append(f.Also, t.Conversation)
			}
		}
		if len(p.Queues) == 0 {
			for _, q := range s.o.Desk.Queues() {
				f.Queues = append(f.Queues, q.Name)
			}
		}
	}
	if in.Cursor != "" {
		at, id, _ := strings.Cut(in.Cursor, "_")
		if f.Before.Updated, err = strconv.ParseInt(at, 10, 64); err != nil || id == "" {
			return nil, invalid("query.cursor", "expected what next said", in.Cursor)
		}
		f.Before.ID = dialog.ConversationID(id)
	}
	cs, err := s.o.Records.Find(ctx, f)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &findOutput{}
	out.Body.Items = []conversationRow{}
	for i, c := range cs {
		if i == in.Limit {
			out.Body.Next = strconv.FormatInt(cs[i-1].Updated, 10) + "_" + string(cs[i-1].ID)
			break
		}
		out.Body.Items = append(out.Body.Items, s.row(c))
	}
	return out, nil
}

// maxLast bounds the last words in a list, in runes.
const maxLast = 200

func (s *Server) row(c store.Found) conversationRow {
	r := conversationRow{ID: c.ID, State: c.State, Holder: c.Holder, Agent: c.Agent, Queue: c.Queue, Site: c.Site, Locale: c.Locale,
		Customer: customerView{c.Customer, c.Name}, Created: time.UnixMicro(c.Created).UTC(), Updated: time.UnixMicro(c.Updated).UTC(), Score: c.Score}
	if t, ok := s.o.Desk.Open(c.ID); ok {
		v := s.viewTransfer(t)
		r.Transfer = &v
		r.Place, _, _ = s.o.Desk.Place(c.ID)
	}
	if c.Last != nil {
		var m dialog.MessageData
		if json.Unmarshal(c.Last.Data, &m) == nil {
			text := []rune(m.Text)
			r.Last = &lastWords{m.From, string(text[:min(len(text), maxLast)]), c.Last.At}
		}
	}
	return r
}

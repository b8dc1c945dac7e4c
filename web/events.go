package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"parley/dialog"
	"parley/dialog/store"
)

// events registers the socket on which a conversation's events come.
func (s *Server) events(mux *http.ServeMux, api huma.API) {
	s.raw(mux, api, http.MethodGet, "/v1/conversations/{id}/events", "watch-conversation", "WebSocket of the conversation's events, from after= on",
		wire{out: map[string]string{"101": ""}}, s.watch)
}

func (s *Server) watch(w http.ResponseWriter, r *http.Request) error {
	id := dialog.ConversationID(r.PathValue("id"))
	if err := s.may(r.Context(), id); err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil && r.URL.Query().Get("after") != "" || after < 0 {
		return invalid("query.after", "expected the number of the last event seen", r.URL.Query().Get("after"))
	}
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		return huma.NewError(http.StatusUpgradeRequired, "this is a WebSocket")
	}
	if _, err := s.o.Records.Conversation(r.Context(), id); err != nil {
		return err
	}
	k := &socket{s: s, id: id, seen: after, party: attends(caller(r.Context()))}
	if u := caller(r.Context()).user; u != nil {
		k.user, k.token = u.ID, caller(r.Context()).token
	}
	if s.here.full(k) {
		return huma.Error429TooManyRequests("too many sockets are open on this conversation")
	}
	up := websocket.Upgrader{HandshakeTimeout: 5 * time.Second, CheckOrigin: func(*http.Request) bool { return true }, // wrap has checked it
		ReadBufferSize: readBuffer, WriteBufferPool: &s.buffers}
	for _, p := range websocket.Subprotocols(r) {
		if strings.HasPrefix(p, "bearer.") {
			up.Subprotocols = []string{p}
		}
	}
	if !s.enter() {
		return huma.Error503ServiceUnavailable("the server is going down")
	}
	if k.c, err = up.Upgrade(w, r, nil); err != nil {
		s.wg.Done()
		return nil // Upgrade has answered
	}
	var came bool
	if k.others, came = s.here.join(k); came {
		s.publish(r.Context(), presence(id, k.party, true, s.o.Now()))
	}
	go func() { // the request's own goroutine goes, and what it holds
		defer s.wg.Done()
		k.open()
	}()
	return nil
}

// readBuffer is for what a page says on its socket, which is next to nothing.
const readBuffer = 256

// attends is as whom a caller is present. Only those who answer are: supervision is silent.
func attends(w who) dialog.Party {
	switch {
	case w.user == nil:
		return dialog.Customer
	case w.user.Role == store.Agent:
		return dialog.Agent
	}
	return ""
}

// presence is the passing event that tells who is here.
func presence(id dialog.ConversationID, party dialog.Party, online bool, now time.Time) dialog.Record {
	b, _ := json.Marshal(struct { // cannot fail
		From   dialog.Party `json:"from"`
		Online bool         `json:"online"`
	}{party, online})
	return dialog.Record{Type: "presence", At: now, Conversation: id, Data: b}
}

// left tells the others that a party has gone, unless it has come back.
func (s *Server) left(id dialog.ConversationID, party dialog.Party) {
	if !s.enter() {
		return
	}
	defer s.wg.Done()
	if s.here.gone(id, party) {
		s.publish(s.ctx, presence(id, party, false, s.o.Now()))
	}
}

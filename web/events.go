package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"parley/dialog"
)

// Times of a socket.
const (
	pingEvery  = 25 * time.Second
	pongWithin = 60 * time.Second
	writeLimit = 10 * time.Second
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
	up := websocket.Upgrader{HandshakeTimeout: 5 * time.Second, CheckOrigin: func(*http.Request) bool { return true }} // wrap has checked it
	for _, p := range websocket.Subprotocols(r) {
		if strings.HasPrefix(p, "bearer.") {
			up.Subprotocols = []string{p}
		}
	}
	if !s.enter() {
		return huma.Error503ServiceUnavailable("the server is going down")
	}
	defer s.wg.Done()
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return nil // Upgrade has answered
	}
	s.stream(c, id, after)
	return nil
}

// stream sends what was kept after a number, then what happens, without loss or
// repeat, until either side ends it.
func (s *Server) stream(c *websocket.Conn, id dialog.ConversationID, after int64) {
	ctx, cancel := context.WithCancel(s.ctx)
	live, stop := s.o.Bus.Watch(id)
	gone := make(chan struct{})
	go func() { // the page says nothing; reading sees it leave
		defer close(gone)
		defer cancel()
		c.SetReadLimit(4096)
		_ = c.SetReadDeadline(time.Now().Add(pongWithin))
		c.SetPongHandler(func(string) error { return c.SetReadDeadline(time.Now().Add(pongWithin)) })
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	defer func() { cancel(); stop(); _ = c.Close(); <-gone }()
	k := &socket{c: c, s: s, id: id, seen: after}
	if k.catchUp(ctx) != nil {
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case r := <-live:
			err = k.live(ctx, r)
		case <-ping.C:
			err = c.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit))
		case <-ctx.Done():
			_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(time.Second))
			return
		}
		if err != nil {
			return
		}
	}
}

// socket is one watcher.
type socket struct {
	c    *websocket.Conn
	s    *Server
	id   dialog.ConversationID
	seen int64
}

// catchUp sends what was kept and not seen.
func (k *socket) catchUp(ctx context.Context) error {
	for {
		rs, err := k.s.o.Records.Since(ctx, k.id, k.seen, 200)
		if err != nil || len(rs) == 0 {
			return err
		}
		for _, r := range rs {
			if err := k.send(r); err != nil {
				return err
			}
		}
	}
}

// live sends what the bus brings; a gap is filled from the log first.
func (k *socket) live(ctx context.Context, r dialog.Record) error {
	switch {
	case r.Seq == 0:
		return k.send(r)
	case r.Seq <= k.seen:
		return nil
	case r.Data == nil || r.Seq > k.seen+1:
		return k.catchUp(ctx)
	}
	return k.send(r)
}

func (k *socket) send(r dialog.Record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_ = k.c.SetWriteDeadline(time.Now().Add(writeLimit))
	if err := k.c.WriteMessage(websocket.TextMessage, b); err != nil {
		return err
	}
	k.seen = max(k.seen, r.Seq)
	return nil
}

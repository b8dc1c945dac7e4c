package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// snapshot is the data of desk.snapshot: how it stands, for who has just come.
type snapshot struct {
	Me     desk.PersonView   `json:"me"`
	Offers []desk.Offer      `json:"offers"`
	Queues []desk.QueueView  `json:"queues"`
	Agents []desk.PersonView `json:"agents"`
}

// watchDesk is the socket of one of the staff. It numbers what it sends in a sequence of
// the desk's own; who comes back with after= gets what was missed, or a snapshot when that
// is no longer kept.
func (s *Server) watchDesk(w http.ResponseWriter, r *http.Request) error {
	u, err := s.agentOnly(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query().Get("after")
	after, err := strconv.ParseInt(q, 10, 64)
	if err != nil && q != "" || after < 0 {
		return invalid("query.after", "expected the number of the last event seen", q)
	}
	walls := r.URL.Query().Get("wall") == "true"
	if walls {
		if err := s.rank(r.Context(), store.Supervisor); err != nil {
			return err
		}
	}
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		return huma.NewError(http.StatusUpgradeRequired, "this is a WebSocket")
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
	s.streamDesk(c, u, caller(r.Context()), after, walls)
	return nil
}

// resession is how often it is looked whether somebody at a desk is still signed in.
const resession = 30 * time.Second

// streamDesk is a desk's socket; or a wall's or a program's, who are not at the desk by it.
func (s *Server) streamDesk(c *websocket.Conn, u store.User, by who, after int64, walls bool) {
	ctx, cancel := context.WithCancel(s.ctx)
	gone := make(chan struct{})
	asked := make(chan struct{}, 1)
	go func() {
		defer close(gone)
		defer cancel()
		c.SetReadLimit(4096)
		_ = c.SetReadDeadline(time.Now().Add(pongWithin))
		c.SetPongHandler(func(string) error { return c.SetReadDeadline(time.Now().Add(pongWithin)) })
		for {
			_, m, err := c.NextReader()
			if err != nil {
				return
			}
			_ = c.SetReadDeadline(time.Now().Add(pongWithin))
			if isPing(m) {
				select {
				case asked <- struct{}{}:
				default:
				}
			}
		}
	}()
	defer func() { cancel(); _ = c.Close(); <-gone }()
	k := &deskSocket{c: c, s: s, user: u, seen: after}
	var changed <-chan struct{} // of the wall
	var err error
	if walls {
		var stop func()
		changed, stop = s.o.Wall.Watch()
		defer stop()
		err = k.wallUp()
	} else if !by.program {
		var leave func()
		if leave, err = s.o.Desk.Connect(ctx, u.ID); err != nil {
			return
		}
		defer leave()
	}
	news, stop := s.o.Desk.Feed().Watch()
	defer stop()
	ping, again := time.NewTicker(pingEvery), time.NewTicker(resession)
	defer ping.Stop()
	defer again.Stop()
	if err == nil {
		err = k.catchUp(after == 0)
	}
	for err == nil {
		select {
		case <-changed:
			err = k.wallUp()
		case <-news:
			err = k.catchUp(false)
		case <-asked:
			err = k.send(dialog.Record{Type: "pong", At: s.o.Now()})
		case <-ping.C:
			err = c.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit))
		case <-again.C: // a session that has ended sees no more; changed queues hold at once
			now, gone := s.signedIn(ctx, by.token)
			if gone != nil {
				if !errors.Is(gone, dialog.ErrNotFound) { // it cannot be looked up now
					continue
				}
				_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "signed out"), time.Now().Add(time.Second))
				return
			}
			if k.user = now; walls && !s.personOf(now).Senior {
				return
			}
		case <-ctx.Done():
			_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(time.Second))
			return
		}
	}
}

// deskSocket is one window of a desk.
type deskSocket struct {
	c    *websocket.Conn
	s    *Server
	user store.User
	seen int64
	wall int64 // the version that was sent
}

// wallUp sends what has changed of the wall.
func (k *deskSocket) wallUp() error {
	v := k.s.o.Wall.Within(k.wall, k.s.scope(k.user))
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	k.wall = v.Version
	return k.send(dialog.Record{Type: wallUpdated, At: k.s.o.Now(), Data: b})
}

// catchUp sends what came since, or how it stands when that is not known or not asked for.
func (k *deskSocket) catchUp(anew bool) error {
	f := k.s.o.Desk.Feed()
	rs, upto, ok := f.After(k.seen, k.s.personOf(k.user))
	if anew || !ok {
		k.seen = upto
		return k.look()
	}
	for _, r := range rs {
		if err := k.send(r); err != nil {
			return err
		}
	}
	k.seen = upto
	return nil
}

// look sends a snapshot, under the number of the last event that it may lack.
func (k *deskSocket) look() error {
	d := k.s.o.Desk
	x := snapshot{Offers: d.Offers(k.user.ID), Queues: d.Queues(), Agents: d.People()}
	x.Me, _ = d.Me(k.user.ID)
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return k.send(dialog.Record{Seq: k.seen, Type: desk.DeskSnapshot, At: k.s.o.Now(), Data: b})
}

func (k *deskSocket) send(r dialog.Record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_ = k.c.SetWriteDeadline(time.Now().Add(writeLimit))
	return k.c.WriteMessage(websocket.TextMessage, b)
}

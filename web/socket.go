package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
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

// What a socket is closed with for good: a page does not come back.
const (
	closedForgotten = 4410
	closedForbidden = 4403 // who watches may not any more
)

// socket is one watcher. While nothing happens it is one goroutine that reads, which sees
// the page leave; what is to be sent wakes another for as long as there is something.
type socket struct {
	c     *websocket.Conn
	s     *Server
	id    dialog.ConversationID
	party dialog.Party // "" is staff that looks on
	user  string       // id of the staff; "": the customer
	token string       // of the staff's session
	watch dialog.Watch
	ping  *time.Timer

	mu      sync.Mutex
	writing bool // somebody sends
	more    bool // and has to look again
	asked   bool // the page did, whether the link lives

	// Of whoever sends.
	begun  bool
	others []dialog.Party // that were here when it came
	seen   int64
	whole  []dialog.TurnID // the last messages that came from the log: their pieces are late
}

// open begins to send what was kept after seen, then what happens, without loss or repeat,
// until either side ends it.
func (k *socket) open() {
	defer k.leave()
	k.mu.Lock()
	k.writing = true // until there is a watch, nobody looks
	k.mu.Unlock()
	k.watch = k.s.o.Bus.Watch(k.id, k.wake)
	k.mu.Lock()
	k.ping = time.AfterFunc(pingEvery, k.sendPing)
	k.writing = false
	k.mu.Unlock()
	k.wake()
	if k.s.ctx.Err() != nil { // came while the server was closing its sockets
		k.dismiss(websocket.CloseGoingAway)
	}
	k.read()
}

// wake has somebody send what there is. It does not wait.
func (k *socket) wake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.writing {
		k.more = true
		return
	}
	if k.writing = k.s.enter(); k.writing {
		go k.write()
	}
}

// write sends until nothing is left to send.
func (k *socket) write() {
	defer k.s.wg.Done()
	for {
		if err := k.sendAll(k.s.ctx); err != nil {
			_ = k.c.Close() // the page comes back, and goes on where it was
			return          // and nobody sends any more: writing stays
		}
		k.mu.Lock()
		if !k.more {
			k.writing = false
			k.mu.Unlock()
			return
		}
		k.more = false
		k.mu.Unlock()
	}
}

func (k *socket) sendAll(ctx context.Context) error {
	if !k.begun {
		k.begun = true
		if err := k.catchUp(ctx); err != nil {
			return err
		}
		for _, p := range k.others {
			if err := k.send(presence(k.id, p, true, k.s.o.Now())); err != nil {
				return err
			}
		}
	}
	k.mu.Lock()
	asked := k.asked
	k.asked = false
	k.mu.Unlock()
	if asked {
		if err := k.send(dialog.Record{Type: "pong", At: k.s.o.Now(), Conversation: k.id}); err != nil {
			return err
		}
	}
	for r, ok := k.watch.Next(); ok; r, ok = k.watch.Next() {
		if err := k.live(ctx, r); err != nil {
			return err
		}
	}
	return nil
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
			var m struct {
				ID dialog.TurnID `json:"id"`
			}
			if r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil {
				k.whole = append(k.whole[max(0, len(k.whole)-3):], m.ID)
			}
		}
		if len(rs) < 200 {
			return nil
		}
	}
}

// live sends what the bus brings; a gap is filled from the log first.
func (k *socket) live(ctx context.Context, r dialog.Record) error {
	switch {
	case r.Seq == 0 && k.late(r):
		return nil
	case r.Seq == 0:
		return k.send(r)
	case r.Seq <= k.seen:
		return nil
	case r.Data == nil || r.Seq > k.seen+1:
		return k.catchUp(ctx)
	}
	return k.send(r)
}

// late tells the piece of a reply that has come whole already.
func (k *socket) late(r dialog.Record) bool {
	if r.Type != dialog.MessageDelta {
		return false
	}
	for _, id := range k.whole {
		if bytes.HasPrefix(r.Data, []byte(`{"id":"`+string(id)+`"`)) {
			return true
		}
	}
	return false
}

func (k *socket) send(r dialog.Record) error {
	if k.party == dialog.Customer && !r.Public() {
		k.seen = max(k.seen, r.Seq)
		return nil
	}
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

// read sees the page leave, and ask.
func (k *socket) read() {
	alive := func(string) error { return k.c.SetReadDeadline(time.Now().Add(pongWithin)) }
	k.c.SetReadLimit(4096)
	k.c.SetPongHandler(alive)
	_ = alive("")
	for {
		kind, r, err := k.c.NextReader()
		if err != nil {
			return
		}
		_ = alive("")
		if kind == websocket.TextMessage && isPing(r) {
			k.mu.Lock()
			k.asked = true
			k.mu.Unlock()
			k.wake()
		}
	}
}

// isPing tells a page's question whether the link lives: {"type":"ping"}. The protocol's own
// pings are nothing that a page can send or see. All else that a page says means nothing.
func isPing(r io.Reader) bool {
	var m struct {
		Type string `json:"type"`
	}
	return json.NewDecoder(io.LimitReader(r, 64)).Decode(&m) == nil && m.Type == "ping"
}

// sendPing keeps the ways between open, makes the page's end answer, and sends away staff
// who may not see the conversation any more.
func (k *socket) sendPing() {
	if !k.s.enter() {
		return
	}
	defer k.s.wg.Done()
	if k.revoked() {
		k.dismiss(closedForbidden)
		return
	}
	if err := k.c.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit)); err != nil {
		_ = k.c.Close()
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ping.Reset(pingEvery)
}

// revoked reports whether one of the staff is signed out, or the conversation is not theirs
// to see any more. What cannot be looked up now is looked up at the next ping.
func (k *socket) revoked() bool {
	if k.user == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(k.s.ctx, writeLimit)
	defer cancel()
	u, err := k.s.signedIn(ctx, k.token)
	if err != nil {
		return errors.Is(err, dialog.ErrNotFound)
	}
	var refusal huma.StatusError
	return errors.As(k.s.sees(ctx, u, k.id), &refusal) && refusal.GetStatus() == http.StatusForbidden
}

// dismiss ends the socket with a code; who reads then leaves.
func (k *socket) dismiss(code int) {
	_ = k.c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = k.c.Close()
}

func (k *socket) leave() {
	_ = k.c.Close()
	k.mu.Lock()
	k.ping.Stop()
	k.mu.Unlock()
	k.watch.Stop()
	k.s.here.leave(k, func() { k.s.left(k.id, k.party) })
}

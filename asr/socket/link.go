package socket

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr"
)

const (
	maxMessage = 1 << 20 // bytes from the server
	maxWaiting = 4       // messages that nobody has taken yet
)

// link is one connection. Its reader runs from the handshake to close, so that
// pings are answered, and an end is seen, while nobody speaks.
type link struct {
	c      *websocket.Conn
	born   time.Time
	before Protocol // the last utterance, when there was one

	in   chan []byte   // closed after the last message
	err  error         // why, when in is closed
	quit chan struct{} // nobody takes messages any more
	once sync.Once
	done chan struct{} // the reader has returned
	pong atomic.Int64  // when the server last gave a sign of life, Unix ns
}

// dial opens a connection.
func (d *Dialer) dial(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, d.o.Connect)
	defer cancel()
	conn, res, err := d.d.DialContext(ctx, d.o.URL, d.o.Header)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		if res != nil {
			err = fmt.Errorf("%w (status %d)", err, res.StatusCode)
		}
		return nil, fmt.Errorf("%s: %w: %w", d.o.Name, asr.ErrUnavailable, err)
	}
	conn.SetReadLimit(maxMessage)
	l := &link{c: conn, born: time.Now(), in: make(chan []byte, maxWaiting), quit: make(chan struct{}), done: make(chan struct{})}
	l.alive()
	conn.SetPongHandler(func(string) error { l.alive(); return nil })
	go l.read()
	return l, nil
}

// Check opens a connection and closes it: whether the server is there.
func (d *Dialer) Check(ctx context.Context) error {
	l, err := d.dial(ctx)
	if err != nil {
		return err
	}
	l.close()
	return nil
}

func (l *link) alive() { l.pong.Store(time.Now().UnixNano()) }

func (l *link) read() {
	defer close(l.done)
	defer close(l.in)
	for {
		_, b, err := l.c.ReadMessage()
		if err != nil {
			l.err = err
			return
		}
		l.alive()
		select {
		case l.in <- b:
		case <-l.quit:
			l.err = net.ErrClosed
			return
		}
	}
}

// hangUp ends the connection without waiting for the reader.
func (l *link) hangUp() {
	l.once.Do(func() { close(l.quit) })
	_ = l.c.Close()
}

// close ends the connection and its reader.
func (l *link) close() {
	l.hangUp()
	<-l.done
}

// fresh forgets what came while nobody spoke, and reports whether the connection stands.
func (l *link) fresh() bool {
	for {
		select {
		case _, ok := <-l.in:
			if !ok {
				return false
			}
		default:
			return true
		}
	}
}

// ping asks for a sign of life.
func (l *link) ping() error {
	return l.c.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
}

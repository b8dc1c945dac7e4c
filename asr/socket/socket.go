// Package socket hears one utterance over one WebSocket: what recognisers behind
// one have in common. What is said over it is a Protocol's.
package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr"
	"parley/media"
)

const (
	maxMessage = 1 << 20 // bytes from the server
	chunk      = 1280    // samples a message: 80 ms
)

// Message is one to send.
type Message struct {
	Binary bool
	Data   []byte
}

// Answer is what a message from the server means.
type Answer struct {
	Result asr.Result
	Says   bool          // there is a result
	Final  bool          // it is the last one
	Settle time.Duration // > 0: it is the last one unless more comes within
}

// Protocol is one utterance in a server's language. Begin, Audio and End are
// called by the sender, Take and Last by the receiver, at the same time.
type Protocol interface {
	// Begin is what is said first.
	Begin(o asr.Options) ([]Message, error)
	// Audio carries 16 kHz samples, the first at call time at. The messages are
	// sent before it is called again, and their bytes may be used again then.
	Audio(at media.CallTime, pcm []int16) []Message
	// End asks for the final result.
	End() []Message
	// Take reads a message of the server; over tells that End was sent. An error ends it.
	Take(data []byte, over bool) (Answer, error)
	// Last is the final result when the server has closed the connection in order, or
	// fallen silent, after End. False: it has said too little to be believed.
	Last(silent bool) (asr.Result, bool)
}

// Options of a connection. Name and URL are required.
type Options struct {
	Name    string // of the engine, for errors
	URL     string // ws:// or wss://
	Header  http.Header
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 8 s
	Write   time.Duration // for a message to leave; 0 is 5 s
}

// Dialer opens connections.
type Dialer struct {
	o Options
	d websocket.Dialer
}

// New returns a dialer; nothing is connected before speech comes.
func New(o Options) *Dialer {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.Connect, 3*time.Second)
	set(&o.Idle, 8*time.Second)
	set(&o.Write, 5*time.Second)
	return &Dialer{o: o, d: websocket.Dialer{HandshakeTimeout: o.Connect, Proxy: http.ProxyFromEnvironment}}
}

// Recognize hears src by the protocol p, which is used for nothing else.
func (d *Dialer) Recognize(ctx context.Context, src media.Source, o asr.Options, p Protocol) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		conn, err := d.open(ctx)
		if err != nil {
			yield(asr.Result{}, err)
			return
		}
		s := &session{o: d.o, conn: conn, p: p, said: make(chan struct{})}
		var wg sync.WaitGroup
		defer wg.Wait()
		defer conn.Close()
		defer cancel()
		wg.Go(func() { <-ctx.Done(); _ = conn.Close() })
		wg.Go(func() {
			if err := s.speak(ctx, src, o); err != nil {
				s.fail(err)
			}
		})
		s.listen(ctx, yield)
	}
}

func (d *Dialer) open(ctx context.Context) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.o.Connect)
	defer cancel()
	conn, res, err := d.d.DialContext(ctx, d.o.URL, d.o.Header)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", d.o.Name, asr.ErrUnavailable, err)
	}
	conn.SetReadLimit(maxMessage)
	return conn, nil
}

// session is one utterance.
type session struct {
	o    Options
	conn *websocket.Conn
	p    Protocol
	said chan struct{} // closed when End was sent

	mu  sync.Mutex
	err error // of the sender
}

// fail ends the session from the sender's side: the receiver finds the connection closed.
func (s *session) fail(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	_ = s.conn.Close()
}

// speak sends the utterance, then asks for the final result.
func (s *session) speak(ctx context.Context, src media.Source, o asr.Options) error {
	begin, err := s.p.Begin(o)
	if err != nil {
		return err
	}
	if err := s.send(begin); err != nil {
		return err
	}
	var f media.Frame
	var at media.CallTime
	buf := make([]int16, 0, 2*chunk)
	for {
		err := src.ReadFrame(&f)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case err == nil:
			if len(buf) == 0 {
				at = f.At
			}
			buf = append(buf, f.PCM...)
		}
		for len(buf) >= chunk || err != nil && len(buf) > 0 {
			n := min(len(buf), chunk)
			if err := s.send(s.p.Audio(at, buf[:n])); err != nil {
				return err
			}
			at += media.CallTime(n)
			buf = buf[:copy(buf, buf[n:])]
		}
		if err != nil { // the end
			_ = s.conn.SetReadDeadline(time.Now().Add(s.o.Idle))
			if err := s.send(s.p.End()); err != nil {
				return err
			}
			close(s.said)
			return nil
		}
	}
}

func (s *session) send(ms []Message) error {
	for _, m := range ms {
		kind := websocket.TextMessage
		if m.Binary {
			kind = websocket.BinaryMessage
		}
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.o.Write))
		if err := s.conn.WriteMessage(kind, m.Data); err != nil {
			return fmt.Errorf("%s: %w: %w", s.o.Name, asr.ErrUnavailable, err)
		}
	}
	return nil
}

func (s *session) over() bool {
	select {
	case <-s.said:
		return true
	default:
		return false
	}
}

// listen yields what the server makes of it.
func (s *session) listen(ctx context.Context, yield func(asr.Result, error) bool) {
	for {
		_, b, err := s.conn.ReadMessage()
		if err != nil {
			s.end(ctx, err, yield)
			return
		}
		over := s.over()
		a, err := s.p.Take(b, over)
		if err != nil {
			yield(asr.Result{}, fmt.Errorf("%s: %w: %w", s.o.Name, asr.ErrUnavailable, err))
			return
		}
		if a.Final {
			a.Result.Final = true
			yield(a.Result, nil)
			return
		}
		if over {
			wait := s.o.Idle
			if a.Settle > 0 {
				wait = a.Settle
			}
			_ = s.conn.SetReadDeadline(time.Now().Add(wait))
		}
		if a.Says && !yield(a.Result, nil) {
			return
		}
	}
}

// end closes the utterance when nothing more comes: in order only after the end was asked for.
func (s *session) end(ctx context.Context, err error, yield func(asr.Result, error) bool) {
	if cause := context.Cause(ctx); cause != nil {
		yield(asr.Result{}, cause)
		return
	}
	var late net.Error
	silent := errors.As(err, &late) && late.Timeout()
	if s.over() && (silent || websocket.IsCloseError(err, websocket.CloseNormalClosure)) {
		if r, ok := s.p.Last(silent); ok {
			r.Final = true
			yield(r, nil)
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		err = s.err
	}
	if !errors.Is(err, asr.ErrUnavailable) {
		err = fmt.Errorf("%s: %w: %w", s.o.Name, asr.ErrUnavailable, err)
	}
	yield(asr.Result{}, err)
}

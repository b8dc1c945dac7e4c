// Package socket is what recognisers behind a WebSocket have in common: how
// connections are kept ready, and how an utterance goes up while text comes
// down. What is said over it is a Protocol's.
package socket

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr"
	"parley/media"
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
	// Take reads a message of the server; over tells that End was sent, though the
	// server may not have seen it yet. An error ends it.
	Take(data []byte, over bool) (Answer, error)
	// Last is the final result when the server has closed the connection in order, or
	// fallen silent, after End. False: it has not said enough to be believed.
	Last(silent bool) (asr.Result, bool)
}

// Follower is the optional ability of a protocol whose connection hears one
// utterance after the other. Follow is called before Begin, with the utterance
// before on the same connection, which ended in order.
type Follower interface {
	Follow(before Protocol)
}

// Options of a connection. Name and URL are required.
type Options struct {
	Name    string // of the engine, for errors
	URL     string // ws:// or wss://
	Header  http.Header
	Chunk   int           // samples a message; 0 is 1280: 80 ms
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 8 s
	Write   time.Duration // for a message to leave; 0 is 5 s
}

// Dialer opens connections, and keeps some ready while conversations are open.
type Dialer struct {
	o Options
	d websocket.Dialer

	mu   sync.Mutex
	open int     // conversations
	idle []*link // ready, the newest last
	keep *keeper // while conversations are open
}

// New returns a dialer; nothing is connected before Warm or speech.
func New(o Options) *Dialer {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.Connect, 3*time.Second)
	set(&o.Idle, 8*time.Second)
	set(&o.Write, 5*time.Second)
	if o.Chunk == 0 {
		o.Chunk = 1280
	}
	return &Dialer{o: o, d: websocket.Dialer{HandshakeTimeout: o.Connect, Proxy: http.ProxyFromEnvironment}}
}

// Recognize hears src by the protocol p, which is used for nothing else. A
// connection that is ready is taken; else one is opened while src keeps what
// is said meanwhile.
func (d *Dialer) Recognize(ctx context.Context, src media.Source, o asr.Options, p Protocol) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		l := d.take()
		kept := l != nil
		if !kept {
			var err error
			if l, err = d.dial(ctx); err != nil {
				yield(asr.Result{}, err)
				return
			}
		}
		if f, ok := p.(Follower); ok && l.before != nil {
			f.Follow(l.before)
		}
		s := &session{o: d.o, link: l, p: p, kept: kept, said: make(chan struct{})}
		var wg sync.WaitGroup
		stop := context.AfterFunc(ctx, l.hangUp)
		wg.Go(func() {
			if err := s.speak(ctx, src, o); err != nil {
				s.fail(err)
			}
		})
		inOrder := s.listen(ctx, yield)
		sound := stop() && inOrder && s.over()
		if !sound {
			l.hangUp()
		}
		cancel()
		wg.Wait()
		d.give(l, p, sound)
	}
}

package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr"
	"parley/media"
)

// session is one utterance.
type session struct {
	o    Options
	link *link
	kept bool // the connection was kept ready, and has not answered yet
	p    Protocol
	said chan struct{} // closed when End is sent

	mu  sync.Mutex
	err error // of the sender
}

// fail ends the session from the sender's side: the receiver finds the connection closed.
func (s *session) fail(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	s.link.hangUp()
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
	chunk := s.o.Chunk
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
			close(s.said) // first: the answer may come before the sending returns
			return s.send(s.p.End())
		}
	}
}

func (s *session) send(ms []Message) error {
	for _, m := range ms {
		kind := websocket.TextMessage
		if m.Binary {
			kind = websocket.BinaryMessage
		}
		_ = s.link.c.SetWriteDeadline(time.Now().Add(s.o.Write))
		if err := s.link.c.WriteMessage(kind, m.Data); err != nil {
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

// listen yields what the server makes of it, and reports whether it ended in order.
func (s *session) listen(ctx context.Context, yield func(asr.Result, error) bool) bool {
	silence := time.NewTimer(time.Hour) // as long as it is spoken, nothing need come
	defer silence.Stop()
	said := s.said
	for {
		select {
		case <-said:
			silence.Reset(s.o.Idle)
			said = nil
		case <-silence.C:
			s.end(ctx, errors.New("no final result"), true, yield)
			return false
		case b, ok := <-s.link.in:
			if !ok {
				s.end(ctx, s.link.err, false, yield)
				return false
			}
			s.kept = false
			over := s.over()
			a, err := s.p.Take(b, over)
			switch {
			case err != nil:
				yield(asr.Result{}, fmt.Errorf("%s: %w: %w", s.o.Name, asr.ErrUnavailable, err))
				return false
			case a.Final:
				a.Result.Final = true
				yield(a.Result, nil)
				return true
			case over && a.Settle > 0:
				silence.Reset(a.Settle)
			case over:
				silence.Reset(s.o.Idle)
			}
			if a.Says && !yield(a.Result, nil) {
				return false
			}
		}
	}
}

// end closes the utterance when nothing more comes: in order only after the end was asked for.
func (s *session) end(ctx context.Context, err error, silent bool, yield func(asr.Result, error) bool) {
	if cause := context.Cause(ctx); cause != nil {
		yield(asr.Result{}, cause)
		return
	}
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
	if s.kept {
		err = fmt.Errorf("%w: %w", asr.ErrStale, err)
	}
	if !errors.Is(err, asr.ErrUnavailable) {
		err = fmt.Errorf("%s: %w: %w", s.o.Name, asr.ErrUnavailable, err)
	}
	yield(asr.Result{}, err)
}

package voice

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/media/record"
	"parley/media/room"
)

// Recorder keeps a call's audio: two lanes, told every tick.
type Recorder interface {
	room.Recorder
	Pause(bool)
	Close() error
}

// tape is a call's recording. Nothing of it is there before it is allowed, and a
// refusal erases what was kept under the notice; the customer's switch only stops and
// goes on, and has the last word.
type tape struct {
	call    dialog.CallID
	make    func(w io.Writer, from media.CallTime) (Recorder, error) // nil: calls are not recorded
	journal Journal
	now     func() media.CallTime
	log     *slog.Logger

	mu   sync.Mutex
	seat *room.Seat // nil before the call is up and after it
	rec  Recorder   // nil: nothing is recorded
	file io.Closer
	off  bool // by the customer's switch
}

// begin lets the tape hear a seat; end is its opposite.
func (t *tape) begin(s *room.Seat) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seat = s
}

// allow is the conversation's word: true after notice or consent, false when the
// customer refused.
func (t *tape) allow(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var err error
	switch {
	case !on:
		err = t.erase()
	case !t.off:
		err = t.start()
	}
	if err != nil {
		t.log.Error("recording", "allowed", on, "err", err)
	}
}

// turn is the customer's switch.
func (t *tape) turn(on bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.off = !on
	if t.rec != nil {
		t.rec.Pause(!on)
		t.tell(on)
		return nil
	}
	if on {
		return t.start()
	}
	return nil
}

// start begins the recording. Its first second stands for the call's first, whenever
// it is begun: what lies before is silence.
func (t *tape) start() error {
	if t.rec != nil || t.seat == nil || t.make == nil || t.journal == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
	defer cancel()
	w, err := t.journal.Recording(ctx, t.call)
	if err != nil {
		return fmt.Errorf("voice: recording: %w", err)
	}
	rec, err := t.make(w, t.now())
	if err != nil {
		_ = w.Close()
		return fmt.Errorf("voice: recording: %w", err)
	}
	t.rec, t.file = rec, w
	t.seat.SetRecorder(rec)
	t.tell(true)
	return nil
}

// tell lets the watchers know whether the call is being recorded.
func (t *tape) tell(on bool) {
	ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
	defer cancel()
	if err := t.journal.Taping(ctx, t.call, on); err != nil {
		t.log.Error("recording", "on", on, "err", err)
	}
}

// silence takes a stretch of a lane out of what is recorded.
func (t *tape) silence(s record.Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := t.rec.(interface{ Silence(record.Span) }); ok {
		r.Silence(s)
	}
}

func (t *tape) stop() error {
	if t.rec == nil {
		return nil
	}
	if t.seat != nil {
		t.seat.SetRecorder(nil)
	}
	err := t.rec.Close()
	if e := t.file.Close(); err == nil {
		err = e
	}
	t.rec, t.file = nil, nil
	return err
}

func (t *tape) erase() error {
	if t.rec == nil {
		return nil
	}
	if err := t.stop(); err != nil {
		t.log.Warn("recording", "err", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
	defer cancel()
	err := t.journal.Erase(ctx, t.call)
	t.tell(false)
	return err
}

// end closes the recording.
func (t *tape) end() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.stop()
	t.seat = nil
	return err
}

// journalLimit is how long noting something of a call may take.
const journalLimit = 5 * time.Second

// Package sight brings what customers show into their conversations: pictures are taken
// in and kept with their message, read beside it, and the conversation is woken with what
// was read. Pictures and dialog meet here alone.
package sight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/card"
	"parley/dialog/store"
	"parley/vision"
)

// Store keeps pictures.
type Store interface {
	AddImages(ctx context.Context, images []store.Image) error
	ImageOf(ctx context.Context, id dialog.ConversationID, image string) (store.Image, error)
	ImagesSeen(ctx context.Context, message dialog.TurnID) error
	UnseenImages(ctx context.Context, after time.Time) ([]store.Image, error)
	Since(ctx context.Context, id dialog.ConversationID, after int64, limit int) ([]dialog.Record, error)
	Append(ctx context.Context, id dialog.ConversationID, epoch int64, rs ...dialog.Record) ([]dialog.Record, error)
}

// Blobs keep their bytes.
type Blobs interface {
	Create(name string) (io.WriteCloser, error)
	Open(name string) (io.ReadSeekCloser, error)
	Delete(name string) error
}

// Options of a Sight. Store, Blobs, Bus and Post are required.
type Options struct {
	Store  Store
	Blobs  Blobs
	Bus    dialog.Publisher
	Post   func(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
	Reader vision.Reader // nil: none; every picture is unread
	Limit  time.Duration // of reading one message's pictures; 0 is 40 s
	Shared bool          // other nodes read from the same store
	Logger *slog.Logger
}

const (
	readers = 4                // messages whose pictures are read at a time
	waiting = 200              // that wait to be read; more are unread at once
	each    = 3                // of one conversation
	stale   = time.Minute      // of waiting, after which a message is answered unread
	retry   = 30 * time.Second // until what could not be kept is looked for again
	takers  = 3                // messages whose pictures are taken in at a time
	oldest  = 24 * time.Hour   // what a crash left unread
	theirs  = 3 * time.Minute  // in which another node reads what it took in
)

// Sight owns the reading. Close it.
type Sight struct {
	o     Options
	ctx   context.Context
	stop  context.CancelFunc
	queue chan job
	wg    sync.WaitGroup

	mu     sync.Mutex
	reader vision.Reader
	of     map[dialog.ConversationID]int // messages that wait or are read
	has    map[dialog.TurnID]bool        // likewise

	taking chan struct{}
}

type job struct {
	id    dialog.ConversationID
	turn  dialog.Turn
	since time.Time
}

// New returns a Sight that reads from now on.
func New(o Options) *Sight {
	if o.Limit == 0 {
		o.Limit = 40 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Sight{o: o, queue: make(chan job, waiting), reader: o.Reader,
		of: map[dialog.ConversationID]int{}, has: map[dialog.TurnID]bool{}, taking: make(chan struct{}, takers)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	for range readers {
		s.wg.Go(s.work)
	}
	s.wg.Go(s.again)
	return s
}

// Close ends the reading and waits for it; what was not read is when the server is back.
func (s *Sight) Close() {
	s.stop()
	s.wg.Wait()
}

// Use makes it read by another reader from now on.
func (s *Sight) Use(r vision.Reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reader = r
}

// Taken is pictures that were taken in and belong to no message yet.
type Taken struct {
	images []dialog.Image
	rows   []store.Image
	s      *Sight
}

// Images are they, in their order.
func (t *Taken) Images() []dialog.Image { return t.images }

// Take takes in the pictures of one message: each is made safe and kept. Errors are
// *vision.Refusal, with the number of the picture, or the store's; then nothing is kept.
func (s *Sight) Take(ctx context.Context, id dialog.ConversationID, files []io.Reader) (*Taken, error) {
	t := &Taken{s: s}
	if len(files) > vision.MaxImages {
		return nil, &vision.Refusal{Reason: vision.TooMany, Detail: fmt.Sprint(len(files))}
	}
	select { // each is held whole while it is decoded
	case s.taking <- struct{}{}:
		defer func() { <-s.taking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for _, f := range files {
		if err := t.one(ctx, id, f); err != nil {
			t.Drop()
			return nil, err
		}
	}
	return t, nil
}

func (t *Taken) one(ctx context.Context, id dialog.ConversationID, f io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(f, vision.MaxBytes+1))
	if err != nil {
		return fmt.Errorf("sight: %w", err)
	}
	p, err := vision.Take(ctx, b)
	if err != nil {
		return err
	}
	row := store.Image{ID: store.NewImageID(), Conversation: id, Type: p.Type, Width: p.Width, Height: p.Height, Size: len(p.Data)}
	t.rows = append(t.rows, row)
	t.images = append(t.images, dialog.Image{ID: row.ID, URL: dialog.ImageURL(id, row.ID)})
	if err := t.s.write(row.Blob(), p.Data); err != nil {
		return err
	}
	return t.s.write(row.Thumb(), p.Thumb.Data)
}

func (s *Sight) write(name string, b []byte) error {
	w, err := s.o.Blobs.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return errors.Join(err, w.Close())
}

// Keep binds them to their message; in its transaction, when ctx is that.
func (t *Taken) Keep(ctx context.Context, message dialog.TurnID) error {
	for i := range t.rows {
		t.rows[i].Message = message
	}
	return t.s.o.Store.AddImages(ctx, t.rows)
}

// Drop removes them: the message was not kept.
func (t *Taken) Drop() {
	for _, r := range t.rows {
		for _, name := range []string{r.Blob(), r.Thumb()} {
			if err := t.s.o.Blobs.Delete(name); err != nil {
				t.s.o.Logger.Warn("picture not removed", "blob", name, "err", err)
			}
		}
	}
}

// Open gives a picture of a conversation, or the small one, with its media type.
func (s *Sight) Open(ctx context.Context, id dialog.ConversationID, image string, small bool) (io.ReadSeekCloser, string, error) {
	i, err := s.o.Store.ImageOf(ctx, id, image)
	if err != nil {
		return nil, "", err
	}
	name, kind := i.Blob(), i.Type
	if small {
		name, kind = i.Thumb(), "image/jpeg"
	}
	r, err := s.o.Blobs.Open(name)
	return r, kind, err
}

// Look reads the pictures of a message that is kept, beside what goes on, and then wakes
// its conversation with the turn.
func (s *Sight) Look(id dialog.ConversationID, t dialog.Turn) {
	t.Images = slices.Clone(t.Images)
	j := job{id, t, time.Now()}
	s.mu.Lock()
	if s.has[t.ID] {
		s.mu.Unlock()
		return
	}
	room := s.of[id] < each
	s.has[t.ID] = true
	s.of[id]++
	s.mu.Unlock()
	if room {
		select {
		case s.queue <- j:
			return
		default:
		}
	}
	s.o.Logger.Warn("pictures not read: too many wait", "conversation", id)
	s.told(j, unread(t))
	s.done(j)
}

// done forgets a message that was read.
func (s *Sight) done(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.has, j.turn.ID)
	if s.of[j.id]--; s.of[j.id] <= 0 {
		delete(s.of, j.id)
	}
}

// again looks for what could not be kept, until Close.
func (s *Sight) again() {
	t := time.NewTicker(retry)
	defer t.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
			if err := s.Resume(s.ctx); err != nil && s.ctx.Err() == nil {
				s.o.Logger.Warn("unread pictures are not looked for", "err", err)
			}
		}
	}
}

// Resume reads what a crash left unread.
func (s *Sight) Resume(ctx context.Context) error {
	rows, err := s.o.Store.UnseenImages(ctx, time.Now().Add(-oldest))
	if err != nil {
		return err
	}
	seen := map[dialog.TurnID]bool{}
	for _, r := range rows {
		if seen[r.Message] || s.o.Shared && time.Since(time.UnixMicro(r.At)) < theirs {
			continue
		}
		seen[r.Message] = true
		t, ok, err := s.turn(ctx, r.Conversation, r.Message)
		if err != nil {
			return err
		}
		if ok {
			s.Look(r.Conversation, t)
		}
	}
	return nil
}

// turn finds a message in its conversation.
func (s *Sight) turn(ctx context.Context, id dialog.ConversationID, message dialog.TurnID) (dialog.Turn, bool, error) {
	for after := int64(0); ; {
		rs, err := s.o.Store.Since(ctx, id, after, 500)
		if err != nil {
			return dialog.Turn{}, false, err
		}
		for _, r := range rs {
			after = r.Seq
			var m dialog.MessageData
			if r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil && m.ID == message {
				return m.Turn(r.At), true, nil
			}
		}
		if len(rs) < 500 {
			return dialog.Turn{}, false, nil
		}
	}
}

func (s *Sight) work() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case j := <-s.queue:
			found := unread(j.turn)
			if time.Since(j.since) < stale {
				found = s.read(j)
			}
			if s.ctx.Err() == nil { // else it is read when the server is back
				s.told(j, found)
			}
			s.done(j)
		}
	}
}

// read gives what is seen in each picture of a message.
func (s *Sight) read(j job) (found []dialog.Seen) {
	defer func() { // what strangers send is never read by perfect code
		if r := recover(); r != nil {
			s.o.Logger.Error("reading pictures panicked", "conversation", j.id, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			found = unread(j.turn)
		}
	}()
	ctx, cancel := context.WithTimeout(s.ctx, s.o.Limit)
	defer cancel()
	s.mu.Lock()
	r := s.reader
	s.mu.Unlock()
	if r == nil {
		return unread(j.turn)
	}
	images := make([]vision.Image, 0, len(j.turn.Images))
	for _, i := range j.turn.Images {
		m, err := s.load(ctx, j.id, i.ID)
		if err != nil {
			s.o.Logger.Error("picture not found", "conversation", j.id, "image", i.ID, "err", err)
			return unread(j.turn)
		}
		images = append(images, m)
	}
	fs, err := r.Read(ctx, images, vision.Question{Text: j.turn.Text, Language: j.turn.Language})
	if err != nil || len(fs) != len(images) {
		s.o.Logger.Warn("pictures not read", "conversation", j.id, "err", err)
		return unread(j.turn)
	}
	out := make([]dialog.Seen, 0, len(fs))
	for _, f := range fs {
		out = append(out, seen(f))
	}
	return out
}

func (s *Sight) load(ctx context.Context, id dialog.ConversationID, image string) (vision.Image, error) {
	i, err := s.o.Store.ImageOf(ctx, id, image)
	if err != nil {
		return vision.Image{}, err
	}
	r, err := s.o.Blobs.Open(i.Blob())
	if err != nil {
		return vision.Image{}, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, vision.MaxBytes*4))
	return vision.Image{Data: b, Type: i.Type, Width: i.Width, Height: i.Height}, err
}

func unread(t dialog.Turn) []dialog.Seen {
	out := make([]dialog.Seen, len(t.Images))
	for i := range out {
		out[i] = dialog.Seen{Kind: string(vision.Other), Trouble: dialog.Unread}
	}
	return out
}

// maxText is how much of a picture's text goes on, in bytes.
const maxText = 4000

func seen(f vision.Finding) dialog.Seen {
	out := dialog.Seen{Kind: string(f.Kind), Shows: f.Shows, Mood: f.Mood, Trouble: string(f.Trouble), Engine: f.Engine}
	for _, l := range f.Lines {
		if len(out.Text)+len(l.Text) > maxText {
			break
		}
		out.Text += l.Text + "\n"
	}
	out.Text, _ = card.Mask(out.Text) // of a picture of a card nothing stays that could be paid with
	out.Shows, _ = card.Mask(out.Shows)
	for _, i := range f.Identifiers {
		if _, is := card.Mask(i.Value); is {
			continue
		}
		out.Identifiers = append(out.Identifiers, dialog.Identifier{Kind: string(i.Kind), Value: i.Value, Label: i.Label, Confidence: i.Confidence})
	}
	return out
}

// told keeps what was seen, shows it, and wakes the conversation.
func (s *Sight) told(j job, found []dialog.Seen) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
	defer cancel()
	rs := make([]dialog.Record, 0, len(found))
	for i := range found {
		j.turn.Images[i].Seen = &found[i]
		b, err := json.Marshal(dialog.ImageData{Message: j.turn.ID, Image: j.turn.Images[i].URL, Seen: found[i]})
		if err != nil {
			s.o.Logger.Error("what was seen is not kept", "err", err)
			return
		}
		rs = append(rs, dialog.Record{Type: dialog.ImageRead, Data: b})
	}
	kept, err := s.o.Store.Append(ctx, j.id, 0, rs...)
	if errors.Is(err, dialog.ErrClosed) || errors.Is(err, dialog.ErrNotFound) { // over meanwhile: nobody waits
		err = s.o.Store.ImagesSeen(ctx, j.turn.ID)
		if err == nil {
			return
		}
	}
	if err != nil {
		s.o.Logger.Warn("what was seen is not kept", "conversation", j.id, "err", err)
		return
	}
	for _, r := range kept {
		if err := s.o.Bus.Publish(ctx, r); err != nil {
			s.o.Logger.Warn("event not published", "conversation", j.id, "err", err)
		}
	}
	if err := s.o.Post(ctx, j.id, dialog.Said{Turn: j.turn}); err != nil {
		s.o.Logger.Warn("conversation not woken", "conversation", j.id, "err", err)
		return // looked for again
	}
	// Last: should the server go down before this, the pictures are read again, and the
	// question is answered rather than lost.
	if err := s.o.Store.ImagesSeen(ctx, j.turn.ID); err != nil {
		s.o.Logger.Warn("picture not noted as read", "conversation", j.id, "err", err)
	}
}

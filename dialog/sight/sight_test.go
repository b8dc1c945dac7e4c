package sight_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/sight"
	"parley/dialog/store"
	"parley/vision"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reader reads as it is told to.
type reader func(ctx context.Context, n int) ([]vision.Finding, error)

// Read implements vision.Reader.
func (r reader) Read(ctx context.Context, images []vision.Image, _ vision.Question) ([]vision.Finding, error) {
	return r(ctx, len(images))
}

type world struct {
	*store.Store
	id     dialog.ConversationID
	mu     sync.Mutex
	turns  []dialog.Turn
	posted chan dialog.Turn
}

func open(t *testing.T) *world {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	id, _, err := s.Create(t.Context(), store.NewConversation{})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Store: s, id: id, posted: make(chan dialog.Turn, 1000)}
}

func (w *world) sight(r vision.Reader) *sight.Sight {
	return sight.New(sight.Options{Store: w.Store, Blobs: w.Blobs, Bus: bus.NewLocal(), Reader: r, Limit: time.Minute,
		Post: func(_ context.Context, _ dialog.ConversationID, e dialog.Event) error {
			w.posted <- e.(dialog.Said).Turn
			return nil
		}})
}

// send is a message with pictures, kept as the surface keeps it.
func (w *world) send(t *testing.T, s *sight.Sight, n int) dialog.Turn {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20))); err != nil {
		t.Fatal(err)
	}
	var files []io.Reader
	for range n {
		files = append(files, bytes.NewReader(b.Bytes()))
	}
	taken, err := s.Take(t.Context(), w.id, files)
	if err != nil {
		t.Fatal(err)
	}
	turn := dialog.Turn{ID: dialog.TurnID(store.NewImageID()), From: dialog.Customer, Via: dialog.ViaChat, Images: taken.Images()}
	data, _ := json.Marshal(turn.Data())
	if _, err := w.Keep(t.Context(), w.id, 0, nil, func(ctx context.Context) error { return taken.Keep(ctx, turn.ID) }, dialog.Record{Type: dialog.MessageCreated, Data: data}); err != nil {
		t.Fatal(err)
	}
	return turn
}

func (w *world) next(t *testing.T) dialog.Turn {
	t.Helper()
	select {
	case turn := <-w.posted:
		return turn
	case <-time.After(time.Minute):
		t.Fatal("the conversation was not woken")
	}
	return dialog.Turn{}
}

func TestPicturesAreReadBesideTheConversation(t *testing.T) {
	w := open(t)
	s := w.sight(reader(func(_ context.Context, n int) ([]vision.Finding, error) {
		out := make([]vision.Finding, n)
		for i := range out {
			out[i] = vision.Finding{Kind: vision.Receipt, Lines: []vision.Line{{Text: "Total 7"}}, Identifiers: []vision.Identifier{{Kind: vision.OrderNumber, Value: "204815", Confidence: 0.9}}}
		}
		return out, nil
	}))
	defer s.Close()
	turn := w.send(t, s, 2)
	s.Look(w.id, turn)
	got := w.next(t)
	if got.ID != turn.ID || len(got.Images) != 2 || got.Images[1].Seen == nil || got.Images[1].Seen.Identifiers[0].Value != "204815" || got.Images[0].Seen.Text != "Total 7\n" {
		t.Errorf("%+v", got)
	}
	rs, err := w.Since(t.Context(), w.id, 0, 100)
	if err != nil || len(rs) != 3 || rs[1].Type != dialog.ImageRead || rs[2].Type != dialog.ImageRead {
		t.Errorf("%+v %v", rs, err)
	}
	r, kind, err := s.Open(t.Context(), w.id, turn.Images[0].ID, false)
	if err != nil || kind != "image/png" {
		t.Fatal(kind, err)
	}
	_ = r.Close()
}

// Whatever happens to a reader, the customer is answered.
func TestTheConversationIsWokenWhateverHappens(t *testing.T) {
	w := open(t)
	for name, r := range map[string]vision.Reader{
		"none":    nil,
		"failing": reader(func(context.Context, int) ([]vision.Finding, error) { return nil, vision.ErrUnavailable }),
		"short":   reader(func(context.Context, int) ([]vision.Finding, error) { return []vision.Finding{}, nil }),
	} {
		s := w.sight(r)
		s.Look(w.id, w.send(t, s, 1))
		if got := w.next(t); got.Images[0].Seen == nil || got.Images[0].Seen.Trouble != dialog.Unread {
			t.Errorf("%s: %+v", name, got.Images[0])
		}
		s.Close()
	}
	// Too many wait: those that find no room are not lost.
	slow := make(chan struct{})
	s := w.sight(reader(func(ctx context.Context, _ int) ([]vision.Finding, error) {
		select {
		case <-slow:
		case <-ctx.Done():
		}
		return nil, errors.New("late")
	}))
	turn := w.send(t, s, 1)
	for i := range 10 {
		again := turn
		again.ID += dialog.TurnID(rune('a' + i))
		s.Look(w.id, again)
		if i < 3 {
			s.Look(w.id, again) // twice is once
		}
	}
	for range 7 { // three of one conversation are read; the others are answered at once
		if got := w.next(t); got.Images[0].Seen.Trouble != dialog.Unread {
			t.Errorf("%+v", got)
		}
	}
	if len(w.posted) != 0 {
		t.Error("answered before they were read")
	}
	close(slow)
	for range 3 {
		w.next(t)
	}
	s.Close()
	// A reader that breaks breaks nothing else.
	s = w.sight(reader(func(context.Context, int) ([]vision.Finding, error) { panic("broken") }))
	s.Look(w.id, w.send(t, s, 1))
	if got := w.next(t); got.Images[0].Seen.Trouble != dialog.Unread {
		t.Errorf("%+v", got)
	}
	s.Close()
}

// What a crash left unread is read when the server is back, once.
func TestACrashLosesNoPicture(t *testing.T) {
	w := open(t)
	s := w.sight(reader(func(ctx context.Context, _ int) ([]vision.Finding, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}))
	turn := w.send(t, s, 1)
	s.Look(w.id, turn)
	s.Close()
	if len(w.posted) != 0 {
		t.Error("answered although it was not read")
	}
	for i, want := range []int{1, 0} {
		s = w.sight(reader(func(context.Context, int) ([]vision.Finding, error) {
			return []vision.Finding{{Kind: vision.Screenshot}}, nil
		}))
		if err := s.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range want {
			if got := w.next(t); got.ID != turn.ID || got.Images[0].Seen.Kind != "screenshot" {
				t.Errorf("%+v", got)
			}
		}
		time.Sleep(50 * time.Millisecond)
		s.Close()
		if len(w.posted) != 0 {
			t.Errorf("start %d: answered again", i)
		}
	}
}

// A conversation that is over when its pictures have been read is left in peace.
func TestAConversationThatIsOverIsNotWoken(t *testing.T) {
	w := open(t)
	read := make(chan struct{})
	s := w.sight(reader(func(context.Context, int) ([]vision.Finding, error) {
		<-read
		return []vision.Finding{{Kind: vision.Screenshot}}, nil
	}))
	s.Look(w.id, w.send(t, s, 1))
	if _, err := w.CloseConversation(t.Context(), w.id, store.Closing{Who: "test"}); err != nil {
		t.Fatal(err)
	}
	close(read)
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		left, err := w.UnseenImages(t.Context(), time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it is read again and again")
		}
	}
	s.Close()
	if len(w.posted) != 0 {
		t.Error("woken")
	}
}

// A message whose pictures are not all good leaves none of them.
func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	w := open(t)
	s := w.sight(nil)
	defer s.Close()
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)))
	_, err := s.Take(t.Context(), w.id, []io.Reader{&b, bytes.NewReader([]byte("GIF89a"))})
	if r, ok := vision.As(err); !ok || r.Sentence("zh-CN") == "" {
		t.Error(err)
	}
	if left, err := w.Blobs.Names("img_", time.Now().Add(time.Hour)); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

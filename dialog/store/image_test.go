package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// A picture belongs to its conversation, waits to be read, and goes when it is forgotten;
// what an upload left that was broken off goes too.
func TestImages(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		other, _, _ := s.Create(ctx, store.NewConversation{})
		kept, lost := store.Image{ID: store.NewImageID(), Conversation: id, Message: "m_1", Type: "image/png", Width: 3, Height: 4}, store.Image{ID: store.NewImageID(), Type: "image/jpeg"}
		for _, name := range []string{kept.Blob(), kept.Thumb(), lost.Blob(), lost.Thumb()} {
			w, err := s.Blobs.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write([]byte("x"))
			_ = w.Close()
		}
		if _, err := s.Keep(ctx, id, 0, nil, func(ctx context.Context) error { return s.AddImages(ctx, []store.Image{kept}) }, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		if i, err := s.ImageOf(ctx, id, kept.ID); err != nil || i.Width != 3 || i.Message != "m_1" {
			t.Errorf("%+v %v", i, err)
		}
		if _, err := s.ImageOf(ctx, other, kept.ID); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("of another conversation: ", err)
		}
		if is, err := s.UnseenImages(ctx, time.Now().Add(-time.Minute)); err != nil || len(is) != 1 {
			t.Error(is, err)
		}
		if err := s.ImagesSeen(ctx, "m_1"); err != nil {
			t.Error(err)
		}
		if is, err := s.UnseenImages(ctx, time.Now().Add(-time.Minute)); err != nil || len(is) != 0 {
			t.Error(is, err)
		}
		if n, err := s.SweepImages(ctx, time.Now().Add(-time.Minute)); n != 0 || err != nil {
			t.Error("new ones are swept: ", n, err)
		}
		if n, err := s.SweepImages(ctx, time.Now().Add(time.Minute)); n != 2 || err != nil {
			t.Error(n, err)
		}
		cert, err := s.Forget(ctx, id, "test")
		if err != nil || cert.Removed.Images != 1 || cert.Removed.Recordings != 0 {
			t.Errorf("%+v %v", cert, err)
		}
		if left, err := s.Blobs.Names("img_", time.Now().Add(time.Hour)); err != nil || len(left) != 0 {
			t.Error(left, err)
		}
	})
}

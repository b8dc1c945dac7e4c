package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

func TestOnceHappensOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		ran := 0
		write := func(ctx context.Context) (store.Answer, error) {
			ran++
			_, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)})
			return store.Answer{Status: 202, Body: "done"}, err
		}
		a, again, err := s.Once(ctx, "k", "body", write)
		if err != nil || again || a.Body != "done" || a.Status != 202 {
			t.Fatal(a, again, err)
		}
		a, again, err = s.Once(ctx, "k", "body", write)
		if err != nil || !again || a.Body != "done" || a.Status != 202 {
			t.Error(a, again, err)
		}
		if _, _, err := s.Once(ctx, "k", "other", write); !errors.Is(err, dialog.ErrConflict) {
			t.Error("another request with the same key:", err)
		}
		if rs, _ := s.Since(ctx, id, 0, 10); ran != 1 || len(rs) != 1 {
			t.Errorf("it ran %d times and left %d events", ran, len(rs))
		}
	})
}

// What failed has changed nothing, its key included.
func TestOnceKeepsAllOrNothing(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		broken := errors.New("broken")
		fail := true
		write := func(ctx context.Context) (store.Answer, error) {
			_, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)})
			if err == nil && fail {
				err = broken
			}
			return store.Answer{Status: 202}, err
		}
		if _, _, err := s.Once(ctx, "k", "b", write); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if rs, _ := s.Since(ctx, id, 0, 10); len(rs) != 0 {
			t.Error("the event of a failed request was kept")
		}
		fail = false
		if _, again, err := s.Once(ctx, "k", "b", write); again || err != nil {
			t.Error(again, err)
		}
		if rs, _ := s.Since(ctx, id, 0, 10); len(rs) != 1 || rs[0].Seq != 1 {
			t.Errorf("%+v", rs)
		}
	})
}

// Two nodes, the same request: one runs, the other is told to wait.
func TestOnceWhileItRuns(t *testing.T) {
	run := func(t *testing.T, a, b *store.Store) {
		inside, leave := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _, err := a.Once(context.Background(), "k", "b", func(context.Context) (store.Answer, error) {
				close(inside)
				<-leave
				return store.Answer{Status: 201}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-inside
		_, _, err := b.Once(t.Context(), "k", "b", func(context.Context) (store.Answer, error) { return store.Answer{}, nil })
		if !errors.Is(err, store.ErrRunning) {
			t.Error(err)
		}
		close(leave)
		wg.Wait()
		got, again, err := b.Once(t.Context(), "k", "b", func(context.Context) (store.Answer, error) { return store.Answer{}, nil })
		if err != nil || !again || got.Status != 201 {
			t.Error(got, again, err)
		}
	}
	t.Run("SQLite", func(t *testing.T) { s := open(t, ""); run(t, s, s) })
	t.Run("PostgreSQL", func(t *testing.T) { url := postgres(t); run(t, open(t, url), open(t, url)) })
}

func TestAnswersCannotBeReadInTheTable(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Once(t.Context(), "k", "b", func(context.Context) (store.Answer, error) {
		return store.Answer{Status: 201, Body: `{"token":"HUSHHUSH"}`}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "parley.db*"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), "HUSHHUSH") {
			t.Error(f, "holds a token in the clear", err)
		}
	}
	if len(files) == 0 {
		t.Error("no database was looked into")
	}
}

func TestAConversationThatIsOver(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		if _, err := s.StartCall(ctx, store.Call{ID: "call_a", Conversation: id, Via: "web"}); err != nil {
			t.Fatal(err)
		}
		epoch, _ := s.Claim(ctx, id)
		if _, err := s.CloseConversation(ctx, id, store.Closing{Who: "user_1", Disposition: "solved"}); err != nil {
			t.Fatal(err)
		}
		r := dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{}`)}
		if _, err := s.Append(ctx, id, 0, r); !errors.Is(err, dialog.ErrClosed) {
			t.Error("a customer's message:", err)
		}
		if _, err := s.StartCall(ctx, store.Call{ID: "call_b", Conversation: id, Via: "web"}); !errors.Is(err, dialog.ErrClosed) {
			t.Error("a call:", err)
		}
		if _, err := s.Call(ctx, "call_b"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("the refused call left a row:", err)
		}
		if _, err := s.CloseConversation(ctx, id, store.Closing{}); !errors.Is(err, dialog.ErrClosed) {
			t.Error("twice:", err)
		}
		// What was under way is still noted: what the bot was saying, the end of the call, the rating.
		if _, err := s.Append(ctx, id, epoch, r); err != nil {
			t.Error(err)
		}
		if turns, calls, err := s.Recover(ctx); turns != 0 || calls != 1 || err != nil {
			t.Error(turns, calls, err)
		}
		if _, err := s.EndCall(ctx, "call_a", "hangup"); !errors.Is(err, dialog.ErrConflict) {
			t.Error("a call that ended twice:", err)
		}
		if err := s.Rate(ctx, id, 5, ""); err != nil {
			t.Error(err)
		}
		if err := s.Recorded(ctx, "call_nobody", "x.ogg"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("a recording of no call:", err)
		}
	})
}

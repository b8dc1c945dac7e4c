package serve

import (
	"testing"
	"time"

	"parley/dialog/store"
	"parley/dialog/voice"
)

func TestOldRecordingsAreRemoved(t *testing.T) {
	ctx := t.Context()
	st, err := store.Open(ctx, store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s := &server{store: st}
	s.c.Recording.KeepDays = 90
	id, _, err := st.Create(ctx, store.NewConversation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.StartCall(ctx, store.Call{ID: "call_1", Conversation: id}); err != nil {
		t.Fatal(err)
	}
	var j voice.Journal = (*journal)(s)
	w, err := j.Recording(ctx, "call_1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	later := time.Now().AddDate(0, 0, 91)
	if n, err := s.expire(ctx, later); n != 0 || err != nil {
		t.Error("the recording of a running call was removed:", n, err)
	}
	if _, err := st.EndCall(ctx, "call_1", "hangup"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.expire(ctx, time.Now().AddDate(0, 0, 89)); n != 0 || err != nil {
		t.Error("removed too early:", n, err)
	}
	c, err := st.Call(ctx, "call_1")
	if err != nil || c.Recording == "" {
		t.Fatal(c, err)
	}
	if n, err := s.expire(ctx, later); n != 1 || err != nil {
		t.Error(n, err)
	}
	if f, err := st.Blobs.Open(c.Recording); err == nil {
		_ = f.Close()
		t.Error("the audio is still there")
	}
	if c, _ := st.Call(ctx, "call_1"); c.Recording != "" {
		t.Error("the call still names it")
	}
}

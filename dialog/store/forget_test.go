package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

var c7 = dialog.Person{Space: dialog.SiteSpace(""), ID: "c7"}

// A customer's two conversations, a recording, a profile, and a stranger's.
func remembered(t *testing.T, s *store.Store) (ids []dialog.ConversationID) {
	t.Helper()
	ctx := t.Context()
	for _, customer := range []string{"c7", "c7", ""} {
		id, _, err := s.Create(ctx, store.NewConversation{Customer: customer, Name: "Secret Name"})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		if _, err := s.Keep(ctx, id, 0, []byte(`{"v":1}`), nil, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{"text":"secret words"}`)}); err != nil {
			t.Fatal(err)
		}
		if err := s.Gap(ctx, id, "gap", "secret question"); err != nil {
			t.Fatal(err)
		}
		if err := s.AddHandoff(ctx, id, "customer", json.RawMessage(`{"summary":"secret summary"}`), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	w, err := s.Blobs.Create("call_1.ogg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("secret voice"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartCall(ctx, store.Call{ID: "call_1", Conversation: ids[1], Via: "web", Direction: "in"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recorded(ctx, "call_1", "call_1.ogg"); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateProfile(ctx, c7, func(json.RawMessage) (json.RawMessage, error) { return []byte(`{"facts":["secret"]}`), nil }); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestForgettingACustomerLeavesNothing(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := remembered(t, s)
		epoch, _ := s.Claim(ctx, ids[0])
		var tokens []string // of two more devices
		for range 2 {
			id, token, resumed, err := s.Resume(ctx, store.NewConversation{Customer: "c7"})
			if err != nil || !resumed || id == ids[2] {
				t.Fatal(id, resumed, err)
			}
			tokens = append(tokens, token)
		}
		if _, err := s.CloseConversation(ctx, ids[1], store.Closing{Who: "user_1", Disposition: "done", Note: "secret note"}); err != nil {
			t.Fatal(err)
		}
		cert, err := s.Forget(ctx, ids[0], "customer", tokens[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.ByToken(ctx, tokens[0]); err != nil {
			t.Error("who asked cannot read the certificate:", err)
		}
		if _, err := s.ByToken(ctx, tokens[1]); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("another device's token:", err)
		}
		if ds, err := s.Trail(ctx, store.Deeds{What: "conversation.close", Limit: 10}); err != nil || len(ds) != 1 || strings.Contains(string(ds[0].Data), "secret") || !strings.Contains(string(ds[0].Data), `"done"`) {
			t.Errorf("%+v %v", ds, err)
		}
		want := store.Removed{Conversations: 2, Events: 4, Recordings: 1, Profiles: 1, Gaps: 2, Handoffs: 2}
		if cert.Removed != want || len(cert.Kept) != 0 || cert.By != "customer" {
			t.Errorf("%+v", cert)
		}
		for _, id := range ids[:2] {
			rs, _ := s.Since(ctx, id, 0, 10)
			c, err := s.Conversation(ctx, id)
			if len(rs) != 0 || err != nil || c.Body+c.Memo+c.Customer != "" || c.State != store.Closed {
				t.Errorf("%+v %+v", rs, c)
			}
			if _, err := s.HandoffOf(ctx, id); !errors.Is(err, dialog.ErrNotFound) {
				t.Error(err)
			}
		}
		if _, err := s.Append(ctx, ids[0], epoch, dialog.Record{Type: "a", Data: []byte(`{}`)}); !errors.Is(err, dialog.ErrStale) {
			t.Error("who owned it writes on:", err)
		}
		if p, err := s.Profile(ctx, c7); p != nil || err != nil {
			t.Errorf("%s %v", p, err)
		}
		if _, err := s.Blobs.Open("call_1.ogg"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("the recording is there:", err)
		}
		if rs, _ := s.Since(ctx, ids[2], 0, 10); len(rs) != 1 {
			t.Error("another customer was forgotten too")
		}
		again, err := s.CertificateOf(ctx, cert.ID)
		b, _ := json.Marshal(again)
		if err != nil || again.Removed != want || strings.Contains(string(b), "ecret") || strings.Contains(string(b), "c7") {
			t.Errorf("%s %v", b, err)
		}
		if _, err := s.Forget(ctx, "nobody", "x"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestProfilesAreChangedInATransaction(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		add := func(old json.RawMessage) (json.RawMessage, error) {
			var xs []int
			_ = json.Unmarshal(old, &xs)
			return json.Marshal(append(xs, len(xs)))
		}
		for range 3 {
			if err := s.UpdateProfile(ctx, dialog.Person{Space: dialog.Systems, ID: "c"}, add); err != nil {
				t.Fatal(err)
			}
		}
		broken := errors.New("broken")
		if err := s.UpdateProfile(ctx, dialog.Person{Space: dialog.Systems, ID: "c"}, func(json.RawMessage) (json.RawMessage, error) { return []byte(`[]`), broken }); !errors.Is(err, broken) {
			t.Error(err)
		}
		if p, err := s.Profile(ctx, dialog.Person{Space: dialog.Systems, ID: "c"}); string(p) != "[0,1,2]" || err != nil {
			t.Errorf("%s %v", p, err)
		}
		if err := s.UpdateProfile(ctx, dialog.Person{Space: dialog.Systems}, add); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("a stranger has a profile:", err)
		}
	})
}

// What still runs when a customer is forgotten writes nothing of the customer any more,
// and what was learnt from the conversations goes too.
func TestNothingComesBackOfTheForgotten(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := remembered(t, s)
		if _, err := s.Propose(ctx, []store.Phrasing{{ID: "phr_1", Document: "d", Title: "t", Origin: "conversation", Conversation: ids[1], Body: "secret phrasing"},
			{ID: "phr_2", Document: "d", Title: "t", Origin: "conversation", Conversation: ids[2], Body: "another's"}}); err != nil {
			t.Fatal(err)
		}
		// proven by facts: the profile is under the business system's id
		if err := s.UpdateProfile(ctx, dialog.Person{Space: dialog.Systems, ID: "B-9"}, func(json.RawMessage) (json.RawMessage, error) {
			return []byte(`{"facts":[{"kind":"name","text":"secret","conversation":"` + string(ids[1]) + `"}]}`), nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StartCall(ctx, store.Call{ID: "call_2", Conversation: ids[1], Via: "web", Direction: "in"}); err != nil {
			t.Fatal(err)
		}
		cert, err := s.Forget(ctx, ids[0], "customer")
		if err != nil || cert.Removed.Phrasings != 1 || cert.Removed.Profiles != 2 {
			t.Errorf("%+v %v", cert, err)
		}
		if p, _ := s.Profile(ctx, dialog.Person{Space: dialog.Systems, ID: "B-9"}); p != nil {
			t.Errorf("%s", p)
		}
		if ps, _ := s.Phrasings(ctx, "", store.Proposed, "", 10); len(ps) != 1 || ps[0].ID != "phr_2" {
			t.Errorf("%+v", ps)
		}
		if err := s.AddHandoff(ctx, ids[1], "customer", json.RawMessage(`{}`), time.Time{}); !errors.Is(err, dialog.ErrClosed) {
			t.Error("handoff:", err)
		}
		if err := s.Gap(ctx, ids[1], "gap", "secret"); !errors.Is(err, dialog.ErrClosed) {
			t.Error("gap:", err)
		}
		if err := s.Recorded(ctx, "call_2", "call_2.ogg"); !errors.Is(err, dialog.ErrClosed) {
			t.Error("recording:", err)
		}
		if err := s.Recorded(ctx, "call_2", ""); err != nil {
			t.Error(err)
		}
		if err := s.AddHandoff(ctx, ids[2], "customer", json.RawMessage(`{}`), time.Time{}); err != nil {
			t.Error(err)
		}
	})
}

package delivery

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/desk"
	"parley/dialog/dialogtest"
	"parley/dialog/store"
	"parley/web"
)

// pages is where the client's sources are.
const pages = "../../../web/app"

// site is a server under test.
type site struct {
	store *store.Store
	hub   *conversation.Hub
	bus   *bus.Local
	url   string
}

func (x *site) open(t *testing.T, n store.NewConversation) (dialog.ConversationID, string) {
	t.Helper()
	id, token, err := x.store.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return id, token
}

// people is a desk at which nobody is offered anything: who has a conversation sees it.
type people struct{ web.Desk }

func (people) Sees(p desk.Person, _ dialog.ConversationID, _ dialog.Holder, agent, _, _ string) bool {
	return p.ID == agent
}

func (people) Over(context.Context, dialog.ConversationID) error { return nil }

func (people) Look() {}

func (people) Feed() *desk.Feed { return desk.NewFeed(time.Now()) }

// up starts a server without speech, whose brain repeats what it is asked.
func up(t *testing.T) *site {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := bus.NewLocal()
	hub := conversation.NewHub(conversation.Options{Log: st, Bus: b, Brain: &dialogtest.Brain{}, Chat: chat.New()})
	w := web.New(web.Options{Records: st, Hub: hub, Bus: b, Desk: people{}, Requests: 1_000_000,
		Sites: []web.Site{{Key: "shop", Secret: "secret"}}})
	s := httptest.NewServer(w)
	t.Cleanup(func() {
		w.Close()
		s.Close()
		if err := hub.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &site{st, hub, b, s.URL}
}

// events are a conversation's, as they are kept.
func events(t *testing.T, st *store.Store, id dialog.ConversationID) (all []dialog.Record) {
	t.Helper()
	for {
		after := int64(0)
		if n := len(all); n > 0 {
			after = all[n-1].Seq
		}
		rs, err := st.Since(t.Context(), id, after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			return all
		}
		all = append(all, rs...)
	}
}

// 40 conversations, each with two tabs; 10,000 messages without the race detector.
func TestNothingIsLostDoubledOrOutOfOrder(t *testing.T) {
	const conversations, messages = 40, each
	x := up(t)
	st, hub := x.store, x.hub
	proxy, base := newChaos(t, x.url)
	type talk struct {
		ID    dialog.ConversationID `json:"id"`
		Token string                `json:"token"`
	}
	talks := make([]talk, conversations)
	for i := range talks {
		talks[i].ID, talks[i].Token = x.open(t, store.NewConversation{Locale: "en"})
	}
	until := filepath.Join(t.TempDir(), "until.json")
	job, err := json.Marshal(map[string]any{"base": base, "messages": messages, "conversations": talks, "until": until})
	if err != nil {
		t.Fatal(err)
	}
	consult(t)
	node := exec.CommandContext(t.Context(), "node", "delivery.mjs")
	node.Dir = pages
	node.Stdin = bytes.NewReader(job)
	var said bytes.Buffer
	node.Stderr = &said
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	if !lines.Scan() || lines.Text() != "sent" {
		_ = node.Wait()
		t.Fatalf("the client ended: %s%s", lines.Text(), said.String())
	}
	// What was sent twice may still arrive, and the last replies are being written.
	proxy.wait()
	ends := map[dialog.ConversationID]int64{}
	for _, k := range talks {
		for state, awake := hub.Snapshot(k.ID); awake && !state.Idle(); state, awake = hub.Snapshot(k.ID) {
			time.Sleep(5 * time.Millisecond)
		}
		all := events(t, st, k.ID)
		ends[k.ID] = all[len(all)-1].Seq
	}
	b, err := json.Marshal(ends)
	if err == nil {
		err = os.WriteFile(until, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	var seen map[dialog.ConversationID][][]int64
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &seen) != nil {
		t.Fatalf("the client ended: %.200s%s", lines.Text(), said.String())
	}
	if err := node.Wait(); err != nil {
		t.Fatal(err, said.String())
	}
	for _, k := range talks {
		all := events(t, st, k.ID)
		kept(t, all, messages)
		for tab, seqs := range seen[k.ID] {
			same(t, fmt.Sprintf("%s, tab %d", k.ID, tab), seqs, len(all))
		}
	}
	t.Log(proxy.told())
	for name, n := range proxy.counts {
		if n.Load() == 0 {
			t.Errorf("never happened: %s", name)
		}
	}
}

// consult opens what the client is made of, so that a result is not taken from the cache
// when that has changed.
func consult(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(pages, "core", "*.ts"))
	if err != nil || len(files) == 0 {
		t.Fatal("no client: ", err)
	}
	for _, f := range append(files, filepath.Join(pages, "delivery.mjs")) {
		if _, err := os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
}

// kept looks for every message once, and in order.
func kept(t *testing.T, all []dialog.Record, messages int) {
	t.Helper()
	n := 0
	for i, r := range all {
		if r.Seq != int64(i+1) {
			t.Fatalf("event %d has number %d", i+1, r.Seq)
		}
		var m dialog.MessageData
		if r.Type != dialog.MessageCreated || json.Unmarshal(r.Data, &m) != nil || m.From != dialog.Customer {
			continue
		}
		if want := fmt.Sprintf("message %d", n); m.Text != want {
			t.Fatalf("%q instead of %q", m.Text, want)
		}
		n++
	}
	if n != messages {
		t.Errorf("%d messages of %d", n, messages)
	}
}

// same looks for the numbers from 1 to n.
func same(t *testing.T, who string, seqs []int64, n int) {
	t.Helper()
	for i, seq := range seqs {
		if seq != int64(i+1) {
			t.Fatalf("%s: event %d is number %d", who, i+1, seq)
		}
	}
	if len(seqs) != n {
		t.Errorf("%s: %d events of %d", who, len(seqs), n)
	}
}

// TestMain readies what the client is built with, where the pages were not built before.
func TestMain(m *testing.M) {
	if _, err := os.Stat(filepath.Join(pages, "node_modules", "ws")); err != nil {
		npm := exec.Command("npm", "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error")
		npm.Dir = pages
		if out, err := npm.CombinedOutput(); err != nil {
			fmt.Fprintln(os.Stderr, "npm install:", err, strings.TrimSpace(string(out)))
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

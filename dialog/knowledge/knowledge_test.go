package knowledge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/knowledge"
	"parley/dialog/rag"
	"parley/dialog/rag/read/fetch"
	"parley/dialog/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a service with its store and index.
type house struct {
	*knowledge.Service
	t     *testing.T
	store *store.Store
	index *rag.Index
}

func open(t *testing.T, folder string, change func(*knowledge.Options)) *house {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: s, index: rag.New()}
	o := knowledge.Options{Store: s, Index: h.index, Every: 20 * time.Millisecond}
	if change != nil {
		change(&o)
	}
	h.Service = knowledge.New(o)
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *house) start() *house {
	h.t.Helper()
	if err := h.Start(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return h
}

func (h *house) put(id, text string, draft bool) store.Document {
	h.t.Helper()
	d, _, err := h.Put(h.t.Context(), id, knowledge.Input{Text: &text, Draft: draft, Who: "u"})
	if err == nil {
		err = h.Look(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// finds is the text of the best passage.
func (h *house) finds(q string) string {
	hits := h.index.Search(rag.Query{Text: q, K: 1})
	if len(hits) == 0 {
		return ""
	}
	return hits[0].Text
}

// until waits for a document's file to be read.
func (h *house) until(id string) knowledge.Full {
	h.t.Helper()
	for {
		f, err := h.Get(h.t.Context(), id)
		if err != nil {
			h.t.Fatal(err)
		}
		if f.State == store.Ready || f.State == store.Failed {
			if err := h.Look(h.t.Context()); err != nil { // what is kept may still be on its way into the index
				h.t.Fatal(err)
			}
			if f, err = h.Get(h.t.Context(), id); err != nil {
				h.t.Fatal(err)
			}
			return f
		}
		select {
		case <-h.t.Context().Done():
			h.t.Fatal("it is not read")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestAnEditIsFoundAndTheOldTextIsGone(t *testing.T) {
	folder := t.TempDir()
	h := open(t, folder, nil).start()
	missed := 0
	h.put("d", "# Returns\nYou can return headphones within 30 days.", false)
	for _, days := range []string{"14 days", "60 days", "90 days"} {
		h.put("d", "# Returns\nYou can return headphones within "+days+".", false)
		if got := h.finds("return headphones"); !strings.Contains(got, days) {
			missed++
		}
		if n := h.index.Len(); n != 1 {
			t.Errorf("%d passages: old text is still there", n)
		}
	}
	if missed != 0 {
		t.Errorf("%d searches missed an edit", missed)
	}
	if d := h.put("d", "# Returns\nYou can return headphones within 90 days.", false); d.Version != 4 {
		t.Error("the same text is a new version:", d.Version)
	}
	if err := errors.Join(h.Delete(t.Context(), "d"), h.Look(t.Context())); err != nil || h.index.Len() != 0 {
		t.Error("deleted, and still found", err)
	}
}

// What another process puts into the store is found, and what it deletes is not.
func TestAnotherProcess(t *testing.T) {
	folder := t.TempDir()
	h := open(t, folder, nil).start()
	other := open(t, folder, nil)
	waits := func(what string, ok func() bool) {
		for !ok() {
			select {
			case <-t.Context().Done():
				t.Fatal(what)
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	text := "# Delivery\nParcels take two days."
	if _, _, err := other.Put(t.Context(), "x", knowledge.Input{Text: &text}); err != nil {
		t.Fatal(err)
	}
	waits("never found", func() bool { return strings.Contains(h.finds("parcels"), "two days") })
	if err := other.Delete(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	waits("never gone", func() bool { return h.index.Len() == 0 })
}

func TestFilesAreReadAndBadOnesSayWhy(t *testing.T) {
	h := open(t, t.TempDir(), nil).start()
	put := func(id, name string, b []byte) {
		t.Helper()
		if _, _, err := h.PutFile(t.Context(), id, name, b, knowledge.Input{Who: "u"}); err != nil {
			t.Fatal(err)
		}
		h.Wake()
	}
	put("good", "prices.csv", []byte("Model,Price\nAir,99\nPro,199\n"))
	put("bad", "x.docx", []byte("PK\x03\x04 not really"))
	put("other", "b.md", []byte("# B\nThe second good file.\n"))
	if f := h.until("good"); f.State != store.Ready || f.Kind != "csv" || f.Title != "prices" || f.Passages != 1 || h.finds("price of the Air") == "" {
		t.Errorf("%+v", f)
	}
	if f := h.until("bad"); f.State != store.Failed || !strings.Contains(f.Error, "damaged") {
		t.Errorf("%+v", f)
	}
	if f := h.until("other"); f.State != store.Ready || f.Title != "B" {
		t.Errorf("%+v", f)
	}
	// The same file changes nothing; a broken one leaves what was there.
	if _, changed, err := h.PutFile(t.Context(), "good", "prices.csv", []byte("Model,Price\nAir,99\nPro,199\n"), knowledge.Input{}); err != nil || changed {
		t.Error("the same file is another:", err)
	}
	put("good", "prices.csv", []byte("\x00\x01\x02\x03\x04\x05"))
	if f := h.until("good"); f.State != store.Failed || f.Version != 1 || h.finds("price of the Air") == "" {
		t.Errorf("%+v", f)
	}
	put("good", "prices.csv", []byte("Model,Price\nAir,89\n"))
	if f := h.until("good"); f.State != store.Ready || f.Version != 2 || !strings.Contains(h.finds("price of the Air"), "89") {
		t.Errorf("%+v %s", f, h.finds("price of the Air"))
	}
}

// Files that waited when a server went down are read by the next.
func TestWhatWaitedIsReadAtTheNextStart(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder, nil) // is not started: nobody reads
	if _, _, err := first.PutFile(t.Context(), "d", "a.txt", []byte("The shop opens at nine."), knowledge.Input{}); err != nil {
		t.Fatal(err)
	}
	if f, _ := first.Get(t.Context(), "d"); f.State != store.Queued {
		t.Errorf("%+v", f)
	}
	h := open(t, folder, nil).start()
	if f := h.until("d"); f.State != store.Ready || !strings.Contains(h.finds("when does the shop open"), "nine") {
		t.Errorf("%+v", f)
	}
}

func TestTheQueueIsBounded(t *testing.T) {
	h := open(t, t.TempDir(), func(o *knowledge.Options) { o.Queue = 2 })
	for i, want := range []error{nil, nil, knowledge.ErrBusy} {
		_, _, err := h.PutFile(t.Context(), knowledge.NewID(), "a.txt", []byte("text"), knowledge.Input{})
		if !errors.Is(err, want) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

type pages struct{ page fetch.Page }

func (p *pages) Get(context.Context, string) (fetch.Page, error) {
	if p.page.Body == nil {
		return fetch.Page{}, fetch.ErrAddress
	}
	return p.page, nil
}

func TestAddresses(t *testing.T) {
	p := &pages{}
	h := open(t, t.TempDir(), func(o *knowledge.Options) { o.Fetch, o.Workers = p, 1 }).start()
	get := func() knowledge.Full {
		t.Helper()
		if _, err := h.PutURL(t.Context(), "u", "https://shop.example/help", knowledge.Input{}); err != nil {
			t.Fatal(err)
		}
		h.Wake()
		return h.until("u")
	}
	if f := get(); f.State != store.Failed || !strings.Contains(f.Error, "not fetched") {
		t.Errorf("%+v", f)
	}
	p.page = fetch.Page{Name: "help.html", Body: []byte("<html><head><title>Help</title></head><body><p>We ship on Mondays.</p></body></html>")}
	if f := get(); f.State != store.Ready || f.Version != 1 || f.Title != "Help" || f.Source != "https://shop.example/help" {
		t.Errorf("%+v", f)
	}
	if f := get(); f.State != store.Ready || f.Version != 1 {
		t.Errorf("nothing changed there: %+v", f)
	}
}

func TestDraftsVersionsAndWhatTheyWouldChange(t *testing.T) {
	h := open(t, t.TempDir(), nil).start()
	ctx := t.Context()
	h.put("d", "# Returns\nYou can return headphones within 30 days.\n# Delivery\nParcels take two days.", false)
	h.asks("Can I return my headphones?", "")
	h.asks("can i return my headphones", "")
	h.asks("How long do parcels take?", "")
	if _, err := h.Questions(ctx, "d"); !errors.Is(err, knowledge.ErrNoDraft) {
		t.Error(err)
	}
	h.put("d", "# Returns\nYou can return headphones within 14 days.\n# Delivery\nParcels take two days.", true)
	if got := h.finds("return headphones"); !strings.Contains(got, "30 days") {
		t.Error("a draft is found:", got)
	}
	cs, err := h.Questions(ctx, "d")
	if err != nil || len(cs) != 1 || cs[0].Count != 2 || !strings.Contains(cs[0].Before.Text, "30") || !strings.Contains(cs[0].After.Text, "14") {
		t.Errorf("%+v %v", cs, err)
	}
	ls, err := h.Diff(ctx, "d", 1, -1)
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(string(l.Op) + l.Text + "\n")
	}
	want := " # Returns\n-You can return headphones within 30 days.\n+You can return headphones within 14 days.\n # Delivery\n Parcels take two days.\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
	if _, err := h.Publish(ctx, "d", "u"); err != nil {
		t.Fatal(err)
	}
	if err := h.Look(ctx); err != nil || !strings.Contains(h.finds("return headphones"), "14 days") {
		t.Error(err, h.finds("return headphones"))
	}
	if d, err := h.Restore(ctx, "d", 1, "u"); err != nil || d.Version != 3 {
		t.Error(d.Version, err)
	}
	if err := h.Look(ctx); err != nil || !strings.Contains(h.finds("return headphones"), "30 days") {
		t.Error(err)
	}
	if vs, err := h.Versions(ctx, "d"); err != nil || len(vs) != 3 || vs[0].Version != 3 || vs[2].Who != "u" {
		t.Errorf("%+v %v", vs, err)
	}
}

// asks keeps a conversation with a question, and perhaps a score, and gives its ID.
func (h *house) asks(text, answer string, cites ...dialog.Citation) dialog.ConversationID {
	h.t.Helper()
	id, _, err := h.store.Create(h.t.Context(), store.NewConversation{Locale: "en"})
	if err != nil {
		h.t.Fatal(err)
	}
	h.says(id, dialog.Customer, text)
	if answer != "" {
		h.says(id, dialog.Bot, answer, cites...)
	}
	return id
}

func (h *house) says(id dialog.ConversationID, who dialog.Party, text string, cites ...dialog.Citation) {
	h.t.Helper()
	b, err := json.Marshal(dialog.MessageData{From: who, Text: text, Citations: cites})
	if err == nil {
		_, err = h.store.Append(h.t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestWhatComesWithTheProgram(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	ctx := t.Context()
	seed := func(texts ...string) {
		t.Helper()
		for i, text := range texts {
			if err := h.Seed(ctx, rag.Document{ID: string(rune('a' + i)), Text: text, Language: "en"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	seed("# A\none", "# B\none", "# C\none")
	h.put("b", "# B\nas people want it", false)
	if err := h.Delete(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	seed("# A\ntwo", "# B\ntwo", "# C\ntwo")
	if f, err := h.Get(ctx, "a"); err != nil || f.Text != "# A\ntwo" || f.Version != 2 {
		t.Errorf("%+v %v", f, err)
	}
	if f, err := h.Get(ctx, "b"); err != nil || f.Text != "# B\nas people want it" {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := h.Get(ctx, "c"); !errors.Is(err, dialog.ErrNotFound) {
		t.Error("it came back:", err)
	}
}

// Originals that nothing needs are not kept.
func TestOriginals(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	d, _, err := h.ReadFile(t.Context(), "d", "a.md", []byte("# A\ntext"), knowledge.Input{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := h.store.Blobs.Open(d.Blob)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(f); err != nil || b.String() != "# A\ntext" {
		t.Error(b.String(), err)
	}
	_ = f.Close()
	if err := h.Delete(t.Context(), "d"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.Blobs.Open(d.Blob); !errors.Is(err, dialog.ErrNotFound) {
		t.Error("the original is still there:", err)
	}
}

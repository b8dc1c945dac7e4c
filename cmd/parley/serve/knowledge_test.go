package serve

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog/store"
)

// doc is a document as the surface shows it.
type doc struct {
	ID, Title, State, Error, Text, Language string
	DraftText                               string `json:"draft_text"`
	Version                                 int64
	Passages                                int
	Draft                                   bool
}

type docs struct {
	Items []doc
	Next  string
}

// uploaded is a body with a file and fields; fields are pairs.
func uploaded(t *testing.T, name string, file []byte, fields ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	p, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = p.Write(file)
	}
	for i := 0; i+1 < len(fields) && err == nil; i += 2 {
		err = w.WriteField(fields[i], fields[i+1])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func (x *site) supervisor() string {
	x.t.Helper()
	for _, p := range x.fresh {
		if p.role == store.Supervisor {
			return x.staff(p.email, p.password)
		}
	}
	x.t.Fatal("no supervisor")
	return ""
}

func (x *site) agent() string {
	x.t.Helper()
	for _, p := range x.fresh {
		if p.role == store.Agent {
			return x.staff(p.email, p.password)
		}
	}
	x.t.Fatal("no agent")
	return ""
}

// audits counts what was noted.
func (x *site) audits(like string) (n int) {
	x.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(x.c.Data, "parley.db"))
	if err == nil {
		err = db.QueryRowContext(x.t.Context(), "SELECT count(*) FROM audit WHERE what LIKE ? AND who <> '' AND source <> ''", like).Scan(&n)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// first is the text of what a search finds first.
func (x *site) first(token, q string) string {
	x.t.Helper()
	var out struct {
		Items []struct {
			Text string
			Why  struct{ Words []string }
		}
	}
	b, _ := json.Marshal(map[string]any{"q": q, "k": 1})
	x.do("POST", "/v1/knowledge/search", token, string(b)).json(x.t, &out)
	if len(out.Items) == 0 {
		return ""
	}
	return out.Items[0].Text + fmt.Sprint(out.Items[0].Why.Words)
}

const documents = "/v1/knowledge/documents"

func TestTheKnowledgeOfTheDemoIsEditedAndFound(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	boss := x.supervisor()
	var list docs
	x.do("GET", documents, boss, "").json(t, &list)
	if len(list.Items) != 4 || list.Items[0].Passages == 0 || list.Items[0].State != "ready" {
		t.Fatalf("%+v", list)
	}
	var shop doc
	x.do("GET", documents+"/demo:shop.en", boss, "").json(t, &shop)
	if !strings.Contains(shop.Text, "within 30 days of delivery") {
		t.Fatal(shop.Text)
	}
	const q = "How long do I have to return something?"
	edit, _ := json.Marshal(map[string]any{"text": strings.ReplaceAll(shop.Text, "30 days", "14 days"), "draft": true})
	if a := x.do("PUT", documents+"/demo:shop.en", boss, string(edit)); a.code != 202 || !strings.Contains(a.body, `"draft":true`) {
		t.Fatal(a)
	}
	if got := x.first(boss, q); !strings.Contains(got, "30 days") || !strings.Contains(got, "return") {
		t.Error("a draft is found, or nothing:", got)
	}
	if a := x.do("GET", documents+"/demo:shop.en/diff?from=1&to=draft", boss, ""); a.code != 200 || !strings.Contains(a.body, `{"op":"+","text":"You can return anything within 14 days`) {
		t.Error(a)
	}
	k := x.converse()
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"`+q+`"}`)
	if a := x.do("GET", documents+"/demo:shop.en/draft/questions", boss, ""); a.code != 200 || !strings.Contains(a.body, q) || !strings.Contains(a.body, "14 days") {
		t.Error(a)
	}
	if a := x.do("POST", documents+"/demo:shop.en/publish", boss, "", "Idempotency-Key", "p"); a.code != 200 || !strings.Contains(a.body, `"version":2`) {
		t.Error(a)
	}
	if got := x.first(boss, q); !strings.Contains(got, "14 days") {
		t.Error("what was published is not found:", got)
	}
	if a := x.do("POST", documents+"/demo:shop.en/restore", boss, `{"version":1}`); a.code != 200 {
		t.Error(a)
	}
	if got := x.first(boss, q); !strings.Contains(got, "30 days") {
		t.Error("what was restored is not found:", got)
	}
	if a := x.do("GET", documents+"/demo:shop.en/versions", boss, "", "Accept", "text/csv"); a.code != 200 || !strings.HasPrefix(a.body, "version,at,by,title,bytes,current\r\n3,") ||
		!strings.HasPrefix(a.head.Get("Content-Type"), "text/csv") {
		t.Error(a)
	}
	if a := x.do("GET", documents+"/demo:shop.en/versions/2", boss, ""); !strings.Contains(a.body, "14 days") {
		t.Error(a)
	}
	if n := x.audits("document.%"); n != 3 {
		t.Errorf("%d of 3 changes were noted", n)
	}
}

func TestDocumentsThatAreGiven(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	boss := x.supervisor()
	body, kind := uploaded(t, "prices.csv", []byte("Model,Price\nZephyr,$4321\nOther,$1\n"), "title", "Price list", "language", "en")
	var d doc
	a := x.do("POST", documents, boss, body, "Content-Type", kind, "Idempotency-Key", "k")
	if a.json(t, &d); a.code != 202 || d.State != "queued" || d.Title != "Price list" {
		t.Fatal(a)
	}
	if b := x.do("POST", documents, boss, body, "Content-Type", kind, "Idempotency-Key", "k"); b.body != a.body {
		t.Error("it was added twice:", b)
	}
	for d.State != "ready" && d.State != "failed" && t.Context().Err() == nil {
		x.do("GET", documents+"/"+d.ID, boss, "").json(t, &d)
	}
	if err := x.know.Look(t.Context()); err != nil { // what is kept may still be on its way into the index
		t.Fatal(err)
	}
	if got := x.first(boss, "price of the Zephyr"); d.State != "ready" || !strings.Contains(got, "$4321") {
		t.Errorf("%+v %s", d, got)
	}
	large, kind2 := uploaded(t, "large.txt", bytes.Repeat([]byte("A long file of words. "), 100_000))
	if a := x.do("POST", documents, boss, large, "Content-Type", kind2); a.code != 202 {
		t.Error("2 MB are refused:", a.code, a.body)
	}
	if a := x.do("DELETE", documents+"/"+d.ID, boss, ""); a.code != 204 {
		t.Error(a)
	}
	if got := x.first(boss, "price of the Zephyr"); strings.Contains(got, "$4321") {
		t.Error("deleted, and still found")
	}
	refused(t, "deleted twice", x.do("DELETE", documents+"/"+d.ID, boss, ""), 404)
	if a := x.do("POST", documents, boss, `{"url":"http://169.254.169.254/latest"}`); a.code != 202 {
		t.Error(a)
	} else {
		a.json(t, &d)
		for d.State != "failed" && d.State != "ready" && t.Context().Err() == nil {
			x.do("GET", documents+"/"+d.ID, boss, "").json(t, &d)
		}
		if !strings.Contains(d.Error, "not public") {
			t.Errorf("%+v", d)
		}
	}
}

func TestWhoMayDoWhatWithTheKnowledge(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {})
	k, agent, boss := x.converse(), x.agent(), x.supervisor()
	one := documents + "/demo:shop.en"
	for name, r := range map[string]struct {
		method, path, token, body string
		code                      int
	}{
		"nobody lists":         {"GET", documents, "", "", 401},
		"a customer lists":     {"GET", documents, k.Token, "", 403},
		"a customer searches":  {"GET", "/v1/knowledge/search?q=x", k.Token, "", 403},
		"an agent adds":        {"POST", documents, agent, `{"text":"x"}`, 403},
		"an agent changes":     {"PUT", one, agent, `{"text":"x"}`, 403},
		"an agent deletes":     {"DELETE", one, agent, "", 403},
		"an agent publishes":   {"POST", one + "/publish", agent, "", 403},
		"an agent restores":    {"POST", one + "/restore", agent, `{"version":1}`, 403},
		"an agent closes":      {"POST", "/v1/knowledge/gaps/x/close", agent, "", 403},
		"an agent approves":    {"POST", "/v1/knowledge/phrasings/x/approve", agent, "", 403},
		"nothing is given":     {"POST", documents, boss, `{"title":"x"}`, 422},
		"two things":           {"POST", documents, boss, `{"text":"x","url":"http://x"}`, 422},
		"empty text":           {"POST", documents, boss, `{"text":"  "}`, 422},
		"a field that is none": {"POST", documents, boss, `{"text":"x","colour":"red"}`, 422},
		"a number for a text":  {"POST", documents, boss, `{"text":7}`, 422},
		"bad JSON":             {"POST", documents, boss, `{`, 400},
		"a bad language":       {"POST", documents, boss, `{"text":"x","language":"e n"}`, 422},
		"a bad time":           {"POST", documents, boss, `{"text":"x","valid_from":"soon"}`, 422},
		"until before from":    {"POST", documents, boss, `{"text":"x","valid_from":"2026-02-01","valid_until":"2026-01-01"}`, 422},
		"no such document":     {"GET", documents + "/nothing", boss, "", 404},
		"no such to change":    {"PUT", documents + "/nothing", boss, `{"text":"x"}`, 404},
		"no draft":             {"POST", one + "/publish", boss, "", 404},
		"no draft to compare":  {"GET", one + "/diff?from=1&to=draft", boss, "", 404},
		"no such version":      {"GET", one + "/versions/99", boss, "", 404},
		"a bad diff":           {"GET", one + "/diff?from=1&to=x", boss, "", 422},
		"no such gap":          {"POST", "/v1/knowledge/gaps/x/close", boss, "", 404},
		"no such phrasing":     {"POST", "/v1/knowledge/phrasings/x/reject", boss, "", 404},
		"no question":          {"GET", "/v1/knowledge/search", boss, "", 422},
	} {
		refused(t, name, x.do(r.method, r.path, r.token, r.body), r.code)
	}
	refused(t, "another type", x.do("POST", documents, boss, "x", "Content-Type", "text/plain"), 415)
	for _, path := range []string{documents, one, one + "/versions", "/v1/knowledge/search?q=return", "/v1/knowledge/gaps", "/v1/knowledge/phrasings"} {
		if a := x.do("GET", path, agent, ""); a.code != 200 {
			t.Error(path, a)
		}
	}
	if a := x.do("GET", documents+"?limit=1", agent, "", "Accept", "text/csv"); a.code != 200 || !strings.Contains(a.head.Get("Link"), "cursor=") || strings.Count(a.body, "\n") != 2 {
		t.Error(a)
	}
	refused(t, "no table", x.do("GET", one, agent, "", "Accept", "text/csv"), 406)
}

func TestQuestionsWithoutAnAnswerStandInTheGaps(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	boss := x.supervisor()
	for _, q := range []string{"=Do you sell gift cards?", "=do you sell gift cards"} {
		if err := x.store.Gap(t.Context(), x.converse().ID, store.GapKind, q); err != nil {
			t.Fatal(err)
		}
	}
	var out struct {
		Items []struct {
			ID, Question string
			Count        int
		}
	}
	x.do("GET", "/v1/knowledge/gaps", boss, "").json(t, &out)
	if len(out.Items) != 1 || out.Items[0].Count != 2 {
		t.Fatalf("%+v", out)
	}
	if a := x.do("GET", "/v1/knowledge/gaps", boss, "", "Accept", "text/csv"); !strings.Contains(a.body, ",'=do you sell gift cards,en,2,") && !strings.Contains(a.body, ",'=Do you sell gift cards?,en,2,") {
		t.Error("a formula for whoever opens the table:", a.body)
	}
	if a := x.do("POST", "/v1/knowledge/gaps/"+out.Items[0].ID+"/close", boss, ""); a.code != 204 {
		t.Error(a)
	}
	if a := x.do("GET", "/v1/knowledge/gaps", boss, ""); !strings.Contains(a.body, `"items":[]`) {
		t.Error(a)
	}
}

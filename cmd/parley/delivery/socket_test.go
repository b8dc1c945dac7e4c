package delivery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/dialog"
	"parley/dialog/store"
)

// tab is a page's socket.
type tab struct {
	t *testing.T
	c *websocket.Conn
}

func (x *site) tab(t *testing.T, id dialog.ConversationID, token string) *tab {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + token}}
	c, _, err := d.Dial("ws"+strings.TrimPrefix(x.url, "http")+"/v1/conversations/"+string(id)+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	return &tab{t, c}
}

func (w *tab) next() (r dialog.Record) {
	w.t.Helper()
	if err := w.c.ReadJSON(&r); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// until skips to a type, and gives the data.
func (w *tab) until(kind string) string {
	w.t.Helper()
	for {
		if r := w.next(); r.Type == kind {
			return string(r.Data)
		}
	}
}

// One that does not keep up misses what passes, and nothing of what is kept.
func TestASlowWatcherSeesAllThatIsKept(t *testing.T) {
	t.Parallel()
	const all = 600
	x := up(t)
	id, token := x.open(t, store.NewConversation{})
	slow := x.tab(t, id, token)
	text := strings.Repeat("x", 20_000) // so that the network's own buffers are full soon
	for i := range all {
		b, err := json.Marshal(dialog.MessageData{ID: dialog.TurnID(fmt.Sprint("m", i)), From: dialog.Agent, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		rs, err := x.store.Append(t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range append(rs, dialog.Record{Type: dialog.SpeechPartial, Conversation: id, Data: []byte("{}")}) {
			if err := x.bus.Publish(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	passing := 0
	for seq := int64(0); seq < all; {
		r := slow.next()
		switch r.Seq {
		case 0:
			passing++
		case seq + 1:
			seq++
		default:
			t.Fatalf("%d after %d", r.Seq, seq)
		}
	}
	if passing > all/2 {
		t.Errorf("the watcher was quick enough for %d of %d: this test tests nothing", passing, all)
	}
}

// A piece of a reply that comes when the reply is whole would show it twice.
func TestNoPieceComesAfterTheWhole(t *testing.T) {
	t.Parallel()
	x := up(t)
	id, token := x.open(t, store.NewConversation{})
	if _, err := x.store.Append(t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{"id":"r_1","from":"bot","via":"chat","text":"whole"}`)}); err != nil {
		t.Fatal(err)
	}
	w := x.tab(t, id, token)
	w.until(dialog.MessageCreated)
	for _, reply := range []string{"r_1", "r_2"} {
		b, _ := json.Marshal(dialog.DeltaData{ID: dialog.ReplyID(reply), Text: "piece"})
		if err := x.bus.Publish(t.Context(), dialog.Record{Type: dialog.MessageDelta, Conversation: id, Data: b}); err != nil {
			t.Fatal(err)
		}
	}
	if data := w.until(dialog.MessageDelta); !strings.Contains(data, "r_2") {
		t.Error(data)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	x := up(t)
	id, token := x.open(t, store.NewConversation{Site: "shop", Customer: "c"})
	staff := func(role string) string {
		email := role + "@example.com"
		u, err := x.store.AddUser(t.Context(), email, role, role, "a long password")
		if err == nil && role == store.Agent { // an agent sees what is the agent's own
			_, err = x.store.Hold(t.Context(), id, dialog.HeldByAgent, u.ID, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		in, _, err := x.store.Login(t.Context(), email, "a long password")
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	customer := x.tab(t, id, token)
	supervisor := x.tab(t, id, staff(store.Supervisor))
	if data := supervisor.until("presence"); data != `{"from":"customer","online":true}` {
		t.Error("who looks on:", data)
	}
	agent := x.tab(t, id, staff(store.Agent))
	if data := agent.until("presence"); data != `{"from":"customer","online":true}` {
		t.Error("the agent:", data)
	}
	// Nobody learns of a supervisor.
	if data := customer.until("presence"); data != `{"from":"agent","online":true}` {
		t.Error("the customer:", data)
	}
	_ = agent.c.Close()
	if data := customer.until("presence"); data != `{"from":"agent","online":false}` {
		t.Error("the customer:", data)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.url+"/v1/conversations/"+string(id)+"/forget", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	a, err := http.DefaultClient.Do(r)
	if err != nil || a.StatusCode != http.StatusAccepted {
		t.Fatal(a, err)
	}
	_ = a.Body.Close()
	var code *websocket.CloseError
	for err == nil {
		_, _, err = customer.c.ReadMessage()
	}
	if code, _ = err.(*websocket.CloseError); code == nil || code.Code != 4410 {
		t.Error("a forgotten conversation goes on being watched:", err)
	}
}

// A customer goes on, on another device, and both see what either says.
func TestTwoDevicesShowOneConversation(t *testing.T) {
	t.Parallel()
	x := up(t)
	expires := time.Now().Add(time.Hour).Unix()
	m := hmac.New(sha256.New, []byte("secret"))
	fmt.Fprintf(m, "lee.%d", expires)
	open := func(resume bool, signature string) (code int, o struct {
		ID      dialog.ConversationID
		Token   string
		Resumed bool
	}) {
		t.Helper()
		body := fmt.Sprintf(`{"site":"shop","resume":%v,"customer":{"id":"lee","expires":%d,"signature":%q}}`, resume, expires, signature)
		a, err := http.Post(x.url+"/v1/conversations", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		if err := json.NewDecoder(a.Body).Decode(&o); err != nil && a.StatusCode == http.StatusCreated {
			t.Fatal(err)
		}
		return a.StatusCode, o
	}
	signature := hex.EncodeToString(m.Sum(nil))
	_, phone := open(true, signature)
	_, laptop := open(true, signature)
	if phone.Resumed || !laptop.Resumed || phone.ID != laptop.ID || phone.Token == laptop.Token {
		t.Fatal(phone, laptop)
	}
	if _, other := open(false, signature); other.Resumed || other.ID == phone.ID {
		t.Error("resumed without being asked:", other)
	}
	if code, _ := open(true, strings.Repeat("0", 64)); code != http.StatusUnauthorized {
		t.Error("a forged signature resumes:", code)
	}
	one, two := x.tab(t, phone.ID, phone.Token), x.tab(t, laptop.ID, laptop.Token)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.url+"/v1/conversations/"+string(laptop.ID)+"/messages", strings.NewReader(`{"text":"from the laptop"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+laptop.Token)
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(r)
	if err != nil || a.StatusCode != http.StatusAccepted {
		t.Fatal(a, err)
	}
	_ = a.Body.Close()
	for _, w := range []*tab{one, two} {
		if data := w.until(dialog.MessageCreated); !strings.Contains(data, "from the laptop") {
			t.Error(data)
		}
	}
}

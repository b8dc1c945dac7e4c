package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/card"
	"parley/dialog/card/cardtest"
	"parley/dialog/tool"
	"parley/media"
	"parley/media/mediatest"
	"parley/media/rtc/rtctest"
)

// traces is where a conversation leaves its words: files, the model, webhooks, logs.
func (x *site) traces(hooks ...string) map[string][]byte {
	x.t.Helper()
	out := map[string][]byte{"log": []byte(x.logs.String()), "webhooks": []byte(strings.Join(hooks, "\n"))}
	var asked bytes.Buffer
	for _, r := range x.model.Requests() {
		b, err := json.Marshal(r)
		if err != nil {
			x.t.Fatal(err)
		}
		asked.Write(b)
		asked.WriteByte('\n')
	}
	out["model"] = asked.Bytes()
	err := filepath.WalkDir(x.c.Data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = b
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

// none fails when one of the words stands in a trace, as it is or as JSON has it.
func none(t *testing.T, traces map[string][]byte, words ...string) {
	t.Helper()
	for _, w := range words {
		b, _ := json.Marshal(w)
		for where, text := range traces {
			if bytes.Contains(text, []byte(w)) || bytes.Contains(text, bytes.Trim(b, `"`)) {
				t.Errorf("%q is in %s", w, where)
			}
		}
	}
}

// Two hundred ways to give a card's number that nobody asked for, and numbers of other
// kinds: none of the first is kept or sent on anywhere, all of the others are.
func TestCardNumbersInAChatStayNowhere(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	h.stays = true
	x := up(t, func(c *config.Config) {
		h.config(c)
		c.Bot.Languages = []string{"en", "zh-CN"}
	})
	var mu sync.Mutex
	var hooked []string
	go func() {
		for e := range h.got {
			mu.Lock()
			hooked = append(hooked, string(e.Data))
			mu.Unlock()
		}
	}()
	var given []string
	variants := cardtest.Variants(200)
	for part := range slices.Chunk(variants, 20) {
		k := x.converse()
		w := x.watch(k, 0)
		x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"how long does delivery take? You have my card 4242 4242 4242 4242"}`)
		w.says(dialog.Bot, "2 to 4 working days")
		for _, v := range part {
			a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, string(jsonOf(t, map[string]string{"text": v.Text})))
			if a.code != http.StatusAccepted || !strings.Contains(a.body, card.Mark) {
				t.Errorf("%q: %d %s", v.Text, a.code, a.body)
			}
			given = append(given, v.Given)
			w.until("that it was removed", func(r dialog.Record) bool {
				var m dialog.MessageData
				return r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil && m.From == dialog.System &&
					(strings.Contains(m.Text, "removed the card number") || strings.Contains(m.Text, "卡号删除"))
			})
		}
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/rating", k.Token, `{"score":1,"comment":"you have my card 4242 4242 4242 4242"}`); a.code/100 != 2 {
			t.Error(a)
		}
	}
	k := x.converse()
	w := x.watch(k, 0)
	for _, s := range cardtest.Harmless {
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, string(jsonOf(t, map[string]string{"text": s}))); a.code != http.StatusAccepted || strings.Contains(a.body, card.Mark) {
			t.Errorf("%q: %d %s", s, a.code, a.body)
		}
		w.says(dialog.Customer, s)
	}
	if err := x.looks.Catch(t.Context(), false); err != nil { // the digests' words
		t.Fatal(err)
	}
	eventually(t, "the webhooks are told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(hooked) >= 200
	})
	mu.Lock()
	defer mu.Unlock()
	none(t, x.traces(hooked...), append(given, "4242 4242 4242 4242")...)
	if len(x.model.Requests()) < 10 {
		t.Errorf("%d webhooks, %d requests of the model", len(hooked), len(x.model.Requests()))
	}
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// payments is a company that takes cards, and what its system was told.
type payments struct {
	*httptest.Server
	mu  sync.Mutex
	got []map[string]any
}

func newPayments(t *testing.T) *payments {
	p := &payments{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var args map[string]any
		if err := json.Unmarshal(b, &args); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		p.mu.Lock()
		p.got = append(p.got, args)
		p.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(jsonOf(t, map[string]any{"ok": true, "receipt": "R-77", "echo": args["card"], "code": args["code"]}))
	}))
	t.Cleanup(p.Close)
	return p
}

const payProcedure = `
name: pay_invoice
title: {en: "paying an invoice", zh: "支付账单"}
examples: {en: ["I want to pay my invoice", "pay an invoice by card"], zh: ["我要付账单", "用卡付账单"]}
slots:
  - {name: card, type: card, ask: {en: "What is your card number?", zh: "请说您的卡号。"}}
  - {name: expiry, type: card_expiry, ask: {en: "Until when is it good?", zh: "有效期到什么时候？"}}
  - {name: code, type: card_code, ask: {en: "And the security code?", zh: "安全码是多少？"}}
do:
  - change: charge
    args: {card: "{card}", expiry: "{expiry}", code: "{code}"}
    confirm: {en: "Shall I charge the card {card}?", zh: "用{card}付款，对吗？"}
    say: {en: "It is paid.", zh: "已经付款。"}
`

func (p *payments) config(t *testing.T, c *config.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pay.yaml")
	if err := os.WriteFile(file, []byte(payProcedure), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Bot.Procedures = []string{file}
	field := map[string]any{"type": "string"}
	c.Tools = []tool.Config{{Name: "pay", URL: p.URL, HTTP: map[string]tool.Endpoint{"charge": {
		Overlay: tool.Overlay{Title: tool.Text{"en": "Charge a card", "zh": "刷卡"}, Description: tool.Text{"en": "Charges a card"}, Effect: tool.Changes, Level: new(int), Idempotent: tool.ByKey, Confirm: tool.Text{"en": "Charge?", "zh": "付款？"}, Result: tool.Text{"en": "Paid.", "zh": "已付。"}},
		Method:  "POST", Path: "/charge",
		Args: map[string]map[string]any{"card": {"type": "string", "pattern": "^[0-9]{13,19}$"}, "expiry": field, "code": {"type": "string", "pattern": "^[0-9]{3,4}$"}}}}}}
}

func (p *payments) paid(t *testing.T, card, expiry, code string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.got) != 1 || p.got[0]["card"] != card || p.got[0]["expiry"] != expiry || p.got[0]["code"] != code {
		t.Errorf("the business system was told %v", p.got)
	}
}

// A procedure that needs a card gets it to the tool, and to nobody else: not even the
// tool's own echo of it is kept.
func TestACardThatIsAskedForGoesToTheToolAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, begin, card, expiry, code, yes, asks, last, done string }{
		{"en", "I want to pay my invoice", "5555 5555 5555 4444", "12/29", "it is 737", "yes", "security code", "•••• 4444", "It is paid"},
		{"zh-CN", "我要付账单", "五五五五，五五五五，五五五五，四四四四", "二九年十二月", "七三七", "对", "安全码", "•••• 4444", "已经付款"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			p := newPayments(t)
			x := up(t, func(o *config.Config) { p.config(t, o); o.Bot.Languages = []string{"en", "zh-CN"} })
			var k talk
			x.do("POST", "/v1/conversations", "", `{"locale":"`+c.lang+`"}`).json(t, &k)
			w := x.watch(k, 0)
			say := func(text string) {
				t.Helper()
				if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, string(jsonOf(t, map[string]string{"text": text}))); a.code != http.StatusAccepted {
					t.Fatal(a)
				}
			}
			say(c.begin)
			w.says(dialog.Bot, map[string]string{"en": "card number", "zh-CN": "卡号"}[c.lang])
			say(c.card)
			w.says(dialog.Bot, map[string]string{"en": "Until when", "zh-CN": "有效期"}[c.lang])
			say(c.expiry)
			w.says(dialog.Bot, c.asks)
			say(c.code)
			w.says(dialog.Bot, c.last)
			say(c.yes)
			w.says(dialog.Bot, c.done)
			p.paid(t, "5555555555554444", "12/29", "737")
			none(t, x.traces(), "5555555555554444", c.card, c.expiry, "12/29", `"737"`, c.code)
			if a := x.do("GET", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, ""); strings.Count(a.body, card.Mark) != 3 || strings.Contains(a.body, "removed the card") {
				t.Error(a.body)
			}
		})
	}
}

const cardWords = "four two four two four two four two four two four two four two four two"

// spokenFor is how much of a stretch is voice.
func spokenFor(pcm []int16) (d time.Duration) {
	for ; len(pcm) >= media.TickSamples; pcm = pcm[media.TickSamples:] {
		if mediatest.Level(pcm[:media.TickSamples]) > 200 {
			d += 20 * time.Millisecond
		}
	}
	return d
}

// since is what was heard after a time.
func (p *piper) since(from time.Time) []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := 0
	for i < len(p.at) && p.at[i].Before(from) {
		i++
	}
	return slices.Clone(p.heard[i*media.TickSamples:])
}

// A customer reads out a card that nobody asked for: who listens loses the customer before
// the number is whole, the recording has silence for all of it, the transcript and the model
// have words in its place, and afterwards all go on.
func TestACardThatIsReadOutInACall(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	ear := pipe(t, 1300, x.offer(p.location+"/legs?mode=listen", x.staff("supervisor@local", x.password("supervisor@local"))))
	x.ear.Set(asrtest.Script{Texts: []string{"my card is " + cardWords, "how long does delivery take"}})
	began := time.Now()
	p.Say(voiceOf(t, "my card is "+cardWords))
	m := w.says(dialog.Customer, card.Mark)
	if m.Text != "my card is "+card.Mark {
		t.Errorf("%q", m.Text)
	}
	if heard, whole := spokenFor(ear.since(began)), time.Duration(m.EndMS-m.StartMS)*time.Millisecond; heard > whole*2/3 {
		t.Errorf("who listens heard %v of %v", heard, whole)
	}
	w.says(dialog.Bot, "have not kept the card number")
	x.ear.Set(asrtest.Script{Text: "how long does delivery take"})
	again := time.Now()
	p.Say(voiceOf(t, "how long does delivery take"))
	q := w.says(dialog.Customer, "how long does delivery take")
	w.says(dialog.Bot, "2 to 4 working days")
	if d := spokenFor(ear.since(again)); d < time.Second {
		t.Errorf("who listens hears %v of what comes after the card", d)
	}
	x.do("DELETE", p.location, k.Token, "")
	w.kind(dialog.CallEnded)
	left, _ := x.recorded(p.location)
	if d := spokenFor(left[at(m.StartMS):at(m.EndMS)]); d > 0 {
		t.Errorf("%v of the card is in the recording", d)
	}
	if d := spokenFor(left[at(q.StartMS):at(q.EndMS)]); d < 500*time.Millisecond {
		t.Errorf("of what was said later %v is in the recording", d)
	}
	none(t, x.traces(), cardWords, "four two four two four two four two four", "4242424242424242")
}

// A procedure asks for a card in a call: from the question until the last of it is given
// neither recording nor who listens hears the customer, and the tool has it all.
func TestACardThatIsAskedForInACall(t *testing.T) {
	t.Parallel()
	p := newPayments(t)
	x := up(t, func(o *config.Config) { p.config(t, o) })
	k := x.converse()
	w := x.watch(k, 0)
	c := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	ear := pipe(t, 1300, x.offer(c.location+"/legs?mode=listen", x.staff("supervisor@local", x.password("supervisor@local"))))
	say := func(words string) {
		t.Helper()
		x.ear.Set(asrtest.Script{Text: words})
		c.Say(voiceOf(t, words))
	}
	say("I want to pay my invoice")
	w.says(dialog.Customer, "pay my invoice")
	w.says(dialog.Bot, "card number")
	var turns []dialog.MessageData
	give := func(words, next string) {
		t.Helper()
		from := time.Now()
		say(words)
		m := w.says(dialog.Customer, card.Mark)
		if d := spokenFor(ear.since(from)); d > 100*time.Millisecond {
			t.Errorf("who listens heard %v of %q", d, words)
		}
		if m.Text != card.Mark {
			t.Errorf("%q became %q", words, m.Text)
		}
		turns = append(turns, m)
		w.says(dialog.Bot, next)
	}
	give("four two four two four two four two", "Go on")
	give("four two four two four two four two", "Until when")
	give("december twenty nine", "security code")
	give("seven three seven", "Shall I charge the card ending in 4, 2, 4, 2")
	say("yes")
	yes := w.says(dialog.Customer, "yes")
	w.says(dialog.Bot, "It is paid")
	p.paid(t, "4242424242424242", "12/29", "737")
	x.do("DELETE", c.location, k.Token, "")
	w.kind(dialog.CallEnded)
	left, right := x.recorded(c.location)
	for _, m := range turns {
		if d := spokenFor(left[at(m.StartMS):at(m.EndMS)]); d > 0 {
			t.Errorf("%v of %q is in the recording", d, m.Text)
		}
	}
	if d := spokenFor(left[at(yes.StartMS):at(yes.EndMS)]); d == 0 {
		t.Errorf("the yes is not in the recording: of %d to %d ms", yes.StartMS, yes.EndMS)
		for i := 0; i+3200 < len(left); i += 3200 {
			t.Logf("%d ms: %.0f %.0f", i/16, mediatest.Level(left[i:i+3200]), mediatest.Level(right[i:i+3200]))
		}
	}
	none(t, x.traces(), "four two four two", "seven three seven", "december twenty", "4242424242424242", "12/29", `"737"`)
}

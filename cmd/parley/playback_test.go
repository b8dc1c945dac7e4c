package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/gorilla/websocket"

	"parley/dialog"
	"parley/media"
	"parley/media/record"
	"parley/web/app"
)

const (
	sentences = 50
	apart     = 1200 // ms from one sentence to the next
	lowest    = 400  // Hz at the recording's beginning
	rising    = 40   // Hz in a second: what is heard tells where it is in the recording
)

// risingTone is a recording whose pitch is its time, in what the customer heard.
func risingTone(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	r, err := record.New(&b, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range (sentences + 1) * apart / 20 {
		in, out := media.Packet{}, media.Packet{At: media.CallTime(i * media.TickSamples), PCM: make([]int16, media.TickSamples)}
		for k := range out.PCM {
			s := float64(i*media.TickSamples+k) / media.SampleRate
			out.PCM[k] = int16(9000 * math.Sin(2*math.Pi*(lowest*s+rising*s*s/2)))
		}
		r.In(&in)
		r.Out(&out)
		if i%50 == 49 {
			time.Sleep(time.Millisecond) // the writer is given its turn: pages that wait are bounded
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n := r.Dropped(); n > 0 {
		t.Fatalf("%d s were dropped", n)
	}
	return b.Bytes()
}

// talk are the events of a call of sentences, one broken off, with keys and a transfer.
func talk() (es []dialog.Record) {
	began := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	add := func(ms int, kind string, data any) {
		b, _ := json.Marshal(data)
		es = append(es, dialog.Record{Seq: int64(len(es) + 1), Type: kind, At: began.Add(time.Duration(ms) * time.Millisecond), Conversation: "conv", Data: b})
	}
	add(0, dialog.CallStarted, dialog.CallData{Call: "call", Via: "web", Direction: "in"})
	for i := range sentences {
		m := dialog.MessageData{ID: dialog.TurnID(fmt.Sprintf("t%d", i)), From: dialog.Customer, Via: dialog.ViaVoice, Call: "call",
			Text: fmt.Sprintf("Sentence %d asks where the parcel is.", i), StartMS: int64(i*apart + 300), EndMS: int64((i + 1) * apart)}
		if i%2 == 1 {
			m.From, m.Text, m.Cut = dialog.Bot, fmt.Sprintf("Answer %d: it comes on Thursday.", i), i == 7
		}
		add((i+1)*apart, dialog.MessageCreated, m)
	}
	add(20_000, dialog.MessageCreated, dialog.MessageData{ID: "keys", From: dialog.Customer, Via: dialog.ViaVoice, Call: "call", Text: "4815"})
	add(40_000, dialog.TransferUpdated, map[string]any{"id": "x", "state": "queued", "queue": "sales"})
	add(61_000, dialog.CallEnded, dialog.CallData{Call: "call", Via: "web", Direction: "in"})
	return es
}

// looksBack serves the pages over one recorded conversation.
func looksBack(t *testing.T) *httptest.Server {
	t.Helper()
	ogg, pages := risingTone(t), app.Pages()
	mux := http.NewServeMux()
	give := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		})
	}
	give("/v1/me", `{"id":"u","email":"lead@local","name":"Lead","role":"supervisor"}`)
	give("/v1/conversations/conv", `{"staff":{"id":"conv","state":"closed","holder":"bot","customer":{"name":"Nora Lind"},"created_at":"2026-11-30T10:00:00Z","updated_at":"2026-11-30T10:01:01Z"},
		"calls":[{"id":"call","via":"web","started_at":"2026-11-30T10:00:00Z","ended":true,"recorded":true}]}`)
	mux.HandleFunc("GET /v1/conversations/conv/events", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{Subprotocols: websocket.Subprotocols(r)}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for _, e := range talk() {
			if c.WriteJSON(e) != nil {
				return
			}
		}
		for { // until the page leaves
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("GET /v1/calls/call/recording", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/ogg")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(ogg))
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if _, err := fs.Stat(pages, name); err != nil {
			name = "supervisor.html"
		}
		http.ServeFileFS(w, r, pages, name)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// pitchScript clicks on each sentence, and listens at the player where in the recording the
// first sound is from: its pitch tells it. Gives the distances from the sentences' times, ms.
const pitchScript = `(async (lowest, rising) => {
  const audio = document.querySelector('.player audio'), ctx = new AudioContext()
  await ctx.resume()
  const tap = ctx.createScriptProcessor(4096, 1, 1), from = ctx.createMediaElementSource(audio)
  from.connect(tap); tap.connect(ctx.destination)
  const first = () => new Promise((ok, bad) => {
    const got = [], late = setTimeout(() => bad(new Error('no sound')), 10000)
    tap.onaudioprocess = (e) => {
      for (const s of e.inputBuffer.getChannelData(0)) if (got.length || Math.abs(s) > 0.02) got.push(s)
      if (got.length >= 6144) { clearTimeout(late); tap.onaudioprocess = null; ok(got) }
    }
  })
  const place = (got) => { // s in the recording of its first sample
    const at = []
    for (let i = 1; i < got.length; i++) if (got[i - 1] < 0 && got[i] >= 0) at.push(i - 1 + got[i - 1] / (got[i - 1] - got[i]))
    const waves = at.slice(1).map((x, i) => x - at[i]), middle = waves.toSorted((a, b) => a - b)[waves.length >> 1]
    const whole = waves.filter((w) => Math.abs(w / middle - 1) < 0.1) // without those that a gap in the listening tears
    const hz = whole.length * ctx.sampleRate / whole.reduce((a, b) => a + b)
    return (hz - lowest) / rising - (at[0] + at[at.length - 1]) / 2 / ctx.sampleRate
  }
  const off = []
  for (const row of document.querySelectorAll('.word')) {
    audio.pause()
    await new Promise((ok) => setTimeout(ok, 120)) // what was still on its way is silent
    const heard = first()
    row.querySelector('button').click()
    off.push(Math.round(place(await heard) * 1000 - Number(row.dataset.from)))
  }
  audio.pause()
  return off
})(%d, %d)`

// A conversation is looked back at: a click on each sentence plays from where it was said,
// the transcript can be searched and keeps in step, and what happened is marked.
func TestAClickOnASentencePlaysIt(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	srv, ctx := looksBack(t), browser(t)
	for _, a := range []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(1280, 800), chromedp.Navigate(srv.URL + "/supervisor/conversation?id=conv")} {
		if _, err := chromedp.Run(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	until(t, ctx, "the sound and its wave form", `document.querySelector('.player')?.dataset.measured==='100'&&document.querySelectorAll('.word').length===50`)
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
		t.Fatal(err)
	}
	marks, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('.markpin')].map(b=>b.title)`))
	if want := "Interrupted, 0:09|Keys 4815, 0:20|A person is asked for · sales, 0:40"; err != nil || strings.Join(marks, "|") != want {
		t.Errorf("%v: marks %q", err, marks)
	}
	shot(t, ctx, "player-1280-light")
	accessible(t, ctx, "a recorded conversation")
	off, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(pitchScript, lowest, rising), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, ms := range off {
		if math.Abs(ms) <= 200 {
			right++
		}
	}
	t.Logf("the first sound is from %v ms beside the sentence", off)
	if right != sentences {
		t.Errorf("%d of %d are right: %v", right, sentences, off)
	}
	inStep(t, ctx)
	for _, size := range [][2]int64{{1280, 800}, {360, 740}} {
		if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"light", "dark"} {
			shot(t, ctx, fmt.Sprintf("player-%d-%s-used", size[0], scheme))
			accessible(t, ctx, fmt.Sprintf("%d, %s", size[0], scheme))
			click(t, ctx, "Light or dark")
		}
	}
	click(t, ctx, "中文")
	text(t, ctx, 10*time.Second, "客户听到的")
	shot(t, ctx, "player-chinese")
	accessible(t, ctx, "in Chinese")
}

// inStep goes about in the player by its keys, its search and its wave form.
func inStep(t *testing.T, ctx context.Context) {
	t.Helper()
	at := `Number(document.querySelector('.clock').dataset.at)`
	until(t, ctx, "the last sentence to be the one that is heard", `document.querySelector('.word.now')?.textContent.includes('Answer 49')`)
	until(t, ctx, "the transcript where the sound is", `(()=>{const b=document.querySelector('.wordbox').getBoundingClientRect(),r=document.querySelector('.word.now').getBoundingClientRect();return r.top>=b.top&&r.bottom<=b.bottom})()`)
	until(t, ctx, "the reader scrolling", `document.querySelector('.wordbox').scrollTop=0,true`)
	until(t, ctx, "a way back to the sound", `[...document.querySelectorAll('.follow')].length===1&&document.querySelector('.wordbox').scrollTop===0`)
	click(t, ctx, "Follow the sound")
	until(t, ctx, "the transcript to follow", `!document.querySelector('.follow')&&document.querySelector('.wordbox').scrollTop>0`)
	until(t, ctx, "the wave form", `document.querySelector('.wave').focus(),true`)
	press(t, ctx, kb.Home)
	until(t, ctx, "the beginning", at+`===0`)
	click(t, ctx, "On 5 seconds")
	until(t, ctx, "five seconds on", at+`===5000`)
	fill(t, ctx, `.search input`, "ANSWER 31")
	text(t, ctx, 10*time.Second, "1 of 1")
	until(t, ctx, "what was found", `document.querySelector('.word.hit mark')?.textContent==='Answer 31'`)
}

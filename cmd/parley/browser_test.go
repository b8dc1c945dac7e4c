package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"parley/dialog"
)

// listen makes the page keep how loud what it hears is, every 10 ms, and the session.
const listen = `(()=>{
const ask=window.fetch;window.fetch=async(...a)=>{const r=await ask(...a);if(String(a[0]).endsWith('/v1/conversations')&&r.ok)window.session=await r.clone().json();return r};
const PC=window.RTCPeerConnection;window.heard=[];
window.RTCPeerConnection=class extends PC{constructor(...a){super(...a);this.addEventListener('track',e=>{
const c=new AudioContext(),s=c.createMediaStreamSource(new MediaStream([e.track])),n=c.createAnalyser();n.fftSize=512;s.connect(n);
const b=new Float32Array(512);setInterval(()=>{n.getFloatTimeDomainData(b);let p=0;for(const v of b)p+=v*v;
window.heard.push([c.currentTime*1000,10*Math.log10(p/512+1e-9)])},10)})}};return true})()`

// fakeMicrophone makes the page's microphone one that says what the test wants, when it wants.
const fakeMicrophone = `(()=>{const c=new AudioContext({sampleRate:48000}),d=c.createMediaStreamDestination();
const quiet=c.createConstantSource(),none=c.createGain();none.gain.value=0;quiet.connect(none);none.connect(d);quiet.start(); // a microphone sends silence too
navigator.mediaDevices.getUserMedia=async()=>d.stream;
window.say=async b64=>{const b=await c.decodeAudioData(Uint8Array.from(atob(b64),x=>x.charCodeAt(0)).buffer);
const s=c.createBufferSource();s.buffer=b;s.connect(d);s.start();return b.duration};return true})()`

// say lets the customer say words, spoken by a local voice, from now on.
func say(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`say("`+base64.StdEncoding.EncodeToString(voice(t, words))+`")`, chromedp.EvalAwaitPromise)); err != nil {
		t.Fatal(err)
	}
}

// sayUntil speaks until an expression is true on the page, again when it was not understood,
// which on a busy machine may be.
func sayUntil(t *testing.T, ctx context.Context, words, js string) {
	t.Helper()
	for range 2 {
		say(t, ctx, words)
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](deep+js)); err == nil && is {
				return
			}
		}
	}
	say(t, ctx, words)
	until(t, ctx, fmt.Sprintf("%q to be heard", words), js)
}

// heard is what a page heard: instants on its clock in ms, and levels in dB of full scale.
type heard [][2]float64

const voiced = -50 // dB: louder is the bot's voice

// share is how much of a stretch was voiced, 0 to 1; 0 when nothing was measured in it.
func (h heard) share(from, to float64) float64 {
	n, loud := 0, 0
	for _, x := range h {
		if x[0] >= from && x[0] < to {
			n++
			if x[1] > voiced {
				loud++
			}
		}
	}
	return float64(loud) / math.Max(1, float64(n))
}

// first is when the bot was first heard.
func (h heard) first() float64 {
	for _, x := range h {
		if x[1] > voiced {
			return x[0]
		}
	}
	return 0
}

// history is the conversation's, as the API gives it to the page's own token.
func history(t *testing.T, base string, ctx context.Context) []dialog.MessageData {
	t.Helper()
	session, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]any](`({id:session.id,token:session.token})`))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, base+"/v1/conversations/"+session["id"].(string)+"/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+session["token"].(string))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list struct{ Items []dialog.MessageData }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// spoken is how long the local voice takes for a text, in ms.
func spoken(t *testing.T, text string) float64 {
	t.Helper()
	return float64(len(voice(t, text))-44) / 32
}

// A customer calls from a browser, with no key and no cloud: hears the greeting,
// asks, is answered aloud from the knowledge, interrupts, and presses keys. The
// history holds of the interrupted answer what the page has heard, and no more.
func TestACallFromABrowser(t *testing.T) {
	bin := built(t)
	r := start(t, bin, t.TempDir())
	ctx := browser(t)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+"/")); err != nil {
		t.Fatal(err)
	}
	text(t, ctx, 20*time.Second, "Brightwood")
	click(t, ctx, "Open chat")
	for _, script := range []string{listen, fakeMicrophone} {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil {
			t.Fatal(err)
		}
	}
	click(t, ctx, "Call")
	text(t, ctx, 30*time.Second, "AI assistant for Brightwood")
	shot(t, ctx, "greeting")
	loud(t, ctx, true)
	text(t, ctx, 60*time.Second, "How can I help you?")
	loud(t, ctx, false)
	for range 3 { // who is misheard says it again
		say(t, ctx, "How long does delivery take?")
		if shows(t, ctx, 20*time.Second, "2 to 4 working days") {
			break
		}
	}
	text(t, ctx, 20*time.Second, "2 to 4 working days")
	loud(t, ctx, true)
	shot(t, ctx, "answer")
	time.Sleep(2 * time.Second) // of the answer are heard
	for range 3 {
		say(t, ctx, "Where is my order?")
		if shows(t, ctx, 20*time.Second, "tracking link") {
			break
		}
	}
	text(t, ctx, 20*time.Second, "interrupted", "tracking link")
	shot(t, ctx, "interrupted")
	unheard, err := chromedp.Run(ctx, chromedp.Evaluate[string](deep+`deep('.line').find(l=>l.innerText.includes('2 to 4 working'))?.querySelector('.unheard')?.innerText??''`))
	if err != nil {
		t.Fatal(err)
	}
	keys(t, ctx, "4815#")
	turns := history(t, r.base, ctx)
	for end := time.Now().Add(30 * time.Second); !(said(turns, "4815") && turns[len(turns)-1].From == dialog.Bot) && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		turns = history(t, r.base, ctx)
	}
	if !said(turns, "4815") {
		t.Errorf("the keys are not in the history: %+v", turns)
	}
	shot(t, ctx, "keys")
	heardOnly(t, ctx, turns, unheard)
}

// loud waits until the page hears the bot, or has heard nothing for a second.
func loud(t *testing.T, ctx context.Context, want bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`heard.slice(-100).some(x=>x[1]>-50)`))
		if err != nil {
			t.Fatal(err)
		}
		if is == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the bot is not heard as awaited (%v)", want)
		}
	}
}

// shows reports whether the page shows words within a time.
func shows(t *testing.T, ctx context.Context, within time.Duration, words string) bool {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if page, err := chromedp.Run(ctx, chromedp.Evaluate[string](deep+`shown()`)); err == nil && strings.Contains(page, words) {
			return true
		}
	}
	return false
}

// said reports whether the customer's words are in the history.
func said(turns []dialog.MessageData, words string) bool {
	return slices.ContainsFunc(turns, func(m dialog.MessageData) bool { return m.From == dialog.Customer && m.Text == words })
}

// keys presses keys on the page's keypad.
func keys(t *testing.T, ctx context.Context, keys string) {
	t.Helper()
	click(t, ctx, "Keypad")
	for _, k := range keys {
		click(t, ctx, string(k))
	}
}

// heardOnly compares the interrupted answer with what the page heard of it.
func heardOnly(t *testing.T, ctx context.Context, turns []dialog.MessageData, unheard string) {
	t.Helper()
	h, err := chromedp.Run(ctx, chromedp.Evaluate[heard](`heard`))
	if err != nil {
		t.Fatal(err)
	}
	var greeting, answer, next *dialog.MessageData
	for i := range turns {
		switch m := &turns[i]; {
		case m.From != dialog.Bot:
		case greeting == nil:
			greeting = m
		case answer == nil && strings.HasPrefix(m.Text, "Standard delivery"):
			answer = m
		case answer != nil && next == nil:
			next = m
		}
	}
	if greeting == nil || answer == nil || next == nil || !answer.Cut || unheard == "" {
		t.Fatalf("the answer was not cut: %+v, unheard %q", turns, unheard)
	}
	shift := h.first() - float64(greeting.StartMS) // from call time to the page's clock
	from, to := float64(answer.StartMS)+shift, float64(answer.EndMS)+shift
	if s := h.share(from, to); s < 0.25 {
		t.Errorf("the page heard a voice in %.0f %% of the answer's time", 100*s)
	}
	if s := h.share(to+400, float64(next.StartMS)+shift-100); s > 0.15 {
		t.Errorf("the bot went on over the customer for %.0f %% of the time", 100*s)
	}
	// The share of the text that is kept is the share of its speech that was heard.
	whole := spoken(t, answer.Text+unheard)
	kept, spoke := float64(len(answer.Text))/float64(len(answer.Text+unheard)), (to-from)/whole
	if math.Abs(kept-spoke) > 0.3 {
		t.Errorf("kept %.0f %% of the answer's text, heard %.0f %% of its speech: %q|%q", 100*kept, 100*spoke, answer.Text, unheard)
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"parley/media"
	"parley/media/mediatest"
	"parley/media/record"
)

// levels is what a page finds in a recording: the loudness of each half second of
// both lanes, and what a player says of it.
type levels struct {
	Rate, Channels int
	Left, Right    []float64
	Duration       float64 // of the player
	Error          string
}

const listenScript = `(async (url) => {
  try {
    const r = await fetch(url), ctx = new OfflineAudioContext(2, 48000, 48000)
    const b = await ctx.decodeAudioData(await r.arrayBuffer())
    const lane = (i) => { const d = b.getChannelData(i), out = []
      for (let at = 0; at + b.sampleRate / 2 <= d.length; at += b.sampleRate / 2) {
        let e = 0
        for (let k = 0; k < b.sampleRate / 2; k++) e += d[at + k] ** 2
        out.push(Math.sqrt(e / (b.sampleRate / 2)))
      }
      return out }
    const a = new Audio(url)
    await new Promise((ok, bad) => { a.onloadedmetadata = ok; a.onerror = () => bad(a.error) })
    await a.play()
    a.pause()
    return { Rate: b.sampleRate, Channels: b.numberOfChannels, Left: lane(0), Right: lane(1), Duration: a.duration, Error: '' }
  } catch (e) { return { Error: String(e && e.message || e) } }
})(%q)`

// A browser plays a recording: left the customer, right what the customer heard, the
// file whole or torn off by a crash.
func TestABrowserPlaysARecording(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	r, err := record.New(&b, media.At(time.Second)) // recorded from the second second on
	if err != nil {
		t.Fatal(err)
	}
	low, high := mediatest.Tone(400, 9000, media.SampleRate), mediatest.Tone(900, 9000, media.SampleRate)
	for i := range 4 * 50 { // each second: the customer, then the bot
		in, out := media.Packet{}, media.Packet{At: media.CallTime((50 + i) * media.TickSamples)}
		at := i % 50 * media.TickSamples
		if i%50 < 25 {
			in.PCM = low[at : at+media.TickSamples]
		} else {
			out.PCM = high[at : at+media.TickSamples]
		}
		r.In(&in)
		r.Out(&out)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/whole.ogg":
			w.Header().Set("Content-Type", "audio/ogg")
			http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(whole))
		case "/torn.ogg":
			w.Header().Set("Content-Type", "audio/ogg")
			http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(whole[:len(whole)*3/4]))
		default:
			w.Header().Set("Content-Type", "text/html")
		}
	}))
	defer srv.Close()
	ctx := browser(t)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(srv.URL+"/")); err != nil {
		t.Fatal(err)
	}
	for file, halves := range map[string]int{"/whole.ogg": 9, "/torn.ogg": 5} {
		v := listenIn(t, ctx, srv.URL+file)
		if v.Error != "" || v.Channels != 2 || len(v.Left) < halves {
			t.Errorf("%s: %+v", file, v)
			continue
		}
		if want := float64(halves) / 2; v.Duration < want-0.1 || file == "/whole.ogg" && v.Duration > 5.1 {
			t.Errorf("%s: the player says %.2f s", file, v.Duration)
		}
		for i := range halves {
			own, other := v.Left[i], v.Right[i]
			if i%2 == 1 {
				own, other = other, own
			}
			switch {
			case i < 2 && own+other > 0.002:
				t.Errorf("%s: half second %d is from before the recording: %.3f %.3f", file, i, own, other)
			case i >= 2 && (own < 0.1 || other > own/8):
				t.Errorf("%s: half second %d: left %.3f, right %.3f", file, i, v.Left[i], v.Right[i])
			}
		}
	}
}

func listenIn(t *testing.T, ctx context.Context, url string) levels {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[levels](fmt.Sprintf(listenScript, url), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

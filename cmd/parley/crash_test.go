package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtp"

	"parley/asr/asrtest"
	"parley/dialog"
	"parley/dialog/llm/llmtest"
	"parley/media/rtc/rtctest"
	"parley/tts/ttstest"
)

// ask speaks to a running server and decodes its answer into v, when v is not nil.
func (r *running) ask(t *testing.T, method, path, token, kind, body string, v any) *http.Response {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	switch v := v.(type) {
	case nil:
	case *string:
		*v = string(b)
	default:
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatalf("%v in %q", err, b)
		}
	}
	return res
}

type session struct{ ID, Token string }

// dialIn calls as a browser does; heard counts the packets that come.
func (r *running) dialIn(t *testing.T, s session, heard *atomic.Int64) (*rtctest.Client, string) {
	t.Helper()
	location := ""
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c, err := rtctest.Dial(ctx, func(_ context.Context, offer string) (answer string, err error) {
		res := r.ask(t, "POST", "/v1/conversations/"+s.ID+"/calls", s.Token, "application/sdp", offer, &answer)
		if location = res.Header.Get("Location"); res.StatusCode != http.StatusCreated {
			return "", fmt.Errorf("%d: %s", res.StatusCode, answer)
		}
		return answer, nil
	}, rtctest.Options{Heard: func(time.Time, *rtp.Packet) { heard.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, location
}

// events reads a conversation's events until one fits.
func (r *running) events(t *testing.T, s session) func(what string, fits func(dialog.Record) bool) dialog.Record {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + s.Token}}
	c, _, err := d.Dial("ws"+strings.TrimPrefix(r.base, "http")+"/v1/conversations/"+s.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return func(what string, fits func(dialog.Record) bool) dialog.Record {
		t.Helper()
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		for {
			var e dialog.Record
			if err := c.ReadJSON(&e); err != nil {
				t.Fatalf("waited for %s: %v", what, err)
			}
			if fits(e) {
				return e
			}
		}
	}
}

// The server is killed while it speaks. The recording plays to its last second, and
// the next run finds the turn closed as cut, with what was said of it, and the call ended.
func TestKilledInMidCall(t *testing.T) {
	// What the demo's knowledge carries: nothing else is said.
	const question = "My claim was refused. What can I do?"
	const reply = "You can object within 30 days by mail with your reasons. " +
		"Another team looks at it again within 10 working days. " +
		"After that the insurance ombudsman is free of charge."
	model := llmtest.NewServer(llmtest.Script{Reply: func([]llmtest.Message) string { return reply }})
	defer model.Close()
	voice := ttstest.NewOpenAI(ttstest.Script{})
	defer voice.Close()
	ear := asrtest.NewVosk(asrtest.Script{Text: "my claim was refused what can i do"})
	defer ear.Close()
	bin, data := built(t), t.TempDir()
	env := []string{"PARLEY_LLM_URL=" + model.URL, "PARLEY_LLM_KEY=k", "PARLEY_TTS_URL=" + voice.URL, "PARLEY_TTS_KEY=k",
		"PARLEY_ASR_ENGINE=vosk", "PARLEY_ASR_URL=" + ear.URL, "PARLEY_ADMIN_PASSWORD=correct horse"}
	r := start(t, bin, data, env...)
	var s session
	r.ask(t, "POST", "/v1/conversations", "", "application/json", `{"locale":"en"}`, &s)
	next := r.events(t, s)
	var heard atomic.Int64
	c, location := r.dialIn(t, s, &heard)
	began := next("the call", func(e dialog.Record) bool { return e.Type == dialog.CallStarted }).At
	next("the greeting's end", func(e dialog.Record) bool {
		return strings.Contains(string(e.Data), "How can I help you?") && e.Seq > 0
	})
	c.Say(speech(t, question))
	next("the answer", func(e dialog.Record) bool {
		return e.Type == dialog.MessageDelta && strings.Contains(string(e.Data), "30 days")
	})
	before := heard.Load()
	for end := time.Now().Add(time.Minute); heard.Load() < before+350; time.Sleep(20 * time.Millisecond) { // seven seconds of it
		if time.Now().After(end) {
			t.Fatalf("%d packets of the answer", heard.Load()-before)
		}
	}
	killed := time.Now()
	if err := r.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	c.Close()

	lasted := killed.Sub(began).Seconds()
	files, _ := filepath.Glob(filepath.Join(data, "blobs", "*.ogg"))
	if len(files) != 1 {
		t.Fatal("recordings: ", files)
	}
	if d := seconds(t, files[0]); d < lasted-1.3 || d > lasted+0.5 { // a page each second, and 0.3 s until the call is up
		t.Errorf("the recording has %.2f s of a call of %.2f s", d, lasted)
	}

	again := start(t, bin, data, env...)
	var list struct{ Items []dialog.MessageData }
	again.ask(t, "GET", "/v1/conversations/"+s.ID+"/messages", s.Token, "", "", &list)
	last := list.Items[len(list.Items)-1]
	if !last.Cut || last.From != dialog.Bot || last.Text == "" || !strings.HasPrefix(reply, strings.TrimSpace(last.Text)) || len(last.Text) >= len(reply) {
		t.Errorf("the turn that was being spoken: %+v", last)
	}
	var is struct {
		Calls []struct {
			Ended    bool
			Reason   string
			Recorded bool
		}
	}
	again.ask(t, "GET", "/v1/conversations/"+s.ID, s.Token, "", "", &is)
	if len(is.Calls) != 1 || !is.Calls[0].Ended || is.Calls[0].Reason != "crash" || !is.Calls[0].Recorded {
		t.Errorf("%+v", is)
	}
	var staff struct{ Token string }
	again.ask(t, "POST", "/v1/login", "", "application/json", `{"email":"admin@local","password":"correct horse"}`, &staff)
	var ogg string
	if res := again.ask(t, "GET", location+"/recording", staff.Token, "", "", &ogg); res.StatusCode != http.StatusOK || !strings.HasPrefix(ogg, "OggS") {
		t.Errorf("the recording after the crash: %d", res.StatusCode)
	}
	// And the conversation goes on.
	if res := again.ask(t, "POST", "/v1/conversations/"+s.ID+"/messages", s.Token, "application/json", `{"text":"hello again"}`, nil); res.StatusCode != http.StatusAccepted {
		t.Error(res.Status)
	}
}

// seconds is how long ffprobe, another's reader, says that a file plays.
func seconds(t *testing.T, file string) float64 {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	d, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-f", "null", "-").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return d
}

// speech is words by a local voice, as a browser sends them.
func speech(t *testing.T, words string) [][]byte {
	t.Helper()
	b := append(voice(t, words)[44:], make([]byte, 2*16000)...) // and a second of silence
	pcm := make([]int16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		pcm = append(pcm, int16(uint16(b[i])|uint16(b[i+1])<<8))
	}
	packets, err := rtctest.Encode(pcm)
	if err != nil {
		t.Fatal(err)
	}
	return packets
}

package serve

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/media/rtc/rtctest"
)

// A chat becomes a call in which the customer only writes and shows a picture, and goes on
// as a chat: one conversation, in which nothing is asked twice.
func TestACallThatIsWrittenAndShown(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.LLM = nil })
	k := x.converse()
	w := x.watch(k, 0)
	c := "/v1/conversations/" + string(k.ID)
	write := func(text string) {
		t.Helper()
		b, _ := json.Marshal(map[string]string{"text": text})
		if a := x.do("POST", c+"/messages", k.Token, string(b)); a.code != 202 {
			t.Fatal(a)
		}
	}
	write("I want to return something that I bought")
	asked := w.says(dialog.Bot, "order number")

	p := x.call(k, rtctest.Options{})
	for body, code := range map[string]int{`{"microphone":false}`: 204, `{"microphone":"off"}`: 400} {
		if a := x.do("PATCH", p.location, k.Token, body); a.code != code {
			t.Errorf("%s: %v", body, a)
		}
	}
	if a := x.do("POST", c+"/typing", k.Token, ""); a.code != 204 {
		t.Error(a)
	}
	w.says(dialog.Bot, "now by voice")
	again := w.says(dialog.Bot, "order number")
	if again.Via != dialog.ViaVoice || strings.Contains(again.Text, "How can I help") {
		t.Errorf("after %q: %+v", asked.Text, again)
	}

	write("My screen shows it, can I show you a picture?")
	// What is asked for is there while it is spoken, which can be read along.
	var want dialog.RequestedData
	if err := json.Unmarshal(w.kind(dialog.ImageRequested).Data, &want); err != nil || want.Call != p.id || want.Link || !strings.Contains(want.Reason, "your screen") || time.Until(want.Until) < 10*time.Minute {
		t.Errorf("%+v %v", want, err)
	}
	w.until("captions", func(r dialog.Record) bool {
		var d dialog.PartialData
		return r.Type == dialog.SpeechPartial && json.Unmarshal(r.Data, &d) == nil && d.From == dialog.Bot && strings.Contains(d.Text, "camera button")
	})
	if m := w.says(dialog.Bot, "camera button"); m.Via != dialog.ViaVoice {
		t.Errorf("%+v", m)
	}

	if a := x.send(k, "", "", page(t, "order.png")); a.code != 202 {
		t.Fatal(a)
	}
	w.kind(dialog.ImageRead)
	if m := w.says(dialog.Bot, "2, 0, 4, 8, 1, 5, is that right"); m.Via != dialog.ViaVoice { // the form's own question
		t.Errorf("%+v", m)
	}
	if a := x.do("DELETE", p.location, k.Token, ""); a.code != 204 {
		t.Error(a)
	}
	if m := w.says(dialog.Bot, "where we stand"); m.Via != dialog.ViaChat || !strings.Contains(m.Text, "204815") {
		t.Errorf("after the call: %+v", m)
	}
	write("yes")
	if m := w.says(dialog.Bot, ""); strings.Contains(m.Text, "order number") {
		t.Errorf("asked again: %+v", m)
	}
}

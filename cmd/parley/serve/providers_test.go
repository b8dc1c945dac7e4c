package serve

import (
	"encoding/json"
	"net"
	"testing"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/llm/llmtest"
	"parley/media/rtc/rtctest"
	"parley/tts/ttstest"
)

const question = "how long does delivery take"

// dead is an address at which nobody answers.
func dead(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Every provider is dead when the call begins: the offline voice greets, the next
// recogniser hears, and the answer is from the knowledge.
func TestProvidersDeadAtStart(t *testing.T) {
	t.Parallel()
	nobody := dead(t)
	x := up(t, func(c *config.Config) {
		c.LLM[0].URL, c.TTS[0].URL = "http://"+nobody+"/v1", "http://"+nobody+"/v1"
		c.ASR = append([]config.Engine{{Engine: "openai", URL: "http://" + nobody + "/v1", Key: "k", Model: "m"}}, c.ASR...)
	})
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	p.Say(voiceOf(t, question))
	w.says(dialog.Customer, question)
	if m := w.says(dialog.Bot, "working days"); m.Cut || len(m.Citations) == 0 {
		t.Errorf("%+v", m)
	}
}

// The model dies in mid-call: at first the knowledge answers in its place; broken off
// after its first words it is apologised for.
func TestTheModelDiesInMidCall(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	ask := func(want string) dialog.MessageData {
		t.Helper()
		p.Say(voiceOf(t, question))
		w.says(dialog.Customer, question)
		return w.says(dialog.Bot, want)
	}
	ask("Standard delivery takes 2 to 4 working days")
	x.model.Set(llmtest.Script{Mode: llmtest.Refuse})
	if m := ask("working days"); len(m.Citations) == 0 || m.Text == "Standard delivery takes 2 to 4 working days." {
		t.Errorf("not the knowledge's answer: %+v", m)
	}
	x.model.Set(llmtest.Script{Mode: llmtest.Break, Reply: func([]llmtest.Message) string {
		return "Sure thing! That depends on a great many things that I would have told you about."
	}})
	ask("I could not look that up just now")
	x.model.Set(llmtest.Script{Reply: func([]llmtest.Message) string {
		return "Express delivery arrives the next working day when you order before 3 pm."
	}})
	ask("before 3 pm")
}

// The voice dies, between sentences and within one: the offline voice goes on, and
// nothing of what it said is missing.
func TestTheVoiceDiesInMidCall(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	for _, c := range []struct {
		words string
		voice ttstest.Script
	}{
		{"Express delivery arrives the next working day when you order before 3 pm.", ttstest.Script{Break: 30_000}},
		{"Standard delivery takes 2 to 4 working days.", ttstest.Script{Status: 500, Body: "{}"}},
	} {
		x.voice.Set(c.voice)
		x.model.Set(llmtest.Script{Reply: func([]llmtest.Message) string { return c.words }})
		p.Say(voiceOf(t, question))
		w.says(dialog.Customer, question)
		if m := w.says(dialog.Bot, c.words); m.Text != c.words || m.Cut {
			t.Errorf("%q: %+v", c.words, m)
		}
	}
}

// Nobody hears any more: that is said, and what is written is answered aloud.
func TestTheEarDiesInMidCall(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	var k talk // in a language that the offline recogniser does not hear
	x.do("POST", "/v1/conversations", "", `{"locale":"fr"}`).json(t, &k)
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	p.Say(voiceOf(t, question))
	w.says(dialog.Bot, "2 to 4 working days")
	x.ear.Set(asrtest.Script{Refuse: true})
	p.Say(voiceOf(t, question))
	w.says(dialog.Bot, "I cannot hear you at the moment")
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"how long does delivery take?"}`); a.code != 202 {
		t.Fatal(a)
	}
	if m := w.says(dialog.Bot, "2 to 4 working days"); m.Via != dialog.ViaVoice {
		t.Errorf("%+v", m)
	}
}

// Every voice is dead, the offline one too: the apology that is kept for that day is
// spoken, and in the end the call is closed.
func TestEveryVoiceDies(t *testing.T) {
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	said := voiceOf(t, question)
	x.voice.Set(ttstest.Script{Status: 500, Body: "{}"})
	t.Setenv("PATH", t.TempDir()) // no flite, no espeak-ng
	for range 2 {
		p.Say(said)
		w.says(dialog.Customer, question)
		w.says(dialog.Bot, "I could not look that up just now")
	}
	p.Say(said)
	w.says(dialog.Bot, "our system is not working right now")
	var end dialog.CallData
	_ = json.Unmarshal(w.kind(dialog.CallEnded).Data, &end)
	if end.Reason != "error" {
		t.Errorf("%+v", end)
	}
	x.quiet()
}

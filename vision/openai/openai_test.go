package openai_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/vision"
	"parley/vision/openai"
	"parley/vision/visiontest"
)

func picture(t *testing.T, w, h int) vision.Image {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return vision.Image{Data: b.Bytes(), Type: "image/png", Width: w, Height: h}
}

func engine(t *testing.T, s visiontest.Script, timeout ...time.Duration) (*openai.Engine, *visiontest.Server) {
	t.Helper()
	x := visiontest.NewServer(s)
	t.Cleanup(x.Close)
	return openai.New(openai.Options{URL: x.URL, Key: "k", Model: "sees", Timeout: append(timeout, time.Minute)[0]}), x
}

func TestPicturesAreRead(t *testing.T) {
	e, x := engine(t, visiontest.Script{Answer: func(visiontest.Request) string {
		return "Here it is:\n```json\n" + `{"pictures":[
{"kind":"screenshot","shows":"屏幕上显示订单 204815 已发货。","lines":["Order number: 204815","Error code 0x80070643\nagain"],"identifiers":[{"kind":"order","value":"204815","label":"Order number"},{"kind":"serial","value":"SN-99999"},{"kind":"password","value":"x1"}],"trouble":""},
{"kind":"sticker","shows":"笑脸","lines":[],"mood":"happy"}]}` + "\n```"
	}})
	got, err := e.Read(t.Context(), []vision.Image{picture(t, 300, 200), picture(t, 2800, 2000)}, vision.Question{Text: "发货了吗", Language: "zh-CN"})
	if err != nil {
		t.Fatal(err)
	}
	q := x.Requests()[0]
	if q.Model != "sees" || q.Key != "k" || !strings.Contains(q.System, "zh-CN") || !strings.Contains(q.Text, "发货了吗") || len(q.Pictures) != 2 {
		t.Errorf("asked: %+v", q)
	}
	if c := q.Pictures[1]; c.Width*c.Height > 4_100_000 || c.Width < 2200 || c.Width == 2800 {
		t.Errorf("a large picture is sent as %d×%d", c.Width, c.Height)
	}
	f := got[0]
	if f.Kind != vision.Screenshot || f.Text() != "Order number: 204815\nError code 0x80070643\nagain" || !strings.Contains(f.Shows, "已发货") {
		t.Errorf("%+v", f)
	}
	values := map[string]vision.Identifier{}
	for _, i := range f.Identifiers {
		values[i.Value] = i
	}
	if v := values["204815"]; v.Kind != vision.OrderNumber || v.Confidence < 0.8 {
		t.Errorf("order: %+v", v)
	}
	if v := values["0x80070643"]; v.Kind != vision.ErrorCode {
		t.Errorf("what it did not name: %+v", v)
	}
	if v := values["SN-99999"]; v.Confidence > 0.5 {
		t.Errorf("what stands in no line: %+v", v)
	}
	if _, ok := values["x1"]; ok {
		t.Error("a kind that is none")
	}
	if got[1].Kind != vision.Sticker || got[1].Mood != "happy" {
		t.Errorf("%+v", got[1])
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	for name, s := range map[string]visiontest.Script{
		"words":     {Answer: func(visiontest.Request) string { return "I cannot help with that." }},
		"too few":   {Answer: func(visiontest.Request) string { return `{"pictures":[]}` }},
		"other":     {Answer: func(visiontest.Request) string { return `{"pictures":"none"}` }},
		"refusal":   {Status: http.StatusUnauthorized},
		"down":      {Status: http.StatusBadGateway},
		"no answer": {Wait: 10 * time.Second},
	} {
		limit := time.Minute
		if s.Wait > 0 {
			limit = 100 * time.Millisecond
		}
		e, _ := engine(t, s, limit)
		if f, err := e.Read(t.Context(), []vision.Image{picture(t, 20, 20)}, vision.Question{}); !errors.Is(err, vision.ErrUnavailable) {
			t.Errorf("%s: %v %v", name, f, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e, _ := engine(t, visiontest.Script{})
	if _, err := e.Read(ctx, []vision.Image{picture(t, 20, 20)}, vision.Question{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTheNextReaderReads(t *testing.T) {
	down, asked := engine(t, visiontest.Script{Status: http.StatusBadGateway})
	up, _ := engine(t, visiontest.Script{Answer: func(visiontest.Request) string { return `{"pictures":[{"kind":"else","shows":"a box"}]}` }})
	r := vision.Fallback(vision.Named{Name: "first", Reader: down}, vision.Named{Name: "second", Reader: up})
	got, err := r.Read(t.Context(), []vision.Image{picture(t, 20, 20)}, vision.Question{})
	if err != nil || got[0].Engine != "second" || got[0].Kind != vision.Other || got[0].Trouble != vision.NoText {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := r.Read(t.Context(), []vision.Image{picture(t, 20, 20)}, vision.Question{}); err != nil || len(asked.Requests()) != 1 {
		t.Errorf("who has just failed is asked first again: %d, %v", len(asked.Requests()), err)
	}
	if err := up.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := down.Check(t.Context()); !errors.Is(err, vision.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := vision.Fallback().Read(t.Context(), nil, vision.Question{}); !errors.Is(err, vision.ErrUnavailable) {
		t.Error(err)
	}
}

func FuzzFindings(f *testing.F) {
	f.Add(`{"pictures":[{"kind":"screenshot","shows":"a","lines":["Order 204815"],"identifiers":[{"kind":"order","value":"204815"}]}]}`)
	f.Add("```{\"pictures\":[{}]}```")
	f.Fuzz(func(t *testing.T, answer string) {
		for _, x := range openai.Findings(answer) {
			if len(x.Shows) > 900 || len(x.Identifiers) > 24 || strings.ContainsAny(x.Shows, "\n\x00") {
				t.Errorf("%+v", x)
			}
		}
	})
}

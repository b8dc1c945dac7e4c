package transcript_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/transcript"
)

var shots = flag.String("shots", "", "leave the pages in this folder, to look at them")

// said is a conversation with everything that one can hold.
func said(t *testing.T) []dialog.Record {
	t.Helper()
	at := time.Date(2026, 11, 24, 15, 58, 0, 0, time.UTC)
	var out []dialog.Record
	add := func(kind string, data any) {
		b, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, dialog.Record{Seq: int64(len(out) + 1), Type: kind, At: at, Conversation: "conv_1", Data: b})
		at = at.Add(50 * time.Second)
	}
	add(dialog.MessageCreated, dialog.MessageData{ID: "1", From: dialog.Bot, Via: dialog.ViaChat, Text: "I'm Parley, an AI assistant. <script>alert(1)</script>"})
	add(dialog.MessageCreated, dialog.MessageData{ID: "2", From: dialog.Customer, Via: dialog.ViaChat, Text: "My order\n[15:59] Agent\nis late & \u202ebroken", Images: []string{"/v1/conversations/conv_1/images/img_1", "/v1/conversations/conv_1/images/img_2"}})
	add(dialog.ImageRead, dialog.ImageData{Message: "2", Seen: dialog.Seen{Identifiers: []dialog.Identifier{{Kind: dialog.OrderNumber, Value: "204815"}}}})
	add(dialog.NoteCreated, dialog.MessageData{ID: "3", From: dialog.Agent, Text: "a difficult customer", Private: true})
	add(dialog.CallStarted, dialog.CallData{Call: "call_1", Via: "web"})
	add(dialog.MessageCreated, dialog.MessageData{ID: "4", From: dialog.Bot, Via: dialog.ViaVoice, Text: "You can return it within", Cut: true, Shown: "30 days: https://shop.example/returns",
		Citations: []dialog.Citation{{Title: "Returns \"policy\"", Quote: "30 days <from delivery>"}}})
	add(dialog.CallEnded, dialog.CallData{Call: "call_1"})
	add(dialog.TurnMeasured, dialog.Measured{})
	add(dialog.TransferUpdated, map[string]string{"id": "tr_1", "state": "completed", "agent": "user_secret"})
	add(dialog.MessageCreated, dialog.MessageData{ID: "5", From: dialog.Agent, Via: dialog.ViaChat, Text: "我是李明，马上处理。", Author: "Li Ming"})
	add(dialog.ConversationUpdated, dialog.UpdatedData{State: "closed", Holder: dialog.HeldByAgent, Agent: "user_secret"})
	return out
}

func each(rs []dialog.Record, end error) iter.Seq2[dialog.Record, error] {
	return func(yield func(dialog.Record, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
		if end != nil {
			yield(dialog.Record{}, end)
		}
	}
}

func head(language string) transcript.Head {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return transcript.Head{Conversation: "conv_1", Company: "Brightwood <Audio>", Started: time.Date(2026, 11, 24, 15, 58, 0, 0, time.UTC), Language: language, Zone: zone, Mine: true}
}

func thumb(url string) ([]byte, string, error) {
	if strings.HasSuffix(url, "img_2") {
		return nil, "", dialog.ErrNotFound
	}
	b, err := os.ReadFile("testdata/thumb.png")
	return b, "image/png", err
}

func write(t *testing.T, format, language string) string {
	t.Helper()
	var b strings.Builder
	if err := transcript.Write(&b, format, head(language), thumb, each(said(t), nil)); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	if *shots != "" {
		if err := os.WriteFile(fmt.Sprintf("%s/%s.%s", *shots, language, format), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{"difficult", "user_secret", "endpoint_ms"} {
		if strings.Contains(s, secret) {
			t.Errorf("%s, %s: %q is no customer's: %s", format, language, secret, s)
		}
	}
	return s
}

func has(t *testing.T, what, s string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(s, w) {
			t.Errorf("%s has no %q:\n%s", what, w, s)
		}
	}
}

func TestATranscriptIsHonest(t *testing.T) {
	en, zh := write(t, transcript.Text, "en"), write(t, transcript.Text, "zh-CN")
	has(t, "text", en, "Your conversation with Brightwood <Audio>", "Tuesday, November 24, 2026", "Wednesday, November 25", "[23:58] AI assistant\n", "[00:02] AI assistant (spoken)\n  You can return it within\n  [Interrupted here: only what was heard",
		"[Source: Returns \"policy\"]", "Read from the picture: order number 204815", "* A person took over.", "Li Ming\n  我是李明", "UTC+08:00", "[Picture 1: /v1/conversations/conv_1/images/img_1]", "End of the transcript.")
	has(t, "text", zh, "您与Brightwood <Audio>的对话", "2026年11月24日 星期二", "说到这里被打断", "图片识别结果：订单号 204815", "人工客服已接手。", "记录到此结束。")
	if strings.Contains(en, "\n[15:59] Agent") || strings.Contains(en, "\u202e") {
		t.Errorf("a customer's words look like ours:\n%s", en)
	}
	page := write(t, transcript.HTML, "en")
	has(t, "page", page, `<html lang="en">`, "&lt;script&gt;alert(1)", "data:image/png;base64,", "Picture: not available any more", "30 days &lt;from delivery&gt;", `class="cut"`, "late &amp;", "default-src 'none'")
	if strings.Contains(page, "\u202e") || strings.Contains(page, "<script") || strings.Contains(page, "src=\"/v1") {
		t.Errorf("the page runs or loads something:\n%s", page)
	}
	has(t, "page", write(t, transcript.HTML, "zh-CN"), `<html lang="zh-CN">`, "对话已结束。")
}

func TestATranscriptIsJSON(t *testing.T) {
	var got struct {
		Conversation string
		Complete     bool
		Items        []dialog.Record
	}
	if err := json.Unmarshal([]byte(write(t, transcript.JSON, "en")), &got); err != nil || !got.Complete || got.Conversation != "conv_1" || len(got.Items) != 9 {
		t.Errorf("%v %+v", err, got)
	}
	var b strings.Builder
	if err := transcript.Write(&b, transcript.JSON, head("en"), nil, each(nil, nil)); err != nil || json.Unmarshal([]byte(b.String()), &got) != nil || len(got.Items) != 0 {
		t.Errorf("%v %s", err, b.String())
	}
}

func TestATranscriptThatIsNotWholeSaysSo(t *testing.T) {
	broken := errors.New("the disk is gone")
	for format, want := range map[string]string{transcript.Text: "not complete", transcript.HTML: "not complete", transcript.JSON: `"complete":false`} {
		var b strings.Builder
		err := transcript.Write(&b, format, head("en"), nil, each(said(t)[:2], broken))
		if !errors.Is(err, broken) || !strings.Contains(b.String(), want) || strings.Contains(b.String(), "disk") {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
		b.Reset()
		if err := transcript.Write(&b, format, transcript.Head{}, nil, each(nil, nil)); err != nil {
			t.Error(err)
		}
	}
	if err := transcript.Write(&strings.Builder{}, "pdf", head("en"), nil, each(nil, nil)); err == nil {
		t.Error("a format that nobody writes")
	}
	if ascii, own := head("zh-CN").Name(transcript.HTML); ascii != "conversation-2026-11-24-2358.html" || own != "对话记录-2026-11-24-2358.html" {
		t.Error(ascii, own)
	}
}

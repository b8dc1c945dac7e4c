package serve

import (
	"bytes"
	"encoding/json"
	"image"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
)

// page is one of our own pages as Chromium drew it.
func page(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "vision", "tesseract", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// send posts a message with pictures.
func (x *site) send(k talk, text, key string, pictures ...[]byte) answer {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if text != "" {
		_ = w.WriteField("text", text)
	}
	for _, p := range pictures {
		f, err := w.CreateFormFile("image", "../../evil.exe")
		if err != nil {
			x.t.Fatal(err)
		}
		_, _ = f.Write(p)
	}
	_ = w.Close()
	return x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, b.String(), "Content-Type", w.FormDataContentType(), "Idempotency-Key", key)
}

// A customer without a model's help sends a screenshot: what was read is told, and is read
// back before it is used.
func TestAScreenshotIsRead(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.LLM = nil })
	k, stranger := x.converse(), x.converse()
	w := x.watch(k, 0)
	var m struct {
		dialog.MessageData
		Seq int64
	}
	a := x.send(k, "", "one", page(t, "order.png"))
	if a.code != 202 {
		t.Fatal(a)
	}
	a.json(t, &m)
	if len(m.Images) != 1 || m.Images[0] != dialog.ImageURL(k.ID, filepath.Base(m.Images[0])) {
		t.Fatal(m)
	}
	if again := x.send(k, "", "one", page(t, "order.png")); again.code != 202 || again.body != a.body {
		t.Error("the same key again: ", again)
	}
	if other := x.send(k, "other", "one", page(t, "order.png")); other.code != 422 {
		t.Error("the same key with other words: ", other.code)
	}
	var read dialog.ImageData
	if err := json.Unmarshal(w.kind(dialog.ImageRead).Data, &read); err != nil || read.Message != m.ID || read.Image != m.Images[0] || read.Kind != "screenshot" {
		t.Errorf("%+v %v", read, err)
	}
	w.says(dialog.Bot, "order number 204815")

	whole := x.do("GET", m.Images[0], k.Token, "")
	if c, kind, err := image.DecodeConfig(strings.NewReader(whole.body)); err != nil || kind != "png" || c.Width != 568 ||
		whole.head.Get("Content-Type") != "image/png" || whole.head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(whole.head.Get("Content-Security-Policy"), "sandbox") {
		t.Error("the picture: ", whole.code, whole.head, err)
	}
	if c, kind, err := image.DecodeConfig(strings.NewReader(x.do("GET", m.Images[0]+"?size=small", k.Token, "").body)); err != nil || kind != "jpeg" || c.Width != 320 {
		t.Error("the small one: ", kind, err)
	}
	for name, code := range map[string]int{
		"a stranger":                        x.do("GET", m.Images[0], stranger.Token, "").code,
		"by another conversation's address": x.do("GET", dialog.ImageURL(stranger.ID, filepath.Base(m.Images[0])), stranger.Token, "").code,
		"nobody":                            x.do("GET", m.Images[0], "", "").code,
	} {
		if code != 403 && code != 404 && code != 401 {
			t.Errorf("%s gets it: %d", name, code)
		}
	}
	if staff := x.do("GET", m.Images[0], x.admin(), ""); staff.code != 200 {
		t.Error("staff: ", staff.code)
	}

	// The number that was read is put to the customer before it is looked up.
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"Where is my order?"}`)
	w.says(dialog.Bot, "204815")
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"no, it is 198230"}`)
	w.says(dialog.Bot, "to be sure that it is you")

	// Forgotten, it is gone.
	if f := x.do("POST", "/v1/conversations/"+string(k.ID)+"/forget", x.admin(), ""); f.code != 202 {
		t.Error(f)
	}
	if gone := x.do("GET", m.Images[0], x.admin(), ""); gone.code != 404 {
		t.Error("after forgetting: ", gone.code)
	}
	if left, err := x.store.Blobs.Names("img_", time.Now().AddDate(1, 0, 0)); err != nil || len(left) != 0 {
		t.Error("left: ", left, err)
	}
}

// What is no picture, or too much of one, is refused with words that help, and leaves nothing.
func TestBadPicturesLeaveNothing(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k, over := x.converse(), x.converse()
	_ = x.do("POST", "/v1/conversations/"+string(over.ID)+"/close", x.admin(), "")
	good := page(t, "order.png")
	for name, c := range map[string]struct {
		a    answer
		code int
		says string
	}{
		"HEIC":       {x.send(k, "see", "", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1")), 422, "HEIC"},
		"no picture": {x.send(k, "see", "", []byte("<svg onload=alert(1)>")), 422, "JPEG, PNG"},
		"one of two": {x.send(k, "see", "", good, good[:200]), 422, "damaged"},
		"seven":      {x.send(k, "see", "", good, good, good, good, good, good, good), 422, "at most 6"},
		"neither":    {x.send(k, "", ""), 422, "text, pictures"},
		"long text":  {x.send(k, strings.Repeat("x", 8001), "", good), 422, "8000"},
		"too large":  {x.send(k, "see", "", make([]byte, 41<<20)), 413, "40 MB"},
		"closed":     {x.send(over, "see", "", good), 409, "over"},
		"no form":    {x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, "xx", "Content-Type", "multipart/form-data; boundary=b"), 400, "read"},
		"another's":  {x.send(talk{ID: over.ID, Token: k.Token}, "see", "", good), 403, ""},
		"of staff":   {x.send(talk{ID: k.ID, Token: x.admin()}, "see", "", good), 403, ""},
	} {
		if c.a.code != c.code || !strings.Contains(c.a.body, c.says) {
			t.Errorf("%s: %d %s", name, c.a.code, c.a.body)
		}
	}
	var list items
	x.do("GET", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, "").json(t, &list)
	if len(list.Items) != 0 {
		t.Error(list)
	}
	if left, err := x.store.Blobs.Names("img_", time.Now().AddDate(1, 0, 0)); err != nil || len(left) != 0 {
		t.Error("left: ", left, err)
	}
}

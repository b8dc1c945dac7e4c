// Package linkpage is the page behind a link that a customer's phone was sent: it takes
// pictures and sends them, and knows nothing of the conversation.
package linkpage

import (
	"crypto/rand"
	_ "embed"
	"html/template"
	"io"
	"net/http"
	"strings"
)

//go:embed page.html
var page string

var tmpl = template.Must(template.New("page").Parse(page))

// Page is what it shows.
type Page struct {
	Language string // BCP 47
	Company  string
	Left     int  // pictures that may still come
	Over     bool // the link has ended, or never was
}

// words of a language.
type words struct {
	Title, Lead, Take, Choose, Sending, Sent, Failed, Again, Full, Note, Over, OverMore, Script string
}

var english = words{Title: "Send a picture", Lead: "Take a picture, or choose one. It goes straight to the assistant that you are talking to.",
	Take: "Take a picture", Choose: "Choose from the phone", Sending: "Sending…", Sent: "Sent. You can go back to the call.",
	Failed: "It did not go through.", Again: "Try again", Full: "That is all that this link takes.",
	Note: "The place where it was taken is removed from the picture.", Over: "This link has ended",
	OverMore: "For your safety it works only for a short while. Ask the assistant for a new one.", Script: "This page needs JavaScript."}

var chinese = words{Title: "发送图片", Lead: "拍一张照片，或者从手机里选一张，会直接发给正在和您通话的客服。",
	Take: "拍照", Choose: "从手机选择", Sending: "正在发送…", Sent: "已发送，您可以回到通话了。",
	Failed: "没有发送成功。", Again: "重试", Full: "这个链接能发的图片已经够了。",
	Note: "图片中的拍摄地点会被去掉。", Over: "链接已失效",
	OverMore: "为了安全，链接只在短时间内有效。请让客服重新发一个。", Script: "本页需要启用 JavaScript。"}

// Write answers with the page.
func (p Page) Write(w http.ResponseWriter, code int) error {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'nonce-"+nonce+"'; img-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	in := english
	if strings.HasPrefix(strings.ToLower(p.Language), "zh") {
		in, p.Language = chinese, "zh-CN"
	} else {
		p.Language = "en"
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, struct {
		Page
		Nonce string
		Words words
	}{p, nonce, in}); err != nil {
		return err
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, b.String())
	return nil
}

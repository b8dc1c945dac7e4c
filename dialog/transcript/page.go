package transcript

import (
	"encoding/base64"
	"html"
	"strings"
)

// maxPictures bounds the pictures in one page, in bytes.
const maxPictures = 16 << 20

// Style is the page's; its hash stands in the policy that a server sends with it.
const Style = `:root{color-scheme:light dark;--line:#dfe5e8;--soft:#5b6b75;--mine:#e7f3f6;--other:#f5f7f8;--note:#8a5a00}
@media (prefers-color-scheme:dark){:root{--line:#2e3a41;--soft:#9fb0ba;--mine:#12323a;--other:#1c2429;--note:#e3b65f}}
body{font:16px/1.55 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:44rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.35rem;margin:0 0 .5rem}header p,footer{color:var(--soft);font-size:.875rem;margin:.15rem 0}header{border-bottom:1px solid var(--line);padding-bottom:1rem}
h2{font-size:.875rem;font-weight:600;color:var(--soft);margin:1.75rem 0 .5rem;text-align:center}
article{margin:.75rem 0;padding:.65rem .85rem;border-radius:10px;background:var(--other);max-width:85%;width:fit-content;overflow-wrap:anywhere}
article.customer{background:var(--mine);margin-left:auto}
article header{border:0;padding:0;font-size:.8125rem;color:var(--soft)}article header b{font-weight:600}
article p{margin:.2rem 0;white-space:pre-wrap}.cut{color:var(--note);font-size:.875rem}.note{color:var(--soft);font-size:.875rem;text-align:center;margin:.75rem 0}
.source,.shown{font-size:.875rem;color:var(--soft);border-left:3px solid var(--line);padding-left:.6rem;margin:.4rem 0}
img{max-width:100%;border-radius:6px;margin:.4rem 0;display:block}footer{margin-top:2rem;border-top:1px solid var(--line);padding-top:.75rem}
time{font-variant-numeric:tabular-nums}@media print{article{break-inside:avoid}}`

// page is HTML that needs nothing else: no script, no address.
type page struct {
	*out
	h       Head
	picture Picture
	left    int
	some    bool
}

// e escapes a text.
func e(s string) string {
	s = strings.Map(func(r rune) rune {
		if turning(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return html.EscapeString(s)
}

func (f *page) begin() {
	h := f.h
	lang := "en"
	if h.chinese() {
		lang = "zh-CN"
	}
	f.put(`<!doctype html><html lang="`, lang, `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">`,
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
		`<title>`, e(h.title()), `</title><style>`, Style, "</style>\n<header><h1>", e(h.title()), `</h1><p>`, e(h.say("started")), h.say("colon"), e(h.day(h.Started)), ` <time>`, h.clock(h.Started),
		`</time></p><p>`, e(h.say("zone")), h.say("colon"), e(h.zone()), `</p><p>`, e(h.say("number")), h.say("colon"), e(string(h.Conversation)), `</p><p>`, e(h.say("ai")), "</p></header>\n<main>")
}

func (f *page) day(words string) { f.put("\n<h2>", e(words), "</h2>") }

func (f *page) entry(n entry) {
	f.some = true
	h := f.h
	if n.message == nil {
		f.put("\n", `<p class="note"><time>`, h.clock(n.at), `</time> `, e(n.note), `</p>`)
		return
	}
	m := n.message
	f.put("\n<article class=\"", map[bool]string{true: "customer", false: "other"}[m.From == "customer"], `"><header><b>`, e(n.who), `</b> · <time>`, h.clock(n.at), `</time>`)
	if m.Via == "voice" {
		f.put(` · `, e(h.say("spoken")))
	}
	f.put(`</header>`)
	if m.Text != "" {
		f.put(`<p>`, e(m.Text), `</p>`)
	}
	if m.Cut {
		f.put(`<p class="cut">`, e(h.say("cut")), `</p>`)
	}
	if m.Shown != "" {
		f.put(`<p class="shown">`, e(h.say("shown")), h.say("colon"), e(m.Shown), `</p>`)
	}
	for _, url := range m.Images {
		f.image(url)
	}
	for _, c := range m.Citations {
		f.put(`<p class="source">`, e(h.say("source")), h.say("colon"), e(c.Title))
		if c.Quote != "" {
			f.put(`<br>“`, e(c.Quote), `”`)
		}
		f.put(`</p>`)
	}
	f.put(`</article>`)
}

// kinds are the pictures that a page may hold.
var kinds = map[string]bool{"image/jpeg": true, "image/png": true}

func (f *page) image(url string) {
	if f.picture == nil {
		f.put(`<p class="source">`, e(f.h.say("no picture")), `</p>`)
		return
	}
	b, kind, err := f.picture(url)
	switch {
	case err != nil || !kinds[kind]:
		f.put(`<p class="source">`, e(f.h.say("no picture")), `</p>`)
	case len(b) > f.left:
		f.put(`<p class="source">`, e(f.h.say("more")), `</p>`)
	default:
		f.left -= len(b)
		f.put(`<img alt="`, e(f.h.say("picture")), `" src="data:`, kind, `;base64,`, base64.StdEncoding.EncodeToString(b), `">`)
	}
}

func (f *page) end(whole bool) {
	key := "whole"
	switch {
	case !whole:
		key = "broken"
	case !f.some:
		key = "empty"
	}
	f.put("\n</main>\n<footer>", e(f.h.say(key)), "</footer></html>\n")
}

package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// strict is all that a page must allow for the widget (docs/widget.md), and nothing else; %[1]s is
// where Parley is.
const strict = "default-src 'none'; script-src 'self' %[1]s; connect-src %[1]s ws://%[2]s; img-src blob:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"

// foreign is a page of another origin that carries the widget, twice. Its own script notes what
// its rules refuse.
func foreign(t *testing.T) (origin string, carry func(parley string)) {
	t.Helper()
	var mu sync.Mutex
	var parley string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		at := parley
		mu.Unlock()
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(strict, at, strings.TrimPrefix(at, "http://")))
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="%[1]s"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Elsewhere</title>
<script src="/guard.js"></script><main><h1>A page elsewhere</h1></main>
%[2]s%[2]s</html>`,
				r.URL.Query().Get("page"), fmt.Sprintf(`<script src="%s/widget.js" data-site="shop" data-color="#ffd400" %s async></script>`, at, r.URL.Query().Get("tag")))
		case "/guard.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, `window.refused=[];addEventListener('securitypolicyviolation',e=>refused.push(e.violatedDirective+' '+e.blockedURI+' '+e.sourceFile));addEventListener('error',e=>refused.push(e.message))`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func(at string) { mu.Lock(); parley = at; mu.Unlock() }
}

// line is a network that can be cut: it carries connections to one address.
type line struct {
	addr string
	to   string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &line{addr: l.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	n.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n.wg.Go(func() { n.carry(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); n.set(true); n.wg.Wait() })
	return n
}

// set cuts the network, and what runs over it; or mends it.
func (n *line) set(cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut = cut
	for c := range n.conns {
		if cut {
			_ = c.Close()
		}
	}
}

// keep counts a connection in, unless the network is cut.
func (n *line) keep(c net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cut {
		_ = c.Close()
		return false
	}
	n.conns[c] = true
	return true
}

func (n *line) carry(c net.Conn) {
	s, err := net.Dial("tcp", n.to)
	if err != nil {
		_ = c.Close()
		return
	}
	if !n.keep(c) || !n.keep(s) {
		_, _ = c.Close(), s.Close()
		return
	}
	var wg sync.WaitGroup
	for _, x := range [][2]net.Conn{{c, s}, {s, c}} {
		wg.Go(func() { _, _ = io.Copy(x[0], x[1]); _, _ = x[0].Close(), x[1].Close() })
	}
	wg.Wait()
	n.mu.Lock()
	delete(n.conns, c)
	delete(n.conns, s)
	n.mu.Unlock()
}

// write types into the widget's line and sends it.
func write(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	fill(t, ctx, ".composer textarea", words)
	until(t, ctx, "the button to send", `(()=>{const b=deep('.composer .send')[0];if(!b||b.disabled)return false;b.click();return true})()`)
}

// The widget on a page of another origin whose rules allow next to nothing: it is opened by
// keyboard, answers with its source, takes a pasted screenshot, shows one conversation in two
// tabs, loses nothing when the network is cut, survives a page that is replaced beneath it, and
// passes axe in both languages and colours. The page's rules refuse nothing that it does.
func TestTheWidgetOnAForeignPage(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	page, carry := foreign(t)
	config := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(config, []byte("sites: [{key: shop, secret: quite secret, origins: [\""+page+"\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, built(t), t.TempDir(), "--config", config)
	network := newLine(t, strings.TrimPrefix(r.base, "http://"))
	carry("http://" + network.addr)
	tab := browser(t)
	visit := func(ctx context.Context, query string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Navigate(page+"/?"+query)); err != nil {
			t.Fatal(err)
		}
		until(t, ctx, "the widget", `!!window.Parley`)
	}
	clean := func(ctx context.Context) {
		t.Helper()
		if bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](`refused.join('\n')`)); err != nil || bad != "" {
			t.Errorf("the page's rules: %v %s", err, bad)
		}
	}
	passes := func(ctx context.Context, screen string) {
		t.Helper()
		clean(ctx) // axe itself may do what they refuse
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
			t.Fatal(err)
		}
		accessible(t, ctx, screen)
	}
	visit(tab, "page=en")
	until(t, tab, "one launcher", `document.querySelectorAll('parley-widget').length===1&&deep('.launcher').length===1`)
	shot(t, tab, "widget-launcher")
	for _, key := range []string{"\t", "\r"} {
		if _, err := chromedp.Run(tab, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, tab, "the line to write has the focus", `deep('.panel')[0].getClientRects().length>0&&deep('.composer textarea')[0]===document.activeElement.shadowRoot?.activeElement`)
	until(t, tab, "what happened on the page", `(Parley.track('purchased',{product:'one'}),true)`)
	write(t, tab, "How long does delivery take?")
	text(t, tab, 20*time.Second, "AI assistant", "2 to 4 working days", "this goes with the Brightwood One: Spare battery", "Source:")
	until(t, tab, "the source's words", `(()=>{const d=deep('.source')[0];d.querySelector('summary').click();return d.open&&d.querySelector('blockquote').getClientRects().length>0})()`)
	shot(t, tab, "widget-light")

	png, err := os.ReadFile(filepath.Join("..", "..", "vision", "tesseract", "testdata", "order.png"))
	if err != nil {
		t.Fatal(err)
	}
	until(t, tab, "a pasted screenshot", `(()=>{const d=new DataTransfer();d.items.add(new File([Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(png)+`"),c=>c.charCodeAt(0))],'image.png',{type:'image/png'}));
deep('.composer textarea')[0].dispatchEvent(new ClipboardEvent('paste',{clipboardData:d,bubbles:true,cancelable:true}));return true})()`)
	until(t, tab, "its preview", `deep('.previews img').length===1`)
	write(t, tab, "Where is this order?")
	until(t, tab, "what was understood", `deep('.chip').some(c=>c.innerText.includes('Order 204815'))&&deep('.sent img')[0]?.naturalWidth>0`)
	until(t, tab, "its correction", `(()=>{const c=deep('.chip').find(c=>c.innerText.includes('204815'));c.querySelector('button').click();const l=deep('.composer textarea')[0];return l.value.slice(l.selectionStart,l.selectionEnd)==='204815'})()`)
	fill(t, tab, ".composer textarea", "")
	passes(tab, "open, light")

	other, cancel := chromedp.NewContext(tab)
	defer cancel()
	visit(other, "page=zh-CN&tag=data-open+data-theme=dark")
	text(t, other, 20*time.Second, "AI 助手", "2 to 4 working days", "204815")
	shot(t, other, "widget-dark-zh")
	passes(other, "open, dark, Chinese")

	network.set(true)
	text(t, tab, 20*time.Second, "Connection to the server is lost")
	write(t, tab, "Do you have a shop in Berlin?")
	text(t, tab, 20*time.Second, "Waits for the connection")
	shot(t, tab, "widget-cut")
	passes(tab, "without a network")
	network.set(false)
	once := `deep('.line.customer .bubble').filter(b=>b.innerText==='Do you have a shop in Berlin?').length===1`
	for _, ctx := range []context.Context{tab, other} {
		until(t, ctx, "the message, once", once+`&&!deep('.pending').length`)
	}
	until(t, tab, "no word of the cut", `!deep('.note').some(n=>n.getClientRects().length)`)

	if _, err := chromedp.Run(tab, chromedp.KeyEvent("\u001b")); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the focus on the launcher", `deep('.launcher')[0]===document.activeElement.shadowRoot?.activeElement`)
	until(t, tab, "another page in its place", `(()=>{const b=document.createElement('body');document.documentElement.lang='zh-CN';document.body.replaceWith(b);return true})()`)
	until(t, tab, "the widget there, in Chinese", `deep('.launcher')[0]?.getAttribute('aria-label')?.startsWith('打开聊天')`)
	until(t, other, "the chat shut here too", `(Parley.close(),true)`) // or what comes is read here
	until(t, other, "a message from elsewhere", `(()=>{const s=JSON.parse(localStorage['parley:shop:']);fetch(s.base+'/v1/conversations/'+s.id+'/messages',{method:'POST',headers:{Authorization:'Bearer '+s.token,'Content-Type':'application/json'},body:'{"text":"How long does delivery take?"}'});return true})()`)
	until(t, tab, "what is new, on the launcher", `deep('.badge')[0]?.getClientRects().length>0&&deep('.notice')[0].getClientRects().length>0`)
	shot(t, tab, "widget-unread")
	clean(tab)

	if _, err := chromedp.Run(other, chromedp.EmulateViewport(360, 640)); err != nil {
		t.Fatal(err)
	}
	visit(other, "page=en&tag=data-open")
	text(t, other, 20*time.Second, "Do you have a shop in Berlin?")
	until(t, other, "the whole of a small screen", `(()=>{const p=deep('.panel')[0].getBoundingClientRect();return p.width===360&&p.left===0&&p.height===640&&deep('.panel *').every(e=>e.getBoundingClientRect().right<=360.5||getComputedStyle(e).clipPath!=='none')})()`)
	shot(t, other, "widget-360")
	clean(other)

	until(t, other, "a person is asked for, and nobody is there", `(()=>{deep('[aria-haspopup="menu"]')[0].click();deep('[role="menuitem"]')[0].click();return true})()`)
	until(t, other, "a form with the last question", `deep('.contact')[0].getClientRects().length>0&&deep('.contact textarea')[0].value==='How long does delivery take?'`)
	until(t, other, "what is missing", `(()=>{deep('.contact [type=submit]')[0].click();return deep('.contact .not').some(n=>n.getClientRects().length)&&deep('.contact input')[0].getAttribute('aria-invalid')==='true'})()`)
	until(t, other, "the form on a small screen", `deep('.contact *').every(e=>e.getBoundingClientRect().right<=360.5)`)
	shot(t, other, "widget-contact")
	passes(other, "the form")
	fill(t, other, ".contact input", "jo@x.example")
	until(t, other, "it is sent", `(deep('.contact [type=submit]')[0].click(),true)`)
	text(t, other, 20*time.Second, "I have noted for my colleagues", "jo@x.example")
	until(t, other, "the form gone", `!deep('.contact')[0].getClientRects().length`)
}

package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// attach chooses files in the chat, as the file dialog would.
func attach(t *testing.T, ctx context.Context, files ...string) {
	t.Helper()
	js := ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		js += fmt.Sprintf(`d.items.add(new File([Uint8Array.from(atob(%q),c=>c.charCodeAt(0))],%q,{type:'image/png'}));`, base64.StdEncoding.EncodeToString(b), filepath.Base(f))
	}
	until(t, ctx, "the chat", `(()=>{const i=deep('.composer input[multiple]')[0];if(!i)return false;const d=new DataTransfer();`+js+`i.files=d.files;i.dispatchEvent(new Event('change'));return true})()`)
}

// oneCut loses the next upload, and keeps the keys that are sent.
const oneCut = `(()=>{const p=XMLHttpRequest.prototype,send=p.send,head=p.setRequestHeader;window.keys=[];
p.setRequestHeader=function(n,v){if(n==='Idempotency-Key')keys.push(v);return head.call(this,n,v)};
p.send=function(){p.send=send;this.onloadend()};return true})()`

// A customer sends a picture from the shop's page, with no model configured: it is seen in the
// chat, opens large, and its order number stands under it. What was lost on the way is tried
// again under the same key, and is there once. What is no picture is refused in words and goes
// back into the line to write.
func TestAPictureIsSent(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	r := start(t, built(t), t.TempDir())
	ctx := browser(t)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+"/")); err != nil {
		t.Fatal(err)
	}
	text(t, ctx, 20*time.Second, "Brightwood")
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
		t.Fatal(err)
	}
	shot(t, ctx, "shop")
	accessible(t, ctx, "the shop")
	click(t, ctx, "Open chat")
	order := filepath.Join("..", "..", "vision", "tesseract", "testdata", "order.png")
	attach(t, ctx, order, order)
	until(t, ctx, "two previews", `deep('.previews img').length===2`)
	shot(t, ctx, "picture-chosen")
	accessible(t, ctx, "previews")
	click(t, ctx, "Remove picture 2")
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](oneCut)); err != nil {
		t.Fatal(err)
	}
	write(t, ctx, "Where is this order?")
	until(t, ctx, "the picture", `deep('.log button.thumb img')[0]?.naturalWidth>0`)
	until(t, ctx, "its order number", `deep('.chip').some(c=>c.innerText.includes('Order 204815'))`)
	until(t, ctx, "the same key both times", `keys.length===2&&keys[0]===keys[1]`)
	until(t, ctx, "one message", `deep('.lines .line.customer').length===1&&!deep('.pending').length&&deep('.previews li').length===0`)
	shot(t, ctx, "picture-sent")
	accessible(t, ctx, "a picture in the chat")

	until(t, ctx, "the picture's button", `(()=>{const b=deep('.log button.thumb')[0];b.focus();b.click();return true})()`)
	until(t, ctx, "the large picture", `deep('[role=dialog] .large img')[0]?.naturalWidth>0`)
	shot(t, ctx, "picture-large")
	accessible(t, ctx, "the large picture")
	if _, err := chromedp.Run(ctx, chromedp.KeyEvent("\u001b")); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, "the focus on the picture", `deep('.lightbox')[0].hidden&&document.activeElement.shadowRoot.activeElement.matches('button.thumb')`)

	fake := filepath.Join(t.TempDir(), "notes.png")
	if err := os.WriteFile(fake, []byte("This is no picture.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	attach(t, ctx, fake)
	click(t, ctx, "Send")
	until(t, ctx, "why it was refused", `deep('.unsent')[0]?.textContent.length>20`)
	shot(t, ctx, "picture-refused")
	accessible(t, ctx, "a picture that was refused")
	click(t, ctx, "Change")
	until(t, ctx, "it back in the composer", `deep('.previews li').length===1&&!deep('.unsent').length`)
}

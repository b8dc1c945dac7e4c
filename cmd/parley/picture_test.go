package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// attach chooses files in the chat, as the file dialog would.
func attach(t *testing.T, ctx context.Context, files ...string) {
	t.Helper()
	for i, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = abs
	}
	if _, err := chromedp.Run(ctx, chromedp.SetUploadFiles(`.composer input[type=file]`, files)); err != nil {
		t.Fatal(err)
	}
}

// oneCut loses the next upload, and keeps the keys that are sent.
const oneCut = `(()=>{const p=XMLHttpRequest.prototype,send=p.send,head=p.setRequestHeader;window.keys=[];
p.setRequestHeader=function(n,v){if(n==='Idempotency-Key')keys.push(v);return head.call(this,n,v)};
p.send=function(){p.send=send;this.onerror()};return true})()`

// A customer sends a picture, with no model configured: it is seen in the transcript,
// opens large, and its order number stands under it. What was lost on the way is tried again
// under the same key. What is no picture is refused in words and goes back into the line
// to write.
func TestAPictureIsSent(t *testing.T) {
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
	order := filepath.Join("..", "..", "vision", "tesseract", "testdata", "order.png")
	attach(t, ctx, order, order)
	until(t, ctx, "two previews", `document.querySelectorAll('.previews img').length===2`)
	shot(t, ctx, "picture-chosen")
	accessible(t, ctx, "previews")
	click(t, ctx, "Remove picture 2")
	fill(t, ctx, ".composer textarea", "Where is this order?")
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](oneCut)); err != nil {
		t.Fatal(err)
	}
	click(t, ctx, "Send")
	text(t, ctx, 20*time.Second, "Not sent: The server does not answer")
	shot(t, ctx, "picture-cut")
	accessible(t, ctx, "a picture that was not sent")
	click(t, ctx, "Try again")
	until(t, ctx, "the picture", `document.querySelector('.transcript button.thumb img')?.naturalWidth>0`)
	until(t, ctx, "its order number", `[...document.querySelectorAll('.transcript .chip')].some(c=>c.textContent==='Order 204815')`)
	until(t, ctx, "the same key both times", `keys.length===2&&keys[0]===keys[1]`)
	until(t, ctx, "one message", `document.querySelectorAll('.line.customer').length===1&&document.querySelectorAll('.previews').length===0`)
	shot(t, ctx, "picture-sent")
	accessible(t, ctx, "a picture in the transcript")

	until(t, ctx, "the picture's button", `(()=>{const b=document.querySelector('.transcript button.thumb');b.focus();b.click();return true})()`)
	until(t, ctx, "the large picture", `document.querySelector('[role=dialog] .large img')?.naturalWidth>0`)
	time.Sleep(300 * time.Millisecond) // the dialog fades in
	shot(t, ctx, "picture-large")
	accessible(t, ctx, "the large picture")
	if _, err := chromedp.Run(ctx, chromedp.KeyEvent("\u001b")); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, "the focus on the picture", `!document.querySelector('[role=dialog]')&&document.activeElement.matches('.transcript button.thumb')`)

	fake := filepath.Join(t.TempDir(), "notes.png")
	if err := os.WriteFile(fake, []byte("This is no picture.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	attach(t, ctx, fake)
	click(t, ctx, "Send")
	until(t, ctx, "why it was refused", `document.querySelector('.unsent')?.textContent.length>20`)
	shot(t, ctx, "picture-refused")
	accessible(t, ctx, "a picture that was refused")
	click(t, ctx, "Change")
	until(t, ctx, "it back in the composer", `document.querySelectorAll('.previews li').length===1&&!document.querySelector('.unsent')`)
}

package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A customer whose microphone was refused calls without one, in the widget of another page:
// what the bot says can be read along, what is written is answered aloud. The bot asks for a
// picture; one tap opens the files, the picture goes out, what was read in it is said, and the
// chat goes on where the call was left.
func TestACallThatAsksForAPicture(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	png, err := os.ReadFile(filepath.Join("..", "..", "vision", "tesseract", "testdata", "order.png"))
	if err != nil {
		t.Fatal(err)
	}
	page, carry := foreign(t)
	config := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(config, []byte("sites: [{key: shop, secret: quite secret, origins: [\""+page+"\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, built(t), t.TempDir(), "--config", config)
	carry(r.base)
	ctx := browser(t)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(page+"/?page=en&tag=data-open")); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, "the widget", `!!window.Parley&&deep('.panel')[0]?.getClientRects().length>0`)
	until(t, ctx, "a microphone that is refused", listen+`;navigator.mediaDevices.getUserMedia=async()=>{throw new DOMException('no','NotAllowedError')};true`)
	until(t, ctx, "the call button", `(()=>{const b=deep('.call')[0];if(!b||b.disabled)return false;b.click();return true})()`)
	text(t, ctx, 20*time.Second, "The microphone was refused", "Call without a microphone")
	shot(t, ctx, "asked-refused")
	until(t, ctx, "a call without one", `(()=>{deep('.silently button')[0].click();return true})()`)
	text(t, ctx, 30*time.Second, "AI assistant for Brightwood")
	until(t, ctx, "what is said, in step", `deep('.bubble.open .ahead').some(a=>a.innerText.length>0&&a.previousElementSibling.innerText.length>0)`)
	loud(t, ctx, true)
	shot(t, ctx, "asked-captions")
	text(t, ctx, 60*time.Second, "How can I help you?")

	write(t, ctx, "My screen shows an error, can I show you?")
	until(t, ctx, "the picture that is asked for", `(()=>{const a=deep('.asked')[0];return a.getClientRects().length>0&&a.innerText.includes('your screen')&&deep('.asked .show')[0].getClientRects()[0].height>=44})()`)
	until(t, ctx, "that it is said", `deep('.line.bot').some(l=>l.innerText.includes('camera button'))`)
	shot(t, ctx, "asked-card")
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
		t.Fatal(err)
	}
	accessible(t, ctx, "a picture that is asked for")
	until(t, ctx, "one tap opens the files", `(()=>{const i=deep('.asked input')[0];let opened=0;i.addEventListener('click',e=>{opened++;e.preventDefault()},{once:true});deep('.asked .show')[0].click();return opened===1})()`)
	until(t, ctx, "a file", fmt.Sprintf(`(()=>{const i=deep('.asked input')[0],d=new DataTransfer();d.items.add(new File([Uint8Array.from(atob(%q),c=>c.charCodeAt(0))],'screen.png',{type:'image/png'}));
i.files=d.files;i.dispatchEvent(new Event('change'));return true})()`, base64.StdEncoding.EncodeToString(png)))
	until(t, ctx, "what was understood", `deep('.chip').some(c=>c.innerText.includes('Order 204815'))&&deep('.asked')[0].hidden`)
	until(t, ctx, "what was read is said", `deep('.line.bot').some(l=>l.innerText.includes('order number 2, 0, 4, 8, 1, 5'))`)
	loud(t, ctx, true)
	shot(t, ctx, "asked-read")
	until(t, ctx, "that the question was heard", `deep('.line.bot').some(l=>l.innerText.includes('Is that right?')&&!l.querySelector('.ahead'))`)
	write(t, ctx, "yes")
	text(t, ctx, 30*time.Second, "What would you like to know")
	time.Sleep(2 * time.Second) // it is heard
	until(t, ctx, "hanging up", `(()=>{deep('.callbar .danger')[0].click();return true})()`)
	until(t, ctx, "the end of the call", `deep('.callbar')[0].hidden`)
	write(t, ctx, "How long does delivery take?")
	text(t, ctx, 30*time.Second, "2 to 4 working days")
}

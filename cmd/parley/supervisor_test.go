package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A supervisor has a practice customer call, listens without setting up a connection,
// whispers where nobody is to hear it, barges in and is written down, keeps an alert quiet,
// and leaves.
func TestASupervisorListens(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	config := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(config, []byte("alerts: {waiting: 1, risk: 1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, built(t), t.TempDir(), "PARLEY_ADMIN_PASSWORD=correct horse", "--config", config)
	ctx := browser(t)
	for _, a := range []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.base + "/supervisor")} {
		if _, err := chromedp.Run(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	text(t, ctx, 20*time.Second, "Sign in")
	for _, script := range []string{string(axe) + ";true", fakeMicrophone} {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, ctx, `input[type=email]`, "admin@local")
	fill(t, ctx, `input[autocomplete=current-password]`, "correct horse")
	click(t, ctx, "Sign in")
	text(t, ctx, 20*time.Second, "No conversation is going on")
	shot(t, ctx, "supervisor-empty")
	accessible(t, ctx, "empty wall")
	choose := func(words string) {
		t.Helper()
		until(t, ctx, words, `(()=>{const i=[...document.querySelectorAll('[role=menuitem]')].find(i=>i.textContent.startsWith('`+words+`'));i?.click();return !!i})()`)
	}
	practice := func(words string) {
		t.Helper()
		click(t, ctx, "Practice customer")
		choose(words)
	}
	practice("Writes, in Chinese")
	text(t, ctx, 20*time.Second, "练习顾客")
	practice("Calls, in English")
	until(t, ctx, "the call", `[...document.querySelectorAll('.live')].some(l=>l.textContent.includes('Practice customer')&&l.querySelector('button.hear'))`)
	until(t, ctx, "the bot's voice, to be heard at once", `document.querySelector('.earbar button:not([disabled])')!==null`)
	click(t, ctx, "Listen")
	until(t, ctx, "a sound", `document.querySelector('.earbar[data-mode=listen]')?.dataset.heard!==undefined`)
	ms, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('.earbar').dataset.heard`))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the first sound was there %s ms after the click", ms)
	until(t, ctx, "what the customer says", `[...document.querySelectorAll('.said.customer .bubble')].some(b=>b.textContent.includes('delivery'))`)
	shot(t, ctx, "supervisor-listening")
	accessible(t, ctx, "listening")

	click(t, ctx, "Whisper")
	text(t, ctx, 20*time.Second, "no agent is in this call")
	say(t, ctx, "Offer him a refund.")
	time.Sleep(3 * time.Second) // what was whispered would be written down by now
	until(t, ctx, "nothing of the whisper", `!document.querySelector('.said.agent')`)
	click(t, ctx, "Barge in")
	until(t, ctx, "who is heard by whom, in red", `document.querySelector('.earbar.heard')?.textContent.includes('the customer too')`)
	shot(t, ctx, "supervisor-talking")
	accessible(t, ctx, "talking")
	sayUntil(t, ctx, "I am the supervisor, how can I help you?", `!!document.querySelector('.said.agent .bubble')`)
	click(t, ctx, "Stop listening")
	until(t, ctx, "no call", `document.querySelector('.earbar:not([data-mode])')!==null`)
	click(t, ctx, "Back to the list")

	until(t, ctx, "an alert", `!!document.querySelector('.alert:not(.hushed)')`)
	for _, size := range [][2]int64{{1280, 800}, {1920, 1080}, {360, 740}} {
		if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"light", "dark"} {
			shot(t, ctx, fmt.Sprintf("supervisor-%d-%s", size[0], scheme))
			accessible(t, ctx, fmt.Sprintf("%d, %s", size[0], scheme))
			click(t, ctx, "Light or dark")
		}
	}
	if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(1280, 800)); err != nil {
		t.Fatal(err)
	}
	click(t, ctx, "Snooze")
	text(t, ctx, 10*time.Second, "Keep this alert quiet?")
	fill(t, ctx, `[role=dialog] textarea`, "a practice customer")
	until(t, ctx, "the snooze", `(()=>{const b=document.querySelector('[role=dialog] button[type=submit]:not([disabled])');b?.click();return !!b})()`)
	text(t, ctx, 20*time.Second, "a practice customer")
	click(t, ctx, "中文")
	text(t, ctx, 10*time.Second, "进行中的会话")
	shot(t, ctx, "supervisor-chinese")
	accessible(t, ctx, "in Chinese")
}

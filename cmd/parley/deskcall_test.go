package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// In three browsers: a customer calls and asks for a person, an agent whose audio stands by
// accepts, joins, asks a colleague and has the three talk, sets the customer on hold and takes over from the bot; a desk that is
// loaded again in mid-call is brought back in. A sentence of the call is heard by a click.
func TestAnAgentTakesACallAtTheDesk(t *testing.T) {
	t.Parallel()
	r := start(t, built(t), t.TempDir(), "PARLEY_ADMIN_PASSWORD=correct horse")
	hire(t, r.base, "ann@desk.example", "Ann", "horse battery")
	hire(t, r.base, "bob@desk.example", "Bob", "horse battery")
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	agent, customer, colleague := browser(t), browser(t), browser(t)
	look := func(path, words string) {
		t.Helper()
		ctx := agent
		if path == "/" {
			ctx = customer
		}
		if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+path)); err != nil {
			t.Fatal(err)
		}
		text(t, ctx, 20*time.Second, words)
	}
	signIn := func(ctx context.Context, email string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+"/desk")); err != nil {
			t.Fatal(err)
		}
		text(t, ctx, 20*time.Second, "Sign in")
		fill(t, ctx, `input[type=email]`, email)
		fill(t, ctx, `input[autocomplete=current-password]`, "horse battery")
		click(t, ctx, "Sign in")
		text(t, ctx, 20*time.Second, "switch it on to take calls")
		shot(t, ctx, "call-off")
		until(t, ctx, "the switch", `(()=>{const i=document.querySelector('.sound input[role=switch]');if(!i.checked)i.click();return !!document.querySelector('.sound .level')})()`)
		shot(t, ctx, "call-ready")
		click(t, ctx, "Set your status: Offline")
		until(t, ctx, "available", `(()=>{const i=[...document.querySelectorAll('[role=menuitem]')].find(i=>i.textContent==='Available');i?.click();return !!i})()`)
		until(t, ctx, "the status", `!!document.querySelector('.status.available')`)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
			t.Fatal(err)
		}
	}
	signIn(agent, "ann@desk.example")

	look("/", "Brightwood")
	click(t, customer, "Open chat")
	if _, err := chromedp.Run(customer, chromedp.Evaluate[bool](fakeMicrophone)); err != nil {
		t.Fatal(err)
	}
	click(t, customer, "Call")
	text(t, customer, 60*time.Second, "How can I help you?")
	write(t, customer, "I want to talk to a person please")
	until(t, agent, "the offer of a call", `document.querySelector('.offer')?.textContent.includes('Call: a customer')`)
	shot(t, agent, "call-offer")
	press(t, agent, "a")
	text(t, agent, 20*time.Second, "You are told what it is about")
	shot(t, agent, "call-briefing")
	press(t, agent, "i")
	text(t, agent, 20*time.Second, "and the assistant hear each other")
	shot(t, agent, "call-together")
	click(t, agent, "Take over from the bot")
	text(t, agent, 20*time.Second, "You talk with")

	// A colleague is asked first, then all three talk, and the colleague leaves.
	signIn(colleague, "bob@desk.example")
	press(t, agent, "o")
	text(t, agent, 10*time.Second, "The customer hears music while you talk")
	until(t, agent, "the colleague's name", `(()=>{const i=document.querySelector('[role=dialog] .mantine-Select-input');i?.click();const o=[...document.querySelectorAll('[role=option]')].find(o=>o.textContent.startsWith('Bob'));o?.click();return i?.value.startsWith('Bob')})()`)
	time.Sleep(300 * time.Millisecond) // it fades in
	shot(t, agent, "call-consult")
	accessible(t, agent, "whom to consult")
	until(t, agent, "that it is asked", `(()=>{const b=document.querySelector('[role=dialog] button[type=submit]:not([disabled])');b?.click();return !!b})()`)
	text(t, agent, 20*time.Second, "Bob is being called")
	until(t, colleague, "the offer of a call", `document.querySelector('.offer')?.textContent.includes('Call: Ann hands')`)
	press(t, colleague, "a")
	text(t, agent, 20*time.Second, "You talk with Bob")
	text(t, colleague, 20*time.Second, "You talk with Ann")
	shot(t, agent, "call-consulting")
	accessible(t, agent, "a consult")
	click(t, agent, "Conference")
	text(t, agent, 20*time.Second, "and Bob hear each other")
	text(t, colleague, 20*time.Second, "and Ann hear each other")
	shot(t, agent, "call-conference")
	shot(t, colleague, "call-conference-asked")
	accessible(t, agent, "a conference")
	click(t, agent, "Let Bob go")
	text(t, agent, 20*time.Second, "You talk with Visitor")
	text(t, colleague, 20*time.Second, "Nothing with you")
	press(t, agent, "h")
	text(t, agent, 20*time.Second, "is on hold")
	shot(t, agent, "call-held")
	press(t, agent, "h")
	press(t, agent, "m")
	text(t, agent, 20*time.Second, "You are muted")
	press(t, agent, "m")
	click(t, agent, "Microphone and speaker")
	time.Sleep(300 * time.Millisecond) // it fades in
	shot(t, agent, "call-devices")
	press(t, agent, "\u001b")

	if _, err := chromedp.Run(agent, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	until(t, agent, "the call after a reload", `!!document.querySelector('.sound .level')&&document.querySelector('.callstate')?.textContent.startsWith('You talk with')`)
	shot(t, agent, "call-again")
	until(t, agent, "a sentence that can be heard", `(()=>{const b=document.querySelector('.via.able');b?.click();return !!b})()`)
	until(t, agent, "a sentence that plays", `!!document.querySelector('.said.playing')`)
	shot(t, agent, "call-playing")
	for _, size := range [][2]int64{{1024, 768}, {1280, 800}, {360, 740}} {
		if _, err := chromedp.Run(agent, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatal(err)
		}
		shot(t, agent, fmt.Sprintf("call-%d-light", size[0]))
		click(t, agent, "Light or dark")
		time.Sleep(200 * time.Millisecond)
		shot(t, agent, fmt.Sprintf("call-%d-dark", size[0]))
		click(t, agent, "Light or dark")
	}
	if _, err := chromedp.Run(agent, chromedp.EmulateViewport(1280, 800)); err != nil {
		t.Fatal(err)
	}
	click(t, agent, "中文")
	text(t, agent, 10*time.Second, "您正在与")
	shot(t, agent, "call-zh")
	click(t, agent, "交还机器人")
	text(t, agent, 20*time.Second, "暂无会话")
}

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// In two browsers: a customer calls and asks for a person, an agent whose audio stands by
// accepts, joins, sets the customer on hold and takes over from the bot; a desk that is
// loaded again in mid-call is brought back in. A sentence of the call is heard by a click.
func TestAnAgentTakesACallAtTheDesk(t *testing.T) {
	t.Parallel()
	r := start(t, built(t), t.TempDir(), "PARLEY_ADMIN_PASSWORD=correct horse")
	hire(t, r.base, "ann@desk.example", "Ann", "horse battery")
	agent, customer := browser(t), browser(t)
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
	look("/desk", "Sign in")
	fill(t, agent, `input[type=email]`, "ann@desk.example")
	fill(t, agent, `input[autocomplete=current-password]`, "horse battery")
	click(t, agent, "Sign in")
	text(t, agent, 20*time.Second, "switch it on to take calls")
	shot(t, agent, "call-off")
	until(t, agent, "the switch", `(()=>{const i=document.querySelector('.sound input[role=switch]');if(!i.checked)i.click();return !!document.querySelector('.sound .level')})()`)
	shot(t, agent, "call-ready")
	click(t, agent, "Set your status: Offline")
	until(t, agent, "available", `(()=>{const i=[...document.querySelectorAll('[role=menuitem]')].find(i=>i.textContent==='Available');i?.click();return !!i})()`)
	until(t, agent, "the status", `!!document.querySelector('.status.available')`)

	look("/", "Brightwood")
	click(t, customer, "Open chat")
	if _, err := chromedp.Run(customer, chromedp.Evaluate[bool](fakeMicrophone)); err != nil {
		t.Fatal(err)
	}
	click(t, customer, "Call")
	text(t, customer, 60*time.Second, "How can I help you?")
	write(t, customer, "I want to talk to a person please")
	until(t, agent, "the offer of a call", `document.querySelector('.offer')?.textContent.includes('Call')`)
	shot(t, agent, "call-offer")
	press(t, agent, "a")
	text(t, agent, 20*time.Second, "You are told what it is about")
	shot(t, agent, "call-briefing")
	press(t, agent, "i")
	text(t, agent, 20*time.Second, "and the assistant hear each other")
	shot(t, agent, "call-together")
	click(t, agent, "Take over from the bot")
	text(t, agent, 20*time.Second, "You talk with")
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

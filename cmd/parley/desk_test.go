package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// hire adds somebody to the staff.
func hire(t *testing.T, base, email, name, password string) {
	t.Helper()
	post := func(token, path string, body any) map[string]any {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var out map[string]any
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s: %d %v %v", path, res.StatusCode, out, err)
		}
		return out
	}
	in := post("", "/v1/login", map[string]string{"email": "admin@local", "password": "correct horse"})
	post(in["token"].(string), "/v1/users", map[string]any{"email": email, "name": name, "role": "agent", "password": password})
}

func press(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.KeyEvent(key)); err != nil {
		t.Fatal(err)
	}
}

// In two browsers: a customer asks for a person, an agent sees what is known before
// accepting, answers, writes a note that the customer never sees, and gives back to the bot,
// which answers again. A reload of the desk loses nothing.
func TestACustomerIsHandedToAPersonAndBack(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	r := start(t, built(t), t.TempDir(), "PARLEY_ADMIN_PASSWORD=correct horse")
	hire(t, r.base, "ann@desk.example", "Ann", "horse battery")
	agent, customer := browser(t), browser(t)
	look := func(ctx context.Context, path, words string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+path)); err != nil {
			t.Fatal(err)
		}
		text(t, ctx, 20*time.Second, words)
	}
	look(agent, "/desk", "Sign in")
	ready := func() {
		t.Helper()
		if _, err := chromedp.Run(agent, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
			t.Fatal(err)
		}
	}
	ready()
	accessible(t, agent, "sign in")
	fill(t, agent, `input[type=email]`, "ann@desk.example")
	fill(t, agent, `input[autocomplete=current-password]`, "horse battery")
	click(t, agent, "Sign in")
	text(t, agent, 20*time.Second, "Nobody is waiting")
	shot(t, agent, "desk-empty")
	accessible(t, agent, "empty desk")
	click(t, agent, "Set your status: Offline")
	until(t, agent, "available", `(()=>{const i=[...document.querySelectorAll('[role=menuitem]')].find(i=>i.textContent==='Available');i?.click();return !!i})()`)
	until(t, agent, "the status", `!!document.querySelector('.status.available')`)

	look(customer, "/", "Brightwood")
	click(t, customer, "Open chat")
	write(t, customer, "Can I return headphones after three weeks?")
	text(t, customer, 30*time.Second, "30 days")
	write(t, customer, "I want to talk to a person please")
	text(t, customer, 30*time.Second, "I stay with you")
	until(t, agent, "the offer", `!!document.querySelector('.offer .packet .summary')?.textContent.includes('headphones')`)
	shot(t, agent, "desk-offer")
	accessible(t, agent, "an offer")
	press(t, agent, "a") // the key for it
	until(t, agent, "the conversation", `[...document.querySelectorAll('.timeline .bubble')].some(b=>b.textContent.includes('three weeks'))&&!document.querySelector('.offer')`)

	fill(t, agent, "#deskreply", "I am Ann. I see that you want to return headphones.")
	until(t, agent, "the line to write", `document.getElementById('deskreply').focus(),true`)
	press(t, agent, "\r")
	text(t, customer, 20*time.Second, "I am Ann")
	write(t, customer, "Yes, how long does delivery take?")
	until(t, agent, "the customer's answer", `[...document.querySelectorAll('.said.customer .bubble')].some(b=>b.textContent.includes('how long does delivery'))`)
	until(t, agent, "the note's place", `(()=>{const i=[...document.querySelectorAll('.replyhead label')].find(i=>i.textContent==='Note');i?.click();return !!document.querySelector('.reply.asnote')})()`)
	fill(t, agent, "#deskreply", "promised her an answer")
	click(t, agent, "Add note")
	until(t, agent, "the note", `document.querySelector('.notemark .bubble')?.textContent==='promised her an answer'`)
	shot(t, agent, "desk-conversation")
	accessible(t, agent, "a conversation")

	// A reload loses nothing, the words that are not sent among it.
	until(t, agent, "the reply", `(()=>{const i=[...document.querySelectorAll('.replyhead label')].find(i=>i.textContent==='Reply');i?.click();return !document.querySelector('.reply.asnote')})()`)
	fill(t, agent, "#deskreply", "Two to four")
	if _, err := chromedp.Run(agent, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	until(t, agent, "the draft", `document.getElementById('deskreply')?.value==='Two to four'&&[...document.querySelectorAll('.timeline .bubble')].some(b=>b.textContent.includes('three weeks'))`)
	ready()
	until(t, agent, "nothing that is written to", `document.activeElement.blur(),true`)
	press(t, agent, "?")
	text(t, agent, 10*time.Second, "While you are not typing")
	time.Sleep(300 * time.Millisecond) // the dialog fades in
	shot(t, agent, "desk-keys")
	accessible(t, agent, "the keys")
	press(t, agent, "\u001b")
	until(t, agent, "no dialog", `!document.querySelector('[role=dialog]')`)
	for _, size := range [][2]int64{{1024, 768}, {1280, 800}} {
		if _, err := chromedp.Run(agent, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"light", "dark"} {
			shot(t, agent, fmt.Sprintf("desk-%d-%s", size[0], scheme))
			accessible(t, agent, fmt.Sprintf("%d, %s", size[0], scheme))
			click(t, agent, "Light or dark")
		}
	}
	click(t, agent, "中文")
	text(t, agent, 10*time.Second, "交还机器人")
	shot(t, agent, "desk-chinese")
	accessible(t, agent, "in Chinese")
	click(t, agent, "English")

	click(t, agent, "Back to the bot")
	text(t, customer, 20*time.Second, "AI assistant, again")
	write(t, customer, "How long does delivery take?")
	text(t, customer, 30*time.Second, "2 to 4 working days")
	if page := text(t, customer, time.Second, "Brightwood"); bytes.Contains([]byte(page), []byte("promised her")) {
		t.Error("the customer sees the note")
	}
	text(t, agent, 20*time.Second, "Nothing with you")
}

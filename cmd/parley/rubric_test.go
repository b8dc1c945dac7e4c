package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A supervisor changes what conversations are scored by, in both languages, by day and night.
func TestARubricIsChanged(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	r := start(t, built(t), t.TempDir(), "PARLEY_ADMIN_PASSWORD=correct horse")
	ctx := browser(t)
	for _, a := range []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(1440, 900), chromedp.Navigate(r.base + "/supervisor/insight#quality")} {
		if _, err := chromedp.Run(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	run := func(script string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script+";true")); err != nil {
			t.Fatal(err)
		}
	}
	text(t, ctx, 20*time.Second, "Sign in")
	run(string(axe))
	fill(t, ctx, `input[type=email]`, "admin@local")
	fill(t, ctx, `input[autocomplete=current-password]`, "correct horse")
	click(t, ctx, "Sign in")
	click(t, ctx, "Rubric")
	text(t, ctx, 20*time.Second, "What counts, and how much")
	shot(t, ctx, "rubric-en-light")
	accessible(t, ctx, "rubric")
	run(`[...document.querySelectorAll('.rubric button')].find(b=>b.textContent==='Add a sentence').click()`)
	until(t, ctx, "a sentence", `document.querySelector('.rubricphrase')!==null`)
	fill(t, ctx, `.rubricname input`, "goodbye")
	fill(t, ctx, `.rubricpair textarea`, "have a good day")
	run(`document.querySelector('.rubricphrase').scrollIntoView()`)
	shot(t, ctx, "rubric-phrase")
	accessible(t, ctx, "rubric with a sentence")
	click(t, ctx, "Save")
	text(t, ctx, 20*time.Second, "version 1")
	run(`localStorage.setItem('parley.locale','zh-CN');localStorage.setItem('mantine-color-scheme-value','dark');location.reload()`)
	until(t, ctx, "Chinese", `document.documentElement.lang==='zh-CN'&&[...document.querySelectorAll('button')].some(b=>b.textContent==='评分表')`)
	run(string(axe))
	click(t, ctx, "评分表")
	text(t, ctx, 20*time.Second, "第 1 版")
	until(t, ctx, "what was kept", `document.querySelector('.rubricname input')?.value==='goodbye'`)
	shot(t, ctx, "rubric-zh-dark")
	accessible(t, ctx, "rubric in Chinese, dark")
}

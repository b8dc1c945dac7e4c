package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"parley/dialog/store"
)

// fill types into what a selector finds, as React notices it, also in the widget.
func fill(t *testing.T, ctx context.Context, selector, value string) {
	t.Helper()
	js := fmt.Sprintf(`(()=>{const e=deep(%q)[0];if(!e)return false;
Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e),'value').set.call(e,%s);e.dispatchEvent(new Event('input',{bubbles:true}));return true})()`, selector, quoted(value))
	until(t, ctx, "a field "+selector, js)
}

// quoted is a text as JavaScript has it.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// until waits until an expression is true on the page.
func until(t *testing.T, ctx context.Context, what, js string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](deep+js)); err == nil && is {
			return
		} else if time.Now().After(end) {
			page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](deep+`shown()`))
			t.Fatalf("waited for %s: %v; the page shows:\n%s", what, err, page)
		}
	}
}

// accessible fails for what axe calls serious or critical on the page as it stands.
func accessible(t *testing.T, ctx context.Context, screen string) {
	t.Helper()
	bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run().then(r=>r.violations.filter(v=>v.impact==='serious'||v.impact==='critical')
.map(v=>v.id+': '+v.nodes.slice(0,3).map(n=>n.target.join(' ')+' '+(n.any[0]?.message??'')).join('; ')).join('\n'))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if bad != "" {
		t.Errorf("%s: %s", screen, bad)
	}
}

// A supervisor of the knowledge changes "30 days" to "14 days": the draft changes nothing
// for customers, the difference is shown, and once it is published the answer is the new one.
func TestAnAnswerIsChangedOnTheAdminPage(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("run make pages: ", err)
	}
	data := t.TempDir()
	r := start(t, built(t), data, "PARLEY_ADMIN_PASSWORD=correct horse")
	spent(t, data)
	ctx := browser(t)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(r.base+"/admin")); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+";true")); err != nil {
		t.Fatal(err)
	}
	fill(t, ctx, `input[type=email]`, "admin@local")
	accessible(t, ctx, "sign in")
	fill(t, ctx, `input[autocomplete=current-password]`, "wrong horse")
	click(t, ctx, "Sign in")
	text(t, ctx, 20*time.Second, "do not fit together")
	fill(t, ctx, `input[autocomplete=current-password]`, "correct horse")
	click(t, ctx, "Sign in")
	text(t, ctx, 20*time.Second, "Brightwood Audio")
	accessible(t, ctx, "documents")
	added(t, ctx)

	until(t, ctx, "the document", `(()=>{const a=[...document.querySelectorAll('.rowlink a')].find(a=>a.textContent==='Brightwood Audio');a?.click();return !!a})()`)
	until(t, ctx, "its text", `!!document.querySelector('.editor')?.value.includes('30 days')`)
	now, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('.editor').value`))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, ctx, ".editor", strings.ReplaceAll(now, "30 days", "14 days"))
	click(t, ctx, "Save draft")
	until(t, ctx, "the difference", `[...document.querySelectorAll('.side del')].some(d=>d.textContent==='30')&&[...document.querySelectorAll('.side ins')].some(d=>d.textContent==='14')`)
	accessible(t, ctx, "difference")
	shot(t, ctx, "admin-diff")
	asked(t, ctx, "within 30 days")

	until(t, ctx, "the way back", `history.back(),true`)
	until(t, ctx, "publish", `(()=>{const b=[...document.querySelectorAll('button')].find(b=>b.textContent==='Publish'&&!b.disabled);b?.click();return !!b})()`)
	text(t, ctx, 20*time.Second, "Published. It is answered from now on.")
	asked(t, ctx, "within 14 days")
	shot(t, ctx, "admin-answer")
	accessible(t, ctx, "try")
	for _, scheme := range []string{"light", "dark"} {
		for _, s := range []string{"documents", "try", "gaps", "phrasings", "bot", "tools", "engines", "staff", "costs", "audit"} {
			until(t, ctx, s, fmt.Sprintf(`(()=>{location.hash='#/%s';return !!document.querySelector('[aria-current=page][href="#/%s"]')&&!document.querySelector('.skeletons')})()`, s, s))
			accessible(t, ctx, s+", "+scheme)
			if s == "costs" {
				text(t, ctx, 20*time.Second, "$0.0123")
				shot(t, ctx, "admin-costs-"+scheme)
			}
		}
		text(t, ctx, 20*time.Second, "document.publish")
		until(t, ctx, "the other colours", fmt.Sprintf(`(()=>{const now=document.documentElement.dataset.mantineColorScheme;if(now===%q)document.querySelector('[aria-label="Light or dark"]').click();return now!==%q})()`, scheme, scheme))
	}
}

// spent is a day's use of a model in a server's records.
func spent(t *testing.T, data string) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: data})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(s.AddUsage(t.Context(), store.Usage{Role: "llm", Model: "deepseek-chat", Prompt: 48210, Cached: 31000, Reply: 2310, Cost: 0.0123, Currency: "USD"},
		store.Usage{Role: "embed", Model: "text-embedding-v4", Prompt: 120345, Cost: 0.06, Currency: "CNY", At: time.Now().AddDate(0, 0, -1).UnixMicro()}), s.Close())
	if err != nil {
		t.Fatal(err)
	}
}

// added uploads a file, and has an address fetched that is refused, and waits for what the
// page says of both.
func added(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, "a place for files", `(()=>{const i=document.querySelector('input[type=file]');if(!i)return false;const d=new DataTransfer();
d.items.add(new File(['# Gift cards\n\nGift cards are valid for seven years.'],'gift-cards.md',{type:'text/markdown'}));
i.files=d.files;i.dispatchEvent(new Event('change',{bubbles:true}));return true})()`)
	row := func(of, state string) string {
		return fmt.Sprintf(`[...document.querySelectorAll('.rowlink')].some(r=>r.textContent.includes(%q)&&r.textContent.includes(%q))`, of, state)
	}
	until(t, ctx, "the file", row("Gift cards", "Ready"))
	accessible(t, ctx, "uploads")
	click(t, ctx, "From address")
	fill(t, ctx, `input[type=url]`, "http://127.0.0.1:1/secret")
	accessible(t, ctx, "from an address")
	click(t, ctx, "Fetch")
	until(t, ctx, "the refusal", row("127.0.0.1", "Failed"))
}

// asked asks in a new test conversation, and waits for words of the answer.
func asked(t *testing.T, ctx context.Context, answer string) {
	t.Helper()
	until(t, ctx, "the test conversation", `(()=>{location.hash='#/try';return !!document.querySelector('.composer input')&&!document.querySelector('.line')})()`)
	fill(t, ctx, `.composer input`, "How long can I return headphones?")
	until(t, ctx, "send", `(()=>{const b=document.querySelector('.composer button');if(b.disabled)return false;b.click();return true})()`)
	text(t, ctx, 30*time.Second, answer)
}

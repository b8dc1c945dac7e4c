package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// binaries is where the binaries under test are: TestMain's.
var binaries string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binaries = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build makes the binaries as `make build` makes them.
var build = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", binaries+"/", "parley/cmd/parley", "parley/cmd/parley-sphinx").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
})

// built is the folder of the binaries under test, which are made once.
func built(t *testing.T) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return binaries
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// running is a server in a process of its own.
type running struct {
	base string
	data string
	cmd  *exec.Cmd
	log  *os.File
}

// start starts the demo on free ports and waits until it is ready. What is no NAME=value is an
// argument.
func start(t *testing.T, bin, data string, more ...string) *running {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	r := &running{base: fmt.Sprintf("http://127.0.0.1:%d", freePort(t)), data: data, log: log}
	args, env := []string{"serve", "--demo", "-drain", "1s", "-v"}, []string{}
	for _, m := range more {
		if name, _, ok := strings.Cut(m, "="); ok && strings.ToUpper(name) == name {
			env = append(env, m)
		} else {
			args = append(args, m)
		}
	}
	r.cmd = exec.Command(filepath.Join(bin, "parley"), args...)
	r.cmd.Stdout, r.cmd.Stderr = log, log
	r.cmd.Env = append(append(os.Environ(), "PARLEY_DATA="+data, "PARLEY_LISTEN="+strings.TrimPrefix(r.base, "http://"),
		fmt.Sprintf("PARLEY_RTC_ADDR=127.0.0.1:%d", freePort(t))), env...)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		_ = r.cmd.Wait()
		if t.Failed() {
			b, _ := os.ReadFile(log.Name())
			t.Logf("server:\n%s", b[max(0, len(b)-6000):])
		}
		_ = log.Close()
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get(r.base + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return r
			}
		}
		if time.Now().After(end) {
			t.Fatal("the server does not get ready")
		}
	}
}

// voice is a WAV file of words spoken by a local voice: 44 bytes of header, 16 kHz mono.
func voice(t *testing.T, words string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "voice.wav")
	if out, err := exec.Command("flite", "-voice", "rms", "-t", words, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// browser is a Chromium that asks nobody for permissions.
func browser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 860),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", false))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// deep finds elements by a selector, also in the widget's shadow; shown is what a page says, with
// the widget.
const deep = `var deep=s=>{const out=[],walk=r=>{out.push(...r.querySelectorAll(s));for(const e of r.querySelectorAll('parley-widget'))if(e.shadowRoot)walk(e.shadowRoot)};walk(document);return out};
var shown=()=>[document.body,...document.querySelectorAll('parley-widget')].map(e=>(e.shadowRoot?.querySelector('.root')??e).innerText).join('\n');`

// text waits until the page shows all of the words.
func text(t *testing.T, ctx context.Context, within time.Duration, words ...string) string {
	t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(200 * time.Millisecond) {
		page, err := chromedp.Run(ctx, chromedp.Evaluate[string](deep+`shown()`))
		if err != nil {
			t.Fatal(err)
		}
		missing := ""
		for _, w := range words {
			if !strings.Contains(strings.ToLower(page), strings.ToLower(w)) {
				missing = w
			}
		}
		if missing == "" {
			return page
		}
		if time.Now().After(end) {
			shot(t, ctx, "failed")
			t.Fatalf("the page does not show %q:\n%s", missing, page)
		}
	}
}

// shot keeps a picture of the page where PARLEY_SHOTS says, for people to look at.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("PARLEY_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Log(err)
		return
	}
	_ = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
}

func click(t *testing.T, ctx context.Context, label string) {
	t.Helper()
	script := fmt.Sprintf(deep+`(()=>{const b=deep('button').find(b=>[b.innerText.trim(),b.getAttribute('aria-label')].includes(%q)&&!b.closest('[hidden]'));if(!b)return false;b.click();return true})()`, label)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no button %q", label)
		}
	}
}

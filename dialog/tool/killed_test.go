package tool_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/tool"
)

// TestMain is also the process that is killed: see victim.
func TestMain(m *testing.M) {
	if os.Getenv("PARLEY_VICTIM") != "" {
		if err := victim(os.Getenv("PARLEY_VICTIM"), os.Getenv("PARLEY_SYSTEM"), os.Getenv("PARLEY_FROM")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// office is the business system as Parley's settings have it.
func office(url string) tool.Config {
	args := map[string]map[string]any{"number": {"type": "string"}}
	change := func(i tool.Idempotent) tool.Endpoint {
		return tool.Endpoint{Method: "POST", Path: "/do", Args: args, Overlay: tool.Overlay{Idempotent: i, TimeoutMS: 2000, Parallel: 32, Level: new(int)}}
	}
	checked := change(tool.Never)
	checked.Check = &tool.Check{Tool: "look", Args: map[string]string{"number": "{{.args.number}}"}, Done: tool.Match{Field: "found", Is: []any{true}}, Not: tool.Match{Field: "found", Is: []any{false}}}
	return tool.Config{Name: "office", URL: url, HTTP: map[string]tool.Endpoint{"book": change(tool.ByKey), "send": change(tool.Never), "send_checked": checked,
		"look": {Path: "/look/{number}", Args: args, Overlay: tool.Overlay{TimeoutMS: 2000}}}}
}

// open opens an outbox over a folder and a system, as a process does when it starts.
func open(folder, url string) (*tool.Outbox, func() error, error) {
	s, err := store.Open(context.Background(), store.Options{Folder: folder})
	if err != nil {
		return nil, nil, err
	}
	src, err := tool.Open(office(url), nil)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	box := tool.NewBox(tool.Options{})
	box.AddSource(src)
	out := tool.NewOutbox(tool.OutboxOptions{Box: box, Journal: s, Alone: true})
	shut := func() error { return errors.Join(out.Close(context.Background()), box.Close(), s.Close()) }
	return out, shut, out.Start(context.Background())
}

// victim makes changes until it is killed, and says which it has begun and ended.
func victim(folder, url, from string) error {
	out, _, err := open(folder, url)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(from)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	say := func(what string, n int) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, n)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := n + w; i < n+40; i += 4 {
				say("asks", i)
				o, err := out.Change(context.Background(), numbered(i))
				if err == nil && o.State.Settled() {
					say("knows", i)
				}
			}
		})
	}
	wg.Wait()
	select {} // until it is killed
}

func numbered(i int) tool.ChangeRequest {
	r := request([]string{"book", "send", "send_checked"}[i%3], strconv.Itoa(i))
	r.User.Conversation = dialog.ConversationID(fmt.Sprint("c", i%4))
	return r
}

// ledger is the business system: it books, and kills who asks at one of three moments.
type ledger struct {
	mu   sync.Mutex
	rng  *rand.Rand
	runs map[string]int
	keys map[string]bool
	left int // requests until it kills; below 0 never
	kill func()
}

func (l *ledger) moment() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left--; l.left == 0 {
		return 1 + l.rng.IntN(3)
	}
	return 0
}

func (l *ledger) coin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.IntN(2) == 0
}

func (l *ledger) book(number, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if key != "" && l.keys[key] {
		return
	}
	l.keys[key] = true
	l.runs[number]++
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if number, ok := strings.CutPrefix(r.URL.Path, "/look/"); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]bool{"found": l.runs[number] > 0})
		return
	}
	var in struct{ Number string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	at := l.moment()
	if at == 1 {
		l.kill()
	}
	if at != 1 || l.coin() { // what was sent may arrive after its sender's death
		l.book(in.Number, r.Header.Get("Idempotency-Key"))
	}
	if at == 2 {
		l.kill()
	}
	_, _ = io.WriteString(w, `{"status":"ok"}`)
	if at == 3 {
		_ = http.NewResponseController(w).Flush()
		l.kill()
	}
}

// A process is killed again and again in the middle of changes. Each of them runs at
// most once, those that can be repeated are not lost, and of the others it is said
// when nobody knows.
func TestKilledInMidChange(t *testing.T) {
	kills := 8
	if long() {
		kills = 30
	}
	folder := t.TempDir()
	l := &ledger{rng: rand.New(rand.NewPCG(1, 2)), runs: map[string]int{}, keys: map[string]bool{}}
	srv := httptest.NewServer(l)
	defer srv.Close()
	asked, knew := map[int]bool{}, 0
	for k := range kills {
		n := killed(t, l, folder, srv.URL, k*40, asked)
		knew += n
	}
	out, shut, err := open(folder, srv.URL) // and what is left is brought to its end
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	count := map[string]int{}
	for i := range asked {
		r := numbered(i)
		before := l.count(r.Args["number"])
		o, err := out.Change(ctx, r) // the same key: what became of it
		if err != nil {
			t.Fatalf("%d: %+v %v", i, o, err)
		}
		runs := l.count(r.Args["number"])
		count[r.Tool+" "+string(o.State)]++
		switch {
		case runs > 1:
			t.Errorf("%s %d: run %d times (%d before)", r.Tool, i, runs, before)
		case o.State == tool.Done && runs == 0, o.State == tool.Failed && runs == 1, o.State == tool.Unknown && r.Tool != "send":
			t.Errorf("%s %d is %s (%s), and was run %d times", r.Tool, i, o.State, o.Reason, runs)
		}
	}
	t.Logf("%d kills, %d changes asked for, %d known before the process died: %v", kills, len(asked), knew, count)
	if count["send unknown"] == 0 && long() || count["book done"] == 0 {
		t.Error("the kills hit nothing")
	}
	if err := shut(); err != nil {
		t.Error(err)
	}
}

func (l *ledger) count(number any) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs[fmt.Sprint(number)]
}

// killed runs one process until the system kills it, and gathers what it asked for.
func killed(t *testing.T, l *ledger, folder, url string, from int, asked map[int]bool) (knew int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PARLEY_VICTIM="+folder, "PARLEY_SYSTEM="+url, "PARLEY_FROM="+strconv.Itoa(from))
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.left = 1 + l.rng.IntN(30)
	err = cmd.Start()
	l.kill = func() { _ = cmd.Process.Kill() }
	l.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		var what string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &what, &n); err != nil {
			continue
		}
		asked[n] = true
		if what == "knows" {
			knew++
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the process was not killed: %v", err)
	}
	return knew
}

package bench

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// built is the program. It is linked once for each test; the rest comes from the cache.
func built(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", binary, "parley/cmd/parley").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// Two callers, a few seconds: it ends, every call is answered, and the results
// have every field. How fast it went is not judged here.
func TestASmallBench(t *testing.T) {
	binary := built(t)
	rs, err := Measure(t.Context(), Options{Binary: binary, Sizes: []int{2}, Steady: 10 * time.Second, Warm: time.Second,
		Drafts: true, Delays: Delays{Endpoint: 300 * time.Millisecond, ASR: 50 * time.Millisecond, LLM: 20 * time.Millisecond, TTS: 20 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	r := rs[0]
	if r.Turns.Served != 2 {
		t.Errorf("%d of 2 calls were answered: %+v", r.Turns.Served, r.Turns)
	}
	if r.CPU.Server <= 0 || r.Memory.Idle <= 0 || r.Memory.Full < r.Memory.Idle/2 || r.Network.Received == 0 || r.Clock.P99 <= 0 {
		t.Errorf("nothing was measured: %+v", r)
	}
	if r.Turns.Answered > 0 && (r.Turns.Measured == 0 || r.Drafts.Adopted+r.Drafts.Wasted == 0) {
		t.Errorf("answers could not be followed: %+v, %+v", r.Turns, r.Drafts)
	}
	var text bytes.Buffer
	if err := table(&text, rs); err != nil || strings.Count(text.String(), "\n") < 30 {
		t.Errorf("%v:\n%s", err, text.String())
	}
	fields(t, r)
}

// fields checks that nothing of the results' form is missing.
func fields(t *testing.T, r *Result) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(`calls seconds voice setup_ms.p50 cpu.per_call_percent cpu.server_percent cpu.idle_percent
		memory.idle_mb memory.half_mb memory.full_mb memory.per_session_mb memory.after_mb turns.asked turns.answered turns.early
		turns.talk_over turns.interruptions turns.yielded turns.bot_share response_ms.p95 own_ms.p50 own_stages_ms.speak.p95
		turn_measured_ms.total.p50 duck_ms.p95 hush_ms.p95 yield_ms.p95 clock.p50_ms clock.p99_ms clock.p999_ms clock.missed
		network.received network.missing network.lost_at_server drafts.adopted drafts.wasted bars`) {
		var v any = m
		for _, name := range strings.Split(path, ".") {
			inner, _ := v.(map[string]any)
			if v = inner[name]; v == nil {
				t.Errorf("the JSON has no %s", path)
				break
			}
		}
	}
}

func TestSizes(t *testing.T) {
	if got, err := sizes("1, 10,50", 3, maxCalls); err != nil || len(got) != 3 || got[2] != 50 {
		t.Error(got, err)
	}
	if got, err := sizes("", 3, maxCalls); err != nil || len(got) != 1 || got[0] != 3 {
		t.Error(got, err)
	}
	for _, bad := range []string{"0", "1,,2", "x", "100000"} {
		if _, err := sizes(bad, 1, maxCalls); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// A few chats, a few seconds: every message is answered, the model's time is found, and
// the results have every field.
func TestAFewChats(t *testing.T) {
	r, err := MeasureChats(t.Context(), ChatOptions{Binary: built(t), Idle: 20, Settle: 100 * time.Millisecond, Sizes: []int{5}, Every: 500 * time.Millisecond, Steady: 3 * time.Second,
		Busy: 4, Rush: 2 * time.Second, LLM: 50 * time.Millisecond, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	w := r.Windows[0]
	if w.Answered < 5 || w.Own.N != w.Answered || w.Back.N != w.Answered || w.Waited.P50-w.Own.P50 < 49 || w.CPU <= 0 {
		t.Errorf("%+v", w)
	}
	if r.Rush.Answered < 4 || r.Rush.CPU <= 0 || r.Rush.PerCore <= 0 {
		t.Errorf("%+v", r.Rush)
	}
	if m := r.Memory; m.Open != 20 || m.Before <= 0 || m.Goroutines < 0.9 {
		t.Errorf("%+v", m)
	}
	var text bytes.Buffer
	if err := r.table(&text); err != nil || strings.Count(text.String(), "\n") < 9 || len(r.Bars) != 4 {
		t.Errorf("%v:\n%s", err, text.String())
	}
	if err := r.plot(t.TempDir()); err != nil {
		t.Error(err)
	}
}

// Three agents and a supervisor, a few seconds: every message comes to its agent's desk.
func TestASmallDesk(t *testing.T) {
	r, err := MeasureDesk(t.Context(), DeskOptions{Binary: built(t), Agents: 3, Supervisors: 1, Events: 20, Steady: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if r.Sent == 0 || r.Missed > 0 || r.Agent.N != r.Sent || r.Supervisor.N != r.Sent || r.Whole.N != r.Sent || r.CPU <= 0 || r.Without <= 0 {
		t.Errorf("%+v", r)
	}
	var text bytes.Buffer
	if err := r.table(&text); err != nil || strings.Count(text.String(), "\n") < 9 {
		t.Errorf("%v:\n%s", err, text.String())
	}
}

func TestAFewTransfers(t *testing.T) {
	r, err := MeasureTransfer(t.Context(), TransferOptions{Binary: built(t), Customers: 12, Agents: 4, Rate: 6, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, n := range r.Faults {
		done += n
	}
	if r.Lost != 0 || r.Served == 0 || done < 10 || r.Reach.N != r.Served || !r.Bars[0].Met {
		t.Errorf("%+v", r)
	}
}

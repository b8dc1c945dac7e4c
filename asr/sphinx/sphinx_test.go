package sphinx_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/sphinx"
	"parley/asr/sphinx/lm"
)

var worker string

// TestMain builds the worker, as `make build` does.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sphinx")
	if err != nil {
		panic(err)
	}
	worker = filepath.Join(dir, "parley-sphinx")
	if out, err := exec.Command("go", "build", "-o", worker, "parley/cmd/parley-sphinx").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// say makes a clip with the local voice.
func say(t *testing.T, text string) []int16 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clip.wav")
	if out, err := exec.Command("flite", "-voice", "rms", "-t", text, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 3200)
	for i := 44; i+1 < len(b); i += 2 {
		pcm = append(pcm, int16(uint16(b[i])|uint16(b[i+1])<<8))
	}
	return append(pcm, make([]int16, 3200)...)
}

func pool(t *testing.T, o sphinx.Options) *sphinx.Pool {
	t.Helper()
	o.Worker = worker
	p, err := sphinx.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func hear(t *testing.T, r asr.Recognizer, pcm []int16, o asr.Options) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	text := ""
	for res, err := range r.Recognize(ctx, &asrtest.Clip{PCM: pcm}, o) {
		if err != nil {
			return text, err
		}
		text = res.Text
	}
	return text, nil
}

func TestConformance(t *testing.T) {
	asrtest.Conformance(t, pool(t, sphinx.Options{Size: 2}), say(t, "Where is my order?"), asr.Options{Language: "en"})
}

func TestHearsEnglishAndDigits(t *testing.T) {
	p := pool(t, sphinx.Options{Size: 1})
	if got, err := hear(t, p, say(t, "I would like to return my headphones."), asr.Options{}); err != nil || !strings.Contains(got, "return") || !strings.Contains(got, "my head") {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := hear(t, p, say(t, "four eight one five one six two three"), asr.Options{Expect: asr.ExpectDigits}); err != nil || got != "four eight one five one six two three" {
		t.Errorf("digits: %q, %v", got, err)
	}
	if got, err := hear(t, p, say(t, "I don't have it."), asr.Options{Expect: asr.ExpectDigits}); err != nil || got != "i don't have it" {
		t.Errorf("who has no number: %q, %v", got, err)
	}
	// A cry for help is heard where digits were asked for, and so is what stands beside them.
	if got, err := hear(t, p, say(t, "No, the battery is burning."), asr.Options{Expect: asr.ExpectDigits}); err != nil || !strings.Contains(got, "battery is burning") {
		t.Errorf("no digits: %q, %v", got, err)
	}
	if got, err := hear(t, p, say(t, "one nine eight two three zero, the case is smoking"), asr.Options{Expect: asr.ExpectDigits}); err != nil || got != "one nine eight two three zero the case is smoking" {
		t.Errorf("digits and more: %q, %v", got, err)
	}
	if got, err := hear(t, p, say(t, "two zero five one oh one"), asr.Options{Expect: asr.ExpectDigits}); err != nil || got != "two zero five one oh one" {
		t.Errorf("digits after that: %q, %v", got, err)
	}
	if _, err := hear(t, p, say(t, "no"), asr.Options{Language: "zh-CN"}); !errors.Is(err, asr.ErrNoEngine) {
		t.Error("Chinese:", err)
	}
}

func TestADeadWorkerCostsOneSentence(t *testing.T) {
	p := pool(t, sphinx.Options{Size: 1})
	clip := say(t, "hello there")
	release, err := p.Warm(t.Context(), asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	slow := &asrtest.Clip{PCM: append(clip, make([]int16, 5*16000)...), Pace: true}
	time.AfterFunc(300*time.Millisecond, func() {
		killWorkers()
	})
	var failed error
	for _, err := range p.Recognize(t.Context(), slow, asr.Options{}) {
		failed = err
	}
	if !errors.Is(failed, asr.ErrUnavailable) {
		t.Errorf("a killed worker gave %v", failed)
	}
	if got, err := hear(t, p, clip, asr.Options{}); err != nil || got == "" {
		t.Errorf("the sentence after it: %q, %v", got, err)
	}
}

// killWorkers ends every child that runs the worker.
func killWorkers() {
	dirs, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, d := range dirs {
		if exe, err := os.Readlink(d); err == nil && exe == worker {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(d))); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}

func TestMissingWorkerIsSaid(t *testing.T) {
	if _, err := sphinx.New(sphinx.Options{Worker: "/nonexistent/worker"}); !errors.Is(err, asr.ErrUnavailable) {
		t.Error(err)
	}
}

// The general model hears "stop them much his delivery"; the company's own
// sentences mend that.
func TestCompanysSentencesHelp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "company.arpa")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := lm.Write(f, []string{"stop how much is delivery", "how much is delivery", "what does shipping cost", "how long does delivery take"}); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	p := pool(t, sphinx.Options{Size: 1})
	release, err := p.Warm(t.Context(), asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := p.Retune(t.Context(), file, ""); err != nil { // while it is in use
		t.Fatal(err)
	}
	for _, text := range []string{"How much is delivery?", "How long does delivery take?"} {
		if got, err := hear(t, p, say(t, text), asr.Options{}); err != nil || got != strings.Trim(strings.ToLower(text), "?") {
			t.Errorf("%q was heard as %q, %v", text, got, err)
		}
	}
	if got, err := hear(t, p, say(t, "The weather in Paris was cold and rainy."), asr.Options{}); err != nil || !strings.Contains(got, "paris was cold and rainy") {
		t.Errorf("what the company does not say is not heard: %q, %v", got, err)
	}
}

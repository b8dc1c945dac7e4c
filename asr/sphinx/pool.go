// Package sphinx hears English offline: a pool of child processes of
// cmd/parley-sphinx, each a pocketsphinx. A crash there costs one sentence.
package sphinx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"parley/asr"
	"parley/asr/sphinx/wire"
)

// Options of a Pool. The zero value works where the worker is beside the
// program or in the path, and the model is installed.
type Options struct {
	Worker        string  // the command; "" finds parley-sphinx
	Size          int     // workers at once; 0 is one for each processor, at most 4
	LanguageModel string  // ARPA file of the company's own sentences, mixed in; "" is none
	Weight        float64 // share of that model; 0 is 0.5
	Words         string  // file of pronunciations of words that the dictionary lacks
	Logger        *slog.Logger
}

// Dictionary is the model's, of the Debian package pocketsphinx-en-us.
const Dictionary = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict"

// load is how long a worker may take to read its models.
const load = 30 * time.Second

// Pool is a bounded set of workers. They are started when a conversation opens,
// and ended some time after the last has closed.
type Pool struct {
	path  string
	slots chan struct{}  // one for each worker that may exist
	tasks sync.WaitGroup // replacing of workers that have been given back

	mu     sync.Mutex
	o      Options
	model  int // rises when another language model is to be used
	idle   []*worker
	warm   int // conversations that are open
	closed bool
	expire *time.Timer
}

// linger is how long idle workers stay after the last conversation.
const linger = 60 * time.Second

// New checks that the worker is there; none is started yet.
func New(o Options) (*Pool, error) {
	path, err := find(o.Worker)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat("/usr/share/pocketsphinx/model/en-us/en-us/mdef"); err != nil {
		return nil, fmt.Errorf("sphinx: the English model is not installed (Debian package pocketsphinx-en-us): %w", asr.ErrUnavailable)
	}
	if o.Size <= 0 {
		o.Size = min(max(runtime.NumCPU(), 1), 4)
	}
	if o.Weight == 0 {
		o.Weight = 0.5
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Pool{path: path, o: o, slots: make(chan struct{}, o.Size)}, nil
}

func find(name string) (string, error) {
	if name == "" {
		if self, err := os.Executable(); err == nil {
			beside := filepath.Join(filepath.Dir(self), "parley-sphinx")
			if _, err := os.Stat(beside); err == nil {
				return beside, nil
			}
		}
		name = "parley-sphinx"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("sphinx: %w: %w", asr.ErrUnavailable, err)
	}
	return path, nil
}

// worker is one child process.
type worker struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.ReadCloser
	body []byte

	model int // of the pool, when it began
}

// start runs a worker and waits until its models are loaded.
func (p *Pool) start(ctx context.Context) (*worker, error) {
	p.mu.Lock()
	o, model := p.o, p.model
	p.mu.Unlock()
	args := []string{}
	if o.LanguageModel != "" {
		args = append(args, "-lm", o.LanguageModel, "-weight", fmt.Sprint(o.Weight))
	}
	if o.Words != "" {
		args = append(args, "-words", o.Words)
	}
	w := &worker{cmd: exec.Command(p.path, args...), model: model}
	w.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GOMAXPROCS=1", "GOGC=50"}
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("sphinx: %w", err)
	}
	if w.out, err = w.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("sphinx: %w", err)
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("sphinx: %w: %w", asr.ErrUnavailable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, load)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = w.cmd.Process.Kill() })
	k, body, err := wire.Read(w.out, nil)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil && k != wire.Ready {
		err = errors.New(string(body))
	}
	if err != nil {
		w.end()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("sphinx: %w: %w", asr.ErrUnavailable, err)
	}
	return w, nil
}

// end kills the process and waits for it.
func (w *worker) end() {
	_ = w.in.Close()
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

// take gives a worker of one's own, waiting for a free place when all are busy.
func (p *Pool) take(ctx context.Context) (*worker, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		<-p.slots
		return nil, fmt.Errorf("sphinx: closed: %w", asr.ErrUnavailable)
	}
	if n := len(p.idle); n > 0 { // the newest model is last
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return w, nil
	}
	p.mu.Unlock()
	w, err := p.start(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return w, nil
}

// give returns a worker; one that is not sound is ended.
func (p *Pool) give(w *worker, sound bool) {
	p.mu.Lock()
	if sound && !p.closed {
		if w.model == p.model {
			p.idle = append(p.idle, w)
		} else {
			p.idle = append([]*worker{w}, p.idle...)
			p.tasks.Go(func() { _, _ = p.replace(context.Background()) }) // else it serves on
		}
		p.mu.Unlock()
		<-p.slots
		return
	}
	p.mu.Unlock()
	w.end()
	<-p.slots
}

// Retune makes workers hear by another language model and words, as Options name them,
// from their next start on. It starts others in place of those that are idle, and returns
// when it has; one that is in use serves on and is replaced when it is given back.
// Utterances wait for nothing meanwhile.
func (p *Pool) Retune(ctx context.Context, model, words string) error {
	p.mu.Lock()
	p.o.LanguageModel, p.o.Words = model, words
	p.model++
	p.mu.Unlock()
	for {
		if more, err := p.replace(ctx); err != nil || !more {
			return err
		}
	}
}

// oldLocked is an idle worker of a former model; -1 is none. It needs the mutex held.
func (p *Pool) oldLocked() int {
	return slices.IndexFunc(p.idle, func(w *worker) bool { return w.model != p.model })
}

// replace starts a worker in place of an idle one of a former model; false: there is none.
func (p *Pool) replace(ctx context.Context) (bool, error) {
	p.mu.Lock()
	none := p.closed || p.oldLocked() < 0
	p.mu.Unlock()
	if none {
		return false, nil
	}
	w, err := p.start(ctx)
	if err != nil {
		return false, err
	}
	p.mu.Lock()
	i := p.oldLocked()
	if p.closed || i < 0 || w.model != p.model { // another took it, or the model is old by now
		again := !p.closed && i >= 0
		p.mu.Unlock()
		w.end()
		return again, nil
	}
	old := p.idle[i]
	p.idle = append(slices.Delete(p.idle, i, i+1), w)
	p.mu.Unlock()
	old.end()
	return true, nil
}

// Warm implements asr.Warmer: a worker is started, and stays while conversations are open.
func (p *Pool) Warm(ctx context.Context, o asr.Options) (func(), error) {
	p.mu.Lock()
	p.warm++
	if p.expire != nil {
		p.expire.Stop()
	}
	want := min(p.warm, p.o.Size) - len(p.idle) - len(p.slots)
	p.mu.Unlock()
	var err error
	if want > 0 {
		var w *worker
		if w, err = p.take(ctx); err == nil {
			p.give(w, true)
		}
	}
	var once sync.Once
	release := func() { once.Do(p.release) }
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (p *Pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.warm--; p.warm == 0 && !p.closed {
		p.expire = time.AfterFunc(linger, p.cool)
	}
}

// cool ends the idle workers when no conversation is open.
func (p *Pool) cool() {
	p.mu.Lock()
	var idle []*worker
	if p.warm == 0 {
		idle, p.idle = p.idle, nil
	}
	p.mu.Unlock()
	for _, w := range idle {
		w.end()
	}
}

// Close ends all workers; those in use when their utterance is over.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	if p.expire != nil {
		p.expire.Stop()
	}
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, w := range idle {
		w.end()
	}
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	p.tasks.Wait()
	return nil
}

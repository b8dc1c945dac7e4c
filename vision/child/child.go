// Package child runs programs that read hostile files: each with limits of memory,
// processor time and output, none of the server's environment, and nothing that
// outlives the server.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Errors of Run, besides the program's own *exec.ExitError and those of the context.
var (
	ErrMissing = errors.New("the program is not installed")
	ErrOutput  = errors.New("too much comes out")
)

// Limits of one run.
type Limits struct {
	Memory int64         // bytes of address space
	Time   time.Duration // of the processor
	Output int64         // bytes on stdout
	Env    []string      // more variables, as NAME=value
}

// Run runs a program with input on stdin, and gives its stdout and what it said on
// stderr. When ctx ends, it and all that it started are killed.
func Run(ctx context.Context, l Limits, input []byte, name string, args ...string) (out []byte, complaint string, err error) {
	// The kernel kills the child when the thread that made it is gone, so that nothing
	// outlives us; the thread must stay until then.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"}, l.Env...)
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 2 * time.Second
	stdin, err := c.StdinPipe()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	said, told := &bounded{most: l.Output}, &bounded{most: 8 << 10}
	said.full = func() { _ = c.Cancel() }
	c.Stdout, c.Stderr = said, told
	if err := c.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, "", fmt.Errorf("%w: %s", ErrMissing, name)
		}
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	// It has read nothing yet: the limits hold before the first byte of the file.
	err = limit(c.Process.Pid, l)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		if err == nil {
			_, _ = io.Copy(stdin, bytes.NewReader(input)) // fails when the child is gone
		}
		_ = stdin.Close()
	}()
	if err != nil {
		_ = c.Cancel()
	}
	ended := c.Wait()
	<-fed
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("%s: limits: %w", name, err)
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case said.over:
		return nil, "", fmt.Errorf("%w: more than %d bytes", ErrOutput, l.Output)
	}
	return said.b.Bytes(), strings.TrimSpace(told.b.String()), ended
}

// bounded keeps so much and no more.
type bounded struct {
	b    bytes.Buffer
	most int64
	over bool
	full func() // called once, when there is more
}

// Write implements io.Writer. What is too much is dropped.
func (w *bounded) Write(p []byte) (int, error) {
	n := len(p)
	if left := w.most - int64(w.b.Len()); int64(n) > left {
		p = p[:left]
		if !w.over && w.full != nil {
			w.full()
		}
		w.over = true
	}
	w.b.Write(p)
	return n, nil
}

package read

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

// child runs a program with input, and gives what it says. It may use so much memory,
// processor time and output; when ctx ends, it and all that it started are killed.
func child(ctx context.Context, l Limits, most int64, input []byte, name string, args ...string) (out []byte, complaint string, err error) {
	// The kernel kills the child when the thread that made it is gone, so that nothing
	// outlives us; the thread must stay until then.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, name, args...)
	c.Env, c.Dir = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"}, "/"
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 2 * time.Second
	stdin, err := c.StdinPipe()
	if err != nil {
		return nil, "", fmt.Errorf("read: %w", err)
	}
	said, told := &bounded{most: most}, &bounded{most: 8 << 10}
	said.full = func() { _ = c.Cancel() }
	c.Stdout, c.Stderr = said, told
	if err := c.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, "", fmt.Errorf("%w: %s", ErrNoReader, name)
		}
		return nil, "", fmt.Errorf("read: %w", err)
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
		return nil, "", fmt.Errorf("read: limits: %w", err)
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case said.over:
		return nil, "", fmt.Errorf("%w: what comes out has more than %s", ErrLimit, size(most))
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

package tool

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"golang.org/x/sys/unix"
)

const (
	defaultMemory = 1024 // MB of a child's data
	openFiles     = 256
	errorLine     = 500 // bytes of a line on a child's standard error that are kept
	errorLines    = 20  // of them a second
)

// bounded adds headers, and bounds how much of an answer is read.
type bounded struct {
	next    http.RoundTripper
	headers map[string]string
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	for k, v := range b.headers {
		q.Header.Set(k, v)
	}
	res, err := b.next.RoundTrip(q)
	if err == nil {
		res.Body = &capped{res.Body, 2 * maxMessage}
	}
	return res, err
}

// capped is a body that fails once it is too long.
type capped struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("the answer is too long")
	}
	n, err := c.ReadCloser.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// child runs the command anew for each connection, with limits, without our
// environment, and ends it with the connection.
func (m *MCP) child(log *slog.Logger) dialer {
	hide := secretsOf()
	for _, v := range m.Env {
		hide = append(hide, secretsOf(v)...)
	}
	return func(context.Context) (mcp.Transport, func(), error) {
		cmd := exec.Command(m.Command[0], m.Command[1:]...)
		cmd.Dir, cmd.Env = m.Folder, environment(m.Env)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts ends with it
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, nil, err
		}
		errs, err := cmd.StderrPipe()
		if err != nil {
			return nil, nil, err
		}
		if err := cmd.Start(); err != nil {
			return nil, nil, fmt.Errorf("it does not start: %w", err)
		}
		limit(cmd.Process.Pid, m.MemoryMB, log)
		told := make(chan struct{})
		go func() { defer close(told); complaints(errs, hide, log) }()
		end := sync.OnceFunc(func() { finish(cmd, in, told) })
		return &mcp.IOTransport{Reader: out, Writer: in, MaxLineLength: maxMessage}, end, nil
	}
}

func environment(own map[string]string) []string {
	var env []string
	for _, k := range []string{"PATH", "HOME", "LANG", "TZ"} {
		if v, ok := os.LookupEnv(k); ok {
			env = append(env, k+"="+v)
		}
	}
	for k, v := range own {
		env = append(env, k+"="+v)
	}
	return env
}

// limit bounds a child's memory and files.
func limit(pid, megabytes int, log *slog.Logger) {
	if megabytes == 0 {
		megabytes = defaultMemory
	}
	for what, most := range map[int]uint64{unix.RLIMIT_DATA: uint64(megabytes) << 20, unix.RLIMIT_NOFILE: openFiles, unix.RLIMIT_CORE: 0} {
		if err := unix.Prlimit(pid, what, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			log.Warn("MCP server runs without a limit", "limit", what, "err", err)
		}
	}
}

// complaints logs what a child writes to its standard error, within bounds.
func complaints(r io.Reader, hide secrets, log *slog.Logger) {
	b := bufio.NewReaderSize(r, 4096)
	second, n := time.Time{}, 0
	for {
		line, prefix, err := b.ReadLine()
		if err != nil {
			return
		}
		text := string(line[:min(len(line), errorLine)])
		for prefix && err == nil { // the rest of a long line
			_, prefix, err = b.ReadLine()
		}
		if now := time.Now().Truncate(time.Second); !now.Equal(second) {
			second, n = now, 0
		}
		if n++; n <= errorLines {
			log.Debug("MCP server says", "text", strings.ToValidUTF8(hide.hide(text), "?"))
		}
	}
}

// finish lets a child end by itself, and then ends it with all that it has started.
func finish(cmd *exec.Cmd, in io.Closer, told <-chan struct{}) {
	_ = in.Close()
	done := make(chan struct{})
	go func() { defer close(done); _, _ = cmd.Process.Wait() }()
	t := time.NewTimer(goodbye)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		t.Reset(goodbye)
		select {
		case <-done:
		case <-t.C:
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-done
	_ = cmd.Wait() // closes the pipes
	<-told
}

package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a `parley serve` of its own process, so that what it uses is not
// mixed with what the simulated callers use.
type server struct {
	cmd  *exec.Cmd
	base string // of its HTTP API
	done chan struct{}
	err  error // after done
}

// startServer runs this very binary with a settings file and waits until it is
// ready for calls. Its log goes to the folder.
func startServer(ctx context.Context, folder, settings, base string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "parley.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(folder, "server.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own
	s := &server{base: base, done: make(chan struct{})}
	s.cmd = exec.Command(self, "serve", "--config", file)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.Env = cleanEnvironment()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.err = s.cmd.Wait(); close(s.done) }()
	if err := s.ready(ctx); err != nil {
		s.stop()
		tail, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("bench: the server did not get ready: %w\n%s", err, last(string(tail), 2000))
	}
	return s, nil
}

// cleanEnvironment is ours without what would change the server's settings.
func cleanEnvironment() []string {
	var out []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PARLEY_") && !strings.HasPrefix(e, "OPENAI_") && !strings.HasPrefix(e, "DATABASE_URL") {
			out = append(out, e)
		}
	}
	return out
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/readyz", nil)
		if err != nil {
			return err
		}
		if r, err := http.DefaultClient.Do(req); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.done:
			return errors.Join(errors.New("it ended"), s.err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the server and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// usage is what a process has used and holds.
type usage struct {
	CPU       time.Duration // since its start, user and system
	RSS       int64         // bytes resident
	Files     int           // open file descriptors
	At        time.Time
	Threads   int
	Anonymous int64 // bytes of RSS that no file backs: heap and stacks
}

// clockTicks is USER_HZ, which Linux has fixed for what it tells of processes.
const clockTicks = 100

// usage reads /proc.
func (s *server) usage() (usage, error) {
	dir := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	u := usage{At: time.Now()}
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return u, err
	}
	// The command's name may hold spaces: what follows its closing bracket does not.
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return u, err
	}
	u.CPU = time.Duration(user+system) * time.Second / clockTicks
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch key {
		case "VmRSS":
			u.RSS = n << 10
		case "RssAnon":
			u.Anonymous = n << 10
		case "Threads":
			u.Threads = int(n)
		}
	}
	fds, err := os.ReadDir(dir + "fd")
	u.Files = len(fds)
	return u, err
}

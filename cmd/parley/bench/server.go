package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// readyLimit is how long the server may take to its first answer.
const readyLimit = 5 * time.Minute

// server is the child process under test.
type server struct {
	*api
	cmd  *exec.Cmd
	dir  string
	log  *os.File
	read chan struct{} // closed when its output has ended
}

// settings of the server: its providers are ours unless it is offline, everything
// else as it comes.
func settings(p *peers, o Options, calls int) string {
	s := fmt.Sprintf(`listen: "127.0.0.1:0"
rtc: {addr: "127.0.0.1:0"}
bot: {languages: [en]}
recording: {on: true, notice: true}
limits: {calls: %d, calls_per_address: %d}
`, calls+10, calls+10)
	if o.Offline {
		return s + fmt.Sprintf("speech: {drafts: %v}\n", o.Drafts)
	}
	return s + fmt.Sprintf(`asr: [{engine: vosk, url: %q}]
llm: [{engine: openai, url: %q, key: bench, model: bench}]
tts: [{engine: openai, url: %q, key: bench, model: bench, voice: bench}]
speech: {endpoint_ms: %d, drafts: %v}
`, p.asr.URL, p.llm.URL, p.tts.URL, o.Delays.Endpoint.Milliseconds(), o.Drafts)
}

var address = regexp.MustCompile(`ready:\s+http://localhost:(\d+)/`)

// startServer runs `parley serve` and waits until it answers. It ends with ctx.
func startServer(ctx context.Context, binary, conf string, args ...string) (*server, error) {
	dir, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	s := &server{dir: dir}
	file := filepath.Join(dir, "parley.yaml")
	conf += fmt.Sprintf("data: %q\n", filepath.Join(dir, "data"))
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return nil, errors.Join(err, s.clean())
	}
	if err := teach(ctx, binary, dir, file); err != nil {
		return nil, errors.Join(err, s.clean())
	}
	if err := s.launch(ctx, binary, append([]string{"serve", "--demo", "-drain", "1s", "--config", file}, args...)...); err != nil {
		return nil, errors.Join(err, s.clean())
	}
	return s, nil
}

// launch runs the program in the server's folder and waits until it answers. After an
// error nothing runs.
func (s *server) launch(ctx context.Context, binary string, args ...string) error {
	var err error
	s.read = make(chan struct{})
	if s.log, err = os.Create(filepath.Join(s.dir, "server.log")); err != nil {
		return err
	}
	s.cmd = exec.CommandContext(ctx, binary, args...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 20 * time.Second
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	port := make(chan string, 1)
	go s.follow(out, port)
	select {
	case n := <-port:
		s.api = &api{base: "http://127.0.0.1:" + n, client: &http.Client{Timeout: 20 * time.Second,
			Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
		return nil
	case <-s.read:
	case <-time.After(readyLimit):
	case <-ctx.Done():
	}
	return errors.Join(fmt.Errorf("bench: the server did not start:\n%s", s.tail()), s.halt())
}

// teach puts into the server's knowledge what the scripted model answers: what no passage
// carries would not be said.
func teach(ctx context.Context, binary, dir, conf string) error {
	text := "# Deliveries\n## A " + strings.Join(filler, " ") + "\nThe one that you ask for is on its way to you now: " +
		strings.Join(animals, ", ") + "; " + strings.Join(colours, ", ") + ".\n" + strings.Join(more, " ") + "\n"
	file := filepath.Join(dir, "deliveries.md")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if out, err := exec.CommandContext(ctx, binary, "ingest", "--config", conf, file).CombinedOutput(); err != nil {
		return fmt.Errorf("bench: %w: %s", err, out)
	}
	return nil
}

// follow reads the server's output, and finds its address there.
func (s *server) follow(out io.Reader, port chan<- string) {
	defer close(s.read)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			select {
			case port <- m[1]:
			default:
			}
		}
	}
}

// stop ends the server and removes its data.
func (s *server) stop() error { return errors.Join(s.halt(), s.clean()) }

// halt ends the server.
func (s *server) halt() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(20*time.Second, func() { _ = s.cmd.Process.Kill() })
	<-s.read
	err := s.cmd.Wait()
	timer.Stop()
	if s.api != nil {
		s.client.CloseIdleConnections()
	}
	_ = s.log.Close()
	return err
}

func (s *server) clean() error {
	return os.RemoveAll(s.dir)
}

// tail is the end of what the server logged.
func (s *server) tail() string {
	b, _ := os.ReadFile(s.log.Name())
	return string(b[max(0, len(b)-2000):])
}

// cpu is the processor time that the server has used, of user and system.
func (s *server) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("bench: %w (processor time is read from Linux's /proc)", err)
	}
	// After the name in brackets, utime and stime are the 12th and 13th, in 1/100 s.
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 13 {
		return 0, errors.New("bench: /proc/PID/stat is not as expected")
	}
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	sys, err2 := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+sys) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// rss is the memory that the server occupies, in bytes.
func (s *server) rss() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0, errors.New("bench: /proc/PID/statm is not as expected")
	}
	n, err := strconv.ParseInt(f[1], 10, 64)
	return n * int64(os.Getpagesize()), err
}

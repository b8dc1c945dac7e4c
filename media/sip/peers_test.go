package sip_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/media"
	"parley/media/sip"
	"parley/media/sip/audio"
)

// Peers that others wrote: they are in .ci/deps, so that these tests always run.

var (
	_        sip.Media = (*audio.Session)(nil)
	loopback           = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
)

// program is a program of .ci/deps.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if p, err := exec.LookPath(dir + name); err == nil {
			return p
		}
	}
	t.Fatalf("%s is not there: install what .ci/deps lists", name)
	return ""
}

// freePort is one that is free for UDP and TCP, as the one after it is, where baresip listens for
// TLS. The ports that the system gives out are above it.
func freePort(t *testing.T) int {
	t.Helper()
	free := func(port int) bool {
		u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return false
		}
		defer u.Close()
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return false
		}
		defer l.Close()
		return true
	}
	for range 100 {
		if port := 12000 + 2*rand.IntN(4000); free(port) && free(port+1) {
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// run runs a program until it ends by itself; its input stays open.
func run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 40*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, program(t, name), args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// background runs a program until the test ends.
func background(t *testing.T, name string, args ...string) *output {
	t.Helper()
	cmd := exec.Command(program(t, name), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with its children
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		in.Close()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, out)
		}
	})
	return out
}

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// server is one with real audio.
func server(t *testing.T, o sip.Options) *sip.Server {
	t.Helper()
	low := 30000 + freePort(t)%20000
	pool := audio.NewPool(audio.PoolOptions{Low: low, High: low + 400, Bind: netip.MustParseAddr("127.0.0.1")})
	o.Media = func(q sip.MediaRequest) (sip.Media, error) {
		return pool.Open(audio.Options{ID: media.LegID(q.CallID), Peer: q.Peer, Public: q.Public})
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	s, err := sip.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func answering(ctx context.Context, c *sip.Call) {
	c.Ring()
	c.Answer(ctx)
}

func TestSippCalls(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	keys, held := 0, 0
	s := server(t, sip.Options{Trunks: []sip.Trunk{{Name: "sipp", Allow: loopback}},
		Incoming: func(ctx context.Context, c *sip.Call) {
			c.Media().(*audio.Session).OnKey(func(k rune) {
				mu.Lock()
				defer mu.Unlock()
				if k == '5' {
					keys++
				}
			})
			answering(ctx, c)
		},
		Held: func(c *sip.Call, on bool) {
			mu.Lock()
			defer mu.Unlock()
			held++
		}})
	for _, transport := range []string{"u1", "t1"} {
		out, err := run(t, "sipp", s.Addr().String(), "-sf", filepath.Join("testdata", "sipp", "uac.xml"), "-s", "+4930222",
			"-i", "127.0.0.1", "-p", strconv.Itoa(freePort(t)), "-t", transport, "-m", "20", "-r", "20", "-timeout", "30s", "-timeout_error")
		if err != nil {
			t.Fatalf("sipp over %s: %v\n%s", transport, err, out)
		}
	}
	eventually(t, "all calls over", func() bool { return s.Stats().Calls == 0 })
	mu.Lock()
	defer mu.Unlock()
	if n := s.Stats(); n.In != 40 || n.Answered != 40 || n.Malformed != 0 || n.NoAck != 0 || keys != 40 || held != 40 {
		t.Errorf("counted %+v, %d keys, %d holds", n, keys, held)
	}
}

func TestCallsToSipp(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	background(t, "sipp", "-sf", filepath.Join("testdata", "sipp", "uas.xml"), "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-t", "u1")
	s := server(t, sip.Options{Trunks: []sip.Trunk{{Name: "sipp", Host: "127.0.0.1:" + strconv.Itoa(port), User: "u", Password: "p"}}})
	for range 3 {
		early := false
		c, err := s.Dial(t.Context(), "sipp", sip.Request{To: "+4930222", Progress: func(c *sip.Call, code int, audio bool) { early = early || audio }})
		if err != nil {
			t.Fatal(err)
		}
		if !early {
			t.Error("no early audio")
		}
		if c.Media().(*audio.Session).Codec() != media.CodecPCMA {
			t.Errorf("speaks %v", c.Media().(*audio.Session).Codec())
		}
		c.Hangup(sip.CauseNormal)
	}
	eventually(t, "all calls over", func() bool { return s.Stats().Calls == 0 })
}

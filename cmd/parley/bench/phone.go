package bench

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"text/tabwriter"
	"time"

	"parley/media"
	"parley/media/sip"
)

// phoneLimit is how long a call may take to its first audio.
const phoneLimit = 20 * time.Second

// Phone is `parley bench phone`: how long a caller by phone waits from the INVITE to the first
// audio packet, at so many calls a second, of a server that has just started.
func Phone(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench phone", flag.ContinueOnError)
	fs.SetOutput(out)
	rate := fs.Int("rate", 20, "calls a second")
	seconds := fs.Int("seconds", 3, "how long calls come")
	binary := fs.String("server", "", "another parley `program` to measure, such as an earlier version")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *rate < 1 || *rate > 500 || *seconds < 1 || *seconds > 60 {
		return errors.New("bench: 1 to 500 calls a second, for 1 to 60 seconds")
	}
	var err error
	if *binary == "" {
		if *binary, err = os.Executable(); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	r, err := rings(ctx, *binary, *rate, *rate**seconds)
	if err != nil {
		return err
	}
	if err := r.setUp(ctx); err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.print(out)
}

// Rung is how callers by phone waited.
type Rung struct {
	Rate   int  `json:"calls_per_second"`
	Calls  int  `json:"calls"`
	Failed int  `json:"failed"` // calls without an answer or without audio
	Answer Dist `json:"answer_ms"`
	Audio  Dist `json:"audio_ms"` // from the INVITE
	Setups struct {
		PerSecond float64 `json:"per_second"`
		PerCore   float64 `json:"per_core_second"` // of a second of processor time, both ends together
		Failed    int     `json:"failed"`
	} `json:"setups"` // of calls without audio: signalling alone, both ends in one process
	CPU struct {
		PerCall float64 `json:"ms_per_call"` // of the server, until all had audio
	} `json:"cpu"`
}

// freeAddr is an address that nobody has, for UDP and TCP.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	addr := l.Addr().String()
	return addr, l.Close()
}

func rings(ctx context.Context, binary string, rate, calls int) (r Rung, err error) {
	r.Rate, r.Calls = rate, calls
	addr, err := freeAddr()
	if err != nil {
		return r, err
	}
	conf := fmt.Sprintf(`listen: "127.0.0.1:0"
rtc: {addr: "127.0.0.1:0"}
bot: {languages: [en]}
recording: {on: true, notice: true}
limits: {calls: %d, calls_per_address: %d}
sip: {addr: %q, rtp_ports: 40000-49999, trunks: [{name: bench, allow: [127.0.0.0/8], codecs: [pcmu], numbers: {"+862112345678": {language: en}}}]}
`, calls+10, calls+10, addr)
	srv, err := startServer(ctx, binary, conf)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	client, err := sip.New(sip.Options{Addr: "127.0.0.1:0", Media: newEarpiece, Calls: calls + 10, Trunks: []sip.Trunk{{Name: "parley", Host: addr}}})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	before, err := srv.cpu()
	if err != nil {
		return r, err
	}
	var mu sync.Mutex
	var answers, audio []float64
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for range calls {
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, phoneLimit)
			defer cancel()
			began := time.Now()
			c, err := client.Dial(ctx, "parley", sip.Request{To: "+862112345678", Caller: "+8613800138000"})
			if err != nil {
				return
			}
			defer c.Hangup(sip.CauseNormal)
			answered := time.Since(began)
			first, err := c.Media().(*earpiece).first(ctx)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers = append(answers, float64(answered.Microseconds())/1000)
			audio = append(audio, float64(first.Sub(began).Microseconds())/1000)
		})
	}
	wg.Wait()
	after, err := srv.cpu()
	if err != nil {
		return r, err
	}
	r.Failed, r.Answer, r.Audio = calls-len(audio), dist(answers), dist(audio)
	r.CPU.PerCall = float64((after - before).Milliseconds()) / float64(calls)
	return r, nil
}

// print prints the result for people.
func (r Rung) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	met := func(ok bool) string { return map[bool]string{true: "met", false: "missed"}[ok] }
	fmt.Fprintf(w, "%d calls, %d a second, from cold\tp50\tp95\tmost\tbar\t\t\n", r.Calls, r.Rate)
	fmt.Fprintf(w, "INVITE to answer, ms\t%.0f\t%.0f\t%.0f\t\t\t\n", r.Answer.P50, r.Answer.P95, r.Answer.Max)
	fmt.Fprintf(w, "INVITE to first audio packet, ms\t%.0f\t%.0f\t%.0f\tp95 ≤ 100\t%s\t\n", r.Audio.P50, r.Audio.P95, r.Audio.Max, met(r.Audio.N > 0 && r.Audio.P95 <= 100))
	fmt.Fprintf(w, "calls without audio\t%d\t\t\t0\t%s\t\n", r.Failed, met(r.Failed == 0))
	fmt.Fprintf(w, "processor, a call until its audio, ms\t%.0f\t\t\t\t\t\n", r.CPU.PerCall)
	fmt.Fprintf(w, "set-ups a second of a core, signalling alone, both ends\t%.0f\t\t\t≥ 300\t%s\t\n", r.Setups.PerCore, met(r.Setups.PerCore >= 300))
	fmt.Fprintf(w, "set-ups that failed\t%d\t\t\t0\t%s\t\n", r.Setups.Failed, met(r.Setups.Failed == 0))
	return w.Flush()
}

// How calls are set up one upon another.
const (
	setupTime = 3 * time.Second
	setupWays = 16 // callers at once
)

// setUp sets calls up and ends them, as many as there is time for.
func (r *Rung) setUp(ctx context.Context) (err error) {
	mute := func(sip.MediaRequest) (sip.Media, error) { return &earpiece{}, nil }
	to, err := sip.New(sip.Options{Addr: "127.0.0.1:0", Media: mute, Calls: 100_000, Rate: 100_000, Incoming: func(ctx context.Context, c *sip.Call) { _ = c.Answer(ctx) },
		Trunks: []sip.Trunk{{Name: "in", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := sip.New(sip.Options{Addr: "127.0.0.1:0", Media: mute, Calls: 100_000, Rate: 100_000, Trunks: []sip.Trunk{{Name: "out", Host: to.Addr().String()}}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	ctx, cancel := context.WithTimeout(ctx, setupTime)
	defer cancel()
	var done, failed atomic.Int64
	began, used := time.Now(), ownCPU()
	var wg sync.WaitGroup
	for range setupWays {
		wg.Go(func() {
			for ctx.Err() == nil {
				c, err := from.Dial(ctx, "out", sip.Request{To: "+862112345678", Caller: "+8613800138000"})
				switch {
				case err == nil:
					c.Hangup(sip.CauseNormal)
					done.Add(1)
				case ctx.Err() == nil:
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	r.Setups.PerSecond = float64(done.Load()) / time.Since(began).Seconds()
	if spent := (ownCPU() - used).Seconds(); spent > 0 {
		r.Setups.PerCore = float64(done.Load()) / spent
	}
	r.Setups.Failed = int(failed.Load())
	return nil
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// earpiece is the audio of a caller who only waits for the first packet, or, without a socket,
// for none.
type earpiece struct {
	socket *net.UDPConn
	once   sync.Once
}

var _ sip.Media = (*earpiece)(nil)

func newEarpiece(sip.MediaRequest) (sip.Media, error) {
	s, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return &earpiece{socket: s}, nil
}

// first waits for a packet of RTP and says when it came.
func (e *earpiece) first(ctx context.Context) (time.Time, error) {
	if d, ok := ctx.Deadline(); ok {
		if err := e.socket.SetReadDeadline(d); err != nil {
			return time.Time{}, err
		}
	}
	b := make([]byte, 2048)
	for {
		n, err := e.socket.Read(b)
		if err != nil {
			return time.Time{}, err
		}
		if n > 12 && b[0]>>6 == 2 && b[1]&0x7f == 0 { // PCMU
			return time.Now(), nil
		}
	}
}

// Offer implements sip.Media.
func (e *earpiece) Offer() ([]byte, error) {
	port := 9 // nobody listens
	if e.socket != nil {
		port = e.socket.LocalAddr().(*net.UDPAddr).Port
	}
	return []byte(strings.Join([]string{"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", fmt.Sprintf("m=audio %d RTP/AVP 0", port), "a=rtpmap:0 PCMU/8000", "a=sendrecv", ""}, "\r\n")), nil
}

// Answer implements sip.Media: nobody calls us.
func (e *earpiece) Answer([]byte) ([]byte, error) { return e.Offer() }

// Accept implements sip.Media.
func (e *earpiece) Accept([]byte) error { return nil }

// SetHold implements sip.Media.
func (e *earpiece) SetHold(bool) {}

// RemoteHold implements sip.Media.
func (e *earpiece) RemoteHold() bool { return false }

// Key implements sip.Media.
func (e *earpiece) Key(rune) {}

// ID implements media.Leg.
func (e *earpiece) ID() media.LegID { return "earpiece" }

// Pull implements media.Leg.
func (e *earpiece) Pull(*media.Packet) bool { return false }

// Push implements media.Leg.
func (e *earpiece) Push(*media.Packet) {}

// Close implements media.Leg.
func (e *earpiece) Close() error {
	var err error
	if e.socket != nil {
		e.once.Do(func() { err = e.socket.Close() })
	}
	return err
}

package rtc_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
	"parley/media/rtc"
	"parley/media/rtc/rtctest"
)

func endpoint(t *testing.T, o rtc.Options) *rtc.Endpoint {
	t.Helper()
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	e, err := rtc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// dial connects a client, and gives both ends.
func dial(t *testing.T, e *rtc.Endpoint, o rtctest.Options) (*rtctest.Client, *rtc.Leg) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var leg *rtc.Leg
	c, err := rtctest.Dial(ctx, func(ctx context.Context, offer string) (string, error) {
		var answer string
		var err error
		leg, answer, err = e.Accept(ctx, "leg", offer)
		return answer, err
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	t.Cleanup(func() { _ = leg.Close() })
	select {
	case <-leg.Ready():
	case <-ctx.Done():
		t.Fatal("the leg is not ready")
	}
	return c, leg
}

// hear pulls until the tone has come, or the time is up.
func hear(t *testing.T, l *rtc.Leg) {
	t.Helper()
	dec, err := codec.NewDecoder(media.CodecOpus)
	if err != nil {
		t.Fatal(err)
	}
	var p media.Packet
	var pcm []int16
	loud := 0
	for end := time.Now().Add(20 * time.Second); loud < 10; {
		if time.Now().After(end) {
			t.Fatal("the tone was not heard")
		}
		if !l.Pull(&p) {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		if pcm, err = dec.Decode(p.Payload, pcm); err == nil && mediatest.Level(pcm) > 2000 {
			loud++
		}
	}
}

func tone(t *testing.T, ms int) [][]byte {
	t.Helper()
	b, err := rtctest.Encode(mediatest.Tone(440, 9000, ms*media.SampleRate/1000))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAudioBothWays(t *testing.T) {
	var mu sync.Mutex
	var got []*rtp.Packet
	e := endpoint(t, rtc.Options{})
	c, l := dial(t, e, rtctest.Options{Heard: func(_ time.Time, p *rtp.Packet) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, p)
	}})
	if l.Codec() != media.CodecOpus {
		t.Error("not Opus but", l.Codec())
	}
	c.Say(tone(t, 600))
	hear(t, l)
	for i, b := range tone(t, 400) {
		at := media.CallTime(i * media.TickSamples)
		if i >= 10 {
			at += media.SampleRate // a pause
		}
		l.Push(&media.Packet{At: at, Payload: b, Codec: media.CodecOpus, Voiced: true})
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		mu.Lock()
		n := len(got)
		mu.Unlock()
		if n == 20 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d packets of 20", n)
		}
	}
	for i, p := range got {
		if p.Marker != (i == 0 || i == 10) {
			t.Errorf("packet %d: marker %v", i, p.Marker)
		}
		if i > 0 && (p.SequenceNumber != got[i-1].SequenceNumber+1 ||
			p.Timestamp-got[i-1].Timestamp != map[bool]uint32{false: 960, true: 48960}[i == 10]) {
			t.Errorf("packet %d: sequence %d, timestamp %d", i, p.SequenceNumber, p.Timestamp)
		}
	}
}

func TestOtherWaysIn(t *testing.T) {
	t.Run("ICE-TCP", func(t *testing.T) {
		e := endpoint(t, rtc.Options{TCP: true})
		c, l := dial(t, e, rtctest.Options{TCPOnly: true})
		c.Say(tone(t, 600))
		hear(t, l)
	})
	t.Run("G.711", func(t *testing.T) {
		e := endpoint(t, rtc.Options{})
		_, l := dial(t, e, rtctest.Options{G711: true})
		if l.Codec() != media.CodecPCMU {
			t.Error("not PCMU but", l.Codec())
		}
	})
	t.Run("TURN", func(t *testing.T) {
		e := endpoint(t, rtc.Options{TURNAddr: "127.0.0.1:0"})
		servers, err := e.ICEServers()
		if err != nil || len(servers) != 1 {
			t.Fatal(servers, err)
		}
		s := servers[0]
		c, l := dial(t, e, rtctest.Options{RelayOnly: true,
			ICEServers: []webrtc.ICEServer{{URLs: s.URLs, Username: s.Username, Credential: s.Credential}}})
		c.Say(tone(t, 600))
		hear(t, l)
	})
}

func TestICERestartKeepsTheCall(t *testing.T) {
	e := endpoint(t, rtc.Options{})
	c, l := dial(t, e, rtctest.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := c.Restart(ctx, func(_ context.Context, f string) (string, error) {
		answer, err := l.Patch(f, "*")
		if err == nil && !strings.Contains(answer, "a=candidate") {
			t.Errorf("no candidates in %q", answer)
		}
		return answer, err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Say(tone(t, 3000))
	hear(t, l)
	select {
	case <-l.Done():
		t.Error("the call ended:", l.Err())
	default:
	}
}

func TestEnds(t *testing.T) {
	wait := func(l *rtc.Leg) error {
		select {
		case <-l.Done():
			return l.Err()
		case <-time.After(30 * time.Second):
			return errors.New("it did not end")
		}
	}
	t.Run("hang-up", func(t *testing.T) {
		e := endpoint(t, rtc.Options{})
		c, l := dial(t, e, rtctest.Options{})
		c.Close()
		if err := wait(l); err != nil {
			t.Error(err)
		}
	})
	t.Run("lost network", func(t *testing.T) {
		e := endpoint(t, rtc.Options{Idle: 1500 * time.Millisecond})
		c, l := dial(t, e, rtctest.Options{})
		c.Vanish()
		if err := wait(l); !errors.Is(err, rtc.ErrIdle) {
			t.Error(err)
		}
	})
}

const audio = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n" +
	"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\na=setup:actpass\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=sendrecv\r\n"

func TestRefusals(t *testing.T) {
	e := endpoint(t, rtc.Options{MaxLegs: 1})
	before := runtime.NumGoroutine()
	for name, c := range map[string]struct {
		offer string
		want  error
	}{
		"nothing":     {"", rtc.ErrBadSDP},
		"words":       {"hello there", rtc.ErrBadSDP},
		"too long":    {audio + strings.Repeat("a=x\r\n", 1<<15), rtc.ErrBadSDP},
		"no media":    {audio[:strings.Index(audio, "m=")], rtc.ErrNoAudio},
		"video only":  {strings.ReplaceAll(strings.ReplaceAll(audio, "m=audio", "m=video"), "opus/48000/2", "VP8/90000"), rtc.ErrNoAudio},
		"codec":       {strings.ReplaceAll(audio, "opus/48000/2", "speex/8000"), rtc.ErrNoCodec},
		"direction":   {strings.ReplaceAll(audio, "sendrecv", "sendonly"), rtc.ErrDirection},
		"no keys":     {strings.ReplaceAll(audio, "a=ice-pwd", "a=nothing"), rtc.ErrBadSDP},
		"fingerprint": {strings.ReplaceAll(audio, "sha-256", "sha-0"), nil},
		"many media":  {audio + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 40), rtc.ErrBadSDP},
	} {
		l, _, err := e.Accept(t.Context(), "x", c.offer)
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if l != nil {
			_ = l.Close()
		}
	}
	l, _, err := e.Accept(t.Context(), "x", audio)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Accept(t.Context(), "y", audio); !errors.Is(err, rtc.ErrFull) {
		t.Errorf("one leg too many: %v", err)
	}
	for _, f := range []string{"", "nonsense", "a=ice-ufrag:ab\r\n", strings.Repeat("a=candidate:x\r\n", 300)} {
		if _, err := l.Patch(f, "*"); !errors.Is(err, rtc.ErrBadSDP) {
			t.Errorf("fragment %.20q: %v", f, err)
		}
	}
	if _, err := l.Patch("a=ice-ufrag:wxyz\r\n", ""); !errors.Is(err, rtc.ErrNoMatch) {
		t.Errorf("a fragment of another session: %v", err)
	}
	if a, err := l.Patch("a=ice-ufrag:abcd\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", ""); a != "" || err != nil {
		t.Errorf("trickle: %q, %v", a, err)
	}
	_ = l.Close()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

func TestManyCallsLeaveNothing(t *testing.T) {
	e := endpoint(t, rtc.Options{})
	count := func() (int, int) {
		fds, _ := os.ReadDir("/proc/self/fd")
		return runtime.NumGoroutine(), len(fds)
	}
	one := func() {
		c, l := dial(t, e, rtctest.Options{})
		c.Close()
		_ = l.Close()
	}
	for range 3 {
		one()
	}
	time.Sleep(100 * time.Millisecond)
	g, f := count()
	for range 25 {
		one()
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		g2, f2 := count()
		if g2 <= g+3 && f2 <= f+2 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d goroutines and %d descriptors after 25 calls, %d and %d before", g2, f2, g, f)
		}
	}
}

func FuzzOffer(f *testing.F) {
	e, err := rtc.New(rtc.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = e.Close() })
	f.Add(audio)
	f.Add(strings.ReplaceAll(audio, "111", "0"))
	f.Fuzz(func(t *testing.T, offer string) {
		l, _, err := e.Accept(t.Context(), "x", offer)
		if err == nil {
			_, _ = l.Patch(offer, "")
			_ = l.Close()
		}
	})
}

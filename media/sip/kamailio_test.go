package sip_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/media/sip"
)

// TestThroughKamailio makes calls through a proxy that asks for a password and stays in
// the route: both ends go on by Record-Route.
func TestThroughKamailio(t *testing.T) {
	t.Parallel()
	calls, holds := make(chan *sip.Call, 1), make(chan bool, 4)
	ringing := make(chan *sip.Call, 1)
	to := server(t, sip.Options{Trunks: []sip.Trunk{{Name: "in", Allow: loopback}},
		Incoming: func(ctx context.Context, c *sip.Call) {
			if c.Number == "+4930333" {
				c.Ring()
				ringing <- c
				<-ctx.Done()
				return
			}
			answering(ctx, c)
			calls <- c
		},
		Held: func(c *sip.Call, on bool) { holds <- on }})
	port := freePort(t)
	text, err := os.ReadFile(filepath.Join("testdata", "kamailio.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "kamailio.cfg")
	filled := strings.NewReplacer("@PORT@", strconv.Itoa(port), "@NEXT@", strconv.Itoa(int(to.Addr().Port()))).Replace(string(text))
	if err := os.WriteFile(config, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	background(t, "kamailio", "-DD", "-E", "-m", "32", "-M", "4", "-Y", t.TempDir(), "-f", config)
	from := server(t, sip.Options{Trunks: []sip.Trunk{{Name: "proxy", Host: "127.0.0.1:" + strconv.Itoa(port), User: "parley", Password: "secret", Caller: "+4930111"}}})
	eventually(t, "the proxy is there", func() bool {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, err := from.Ping(ctx, "proxy")
		return err == nil
	})

	out, err := from.Dial(t.Context(), "proxy", sip.Request{To: "+4930222"})
	if err != nil {
		t.Fatal(err)
	}
	in := within(t, calls, "the call")
	for _, on := range []bool{true, false} {
		if err := out.Hold(t.Context(), on); err != nil {
			t.Fatalf("hold %v: %v", on, err)
		}
		if got := within(t, holds, "hold"); got != on {
			t.Errorf("held: %v, not %v", got, on)
		}
	}
	if err := in.Hold(t.Context(), true); err != nil { // and the other way
		t.Fatal(err)
	}
	in.Hangup(sip.CauseNormal)
	within(t, out.Done(), "BYE through the proxy")
	if e := out.End(); e.By != "remote" || e.Cause != sip.CauseNormal {
		t.Errorf("ended as %+v", e)
	}

	// A call that nobody takes is cancelled through it.
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := from.Dial(ctx, "proxy", sip.Request{To: "+4930333"})
		done <- err
	}()
	c := within(t, ringing, "ringing")
	stop()
	if err := within(t, done, "the end"); err == nil {
		t.Error("cancelled, and yet up")
	}
	within(t, c.Done(), "CANCEL through the proxy")
	if e := c.End(); e.Code != 487 {
		t.Errorf("ended as %+v", e)
	}
}

package sip_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/media"
	"parley/media/sip"
	"parley/media/sip/audio"
)

// baresip is a desk phone that is registered with a server as ann, and answers.
type baresip struct {
	t   *testing.T
	c   net.Conn
	out *output
}

func startBaresip(t *testing.T, s *sip.Server, codecs ...string) *baresip {
	t.Helper()
	dir := t.TempDir()
	port, ctrl := freePort(t), freePort(t)
	config := fmt.Sprintf("sip_listen 127.0.0.1:%d\nnet_interface 127.0.0.1\naudio_source ausine,440\naudio_player aubridge,heard\n"+
		"rtp_ports 10000-20000\nctrl_tcp_listen 127.0.0.1:%d\nmodule_path %s\nmodule_app account.so\nmodule_app menu.so\nmodule ctrl_tcp.so\n"+
		"module ausine.so\nmodule aubridge.so\n", port, ctrl, modulePath(t))
	for _, c := range codecs {
		config += "module " + c + ".so\n"
	}
	account := fmt.Sprintf("<sip:ann@%s>;auth_user=ann;auth_pass=secret;regint=120;answermode=auto\n", s.Addr())
	for name, text := range map[string]string{"config": config, "accounts": account, "contacts": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := &baresip{t: t, out: background(t, "baresip", "-f", dir)}
	eventually(t, "the phone registered", func() bool { _, ok := s.Phone("ann"); return ok })
	eventually(t, "the phone's control", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ctrl))
		b.c = c
		return err == nil
	})
	t.Cleanup(func() { b.c.Close() })
	return b
}

func modulePath(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib*/baresip/modules")
	more, _ := filepath.Glob("/usr/lib/*/baresip/modules")
	if found = append(found, more...); len(found) == 0 {
		t.Fatal("baresip has no modules: install what .ci/deps lists")
	}
	return found[0]
}

// do presses a button.
func (b *baresip) do(command, params string) {
	b.t.Helper()
	m, err := json.Marshal(map[string]string{"command": command, "params": params, "token": "t"})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.c, "%d:%s,", len(m), m); err != nil {
		b.t.Fatal(err)
	}
}

func TestBaresipIsADeskPhone(t *testing.T) {
	t.Parallel()
	calls, holds, wishes := make(chan *sip.Call, 1), make(chan bool, 4), make(chan sip.Refer, 1)
	s := server(t, sip.Options{Users: []sip.User{{Name: "ann", Password: "secret"}},
		Incoming: func(ctx context.Context, c *sip.Call) {
			answering(ctx, c)
			calls <- c
		},
		Held: func(c *sip.Call, on bool) { holds <- on },
		Refer: func(ctx context.Context, c *sip.Call, r sip.Refer, progress func(int)) error {
			wishes <- r
			progress(180)
			return nil
		}})
	b := startBaresip(t, s, "opus", "g711")

	// It is called, held, resumed and hung up on.
	c, err := s.Dial(t.Context(), "", sip.Request{User: "ann", Caller: "+4930111"})
	if err != nil {
		t.Fatal(err)
	}
	if codec := c.Media().(*audio.Session).Codec(); codec != media.CodecOpus {
		t.Errorf("speaks %v", codec)
	}
	heard(t, c)
	for _, on := range []bool{true, false} {
		if err := c.Hold(t.Context(), on); err != nil {
			t.Fatalf("hold %v: %v", on, err)
		}
	}
	c.Hangup(sip.CauseNormal)

	// It calls, holds, resumes, sends us elsewhere and hangs up.
	b.do("dial", "sip:+4930222@"+s.Addr().String())
	c = within(t, calls, "the phone's call")
	if c.User != "ann" || c.Number != "+4930222" {
		t.Errorf("called as %+v", c.Info)
	}
	heard(t, c)
	b.do("hold", "")
	if !within(t, holds, "hold") {
		t.Error("held, and yet not")
	}
	b.do("resume", "")
	if within(t, holds, "resume") {
		t.Error("resumed, and yet held")
	}
	b.do("transfer", "sip:+4930333@"+s.Addr().String())
	if r := within(t, wishes, "the transfer"); r.Number != "+4930333" {
		t.Errorf("wished %+v", r)
	}
	within(t, c.Done(), "the phone hangs up when it is done")
	if e := c.End(); e.By != "remote" {
		t.Errorf("ended as %+v", e)
	}
}

func within[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("nothing came: %s", what)
		panic("unreachable")
	}
}

// heard waits for audio of the far end.
func heard(t *testing.T, c *sip.Call) {
	t.Helper()
	m := c.Media()
	n := 0
	eventually(t, "audio of the far end", func() bool {
		var p media.Packet
		for m.Pull(&p) {
			n++
		}
		return n >= 5
	})
}

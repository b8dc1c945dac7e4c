package serve

import (
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/mediatest"
	"parley/media/rtc/rtctest"
)

// wire is a line without a network.
type wire struct {
	*mediatest.Coded
	up, down chan struct{}
	once     sync.Once
}

func newWire() *wire {
	w := &wire{Coded: mediatest.NewCoded("wire", media.CodecOpus, false), up: make(chan struct{}), down: make(chan struct{})}
	close(w.up)
	return w
}

func (w *wire) Ready() <-chan struct{} { return w.up }
func (w *wire) Done() <-chan struct{}  { return w.down }
func (w *wire) Err() error             { return nil }
func (w *wire) Close() error           { w.once.Do(func() { close(w.down) }); return nil }

// A thousand calls, each with room, conversation, rows and recording, and then fifty
// with all of WebRTC, leave no goroutine and no descriptor behind.
func TestAThousandCallsLeaveNothing(t *testing.T) {
	x := up(t, func(c *config.Config) { c.Recording.Notice = false }) // recorded from the first word
	const lanes = 10
	talks := make([]talk, lanes)
	for i := range talks {
		talks[i] = x.converse()
	}
	rounds := func(n int, one func(k talk)) {
		var wg sync.WaitGroup
		for _, k := range talks {
			wg.Go(func() {
				for range n {
					one(k)
				}
			})
		}
		wg.Wait()
		x.quiet()
	}
	short := func(k talk) {
		w := newWire()
		id := voice.NewID()
		if err := x.calls.Begin(id, voice.Request{Tenant: dialog.DefaultTenant, Conversation: k.ID, Language: "en", Via: "web", Direction: "in"}, w); err != nil {
			t.Error(err)
			return
		}
		for w.Count() == 0 { // until the greeting is heard
			time.Sleep(time.Millisecond)
		}
		_ = x.calls.Hangup(id, "hangup")
		<-w.down
	}
	real := func(k talk) {
		p := x.call(k, rtctest.Options{})
		_ = x.do("DELETE", p.location, k.Token, "")
		p.Close()
	}
	rounds(2, short)
	rounds(1, real)
	goroutines, files := count()
	rounds(100, short)
	rounds(5, real)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		http.DefaultClient.CloseIdleConnections()
		g, f := count()
		if g <= goroutines+5 && f <= files+5 {
			if n := x.blobs(); n < 1000 {
				t.Errorf("%d recordings of 1000 calls", n)
			}
			t.Logf("%d goroutines and %d descriptors after 1050 calls, %d and %d before", g, f, goroutines, files)
			return
		}
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines and %d descriptors after 1050 calls, %d and %d before\n%s", g, f, goroutines, files, buf[:runtime.Stack(buf, true)])
		}
	}
}

func count() (goroutines, files int) {
	fds, _ := os.ReadDir("/proc/self/fd")
	return runtime.NumGoroutine(), len(fds)
}

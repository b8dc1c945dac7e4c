package bench

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"parley/media"
	"parley/media/codec"
	"parley/tts/ttstest"
)

// yardstick is a fixed piece of work of the kind that a server of calls does.
type yardstick struct {
	enc codec.Encoder
	pcm []int16
	buf []byte
}

// run does the work once, and tells the processor time of this thread that it took.
func (y *yardstick) run() time.Duration {
	before := threadTime()
	for pcm := y.pcm; len(pcm) >= media.TickSamples; pcm = pcm[media.TickSamples:] {
		y.buf, _ = y.enc.Encode(pcm[:media.TickSamples], y.buf)
	}
	return threadTime() - before
}

// threadTime is the processor time that the running thread has used.
func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// least is the shortest time that the work has ever taken in this process.
var least = struct {
	sync.Mutex
	d time.Duration
}{d: math.MaxInt64}

// paced does the work now and then for a while, and gives how many times the least
// it took in the middle; 0 when it cannot be told.
func paced(ctx context.Context, d time.Duration) <-chan float64 {
	out := make(chan float64, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Bitrate: 32000})
		if err != nil {
			out <- 0
			return
		}
		y := &yardstick{enc: enc, pcm: ttstest.Speak("how long it takes", media.SampleRate)[:20*media.TickSamples]}
		var took []time.Duration
		for end := time.Now().Add(d); time.Now().Before(end) && sleep(ctx, 100*time.Millisecond); {
			took = append(took, y.run())
		}
		slices.Sort(took)
		if len(took) == 0 || took[0] <= 0 {
			out <- 0
			return
		}
		least.Lock()
		defer least.Unlock()
		least.d = min(least.d, took[0])
		out <- float64(took[len(took)/2]) / float64(least.d)
	}()
	return out
}

package serve

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Limits of the garbage that may lie beside what is in use.
const (
	gcLeast  = 50  // percent: calls make little garbage, so that less memory costs hardly more time
	gcMost   = 200 // percent, while chats make much
	gcBeside = 64 << 20
)

// ownGC reports whether whoever starts the server sees to it by Go's variable.
func ownGC() bool { return os.Getenv("GOGC") != "" }

// garbage sees to it until stop, which waits: collecting it often takes a fifth of the
// processor of a server that is full of chats, and an idle one should be small.
func garbage() (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		sweep(ctx)
	}()
	return func() {
		end()
		<-done
	}
}

func sweep(ctx context.Context) {
	read := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(read)
	percent, last := gcLeast, read[0].Value.Uint64()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		metrics.Read(read)
		now := read[0].Value.Uint64()
		if p := allowed(percent, now-last, read[1].Value.Uint64()); p != percent {
			percent = p
			debug.SetGCPercent(p)
		}
		last = now
	}
}

// allowed is how much garbage there may be, in percent of the live bytes, after so many
// collections within a second.
func allowed(percent int, collections, live uint64) int {
	switch {
	case collections > 1:
		percent *= 2
	case collections == 0:
		percent /= 2
	}
	most := gcMost
	if live > 0 {
		most = int(min(gcMost, 100*gcBeside/live))
	}
	return max(min(percent, most), gcLeast)
}

package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

// profiled runs f. When a folder is named, it leaves there where processor time
// went, and what memory was in use when most was: cpu.pprof and heap.pprof.
func profiled(dir string, f func() error) error {
	if dir == "" {
		return f()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	cpu, err := os.Create(filepath.Join(dir, "cpu.pprof"))
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer cpu.Close()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer pprof.StopCPUProfile()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { watchHeap(filepath.Join(dir, "heap.pprof"), stop) })
	defer wg.Wait()
	defer close(stop)
	return f()
}

// watchHeap writes the memory profile whenever more is in use than before.
func watchHeap(file string, stop <-chan struct{}) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	var most uint64
	for {
		select {
		case <-t.C:
		case <-stop:
			return
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapAlloc <= most {
			continue
		}
		most = m.HeapAlloc
		w, err := os.Create(file)
		if err != nil {
			return
		}
		_ = pprof.Lookup("heap").WriteTo(w, 0)
		_ = w.Close()
	}
}

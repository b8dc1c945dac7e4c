package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"parley/tts"
)

const (
	childTime = 10 * time.Second // a part takes some 50 ms
	waitDelay = time.Second      // for the pipes of a killed child
)

// run starts a program when there is room, gives it input and returns its
// output. ctx kills it; run returns when it is gone. chars bounds the output.
func (s *Synthesizer) run(ctx context.Context, input string, chars int, args ...string) ([]byte, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	own, cancel := context.WithTimeoutCause(ctx, childTime, fmt.Errorf("%w: %s took over %v", tts.ErrSlow, args[0], childTime))
	defer cancel()
	c := exec.CommandContext(own, args[0], args[1:]...)
	c.WaitDelay = waitDelay
	c.Stdin = strings.NewReader(input)
	c.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	out := &bounded{most: 1<<20 + chars*64<<10}
	c.Stdout = out
	err := c.Run()
	switch {
	case own.Err() != nil:
		return nil, context.Cause(own)
	case out.full:
		return nil, fmt.Errorf("%w: %s wrote over %d bytes", tts.ErrTooLong, args[0], out.most)
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("%w: %w", tts.ErrUnavailable, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", tts.ErrBroken, args[0], err)
	}
	return out.b.Bytes(), nil
}

// bounded keeps at most so many bytes; the write beyond them fails, which ends
// the child by a broken pipe.
type bounded struct {
	b    bytes.Buffer
	most int
	full bool
}

func (w *bounded) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) > w.most {
		w.full = true
		return 0, errors.New("too much output")
	}
	return w.b.Write(p)
}

// wav is the samples of 16 bit mono audio and their rate. The size that the
// header tells is not believed: a program that writes to a pipe cannot know it.
func wav(b []byte) (pcm []int16, rate int, err error) {
	bad := func(what string) ([]int16, int, error) { return nil, 0, fmt.Errorf("%w: WAV %s", tts.ErrBroken, what) }
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return bad("has no header")
	}
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if name == "data" {
			if rate == 0 {
				return bad("has no format")
			}
			pcm = make([]int16, len(b)/2)
			for i := range pcm {
				pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
			}
			return pcm, rate, nil
		}
		if size > int64(len(b)) {
			return bad("is cut off")
		}
		if name == "fmt " {
			if size < 16 || binary.LittleEndian.Uint16(b) != 1 || binary.LittleEndian.Uint16(b[2:]) != 1 || binary.LittleEndian.Uint16(b[14:]) != 16 {
				return bad("is not 16 bit mono")
			}
			if rate = int(binary.LittleEndian.Uint32(b[4:])); rate < 8000 || rate > 48000 {
				return bad("has an impossible rate")
			}
		}
		b = b[size:]
	}
	return bad("has no samples")
}

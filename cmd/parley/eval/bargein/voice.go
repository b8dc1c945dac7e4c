package bargein

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"parley/media"
	"parley/tts"
)

// memo keeps what a voice said, so that every trial hears the same at no cost.
type memo struct {
	of   tts.Synthesizer
	busy atomic.Int32 // sentences being made

	mu   sync.Mutex
	said map[string]*kept
}

// kept is a sentence that was wholly read once; the speech still knows its words.
type kept struct {
	pcm    []int16
	speech tts.Speech
}

func newMemo(of tts.Synthesizer) *memo { return &memo{of: of, said: map[string]*kept{}} }

// Synthesize implements tts.Synthesizer.
func (m *memo) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	m.mu.Lock()
	k := m.said[v.Language+"\n"+text]
	m.mu.Unlock()
	if k == nil {
		m.busy.Add(1)
		defer m.busy.Add(-1)
		var err error
		if k, err = m.read(context.WithoutCancel(ctx), text, v); err != nil {
			return nil, err
		}
		m.mu.Lock()
		m.said[v.Language+"\n"+text] = k
		m.mu.Unlock()
	}
	return &replay{kept: k}, nil
}

func (m *memo) read(ctx context.Context, text string, v tts.Voice) (*kept, error) {
	s, err := m.of.Synthesize(ctx, text, v)
	if err != nil {
		return nil, err
	}
	k := &kept{speech: s}
	var f media.Frame
	for {
		switch err := s.ReadFrame(&f); {
		case errors.Is(err, io.EOF):
			return k, nil
		case err != nil:
			return nil, err
		}
		k.pcm = append(k.pcm, f.PCM...)
	}
}

// replay is a kept sentence being spoken again.
type replay struct {
	*kept
	at int
}

func (r *replay) Format() media.Format { return media.Speech }
func (r *replay) Close() error         { return nil }

func (r *replay) ReadFrame(f *media.Frame) error {
	n := min(len(r.pcm)-r.at, 5*media.TickSamples)
	if n == 0 {
		return io.EOF
	}
	f.At = media.CallTime(r.at)
	f.PCM = append(f.PCM[:0], r.pcm[r.at:r.at+n]...)
	r.at += n
	return nil
}

func (r *replay) Heard(n int64) tts.Span {
	if n >= int64(len(r.pcm)) {
		return r.speech.Heard(1 << 40)
	}
	return r.speech.Heard(n)
}
func (r *replay) Boundary(n int64) int64 { return r.speech.Boundary(n) }

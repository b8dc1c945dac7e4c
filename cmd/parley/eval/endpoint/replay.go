package endpoint

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"parley/asr/endpoint"
	"parley/asr/vad"
	"parley/media"
)

const frameS = float64(media.TickSamples) / media.SampleRate

// heard is a turn as the detector heard it: frame by frame, as dialog/voice
// gives it to the endpointer.
type heard struct {
	*turn
	frames []vad.Activity
	texts  []int // by frame: how many words are known
}

// listen runs the detector over all turns.
func listen(ctx context.Context, dir string, turns []turn, lateS float64, progress io.Writer) ([]*heard, error) {
	out := make([]*heard, 0, len(turns))
	for i := range turns {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if i%50 == 0 {
			fmt.Fprintf(progress, "\rlistening: %d of %d turns", i, len(turns))
		}
		pcm, err := readWAV(filepath.Join(dir, turns[i].File))
		if err != nil {
			return nil, err
		}
		h := &heard{turn: &turns[i]}
		d := vad.New(vad.Options{})
		for n := 0; n+media.TickSamples <= len(pcm); n += media.TickSamples {
			h.frames = append(h.frames, d.Frame(pcm[n:n+media.TickSamples]))
		}
		h.texts = knownWords(h.turn, len(h.frames), lateS)
		out = append(out, h)
	}
	fmt.Fprintf(progress, "\rlistening: %d turns                \n", len(turns))
	return out, nil
}

// knownWords is how many words are known at each frame, each lateS after its end.
func knownWords(t *turn, frames int, lateS float64) []int {
	out := make([]int, frames)
	for i := range out {
		for _, w := range t.words {
			if w.to+lateS <= float64(i+1)*frameS {
				out[i]++
			}
		}
	}
	return out
}

// outcome is what an endpointer did with a turn. Times are seconds of its file.
type outcome struct {
	decided []float64 // each decision that the turn is over
	resumed []float64 // when speech was heard again after each; 0: never
	pauses  []pause   // each silence that lasted
}

// pause is a silence as it was judged when all of the text had come.
type pause struct {
	x      endpoint.Features
	from   float64 // seconds of the file
	lasted float64 // seconds, of silence
	end    bool    // the turn was over, whatever noise came after
}

const (
	judged = 12   // frames of silence from which a pause's features are kept
	least  = 0.24 // seconds of silence at which a turn is over at the soonest
)

// replay gives the turn to an endpointer as dialog/voice does: it begins with the
// first onset; a decision ends it, and the next onset begins another.
func (h *heard) replay(o endpoint.Options) outcome {
	e := endpoint.New(o)
	var out outcome
	live, over := false, false
	from, silence := 0.0, 0
	said, told := "", false
	for i, a := range h.frames {
		now := float64(i+1) * frameS
		if a.Onset {
			if !live || over {
				if n := len(out.decided); n > 0 && out.resumed[n-1] == 0 {
					out.resumed[n-1] = now
				}
				e.Reset()
				from, said, live, over = now-float64(a.Since)*frameS-0.1, "", true, false
			}
			silence = 0
		}
		if !live {
			continue
		}
		if i == 0 || h.texts[i] != h.texts[i-1] || a.Onset {
			if t := h.saidBy(from, h.texts[i]); t != said && !over {
				said, told = t, true
				e.Text(t, false)
			}
		}
		d := e.Frame(a)
		if !a.Speech {
			if silence == 0 {
				silence = max(a.Since, 1)
			} else {
				silence++
			}
			n := len(out.pauses)
			switch {
			case silence == judged:
				from := now - float64(silence)*frameS
				out.pauses = append(out.pauses, pause{from: from, end: from+least >= h.end-toleranceS})
				n, told = n+1, true
				fallthrough
			case silence > judged:
				p := &out.pauses[n-1]
				p.lasted = float64(silence) * frameS
				if told {
					p.x = e.Features()
				}
			}
		}
		told = false
		if d.Over && !over {
			over = true
			out.decided = append(out.decided, now)
			out.resumed = append(out.resumed, 0)
		}
	}
	return out
}

func (h *heard) saidBy(from float64, known int) string {
	by := -1.0
	if known > 0 {
		by = h.words[known-1].to
	}
	return h.said(from, by)
}

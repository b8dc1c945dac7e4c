package bargein

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/asr/sphinx/lm"
	"parley/dialog/demo"
	"parley/dialog/rag"
	"parley/media"
)

// belief is what the offline recogniser believed of a sound, and how much of the
// sound had been said by then, in samples from the file's beginning.
type belief struct {
	At         media.CallTime
	Text       string
	Confidence float64 `json:",omitempty"` // of the final one
}

// lead and tail are what the ear gives a recogniser around a sound.
const (
	lead = media.CallTime(media.SampleRate / 5)
	tail = media.CallTime(media.SampleRate * 35 / 100)
)

// overhear lets the offline recogniser hear every sound once, at the pace of a
// call, and keeps what it believed and when in dir, for the next time.
func overhear(ctx context.Context, dir string, sounds []sample, progress io.Writer) (map[string][]belief, error) {
	file := filepath.Join(dir, "sphinx.json")
	kept := map[string][]belief{}
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &kept) == nil && len(kept) == len(sounds) {
		return kept, nil
	}
	model, err := languageModel(dir)
	if err != nil {
		return nil, err
	}
	const at = 2
	pool, err := sphinx.New(sphinx.Options{LanguageModel: model, Size: at})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	next := make(chan sample)
	for range at {
		wg.Go(func() {
			for s := range next {
				bs, err := listen(ctx, pool, s)
				mu.Lock()
				kept[s.File] = bs
				failed = errors.Join(failed, err)
				fmt.Fprintf(progress, "\rthe recogniser hears sound %d of %d", len(kept), len(sounds))
				mu.Unlock()
			}
		})
	}
	for _, s := range sounds {
		next <- s
	}
	close(next)
	wg.Wait()
	fmt.Fprintln(progress)
	if failed != nil {
		return nil, failed
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	return kept, os.WriteFile(file, b, 0o644)
}

// languageModel is of the demo's sentences, as the server mixes it in.
func languageModel(dir string) (string, error) {
	ix := rag.New()
	for _, d := range demo.Documents() {
		ix.Put(d)
	}
	f, err := os.Create(filepath.Join(dir, "en.arpa"))
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(lm.Write(f, ix.Sentences("en")), f.Close())
}

func listen(ctx context.Context, r asr.Recognizer, s sample) ([]belief, error) {
	if s.Language == "zh" {
		return nil, nil // nobody offline hears Chinese
	}
	src := &paced{s: s, at: max(s.onset-lead, 0), end: min(s.end+tail, media.CallTime(len(s.pcm)))}
	var out []belief
	for res, err := range r.Recognize(ctx, src, asr.Options{Language: "en"}) {
		if err != nil {
			return nil, fmt.Errorf("bargein: %s: %w", s.File, err)
		}
		out = append(out, belief{src.said(), res.Text, final(res)})
	}
	return out, nil
}

// final is the confidence of a final result.
func final(r asr.Result) float64 {
	if !r.Final {
		return 0
	}
	return r.Confidence
}

// paced gives a sound as a call does: 20 ms every 20 ms.
type paced struct {
	s       sample
	at, end media.CallTime
	began   time.Time
	first   media.CallTime
	mu      sync.Mutex
}

func (p *paced) Format() media.Format { return media.Speech }

// said is how much of the sound has been given.
func (p *paced) said() media.CallTime {
	p.mu.Lock()
	defer p.mu.Unlock()
	return min(p.first+media.At(time.Since(p.began)), p.end+tail)
}

func (p *paced) ReadFrame(f *media.Frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() {
		p.began, p.first = time.Now(), p.at
	}
	if p.at >= p.end {
		return io.EOF
	}
	n := min(media.TickSamples, p.end-p.at)
	time.Sleep(time.Until(p.began.Add((p.at + n - p.first).Duration())))
	f.At = p.at
	f.PCM = append(f.PCM[:0], p.s.pcm[p.at:p.at+n]...)
	p.at += n
	return nil
}

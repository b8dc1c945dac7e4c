package tts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/asr/sphinx/lm"
	"parley/cmd/parley/ears"
	"parley/dialog/demo"
	"parley/dialog/rag"
	"parley/media"
)

// Silence around an utterance, as a call has it, in samples.
const (
	lead = media.SampleRate / 5
	tail = media.SampleRate * 35 / 100
)

// recognisers are the offline one as it comes, and as the server sets it up: with
// the demo knowledge's sentences mixed into its language model. None of those is
// spoken here.
func recognisers(dir string) (plain, knowing *sphinx.Pool, err error) {
	ix := rag.New()
	for _, d := range demo.Documents() {
		ix.Put(d)
	}
	f, err := os.Create(filepath.Join(dir, "en.arpa"))
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(lm.Write(f, ix.Sentences("en")), f.Close()); err != nil {
		return nil, nil, err
	}
	if plain, err = sphinx.New(sphinx.Options{Size: at}); err != nil {
		return nil, nil, err
	}
	knowing, err = sphinx.New(sphinx.Options{Size: at, LanguageModel: f.Name()})
	return plain, knowing, err
}

// at is how many are listened to at once.
const at = 2

// hear is what a recogniser makes of each of the utterances.
func hear(ctx context.Context, r asr.Recognizer, pcms [][]int16, step func()) ([]string, error) {
	out := make([]string, len(pcms))
	errs := make([]error, len(pcms))
	next := make(chan int)
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for i := range next {
				out[i], errs[i] = listen(ctx, r, pcms[i])
				step()
			}
		})
	}
	for i := range pcms {
		next <- i
	}
	close(next)
	wg.Wait()
	return out, errors.Join(errs...)
}

func listen(ctx context.Context, r asr.Recognizer, pcm []int16) (string, error) {
	src := ears.Clip(append(append(make([]int16, lead), pcm...), make([]int16, tail)...))
	var finals []string
	for res, err := range r.Recognize(ctx, src, asr.Options{Language: "en"}) {
		if err != nil {
			return "", fmt.Errorf("the recogniser: %w", err)
		}
		if res.Final {
			finals = append(finals, res.Text)
		}
	}
	return strings.Join(finals, " "), nil
}

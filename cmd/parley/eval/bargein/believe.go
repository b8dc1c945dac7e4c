package bargein

import (
	"context"
	"fmt"
	"io"
	"time"

	"parley/media"
)

// wordsLate is how long after its end an ideal recogniser knows a word.
const wordsLate = 200 * time.Millisecond

// believer is what a recogniser makes of the sounds.
func believer(ctx context.Context, kind, dir string, sounds []sample, progress io.Writer) (script, error) {
	switch kind {
	case "words":
		return func(s sample, at media.CallTime) []heard {
			if s.Text == "" {
				return nil
			}
			return lateWords(s.Text, at+s.onset, at+s.end, wordsLate)
		}, nil
	case "none":
		return func(sample, media.CallTime) []heard { return nil }, nil
	case "sphinx":
		heardOnce, err := overhear(ctx, dir, sounds, progress)
		if err != nil {
			return nil, err
		}
		return func(s sample, at media.CallTime) (out []heard) {
			for _, b := range heardOnce[s.File] {
				out = append(out, heard{at + b.At, b.Text, b.Confidence})
			}
			return out
		}, nil
	}
	return nil, fmt.Errorf("bargein: unknown recogniser %q", kind)
}

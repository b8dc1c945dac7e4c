package bargein

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"parley/asr"
	"parley/asr/words"
	"parley/media"
)

// heard is what a recogniser believes from call time at on.
type heard struct {
	at         media.CallTime
	text       string
	confidence float64 // of the whole utterance; 0: the engine does not say
}

// ears are a recogniser that believes what the trial says it does, when it says so.
type ears struct {
	clock  *clock
	script []heard       // of the whole call, oldest first, each replacing the last
	final  time.Duration // how long the last word takes
	// belief is what is believed by a call time of an utterance that began at
	// another; nil goes by script.
	belief func(from, by media.CallTime) heard
}

// Recognize implements asr.Recognizer. What was believed before the utterance
// began belongs to another one.
func (e *ears) Recognize(ctx context.Context, src media.Source, _ asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		var f media.Frame
		from, text := media.CallTime(-1), ""
		for {
			err := src.ReadFrame(&f)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(asr.Result{}, err)
				return
			}
			if err != nil {
				break
			}
			if from < 0 {
				from = f.At
			}
			now := e.at(from, f.At+media.CallTime(len(f.PCM)))
			if now.text != text && now.text != "" {
				text = now.text
				if !yield(asr.Result{Text: text}, nil) {
					return
				}
			}
		}
		due, stop := e.clock.Timer(e.final)
		defer stop()
		select {
		case <-due:
		case <-ctx.Done():
			yield(asr.Result{}, context.Cause(ctx))
			return
		}
		last := heard{}
		if from >= 0 { // the last word of what was given it, however late it would have come
			last = e.at(from, f.At+media.CallTime(len(f.PCM))+media.At(400*time.Millisecond))
		}
		yield(asr.Result{Text: last.text, Confidence: last.confidence, Final: true}, nil)
	}
}

// at is what is believed by call time by of an utterance since from.
func (e *ears) at(from, by media.CallTime) (last heard) {
	if e.belief != nil {
		return e.belief(from, by)
	}
	for _, h := range e.script {
		if h.at >= from && h.at <= by {
			last = h
		}
	}
	return last
}

// lateWords is what an ideal recogniser believes of a text that is said between
// two times: each word whole, some time after its end.
func lateWords(text string, start, end media.CallTime, late time.Duration) []heard {
	var total float64
	ws := strings.Fields(text)
	if len(ws) == 1 && len(words.Split(text)) > 1 && words.Han(words.Split(text)[0]) {
		ws = words.Split(text)
	}
	for _, w := range ws {
		total += float64(len(w))
	}
	var out []heard
	var done float64
	said := ""
	for _, w := range ws {
		if done += float64(len(w)); said != "" && !words.Han(w) {
			said += " "
		}
		said += w
		out = append(out, heard{start + media.CallTime(float64(end-start)*done/total) + media.At(late), said, 0})
	}
	return out
}

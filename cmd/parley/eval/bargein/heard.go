package bargein

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/asr/words"
	"parley/dialog"
	"parley/media"
	"parley/tts"
	"parley/tts/local"
	"parley/tts/openai"
	"parley/tts/sentence"
)

// cutTrial is a reply that was cut off.
type cutTrial struct {
	Voice string `json:"voice"`
	Kept  int    `json:"kept"`  // words in the history
	Heard int    `json:"heard"` // words whose sound had ended at the customer's ear
}

// behind is how late the customer's loudspeaker is.
const behind = 150 * time.Millisecond

var onlyWords = regexp.MustCompile(`^[A-Za-z' ]+\.?$`)

// phones are the segments that flite says a text in, with the times of their ends
// in seconds; pauses at either end are left out, begin is where the first ends.
func phones(ctx context.Context, text string) (ends []float64, begin float64, err error) {
	out, err := exec.CommandContext(ctx, "flite", "-voice", "rms", "-psdur", "-t", text, "-o", "/dev/null").Output()
	if err != nil {
		return nil, 0, fmt.Errorf("bargein: flite: %w", err)
	}
	for i, f := range strings.Fields(string(out)) {
		name, at, _ := strings.Cut(f, ":")
		t, err := strconv.ParseFloat(at, 64)
		if err != nil {
			return nil, 0, fmt.Errorf("bargein: flite: %q: %w", f, err)
		}
		if name == "pau" {
			if i == 0 {
				begin = t
			}
			continue
		}
		ends = append(ends, t)
	}
	return ends, begin, nil
}

// truth is when the words of a sentence end, in seconds after its first sound, as
// the synthesiser itself made them; false where a word sounds otherwise alone.
func truth(ctx context.Context, text string) ([]said, bool) {
	ends, begin, err := phones(ctx, text)
	if err != nil {
		return nil, false
	}
	var out []said
	n := 0
	for _, w := range words.Split(text) {
		own, _, err := phones(ctx, w)
		if n += len(own); err != nil || n > len(ends) || len(own) == 0 {
			return nil, false
		}
		out = append(out, said{w, int64((ends[n-1] - begin) * media.SampleRate)})
	}
	return out, n == len(ends)
}

// known is a sentence whose words' times are certain.
type known struct {
	text  string
	words []said
}

func knownSentences(ctx context.Context, want int) (out []known) {
	for _, s := range sentences("en") {
		if s = strings.TrimSpace(s); !onlyWords.MatchString(s) || len(s) > 110 {
			continue
		}
		s = strings.TrimSuffix(s, ".") + "."
		if ws, ok := truth(ctx, s); ok {
			if out = append(out, known{s, ws}); len(out) == want {
				break
			}
		}
	}
	return out
}

// firstSound is the first sample that is not silence.
func firstSound(pcm []int16) int64 {
	for i, v := range pcm {
		if v > 120 || v < -120 {
			return int64(i)
		}
	}
	return 0
}

// cut speaks a reply, ends it at a random moment, and compares what the history
// holds with what had been heard.
func cut(v *memo, name string, from []known, seed uint64) (cutTrial, error) {
	rng := rand.New(rand.NewPCG(seed, 3))
	var text strings.Builder
	var table []said
	var base int64
	var ks []known
	for range 4 {
		ks = append(ks, from[rng.IntN(len(from))])
		text.WriteString(ks[len(ks)-1].text + " ")
	}
	split := sentence.New("en")
	parts := append(split.Push(text.String()), split.Flush()...)
	if len(parts) != len(ks) {
		return cutTrial{}, fmt.Errorf("bargein: %q is spoken in %d parts", text.String(), len(parts))
	}
	for i, part := range parts { // as the mouth asks for them
		sp, err := v.Synthesize(context.Background(), part, tts.Voice{Language: "en", Rate: 1})
		if err != nil {
			return cutTrial{}, err
		}
		pcm := sp.(*replay).pcm
		for _, w := range ks[i].words {
			table = append(table, said{w.word, base + firstSound(pcm) + w.end})
		}
		base += int64(len(pcm))
	}
	c, l := newClock(), newLine(seed)
	l.playout = behind
	r, err := newRig(setup{language: "en", reply: text.String(), voice: v, line: l, clock: c, ears: &ears{clock: c}})
	if err != nil {
		return cutTrial{}, err
	}
	defer r.close()
	var play []played
	l.said = func(at media.CallTime, pcm []int16) {
		if len(pcm) > 0 && r.answering {
			play = append(play, played{at + media.TickSamples, int64(len(play)+1) * media.TickSamples})
		}
	}
	if err := r.ask(questions["en"]); err != nil {
		return cutTrial{}, err
	}
	play = append(play[:0], played{r.now, media.TickSamples}) // the tick that made it audible
	for n := 10 + rng.IntN(int(base/media.TickSamples)-30); n > 0; n-- {
		r.tick()
	}
	at := r.now - media.At(behind)
	if err := r.hub.Post(context.Background(), conversationID, dialog.Key{Digit: '1'}); err != nil {
		return cutTrial{}, err
	}
	r.settle()
	x := cutTrial{Voice: name}
	var pos int64
	for _, p := range play {
		if p.at <= at {
			pos = p.pos
		}
	}
	for _, w := range table {
		if w.end <= pos {
			x.Heard++
		}
	}
	if m, ok := r.log.last(); ok && m.Cut && m.ReplyTo != "" {
		x.Kept = len(words.Split(m.Text))
	}
	return x, nil
}

// provider is an OpenAI-compatible voice in the same process: flite's sound, and
// no times of words.
type provider struct{ of *memo }

// RoundTrip implements http.RoundTripper.
func (p provider) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	var text string
	if m := regexp.MustCompile(`"input":"((?:[^"\\]|\\.)*)"`).FindSubmatch(body); m != nil {
		text, _ = strconv.Unquote(`"` + string(m[1]) + `"`)
	}
	sp, err := p.of.Synthesize(q.Context(), strings.TrimSpace(text), tts.Voice{Language: "en", Rate: 1})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, s := range sp.(*replay).pcm {
		_ = binary.Write(&b, binary.LittleEndian, s)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"audio/pcm;rate=16000"}}, Body: io.NopCloser(&b), Request: q}, nil
}

// hearCuts measures what the history holds of replies that were cut off.
func hearCuts(ctx context.Context, o options, v *memo, r *Report) error {
	from := knownSentences(ctx, 40)
	if len(from) < 4 {
		return fmt.Errorf("bargein: the times of only %d sentences are certain", len(from))
	}
	remote := newMemo(openai.New(openai.Options{URL: "http://voice/v1", Client: &http.Client{Transport: provider{newMemo(local.New(local.Options{}))}}}))
	return alone(func() error {
		for i := range o.trials {
			for name, m := range map[string]*memo{"local": v, "openai": remote} {
				x, err := cut(m, name, from, uint64(o.seed*100000+i))
				if err != nil {
					return err
				}
				r.Cuts = append(r.Cuts, x)
			}
			fmt.Fprintf(o.progress, "\rcuts: %d of %d", i+1, o.trials)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		fmt.Fprintln(o.progress)
		return nil
	})
}

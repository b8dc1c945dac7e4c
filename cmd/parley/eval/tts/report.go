package tts

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"parley/cmd/parley/figure"
	"parley/media"
	"parley/tts/normal"
)

// Report is what was measured.
type Report struct {
	Voice     string     `json:"voice"`
	Heard     []Heard    `json:"heard"`
	Languages []Language `json:"languages"`
}

// Heard is how much of the English sentences came through.
type Heard struct {
	Line      string     `json:"line"`
	Model     string     `json:"language_model"`
	Words     int        `json:"words"`
	Wrong     int        `json:"wrong"`
	Percent   float64    `json:"wrong_percent"`
	Interval  [2]float64 `json:"wrong_percent_95"` // by sentences drawn again
	Sentences []Sentence `json:"sentences"`
}

// Sentence is one of them.
type Sentence struct {
	Said  string `json:"said"`
	Heard string `json:"heard"`
	Words int    `json:"words"`
	Wrong int    `json:"wrong"`
}

// Language is how soon and how loud a language is spoken.
type Language struct {
	Language  string    `json:"language"`
	Sentences int       `json:"sentences"`
	Seconds   float64   `json:"audio_s"`
	FirstP50  float64   `json:"first_audio_p50_ms"`
	FirstP90  float64   `json:"first_audio_p90_ms"`
	RealTime  float64   `json:"real_time_factor"` // time to make it by its length
	Level     Level     `json:"level"`
	First     []float64 `json:"first_audio_ms"`
}

func timed(language string, us []utterance) Language {
	l := Language{Language: language, Sentences: len(us), Level: levels(us)}
	var all time.Duration
	for _, u := range us {
		l.First = append(l.First, float64(u.first.Microseconds())/1000)
		l.Seconds += float64(len(u.pcm)) / media.SampleRate
		all += u.all
	}
	l.FirstP50, l.FirstP90 = figure.Quantile(l.First, 0.5), figure.Quantile(l.First, 0.9)
	l.RealTime = all.Seconds() / max(l.Seconds, 0.001)
	return l
}

// judge compares what was heard with the texts' spoken forms.
func judge(line, model string, texts, heard []string, n *normal.Normalizer) Heard {
	h := Heard{Line: line, Model: model}
	for i, text := range texts {
		said, got := words(n.Speakable(text, "en").Spoken), words(heard[i])
		s := Sentence{Said: strings.Join(said, " "), Heard: strings.Join(got, " "), Words: len(said), Wrong: wrong(said, got)}
		h.Words += s.Words
		h.Wrong += s.Wrong
		h.Sentences = append(h.Sentences, s)
	}
	h.Percent = 100 * float64(h.Wrong) / float64(max(h.Words, 1))
	const draws = 1000
	rng := rand.New(rand.NewPCG(1, 2))
	var shares []float64
	for range draws {
		w, n := 0, 0
		for range h.Sentences {
			s := h.Sentences[rng.IntN(len(h.Sentences))]
			w, n = w+s.Wrong, n+s.Words
		}
		shares = append(shares, 100*float64(w)/float64(max(n, 1)))
	}
	h.Interval = [2]float64{figure.Quantile(shares, 0.025), figure.Quantile(shares, 0.975)}
	return h
}

func (r *Report) print(out io.Writer, verbose bool) {
	fmt.Fprintf(out, "Voice %s, heard back by the offline recogniser: words wrong, 95 %% interval over sentences\n", r.Voice)
	for _, h := range r.Heard {
		fmt.Fprintf(out, "  %-7s %-24s %5.1f %% (%.1f to %.1f), %d of %d\n", h.Line, h.Model, h.Percent, h.Interval[0], h.Interval[1], h.Wrong, h.Words)
		for _, s := range h.Sentences {
			if verbose && s.Wrong > 0 {
				fmt.Fprintf(out, "    said  %s\n    heard %s\n", s.Said, s.Heard)
			}
		}
	}
	fmt.Fprintln(out, "\nlanguage  sentences  audio s  first audio p50 p90 ms  real-time factor  RMS dBFS (least, most)   peak  clipped")
	for _, l := range r.Languages {
		v := l.Level
		fmt.Fprintf(out, "%-8s  %9d  %7.1f  %11.1f %10.1f  %16.4f  %5.1f (%5.1f, %5.1f)     %5.1f  %7d\n",
			l.Language, l.Sentences, l.Seconds, l.FirstP50, l.FirstP90, l.RealTime, v.RMS, v.Least, v.Most, v.Peak, v.Clipped)
	}
}

func (r *Report) draw(file string) error {
	f := figure.Figure{Title: "Time to the first audio, " + r.Voice, X: "ms", Y: "share of sentences"}
	for _, l := range r.Languages {
		f.Lines = append(f.Lines, figure.Distribution(l.Language, l.First))
	}
	return f.Save(file)
}

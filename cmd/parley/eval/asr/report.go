package asr

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"parley/asr"
	"parley/cmd/parley/figure"
	"parley/tts/normal"
)

// clip is one recording; words is nil where nothing should be heard.
type clip struct {
	file   string
	words  []string
	groups []string
	pcm    []int16
}

// load reads the clips with transcripts that can be trusted, and those without speech.
func load(dir string) ([]clip, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []clip
	for s := bufio.NewScanner(f); s.Scan(); {
		col := strings.Split(s.Text(), "\t")
		if len(col) < 11 {
			continue
		}
		name, quality := strings.TrimPrefix(col[0], "audio/"), col[9]
		c := clip{file: name}
		switch {
		case quality == "N":
			c.groups = []string{"no speech"}
		case col[1] == "en" && (quality == "A" || quality == "B"):
			c.words, c.groups = words(col[3]), groups(name, col[10])
		default:
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, col[0]))
		if err != nil {
			return nil, err
		}
		if len(b) < 44 || string(b[:4]) != "RIFF" {
			return nil, fmt.Errorf("%s is no WAV", col[0])
		}
		for b = b[44:]; len(b) >= 2; b = b[2:] {
			c.pcm = append(c.pcm, int16(binary.LittleEndian.Uint16(b)))
		}
		out = append(out, c)
	}
	return out, nil
}

func groups(name, rate string) []string {
	g := []string{"all"}
	for _, p := range []string{"en_call_", "en_df_", "en_ivr_"} {
		if strings.HasPrefix(name, p) {
			g = append(g, "domain")
		}
	}
	if strings.HasPrefix(name, "en_fsdd_") || strings.HasPrefix(name, "en_vosk_") {
		g = append(g, "digits")
	}
	if rate == "8000" {
		g = append(g, "8 kHz")
	}
	return g
}

// words are what is compared.
func words(text string) []string {
	text = strings.ToLower(strings.ReplaceAll(normal.Speakable(text, "en").Spoken, "’", "'"))
	return strings.FieldsFunc(text, func(r rune) bool { return r != '\'' && (r < 'a' || r > 'z') })
}

// wrong is how many words must be changed, added or left out to make b of a.
func wrong(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, w := range a {
		corner := row[0]
		row[0] = i + 1
		for j, v := range b {
			cost := corner
			if w != v {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Group is a kind of clips. Of those without speech Wrong counts the words heard.
type Group struct {
	Name  string  `json:"name"`
	Clips int     `json:"clips"`
	Words int     `json:"words"`
	Wrong int     `json:"wrong"`
	Share float64 `json:"wrong_percent"`
}

// Heard is one clip.
type Heard struct {
	File  string  `json:"file"`
	Text  string  `json:"text"`
	Wrong int     `json:"wrong"`
	Wait  float64 `json:"wait_ms"`
}

// Report is what was measured. Waits are from the end of the audio to the final,
// over the clips with speech.
type Report struct {
	Fast    bool    `json:"fast"`
	Line    string  `json:"line,omitempty"` // that the clips came through
	Groups  []Group `json:"groups"`
	WaitP50 float64 `json:"wait_p50_ms"`
	WaitP90 float64 `json:"wait_p90_ms"`
	Clips   []Heard `json:"clips"`

	waits []float64
}

func (r *Report) hear(ctx context.Context, e asr.Recognizer, c clip, fast bool) error {
	src := &source{pcm: c.pcm, fast: fast}
	var final asr.Result
	for res, err := range e.Recognize(ctx, src, asr.Options{Language: "en"}) {
		if err != nil {
			return err
		}
		final = res
	}
	wait := float64(time.Since(src.ended).Microseconds()) / 1000
	n := wrong(c.words, words(final.Text))
	r.Clips = append(r.Clips, Heard{c.file, final.Text, n, wait})
	if len(c.words) > 0 {
		r.waits = append(r.waits, wait)
	}
	for _, g := range c.groups {
		r.add(g, len(c.words), n)
	}
	return nil
}

func (r *Report) add(name string, words, wrong int) {
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Name == name {
			g.Clips, g.Words, g.Wrong = g.Clips+1, g.Words+words, g.Wrong+wrong
			return
		}
	}
	r.Groups = append(r.Groups, Group{Name: name, Clips: 1, Words: words, Wrong: wrong})
}

func (r *Report) sum() {
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Words > 0 {
			g.Share = 100 * float64(g.Wrong) / float64(g.Words)
		}
	}
	r.WaitP50, r.WaitP90 = figure.Quantile(r.waits, 0.5), figure.Quantile(r.waits, 0.9)
}

func (r *Report) print(out io.Writer) error {
	if r.Line != "" {
		fmt.Fprintf(out, "through a line of %s\n\n", r.Line)
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "clips\tnumber\twords\twrong\tin %\t\n")
	for _, g := range r.Groups {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.1f\t\n", g.Name, g.Clips, g.Words, g.Wrong, g.Share)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	pace := "at the clips' own pace"
	if r.Fast {
		pace = "faster than speech: no measure of a call"
	}
	_, err := fmt.Fprintf(out, "\nend of audio to final: p50 %.0f ms, p90 %.0f ms (%s)\nwords in lower case, without punctuation but for apostrophes, numbers as spoken\n", r.WaitP50, r.WaitP90, pace)
	return err
}

package endpoint

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"parley/media"
)

// turn is a customer's turn whose end is known. Times are seconds from the
// beginning of its file.
type turn struct {
	File, Language, Base, Variant, Kind string

	start, end float64
	pauses     []span
	words      []word
	text       string
	guessed    bool // the times of the words are not known: spread over the speech
}

type span struct{ from, to float64 }

type word struct {
	text string
	span
}

// makeTurns runs the script that makes turns, and gives their folder.
func makeTurns(ctx context.Context, testdata, out string, seed int) (string, error) {
	c := exec.CommandContext(ctx, "python3", filepath.Join(testdata, "turns.py"), out, "--seed", strconv.Itoa(seed))
	if b, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("turns.py: %w: %s", err, b[max(0, len(b)-500):])
	}
	return filepath.Join(out, "turns"), nil
}

// loadTurns reads manifest.tsv of a folder.
func loadTurns(dir string) ([]turn, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	var head []string
	var out []turn
	for sc.Scan() {
		cells := strings.Split(sc.Text(), "\t")
		if head == nil {
			head = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells[:min(len(cells), len(head))] {
			row[head[i]] = c
		}
		t, err := parseTurn(row)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row["file"], err)
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, errors.Join(sc.Err(), fmt.Errorf("%s: no turns", dir))
	}
	return out, sc.Err()
}

func parseTurn(row map[string]string) (turn, error) {
	t := turn{File: row["file"], Language: row["language"], Base: row["base"], Variant: row["variant"], Kind: row["kind"], text: row["text"]}
	var err, err2 error
	t.start, err = strconv.ParseFloat(row["speech_start_s"], 64)
	t.end, err2 = strconv.ParseFloat(row["speech_end_s"], 64)
	if err = errors.Join(err, err2); err != nil {
		return t, err
	}
	for p := range strings.SplitSeq(row["pauses"], ";") {
		if p != "" {
			s, err := parseSpan(p)
			if err != nil {
				return t, err
			}
			t.pauses = append(t.pauses, s)
		}
	}
	for w := range strings.FieldsSeq(row["words"]) {
		i := strings.LastIndexByte(w, ':')
		s, err := parseSpan(w[i+1:])
		if err != nil || i < 0 {
			return t, fmt.Errorf("word %q: %w", w, err)
		}
		t.words = append(t.words, word{w[:i], s})
	}
	if len(t.words) == 0 {
		t.spread()
	}
	return t, nil
}

func parseSpan(s string) (span, error) {
	a, b, ok := strings.Cut(s, "-")
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if err = errors.Join(err, err2); err != nil || !ok {
		return span{}, fmt.Errorf("span %q: %w", s, errors.Join(err, strconv.ErrSyntax))
	}
	return span{x, y}, nil
}

// spread guesses when each character of a text without word times was said: all
// equally long, in speech.
func (t *turn) spread() {
	chars := []rune(strings.ReplaceAll(t.text, " ", ""))
	speech := t.end - t.start
	for _, p := range t.pauses {
		speech -= p.to - p.from
	}
	each := speech / float64(max(len(chars), 1))
	pauses := slices.Clone(t.pauses)
	at := t.start
	for _, c := range chars {
		from := at
		at += each
		for len(pauses) > 0 && at > pauses[0].from+each/2 {
			at += pauses[0].to - pauses[0].from
			pauses = pauses[1:]
		}
		t.words = append(t.words, word{string(c), span{from, at}})
		t.guessed = true
	}
}

// said is the text of the words that ended by then, and of no earlier ones.
func (t *turn) said(from, by float64) string {
	var b strings.Builder
	for _, w := range t.words {
		if mid := (w.from + w.to) / 2; mid < from || w.to > by {
			continue
		}
		if b.Len() > 0 && !t.guessed {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// readWAV reads mono s16 at media.SampleRate.
func readWAV(file string) ([]int16, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" {
		return nil, fmt.Errorf("%s: no WAV file", file)
	}
	for at := 12; at+8 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		if n < 0 || n > len(body) {
			n = len(body)
		}
		switch body = body[:n]; string(b[at : at+4]) {
		case "fmt ":
			if n < 16 || binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint32(body[4:]) != media.SampleRate || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, fmt.Errorf("%s: not mono s16 at %d Hz", file, media.SampleRate)
			}
		case "data":
			pcm := make([]int16, n/2)
			for i := range pcm {
				pcm[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return pcm, nil
		}
		at += 8 + n + n&1
	}
	return nil, fmt.Errorf("%s: no sound in it", file)
}

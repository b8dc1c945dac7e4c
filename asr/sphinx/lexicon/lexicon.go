// Package lexicon gives words that the offline recogniser's dictionary lacks a
// pronunciation: espeak-ng says how it would read them, and its phonemes are
// written as those of the CMU dictionary
// (espeak-ng docs/phonemes.md; www.speech.cs.cmu.edu/cgi-bin/cmudict).
package lexicon

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	maxWords  = 5000
	maxLength = 40               // letters of a word
	patience  = 20 * time.Second // for espeak-ng
)

// phones are espeak-ng's mnemonics of American English, the longer ones first where
// one begins with another.
var phones = map[string]string{
	"aI@": "AY ER", "aI3": "AY ER", "aU@": "AW ER", "i@3": "IH R", "A@": "AA R", "O@": "AO R", "o@": "AO R", "e@": "EH R", "U@": "UH R", "i@": "IY AH",
	"aI": "AY", "aU": "AW", "eI": "EY", "oU": "OW", "OI": "OY", "A:": "AA", "O:": "AO", "u:": "UW", "i:": "IY", "3:": "ER", "@L": "AH L", "@2": "AH", "I2": "IH", "I#": "IH", "a#": "AH", "aa": "AE", "02": "AA", "O2": "AO",
	"@": "AH", "3": "ER", "a": "AE", "A": "AA", "E": "EH", "I": "IH", "i": "IY", "0": "AA", "O": "AO", "U": "UH", "u": "UW", "V": "AH", "o": "OW", "e": "EH",
	"tS": "CH", "dZ": "JH", "t#": "T", "t2": "T", "T": "TH", "D": "DH", "S": "SH", "Z": "ZH", "N": "NG", "j": "Y", "l^": "L", "n-": "N",
	"b": "B", "d": "D", "f": "F", "g": "G", "h": "HH", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "r": "R", "s": "S", "t": "T", "v": "V", "w": "W", "x": "K", "z": "Z",
}

// marks say how a word is stressed and joined, which the dictionary does not.
const marks = "',%=_:;|?!~-"

// Phones writes espeak-ng's phonemes as the dictionary's; false: there is one that it
// does not have.
func Phones(mnemonics string) (string, bool) {
	var out []string
	for len(mnemonics) > 0 {
		n := 0
		for k := min(3, len(mnemonics)); k > 0; k-- {
			if p, ok := phones[mnemonics[:k]]; ok {
				out, n = append(out, p), k
				break
			}
		}
		switch {
		case n > 0:
		case strings.IndexByte(marks, mnemonics[0]) >= 0:
			n = 1
		default:
			return "", false
		}
		mnemonics = mnemonics[n:]
	}
	return strings.Join(out, " "), len(out) > 0
}

// Missing are those of words that a dictionary file lacks, each once, in order.
func Missing(words []string, dictionary string) ([]string, error) {
	f, err := os.Open(dictionary)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	defer f.Close()
	lacking := map[string]bool{}
	for _, w := range words {
		if plain(w) {
			lacking[w] = true
		}
	}
	for s := bufio.NewScanner(f); s.Scan() && len(lacking) > 0; {
		w, _, _ := strings.Cut(s.Text(), " ")
		delete(lacking, w)
	}
	var out []string
	for _, w := range words {
		if lacking[w] {
			out = append(out, w)
			delete(lacking, w)
		}
	}
	return out, nil
}

// plain reports whether a word is of Latin letters alone: what is read out letter by letter, or
// by rules of its own, is not guessed.
func plain(w string) bool {
	return len(w) > 1 && len(w) <= maxLength && !strings.ContainsFunc(w, func(r rune) bool { return r != '\'' && (r < 'a' || r > 'z') })
}

// Write writes "word PH PH" lines for the words that espeak-ng can read.
func Write(ctx context.Context, w io.Writer, words []string) (n int, err error) {
	words = words[:min(len(words), maxWords)]
	if len(words) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "espeak-ng", "-q", "-x", "-v", "en-us", "--stdin")
	cmd.Stdin = strings.NewReader(strings.Join(words, ".\n") + ".\n") // a sentence each: one line each comes back
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("lexicon: espeak-ng: %w", err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(words) {
		return 0, fmt.Errorf("lexicon: espeak-ng read %d words as %d", len(words), len(lines))
	}
	for i, word := range words {
		p, ok := Phones(strings.TrimSpace(string(lines[i])))
		if !ok {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s %s\n", word, p); err != nil {
			return n, fmt.Errorf("lexicon: %w", err)
		}
		n++
	}
	return n, nil
}

package intent

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
)

//go:embed concepts.txt
var conceptText string

// thesaurus finds concepts: words that mean nearly the same in what customers say.
type thesaurus struct {
	words    map[string][]string // whole English words
	starts   [][2]string         // beginnings of English words
	phrases  [][2]string         // several words
	chinese  map[string][]string // by the characters
	longestZ int                 // of them, in characters
}

var concepts = readConcepts(conceptText)

func readConcepts(text string) thesaurus {
	t := thesaurus{words: map[string][]string{}, chinese: map[string][]string{}}
	for _, line := range strings.Split(text, "\n") {
		name, list, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Split(list, ",") {
			w = strings.Trim(strings.TrimSpace(w), `"`)
			r := []rune(w)
			switch {
			case len(r) == 0:
			case unicode.Is(unicode.Han, r[0]):
				t.chinese[w] = append(t.chinese[w], name)
				t.longestZ = max(t.longestZ, len(r))
			case strings.HasSuffix(w, "*"):
				t.starts = append(t.starts, [2]string{strings.TrimSuffix(w, "*"), name})
			case strings.Contains(w, " "):
				t.phrases = append(t.phrases, [2]string{" " + w + " ", name})
			default:
				t.words[w] = append(t.words[w], name)
			}
		}
	}
	return t
}

// of gives the concepts that words and Han characters hold, sorted, each once.
func (t thesaurus) of(words []string, hans [][]rune) []string {
	var out []string
	for _, w := range words {
		out = append(out, t.words[w]...)
		for _, s := range t.starts {
			if strings.HasPrefix(w, s[0]) {
				out = append(out, s[1])
			}
		}
	}
	if line := " " + strings.Join(words, " ") + " "; len(words) > 1 {
		for _, p := range t.phrases {
			if strings.Contains(line, p[0]) {
				out = append(out, p[1])
			}
		}
	}
	for _, rs := range hans {
		for i := range rs {
			for n := 1; n <= t.longestZ && i+n <= len(rs); n++ {
				out = append(out, t.chinese[string(rs[i:i+n])]...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ideas adds the concepts of a text and the pairs of them.
func (v vector) ideas(words []string, hans [][]rune) {
	cs := concepts.of(words, hans)
	for i, a := range cs {
		v["c "+a] = ofIdea
		for _, b := range cs[i+1:] {
			v["cc "+a+" "+b] = ofIdeas
		}
	}
}

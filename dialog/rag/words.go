package rag

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// vocabulary counts the words of the knowledge as they are written.
type vocabulary struct {
	counts map[string]int // by word; names keep their capitals
	in     map[string]int // passages that have it
}

// mostCounted is about how many passages words are counted in: among many, every so many.
const mostCounted = 10_000

// vocabulary counts when asked, which is seldom: on each change it would cost more
// than the index itself.
func (s *state) vocabulary() vocabulary {
	v := vocabulary{map[string]int{}, map[string]int{}}
	step := max(1, len(s.slots)/mostCounted)
	for at := 0; at < len(s.slots); at += step {
		p := s.slots[at]
		if p == nil {
			continue
		}
		seen := map[string]bool{}
		for _, text := range append([]string{p.Title, p.Text}, p.Asked...) {
			for _, w := range latinWords(text) {
				v.counts[w]++
				if !seen[w] {
					seen[w] = true
					v.in[w]++
				}
			}
		}
	}
	return v
}

func latinWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.Is(unicode.Latin, r) && r != '\'' || unicode.Is(unicode.Han, r)
	})
}

// Words gives up to n words and names of the knowledge, most telling first:
// names before words that few passages have.
func (ix *Index) Words(n int, lang string) []string {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	v := ix.vocabulary()
	type word struct {
		w     string
		score float64
	}
	var all []word
	total := float64(len(ix.slots) + 1)
	for w, c := range v.counts {
		if c <= 0 || len(w) < 3 || stopWords[strings.ToLower(w)] {
			continue
		}
		score := float64(c) / (1 + float64(v.in[w])/total*4)
		if unicode.IsUpper([]rune(w)[0]) && v.counts[strings.ToLower(w)] == 0 {
			score *= 4
		}
		all = append(all, word{w, score})
	}
	slices.SortFunc(all, func(a, b word) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.w, b.w)) })
	out := make([]string, 0, min(n, len(all)))
	for _, w := range all[:min(n, len(all))] {
		out = append(out, w.w)
	}
	return out
}

// Questions gives the questions that the knowledge answers, and the other ways to ask.
func (ix *Index) Questions() (out []string) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	for _, p := range ix.slots {
		if p == nil {
			continue
		}
		if p.Question != "" {
			out = append(out, p.Question)
		}
		out = append(out, p.Asked...)
	}
	return out
}

// Sentences gives the sentences of the knowledge and the ways to ask, for a
// recogniser's language model.
func (ix *Index) Sentences(lang string) []string {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	var out []string
	for _, p := range ix.slots {
		if p == nil || lang != "" && p.Language != primary(lang) {
			continue
		}
		for _, text := range append([]string{p.Question, p.Text}, p.Asked...) {
			for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?\n。！？", r) }) {
				if s = strings.TrimSpace(s); s != "" {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

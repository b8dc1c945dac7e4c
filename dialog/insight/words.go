package insight

import (
	"slices"
	"strings"
	"unicode"
)

// mostWords is how many keywords a conversation has.
const mostWords = 16

// gatherer gathers the keywords of what a customer says.
type gatherer struct {
	seen  map[string]bool
	words []string
}

func newGatherer() *gatherer { return &gatherer{seen: map[string]bool{}} }

func (g *gatherer) most(n int) []string { return g.words[:min(n, len(g.words))] }

func (g *gatherer) put(w string) {
	if !g.seen[w] && len(g.words) < 4*mostWords {
		g.seen[w] = true
		g.words = append(g.words, w)
	}
}

// add takes the keywords of a text: of Latin script the words that carry a subject, alone and
// two that stand together; of Han what stands between the words that carry none.
func (g *gatherer) add(text string) {
	for len(text) > 0 {
		i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if i < 0 {
			g.latin(text)
			return
		}
		g.latin(text[:i])
		text = text[i:]
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
		if end < 0 {
			end = len(text)
		}
		g.han([]rune(text[:end]))
		text = text[end:]
	}
}

// Lengths of what is taken for a word, in letters: longer runs are no language.
const (
	leastWord = 3
	mostWord  = 24
)

func (g *gatherer) latin(text string) {
	before := ""
	for len(text) > 0 {
		i := strings.IndexFunc(text, inWord)
		if i < 0 {
			return
		}
		if strings.Trim(text[:i], " ") != "" {
			before = "" // a clause ends
		}
		text = text[i:]
		end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
		if end < 0 {
			end = len(text)
		}
		w := singular(strings.ReplaceAll(strings.ToLower(text[:end]), "’", "'"))
		text = text[end:]
		if len(w) < leastWord || len(w) > mostWord || idleWords[w] || strings.ContainsFunc(w, unicode.IsDigit) {
			before = ""
			continue
		}
		if before != "" && before != w {
			g.put(before + " " + w)
		}
		g.put(w)
		before = w
	}
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsDigit(r) || r == '\'' || r == '’'
}

// singular makes one of many, so that both are counted as one word.
func singular(w string) string {
	w = strings.Trim(strings.TrimSuffix(w, "'s"), "'")
	if idleWords[w] {
		return w
	}
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 4 && (strings.HasSuffix(w, "sses") || strings.HasSuffix(w, "xes") || strings.HasSuffix(w, "ches") || strings.HasSuffix(w, "shes")):
		return w[:len(w)-2]
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:len(w)-1]
	}
	return w
}

// han splits a run of characters at those and at such words that carry no subject.
func (g *gatherer) han(run []rune) {
	var piece []rune
	flush := func() {
		g.piece(piece)
		piece = piece[:0]
	}
	for i := 0; i < len(run); {
		if n := idleHan(run[i:]); n > 0 {
			flush()
			i += n
			continue
		}
		piece = append(piece, run[i])
		i++
	}
	flush()
}

// piece puts what stands between: whole when it is short, else by twos, of which Chinese
// mostly makes its compounds.
func (g *gatherer) piece(p []rune) {
	switch n := len(p); {
	case n < 2:
	case n <= 3:
		g.put(string(p))
	case n == 4:
		g.put(string(p))
		g.put(string(p[:2]))
		g.put(string(p[2:]))
	default:
		for two := range slices.Chunk(p[:min(n-n%2, 8)], 2) {
			g.put(string(two))
		}
		if n%2 == 1 {
			g.put(string(p[n-2:]))
			g.put(string(p[n-3:]))
		}
	}
}

// longestIdle is the length of the longest of idlePhrases.
const longestIdle = 4

// idleHan is how many characters at the beginning carry no subject.
func idleHan(run []rune) int {
	for n := min(longestIdle, len(run)); n > 1; n-- {
		if idlePhrases[string(run[:n])] {
			return n
		}
	}
	if idleRunes[run[0]] {
		return 1
	}
	return 0
}

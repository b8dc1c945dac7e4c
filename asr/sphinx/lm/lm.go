// Package lm makes a language model of a company's own sentences, for a
// recogniser to mix with its general one: trigrams, smoothed after Witten and
// Bell (IEEE Trans. Inf. Theory 37(4), 1991), in ARPA form.
package lm

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
)

// maxSentence bounds a sentence, in words.
const maxSentence = 60

const (
	begin = "<s>"
	end   = "</s>"
)

// history is what comes before a word: two words, one, or none.
type history [2]string

type counts struct {
	next  map[string]int
	total int
}

// Words are the words of a sentence as a recogniser's dictionary has them.
func Words(sentence string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(sentence, "’", "'")), func(r rune) bool {
		return !unicode.Is(unicode.Latin, r) && r != '\''
	})
}

// Write makes the model of sentences. Words that are no Latin letters are left out.
func Write(w io.Writer, sentences []string) error {
	orders := [3]map[history]*counts{{}, {}, {}}
	add := func(order int, h history, word string) {
		c := orders[order][h]
		if c == nil {
			c = &counts{next: map[string]int{}}
			orders[order][h] = c
		}
		c.next[word]++
		c.total++
	}
	n := 0
	for _, s := range sentences {
		words := Words(s)
		if len(words) == 0 || len(words) > maxSentence {
			continue
		}
		n++
		words = append(append([]string{begin}, words...), end)
		for i, word := range words {
			if i > 0 {
				add(0, history{}, word)
				add(1, history{words[i-1]}, word)
			}
			if i > 1 {
				add(2, history{words[i-2], words[i-1]}, word)
			}
		}
	}
	if n == 0 {
		return fmt.Errorf("lm: no sentence in %d", len(sentences))
	}
	m := &model{orders: orders}
	return m.write(w)
}

type model struct{ orders [3]map[history]*counts }

// p is the probability of a word after a history of order words.
func (m *model) p(order int, h history, word string) float64 {
	if order < 0 {
		return 1 / float64(len(m.orders[0][history{}].next)+1)
	}
	c := m.orders[order][h]
	lower := m.p(order-1, shorter(order, h), word)
	if c == nil {
		return lower
	}
	kinds := float64(len(c.next))
	return (float64(c.next[word]) + kinds*lower) / (float64(c.total) + kinds)
}

// shorter forgets the oldest word of a history.
func shorter(order int, h history) history {
	if order == 2 {
		return history{h[1]}
	}
	return history{}
}

// backoff is the weight of the lower order after a history.
func (m *model) backoff(order int, h history) float64 {
	c := m.orders[order][h]
	if c == nil {
		return 0
	}
	have, below := 0.0, 0.0
	for word := range c.next {
		have += m.p(order, h, word)
		below += m.p(order-1, shorter(order, h), word)
	}
	if have >= 1 || below >= 1 {
		return 0
	}
	return math.Log10((1 - have) / (1 - below))
}

func (m *model) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	vocabulary := []string{begin}
	for word := range m.orders[0][history{}].next {
		vocabulary = append(vocabulary, word)
	}
	slices.Sort(vocabulary)
	var grams [3][]string
	for _, word := range vocabulary {
		p := -99.0
		if word != begin {
			p = math.Log10(m.p(0, history{}, word))
		}
		grams[0] = append(grams[0], fmt.Sprintf("%.4f %s %.4f", p, word, m.backoff(1, history{word})))
	}
	for order := 1; order <= 2; order++ {
		for h, c := range m.orders[order] {
			before := strings.TrimSpace(h[0] + " " + h[1])
			for word := range c.next {
				line := fmt.Sprintf("%.4f %s %s", math.Log10(m.p(order, h, word)), before, word)
				if order == 1 {
					line += fmt.Sprintf(" %.4f", m.backoff(2, history{h[0], word}))
				}
				grams[order] = append(grams[order], line)
			}
		}
		slices.SortFunc(grams[order], func(a, b string) int {
			return strings.Compare(a[strings.IndexByte(a, ' '):], b[strings.IndexByte(b, ' '):])
		})
	}
	fmt.Fprintf(w, "\\data\\\nngram 1=%d\nngram 2=%d\nngram 3=%d\n", len(grams[0]), len(grams[1]), len(grams[2]))
	for i, lines := range grams {
		fmt.Fprintf(w, "\n\\%d-grams:\n", i+1)
		for _, l := range lines {
			fmt.Fprintln(w, l)
		}
	}
	fmt.Fprint(w, "\n\\end\\\n")
	return w.Flush()
}

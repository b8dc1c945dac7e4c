package rag

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A name is a part of a title as a whole: the product, the place, the person that
// passages are about. Who says it in full means it, so it is a term of its own.

// maxName is how many words or Han characters a name may have.
const maxName = 24

// namer finds names in texts.
type namer struct {
	sums  []uint64 // of the units up to each
	power [maxName + 1]uint64
	han   []int // Han characters up to each unit
}

const namePrime = 0x9E3779B97F4A7C55

func newNamer() *namer {
	n := &namer{}
	n.power[0] = 1
	for i := range maxName {
		n.power[i+1] = n.power[i] * namePrime
	}
	return n
}

// read takes a text's words and Han characters.
func (n *namer) read(text string) {
	n.sums, n.han = append(n.sums[:0], 0), append(n.han[:0], 0)
	unit := func(h uint64, han int) {
		last := len(n.sums) - 1
		n.sums = append(n.sums, n.sums[last]*namePrime+h)
		n.han = append(n.han, n.han[last]+han)
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case unicode.Is(unicode.Han, r):
			unit(stir(uint64(r)), 1)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			size = runEnd(text, func(r rune) bool { return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r) })
			unit(hash(strings.ToLower(text[:size])), 0)
		}
		text = text[size:]
	}
}

// name is the term of the units from i to j, 0 when they are too few to be a name.
func (n *namer) name(i, j int) term {
	if k := j - i; k < 2 || k > maxName || k < 3 && n.han[j] > n.han[i] {
		return 0
	}
	return term(stir(n.sums[j]-n.sums[i]*n.power[j-i])<<3) | kindName
}

func (n *namer) len() int { return len(n.sums) - 1 }

// named calls emit with the name and the length of each part of a title.
func (n *namer) named(title string, emit func(t term, units int)) {
	for len(title) > 0 {
		part := title
		if i := strings.IndexAny(title, "›:："); i >= 0 {
			_, size := utf8.DecodeRuneInString(title[i:])
			part, title = title[:i], title[i+size:]
		} else {
			title = ""
		}
		n.read(part)
		if t := n.name(0, n.len()); t != 0 {
			emit(t, n.len())
		}
	}
}

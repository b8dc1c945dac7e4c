// Package english gives the stems of English words (Snowball's), and keeps those of the words
// that come again and again.
package english

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	snowball "github.com/kljensen/snowball/english"
)

// Limits of what is kept: about 2 MB.
const (
	places  = 1 << 14
	longest = 40 // bytes of a word; longer ones are no language
)

type pair struct{ word, stem string }

// table has one place for all words of one hash: the last that came is there.
type table struct {
	seed  maphash.Seed
	place [places]atomic.Pointer[pair]
}

var kept = table{seed: maphash.MakeSeed()}

// Stem is the stem of a word in lower case, stop words included.
func Stem(word string) string {
	if len(word) > longest {
		return snowball.Stem(word, false)
	}
	p := &kept.place[maphash.String(kept.seed, word)%places]
	if at := p.Load(); at != nil && at.word == word {
		return at.stem
	}
	word = strings.Clone(word) // it may be a part of a long text
	s := snowball.Stem(word, false)
	p.Store(&pair{word, s})
	return s
}

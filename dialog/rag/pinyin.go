package rag

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// A syllable is a Mandarin syllable without its tone, where what recognisers and
// speakers of the south confuse is one: z and zh, c and ch, s and sh, n and l, f
// and h, in and ing, en and eng, an and ang. 0 is none.
type syllable uint16

// sounds remembers the syllable of each character that was asked for: two bytes
// a character in place of a second copy of the dictionary.
var sounds struct {
	sync.RWMutex
	of    map[rune]syllable
	names map[string]syllable
}

func soundOf(r rune) syllable {
	sounds.RLock()
	s, ok := sounds.of[r]
	sounds.RUnlock()
	if ok {
		return s
	}
	name := fuzzy(pinyin.PinyinDict[int(r)])
	sounds.Lock()
	defer sounds.Unlock()
	if sounds.of == nil {
		sounds.of, sounds.names = map[rune]syllable{}, map[string]syllable{}
	}
	if name != "" {
		if s = sounds.names[name]; s == 0 {
			s = syllable(len(sounds.names) + 1)
			sounds.names[name] = s
		}
	}
	sounds.of[r] = s
	return s
}

// fuzzy takes the first of the readings "zhōng,zhòng" to "zon".
func fuzzy(readings string) string {
	first, _, _ := strings.Cut(readings, ",")
	var b strings.Builder
	for _, r := range norm.NFD.String(first) {
		switch {
		case r == 'ü' || r == 'v':
			b.WriteByte('u')
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		}
	}
	s := b.String()
	for _, p := range [...][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"l", "n"}, {"f", "h"}} {
		if strings.HasPrefix(s, p[0]) {
			s = p[1] + s[len(p[0]):]
			break
		}
	}
	if strings.HasSuffix(s, "ng") && !strings.HasSuffix(s, "ong") {
		s = s[:len(s)-1]
	}
	return s
}

// SoundOf is a number that characters share when recognisers confuse them, 0
// when the character has no Mandarin reading.
func SoundOf(r rune) uint16 { return uint16(soundOf(r)) }

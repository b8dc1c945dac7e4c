// Package normal makes text speakable: numbers, money, dates, times, phone
// numbers, units, addresses, abbreviations, Markdown and emoji become words, in
// English and Chinese, and every word remembers which bytes it was made from.
//
// It knows nothing of voices or audio.
package normal

import (
	"sort"
	"strings"

	"parley/tts"
)

// Text is what a voice is to say, and the way back to what was written.
type Text struct {
	Spoken string // valid UTF-8, letters and plain punctuation, spaces single
	Len    int    // bytes of the text it was made from
	units  []unit
}

// unit joins a stretch of Spoken with the bytes it stands for. Units cover both
// sides without gaps, in order. A literal unit is the same on both sides, byte
// for byte; another is all or nothing.
type unit struct {
	at, n       int // of Spoken
	src, srcLen int
	literal     bool
	closing     bool // silent, and belongs to what is before it: a closing ** or ](url)
}

// Source is the part of the written text that Spoken[start:end] stands for. A
// unit that is not wholly inside, such as half a number, is left out at its end
// and taken in at its start, so that what was not heard is not counted as heard.
// It grows with end and stays in bounds whatever is asked.
func (t Text) Source(start, end int) tts.Span {
	end = min(max(end, 0), len(t.Spoken))
	start = min(max(start, 0), end)
	if end == len(t.Spoken) {
		return tts.Span{Start: min(t.first(start), t.Len), End: t.Len}
	}
	s := tts.Span{Start: t.first(start)}
	s.End = max(t.last(end), s.Start)
	return s
}

// first is where the source of Spoken[at] begins.
func (t Text) first(at int) int {
	if at == 0 {
		return 0
	}
	i := sort.Search(len(t.units), func(i int) bool { u := t.units[i]; return u.at+u.n > at })
	if i == len(t.units) {
		return t.Len
	}
	if u := t.units[i]; u.literal {
		return u.src + at - u.at
	}
	return t.units[i].src
}

// last is where the source of what was wholly said before Spoken[end] ends,
// with the closing markup right after it.
func (t Text) last(end int) int {
	if end == 0 {
		return 0
	}
	i := sort.Search(len(t.units), func(i int) bool { u := t.units[i]; return u.at+u.n >= end && u.n > 0 || u.at >= end })
	if i == len(t.units) {
		return t.Len
	}
	u := t.units[i]
	if u.at+u.n > end {
		if u.literal {
			return u.src + end - u.at
		}
		return u.src
	}
	stop := u.src + u.srcLen
	for i++; i < len(t.units) && t.units[i].n == 0 && t.units[i].closing; i++ {
		stop = t.units[i].src + t.units[i].srcLen
	}
	return stop
}

// builder makes a Text from left to right. What was skipped in the source
// becomes a silent unit.
type builder struct {
	src   string
	out   strings.Builder
	pos   int // source bytes accounted for
	units []unit
}

// add says that src[from:to] is spoken as s. Bytes between the last add and
// from are silent.
func (b *builder) add(from, to int, s string) {
	b.silence(from, false)
	if to <= b.pos {
		return
	}
	literal := s == b.src[b.pos:to]
	u := unit{at: b.out.Len(), n: len(s), src: b.pos, srcLen: to - b.pos, literal: literal}
	b.out.WriteString(s)
	b.pos = to
	if k := len(b.units) - 1; literal && k >= 0 && b.units[k].literal {
		b.units[k].n += u.n
		b.units[k].srcLen += u.srcLen
		return
	}
	b.units = append(b.units, u)
}

// silence says that nothing is spoken up to to.
func (b *builder) silence(to int, closing bool) {
	if to > b.pos {
		b.units = append(b.units, unit{at: b.out.Len(), src: b.pos, srcLen: to - b.pos, closing: closing})
		b.pos = to
	}
}

func (b *builder) text() Text {
	b.silence(len(b.src), true)
	return Text{Spoken: b.out.String(), Len: len(b.src), units: b.units}
}

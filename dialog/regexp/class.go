package regexp

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// classes part the runes by what the pattern tells apart.
type classes struct {
	n     int    // with the end of the text
	from  []rune // where ranges begin, the first at 0
	class []uint16
	ascii [utf8.RuneSelf]uint16
	like  []rune // a rune of each class
}

// ending is the class of the end of the text.
const ending = 0

// kind is a rune that assertions do not tell from r.
func kind(r rune) rune {
	switch {
	case r == '\n':
		return '\n'
	case syntax.IsWordChar(r):
		return 'a'
	}
	return ' '
}

func classesOf(prog *syntax.Prog) *classes {
	// Places that ask for the same runes are one question.
	var asks []*syntax.Inst
	known := map[string]bool{}
	edges := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1}
	for i := range prog.Inst {
		in := &prog.Inst[i]
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1:
		default:
			continue // "any" and "any but the end of a line" ask for no edge that is not there
		}
		key := binary.AppendUvarint(nil, uint64(in.Arg))
		for _, r := range in.Rune {
			key = binary.AppendUvarint(key, uint64(r))
		}
		if known[string(key)] {
			continue
		}
		known[string(key)] = true
		asks = append(asks, in)
		edges = appendEdges(edges, in)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)

	c := &classes{n: 1, from: edges, class: make([]uint16, len(edges)), like: []rune{-1}}
	ids := map[string]uint16{}
	for i, r := range edges {
		answers := make([]byte, 0, len(asks)/8+2)
		answers = append(answers, byte(kind(r)))
		for j, in := range asks {
			if j%8 == 0 {
				answers = append(answers, 0)
			}
			if in.MatchRune(r) {
				answers[len(answers)-1] |= 1 << (j % 8)
			}
		}
		id, ok := ids[string(answers)]
		if !ok {
			id = uint16(c.n)
			ids[string(answers)] = id
			c.like = append(c.like, r)
			c.n++
		}
		c.class[i] = id
	}
	for r := range rune(utf8.RuneSelf) {
		c.ascii[r] = c.of(r)
	}
	return c
}

// appendEdges adds where the answer to in changes.
func appendEdges(edges []rune, in *syntax.Inst) []rune {
	if len(in.Rune) == 1 { // one letter, in any case or as it is
		r := in.Rune[0]
		edges = append(edges, r, r+1)
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				edges = append(edges, f, f+1)
			}
		}
		return edges
	}
	for i := 0; i+1 < len(in.Rune); i += 2 {
		edges = append(edges, in.Rune[i], in.Rune[i+1]+1)
	}
	return edges
}

// of is the class of a rune.
func (c *classes) of(r rune) uint16 {
	lo, hi := 0, len(c.from) // from[lo] <= r < from[hi]
	for hi-lo > 1 {
		if m := (lo + hi) / 2; c.from[m] <= r {
			lo = m
		} else {
			hi = m
		}
	}
	return c.class[lo]
}

package read

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// grid is a table that was found on a page.
type grid struct {
	box
	rows    [][]string
	written bool
}

type grids []*grid

// at is the table that a line stands in; nil: none.
func (g grids) at(b box) *grid {
	y := (b.y0 + b.y1) / 2
	for _, t := range g {
		if y >= t.y0 && y <= t.y1 && b.x1 > t.x0-1 && b.x0 < t.x1+1 {
			return t
		}
	}
	return nil
}

// row is what stands side by side.
type row struct {
	box
	cells []pdfLine
}

// tablesOf finds what stands in rows and columns: three rows and more whose cells begin
// or end below one another. Text in two columns has longer lines than cells have.
func tablesOf(p pdfPage) (out grids) {
	rs := rowsOf(p)
	for i := 0; i < len(rs); {
		n := run(rs[i:])
		if n >= 3 {
			if t := gridOf(rs[i : i+n]); t != nil {
				out = append(out, t)
			}
		}
		i += max(n, 1)
	}
	return out
}

// rowsOf sets a page's words in rows, and cuts those where wide gaps are.
func rowsOf(p pdfPage) (out []row) {
	var ws []pdfWord
	for _, b := range p.blocks {
		for _, l := range b {
			ws = append(ws, l.words...)
		}
	}
	slices.SortFunc(ws, byPlace)
	for len(ws) > 0 {
		first := ws[0]
		mid := (first.y0 + first.y1) / 2
		n := 0
		for n < len(ws) && ws[n].y0 < mid {
			n++
		}
		here := slices.Clone(ws[:n])
		ws = ws[n:]
		slices.SortFunc(here, func(a, b pdfWord) int { return cmp.Compare(a.x0, b.x0) })
		r := row{box: first.box}
		for _, w := range here {
			r.box = r.box.with(w.box)
			last := len(r.cells) - 1
			if last < 0 || w.x0-r.cells[last].x1 > 0.9*first.height() {
				r.cells = append(r.cells, pdfLine{box: w.box, words: []pdfWord{w}})
				continue
			}
			c := &r.cells[last]
			c.box, c.words = c.box.with(w.box), append(c.words, w)
		}
		out = append(out, r)
	}
	return out
}

// run is how many rows from the first on may be one table.
func run(rs []row) int {
	if len(rs[0].cells) < 2 {
		return 0
	}
	n, full := 1, 1
	for ; n < len(rs); n++ {
		r, before := rs[n], rs[n-1]
		if r.y0-before.y1 > 2.5*before.height() || !below(rs[0], r) {
			break
		}
		if len(r.cells) >= 2 {
			full++
		} else if r.y0-before.y1 > 0.8*before.height() {
			break // one cell, further down: text after the table
		}
	}
	if full < 3 {
		return 0
	}
	return n
}

// below reports whether each cell of r begins, ends or is centred where one of the head is.
func below(head, r row) bool {
	if len(r.cells) > len(head.cells) {
		return false
	}
	for _, c := range r.cells {
		if column(head, c) < 0 {
			return false
		}
	}
	return true
}

func column(head row, c pdfLine) int {
	em := max(head.height(), 6)
	for i, h := range head.cells {
		if math.Abs(c.x0-h.x0) < em || math.Abs(c.x1-h.x1) < em || math.Abs(c.x0+c.x1-h.x0-h.x1) < em {
			return i
		}
	}
	return -1
}

// gridOf makes a table of rows; nil: their cells are too long, it is text.
func gridOf(rs []row) *grid {
	t := &grid{box: rs[0].box}
	chars, cells := 0, 0
	for _, r := range rs {
		t.box = t.box.with(r.box)
		texts := make([]string, len(rs[0].cells))
		for _, c := range r.cells {
			at := column(rs[0], c)
			text := c.text()
			chars += utf8.RuneCountInString(text)
			cells++
			texts[at] = strings.TrimSpace(texts[at] + " " + text)
		}
		if len(r.cells) < len(rs[0].cells) && texts[0] == "" && len(t.rows) > 1 { // goes on from above
			last := t.rows[len(t.rows)-1]
			for i, s := range texts {
				last[i] = strings.TrimSpace(last[i] + " " + s)
			}
			continue
		}
		t.rows = append(t.rows, texts)
	}
	if most := 30; chars > most*cells || len(t.rows) < 2 {
		return nil
	}
	return t
}

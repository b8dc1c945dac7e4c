package read

import (
	"cmp"
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

// tablesOf finds what stands in rows and columns: three rows and more whose cells leave
// gaps below one another. Text in two columns has longer lines than cells have.
func tablesOf(p pdfPage) (out grids) {
	rs := rowsOf(p)
	for i := 0; i < len(rs); {
		t, n := gridOf(rs[i:])
		if t != nil {
			out = append(out, t)
		}
		i += n
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
		n := 1
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
			if last < 0 || w.x0-r.cells[last].x1 > 0.6*min(w.height(), r.cells[last].height()) {
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

// columns are where a table's cells stand, from the left.
type columns []box

// place gives the column of each cell of a row, and makes room for them; false: they do
// not stand in these columns.
func (cs columns) place(r row) (at []int, ok bool) {
	at = make([]int, len(r.cells))
	switch {
	case len(r.cells) == len(cs): // in their order, as long as a gap stays
		for i, c := range r.cells {
			at[i] = i
			if w := cs[i].with(c.box); i+1 < len(cs) && w.x1 >= min(cs[i+1].x0, r.cells[i+1].x0) || i > 0 && w.x0 <= max(cs[i-1].x1, r.cells[i-1].x1) {
				return nil, false
			}
		}
	case len(r.cells) < len(cs):
		for i, c := range r.cells {
			if at[i] = cs.under(c.box); at[i] < 0 || i > 0 && at[i] <= at[i-1] {
				return nil, false
			}
		}
	default:
		return nil, false
	}
	for i, c := range r.cells {
		cs[at[i]] = cs[at[i]].with(c.box)
	}
	return at, true
}

// under is the one column that something stands in; below 0: none, or several.
func (cs columns) under(b box) int {
	at := -1
	for i, c := range cs {
		if b.x0 < c.x1 && b.x1 > c.x0 {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// mostCell is how many characters the cells of a table have on average, at most.
const mostCell = 30

// gridOf makes a table of the rows that begin rs; nil: there is none. n is how many
// rows were looked at, 1 and more.
func gridOf(rs []row) (t *grid, n int) {
	first := rs[0]
	if len(first.cells) < 2 {
		return nil, 1
	}
	cs := columns{}
	for _, c := range first.cells {
		cs = append(cs, c.box)
	}
	t = &grid{box: first.box}
	full, chars, cells := 0, 0, 0
	for n < len(rs) {
		r := rs[n]
		if n > 0 && r.y0-rs[n-1].y1 > 2.5*rs[n-1].height() {
			break
		}
		at, ok := cs.place(r)
		if !ok || len(r.cells) == 1 && (at[0] == 0 || r.y0-rs[n-1].y1 > 0.8*r.height()) {
			break // text after the table
		}
		texts := make([]string, len(cs))
		for i, c := range r.cells {
			texts[at[i]] = c.text()
			chars += utf8.RuneCountInString(texts[at[i]])
			cells++
		}
		if t.box = t.box.with(r.box); len(r.cells) > 1 && texts[0] != "" || len(t.rows) == 0 {
			full++
			t.rows = append(t.rows, texts)
		} else { // goes on from above
			last := t.rows[len(t.rows)-1]
			for i, s := range texts {
				last[i] = strings.TrimSpace(last[i] + " " + s)
			}
		}
		n++
	}
	if full < 3 || chars > mostCell*cells {
		return nil, max(n, 1)
	}
	return t, n
}

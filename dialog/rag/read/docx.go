package read

import (
	"context"
	"regexp"
	"strconv"
	"strings"
)

// docx reads a document of Word: headings by their styles, lists, tables, pages as the
// program that wrote it broke them. What was deleted, hidden or commented is left out.
func docx(ctx context.Context, _ string, b []byte, l Limits) (Result, error) {
	p, err := unpack(b, l)
	if err != nil {
		return Result{}, err
	}
	root, err := p.part("word/document.xml")
	if err != nil {
		return Result{}, err
	}
	d := &word{page: 1, pages: strings.Contains(string(first(p.get("word/document.xml"))), "lastRenderedPageBreak")}
	if d.levels, err = styles(p); err != nil {
		return Result{}, err
	}
	if d.pages {
		d.out.WriteString(Page(1) + "\n")
	}
	d.blocks(root.kid("document", "body"))
	r := Result{Text: d.out.String(), Title: p.titled()}
	if d.pages {
		r.Pages = d.page
	}
	return r, ctx.Err()
}

func first(b []byte, _ error) []byte { return b }

// word writes a document as Markdown.
type word struct {
	out    strings.Builder
	levels map[string]int // of headings, by style
	page   int
	pages  bool // the file tells where its pages begin
	turned int  // pages that began inside the paragraph
}

var headingName = regexp.MustCompile(`(?i)^(heading|标题|überschrift|titre|título) ?([1-9])$`)

// styles gives the levels of the styles that are headings.
func styles(p *packed) (map[string]int, error) {
	out := map[string]int{}
	b, err := p.get("word/styles.xml")
	if err != nil || b == nil {
		return out, err
	}
	root, err := parse(b)
	if err != nil {
		return nil, err
	}
	based := map[string]string{}
	root.each("style", func(n *node) {
		id, name := n.get("styleId"), n.kid("name").get("val")
		based[id] = n.kid("basedOn").get("val")
		if m := headingName.FindStringSubmatch(name); m != nil {
			out[id], _ = strconv.Atoi(m[2])
		} else if strings.EqualFold(name, "title") {
			out[id] = 1
		} else if v := n.kid("pPr", "outlineLvl").get("val"); v != "" {
			if lvl, err := strconv.Atoi(v); err == nil && lvl >= 0 && lvl < 9 {
				out[id] = lvl + 1
			}
		}
	})
	for id := range based { // a style based on a heading is one
		for at, steps := id, 0; at != "" && steps < 10; at, steps = based[at], steps+1 {
			if lvl := out[at]; lvl > 0 {
				out[id] = lvl
				break
			}
		}
	}
	return out, nil
}

func (d *word) blocks(n *node) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		switch k.name {
		case "p":
			d.paragraph(k)
		case "tbl":
			d.table(k)
		case "del", "moveFrom":
		default: // contents of controls, insertions, boxes
			d.blocks(k)
		}
	}
}

func (d *word) paragraph(n *node) {
	d.turned = 0
	text := strings.TrimSpace(d.inline(n))
	before := d.turned > 0 && (d.breaksFirst(n) || text == "")
	if before {
		d.turn()
	}
	if text != "" {
		level := d.level(n)
		switch {
		case level > 0:
			d.out.WriteString("\n" + strings.Repeat("#", min(level, 6)) + " " + oneLine(text) + "\n\n")
		case n.kid("pPr", "numPr") != nil && n.kid("pPr", "numPr", "numId").get("val") != "0":
			d.out.WriteString("- " + oneLine(text) + "\n")
		default:
			d.out.WriteString("\n" + plainLines(text) + "\n")
		}
	}
	if !before {
		d.turn()
	}
}

// turn writes the mark of the pages that began.
func (d *word) turn() {
	if d.turned > 0 && d.pages {
		d.page += d.turned
		d.out.WriteString("\n" + Page(d.page) + "\n")
	}
	d.turned = 0
}

// breaksFirst reports whether a paragraph begins with a page's break.
func (d *word) breaksFirst(n *node) bool {
	for _, r := range n.kids {
		if r.name != "r" {
			continue
		}
		for _, k := range r.kids {
			switch k.name {
			case "lastRenderedPageBreak":
				return true
			case "t":
				return false
			}
		}
	}
	return false
}

func (d *word) level(n *node) int {
	p := n.kid("pPr")
	if v := p.kid("outlineLvl").get("val"); v != "" {
		if lvl, err := strconv.Atoi(v); err == nil && lvl >= 0 && lvl < 9 {
			return lvl + 1
		}
	}
	return d.levels[p.kid("pStyle").get("val")]
}

// inline is a paragraph's text.
func (d *word) inline(n *node) string {
	var b strings.Builder
	for _, k := range n.kids {
		switch k.name {
		case "t":
			b.WriteString(k.chars)
		case "tab":
			b.WriteByte(' ')
		case "br", "cr":
			b.WriteByte('\n')
		case "noBreakHyphen":
			b.WriteByte('-')
		case "lastRenderedPageBreak":
			d.turned++
		case "del", "moveFrom", "pPr", "instrText", "Fallback", "delText", "rPr", "footnoteReference", "commentReference":
		case "r":
			if v := k.kid("rPr", "vanish"); v != nil && v.get("val") != "0" && v.get("val") != "false" {
				continue
			}
			b.WriteString(d.inline(k))
		case "p": // in a box
			b.WriteString("\n" + d.inline(k) + "\n")
		default:
			b.WriteString(d.inline(k))
		}
	}
	return b.String()
}

func (d *word) table(n *node) {
	var rows [][]string
	for _, tr := range n.kids {
		if tr.name != "tr" {
			continue
		}
		var row []string
		for _, tc := range tr.kids {
			if tc.name != "tc" {
				continue
			}
			cell := strings.TrimSpace(d.cell(tc))
			if m := tc.kid("tcPr", "vMerge"); m != nil && m.get("val") != "restart" && len(rows) > 0 && len(row) < len(rows[len(rows)-1]) {
				cell = rows[len(rows)-1][len(row)] // goes on from above
			}
			row = append(row, cell)
			if span, err := strconv.Atoi(tc.kid("tcPr", "gridSpan").get("val")); err == nil {
				for range min(span, 64) - 1 {
					row = append(row, "")
				}
			}
		}
		rows = append(rows, row)
	}
	table(&d.out, rows, 2)
	d.turn()
}

// cell is a cell's text, that of tables inside it too.
func (d *word) cell(n *node) string {
	var b strings.Builder
	for _, k := range n.kids {
		switch k.name {
		case "p":
			b.WriteString(d.inline(k) + "\n")
		case "del", "moveFrom", "tcPr", "tblPr", "trPr":
		default:
			b.WriteString(d.cell(k))
		}
	}
	return b.String()
}

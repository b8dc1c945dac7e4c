package read

import (
	"context"
	"fmt"
	"strings"
)

// pptx reads slides in their order, each as a page under its title, with its tables and
// the speaker's notes. Hidden slides are left out.
func pptx(ctx context.Context, _ string, b []byte, l Limits) (Result, error) {
	p, err := unpack(b, l)
	if err != nil {
		return Result{}, err
	}
	const main = "ppt/presentation.xml"
	root, err := p.part(main)
	if err != nil {
		return Result{}, err
	}
	rel, err := p.relations(main)
	if err != nil {
		return Result{}, err
	}
	var slides []string
	root.each("sldId", func(n *node) {
		for _, a := range n.attr {
			if a.Name.Local == "id" && rel[a.Value] != "" {
				slides = append(slides, rel[a.Value])
			}
		}
	})
	if len(slides) > l.Pages {
		return Result{}, fmt.Errorf("%w: it has %d slides, at most %d are read", ErrLimit, len(slides), l.Pages)
	}
	var out strings.Builder
	for i, name := range slides {
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		if err := slide(&out, p, name, i+1); err != nil {
			return Result{}, err
		}
	}
	return Result{Text: out.String(), Title: p.titled(), Pages: len(slides)}, nil
}

func slide(out *strings.Builder, p *packed, name string, n int) error {
	root, err := p.part(name)
	if err != nil {
		return err
	}
	if root.kid("sld").get("show") == "0" {
		return nil
	}
	out.WriteString("\n" + Page(n) + "\n")
	title, body := "", strings.Builder{}
	shapes(root, func(sp *node) {
		switch kind := sp.kid("nvSpPr", "nvPr", "ph").get("type"); kind {
		case "title", "ctrTitle":
			title = strings.TrimSpace(title + " " + oneLine(paragraphs(sp)))
		case "dt", "ftr", "sldNum", "hdr":
		default:
			body.WriteString("\n" + plainLines(paragraphs(sp)))
		}
	}, func(tbl *node) {
		var rows [][]string
		tbl.each("tr", func(tr *node) {
			var row []string
			tr.each("tc", func(tc *node) { row = append(row, paragraphs(tc)) })
			rows = append(rows, row)
		})
		table(&body, rows, 3)
	})
	if title != "" {
		out.WriteString("## " + title + "\n")
	}
	out.WriteString(body.String())
	rel, err := p.relations(name)
	if err != nil {
		return err
	}
	for _, target := range rel {
		if !strings.Contains(target, "notesSlides/") {
			continue
		}
		notes, err := p.part(target)
		if err != nil {
			return err
		}
		shapes(notes, func(sp *node) {
			if sp.kid("nvSpPr", "nvPr", "ph").get("type") == "body" {
				out.WriteString("\n" + plainLines(paragraphs(sp)))
			}
		}, func(*node) {})
	}
	return nil
}

// shapes calls the functions for each shape with text and each table, in their order.
func shapes(n *node, shape, tbl func(*node)) {
	for _, k := range n.kids {
		switch k.name {
		case "sp":
			shape(k)
		case "tbl":
			tbl(k)
		case "Fallback":
		default:
			shapes(k, shape, tbl)
		}
	}
}

// paragraphs is a shape's text, a line for each paragraph.
func paragraphs(n *node) string {
	var b strings.Builder
	n.each("p", func(p *node) {
		for _, r := range p.kids {
			switch r.name {
			case "r", "fld":
				b.WriteString(r.kid("t").text())
			case "br":
				b.WriteByte('\n')
			}
		}
		b.WriteByte('\n')
	})
	return b.String()
}

func (n *node) text() string {
	if n == nil {
		return ""
	}
	return n.chars
}

package read

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// small limits, so that what is slow is found.
var small = Limits{Text: 1 << 20, Unpacked: 4 << 20, Cells: 100_000}.filled()

func proper(t *testing.T, r Result, err error) {
	if err == nil && !utf8.ValidString(r.Text) {
		t.Errorf("no UTF-8: %q", r.Text)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.txt", []byte("第一章 x\n\ny"))
	f.Add("a.md", []byte("---\ntitle: x\n---\na\n===\n\nb\n---\n"))
	f.Add("a.csv", []byte("a,b\n1,\"2\n3\"\n"))
	f.Add("a.html", []byte("<html><body><dl><dt>a?</dt></dl><table><tr><td>x"))
	f.Add("a", []byte{0xff, 0xfe, 'a', 0, 'b'})
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if strings.Contains(string(b[:min(len(b), 1024)]), "%PDF-") {
			return // a child's business
		}
		r, err := Read(t.Context(), name, b, small)
		proper(t, r, err)
	})
}

func FuzzWord(f *testing.F) {
	f.Add(para("a1", "x") + wordTable([]string{"a", "b"}, []string{"c"}))
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>`)
	f.Fuzz(func(t *testing.T, body string) {
		r, err := docx(t.Context(), "", docxOf(t, body), small)
		proper(t, r, err)
	})
}

func FuzzSlides(f *testing.F) {
	f.Add(`<p:sld><p:sp><p:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`, `<Relationship Id="r1" Target="../../x"/>`)
	f.Fuzz(func(t *testing.T, slide, rel string) {
		b := zipped(t, "ppt/presentation.xml", `<p:presentation><p:sldId r:id="r1"/></p:presentation>`,
			"ppt/_rels/presentation.xml.rels", `<R><Relationship Id="r1" Target="s.xml"/></R>`, "ppt/s.xml", slide, "ppt/_rels/s.xml.rels", `<R>`+rel+`</R>`)
		r, err := pptx(t.Context(), "", b, small)
		proper(t, r, err)
	})
}

func FuzzLayout(f *testing.F) {
	f.Add("<page width=\"1\" height=\"2\">\n<block xMin=\"0\">\n<line xMin=\"0\" yMin=\"1\" xMax=\"5\" yMax=\"6\">\n<word xMin=\"0\" yMin=\"1\" xMax=\"5\" yMax=\"6\">a&amp;b</word>\n")
	f.Add("<page >\n<block >\n<line >\n<word xMin=\"NaN\" yMax=\"1e999\">x</word>\n<word >-</word>\n")
	f.Fuzz(func(t *testing.T, s string) { _ = flow(laidOut(s)) })
}

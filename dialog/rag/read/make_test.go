package read

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// zipped packs files; pairs of name and content.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const wordStyles = `<w:styles xmlns:w="w"><w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="b2"><w:name w:val="标题 2"/></w:style>` +
	`<w:style w:styleId="mine"><w:name w:val="Mine"/><w:basedOn w:val="b2"/></w:style></w:styles>`

// docxOf is a document of Word with this body.
func docxOf(t testing.TB, body string) []byte {
	t.Helper()
	return zipped(t, "word/styles.xml", wordStyles, "word/document.xml",
		`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>`+body+`</w:body></w:document>`,
		"docProps/core.xml", `<c:coreProperties xmlns:c="c" xmlns:dc="dc"><dc:title>Service handbook</dc:title></c:coreProperties>`)
}

func para(style, text string) string {
	if style != "" {
		style = `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
	}
	return `<w:p>` + style + `<w:r><w:t>` + text + `</w:t></w:r></w:p>`
}

// wordTable is a table of Word.
func wordTable(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<w:tbl>")
	for _, r := range rows {
		b.WriteString("<w:tr>")
		for _, c := range r {
			b.WriteString("<w:tc>" + para("", c) + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	return b.String() + "</w:tbl>"
}

// xlsxOf is a workbook with a sheet of these rows.
func xlsxOf(t testing.TB, name string, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// at is text of a size at a place of a PDF's page, from its lower left corner.
type at struct {
	x, y, size float64
	text       string
}

// pdfOf is a PDF with these pages.
func pdfOf(pages ...[]at) []byte {
	var b bytes.Buffer
	var kids []string
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n")
	for i, p := range pages {
		var s strings.Builder
		for _, a := range p {
			text := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(a.text)
			fmt.Fprintf(&s, "BT /F %g Tf %g %g Td (%s) Tj ET\n", a.size, a.x, a.y, text)
		}
		page, stream := 10+2*i, 11+2*i
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
		fmt.Fprintf(&b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>endobj\n", page, stream)
		fmt.Fprintf(&b, "%d 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", stream, s.Len(), s.String())
	}
	fmt.Fprintf(&b, "2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\ntrailer<</Root 1 0 R>>\n", strings.Join(kids, " "), len(pages))
	return b.Bytes()
}

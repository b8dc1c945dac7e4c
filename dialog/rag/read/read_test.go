package read

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func must(t *testing.T, name string, b []byte, kind string, parts ...string) Result {
	t.Helper()
	r, err := Read(t.Context(), name, b, Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if r.Kind != kind {
		t.Errorf("%s was read as %s, not %s", name, r.Kind, kind)
	}
	rest := r.Text
	for _, p := range parts {
		i := strings.Index(rest, p)
		if i < 0 {
			t.Fatalf("%s: %q is not there, or not in this place:\n%s", name, p, r.Text)
		}
		rest = rest[i+len(p):]
	}
	return r
}

func TestWord(t *testing.T) {
	body := para("a1", "Returns") + para("mine", "退货期限") + para("", "三十天之内 &amp; 完整") +
		`<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>the receipt</w:t></w:r></w:p>` +
		`<w:p><w:r><w:lastRenderedPageBreak/><w:t>On the </w:t></w:r><w:ins><w:r><w:t>second page</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>` +
		`<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>` +
		wordTable([]string{"Model", "Price"}, []string{"Air", "$99"}, []string{"Pro|X", "$199"})
	r := must(t, "x.docx", docxOf(t, body), "docx", "<!-- page 1 -->", "# Returns\n", "## 退货期限\n", "三十天之内 & 完整", "- the receipt", "<!-- page 2 -->\n", "On the second page",
		"| Model | Price |\n| --- | --- |\n| Air | $99 |\n| Pro\\|X | $199 |")
	if r.Title != "Service handbook" || r.Pages != 2 {
		t.Errorf("title %q, %d pages", r.Title, r.Pages)
	}
	if strings.Contains(r.Text, "old") || strings.Contains(r.Text, "secret") {
		t.Error("what was deleted or hidden is told:", r.Text)
	}
}

func TestSlides(t *testing.T) {
	slide := func(show, title, text string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a"` + show + `><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>` + title +
			`</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`
	}
	b := zipped(t, "ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/><p:sldId id="258" r:id="r3"/></p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", `<Relationships><Relationship Id="r1" Target="slides/one.xml"/><Relationship Id="r2" Target="slides/two.xml"/><Relationship Id="r3" Target="/ppt/slides/three.xml"/></Relationships>`,
		"ppt/slides/one.xml", slide("", "Second", "comes later"), "ppt/slides/two.xml", slide("", "First", "comes first"), "ppt/slides/three.xml", slide(` show="0"`, "Hidden", "nobody sees"),
		"ppt/slides/_rels/two.xml.rels", `<Relationships><Relationship Id="n" Target="../notesSlides/n.xml"/></Relationships>`,
		"ppt/notesSlides/n.xml", `<p:notes xmlns:p="p" xmlns:a="a"><p:sp><p:nvSpPr><p:nvPr><p:ph type="body"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>said aloud</a:t></a:r></a:p></p:txBody></p:sp></p:notes>`)
	r := must(t, "x.pptx", b, "pptx", "<!-- page 1 -->", "## First", "comes first", "said aloud", "<!-- page 2 -->", "## Second", "comes later")
	if strings.Contains(r.Text, "Hidden") {
		t.Error("a hidden slide is told")
	}
}

func TestWorkbooks(t *testing.T) {
	must(t, "x.xlsx", xlsxOf(t, "Prices", []any{"Model", "Price"}, []any{"Air", 99}, []any{"Pro", 199.5}), "xlsx",
		"## Prices\n", "| Model | Price |\n| --- | --- |\n| Air | 99 |\n| Pro | 199.5 |")
	must(t, "faq.xlsx", xlsxOf(t, "常见问题", []any{"标准问题", "相似问题", "答案"}, []any{"怎么退货？", "如何退;想退货", "三十天内都可以。"}, []any{"发票", "", "在订单里下载。"}), "xlsx",
		"## 常见问题", "### 怎么退货？\n> 如何退\n> 想退货\n三十天内都可以。", "### 发票\n> 发票\n在订单里下载。")
}

func TestSeparatedValues(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("型号,价格\n耳机,￥799\n音箱,￥399\n"))
	if err != nil {
		t.Fatal(err)
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune("Model\tPrice\nAir\t99\nPro\t199\n")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"bom.csv":       {[]byte("\xef\xbb\xbfModel;Price\nAir;99,50\nPro;199,00\n"), "| Model | Price |\n| --- | --- |\n| Air | 99,50 |"},
		"gb.csv":        {gb, "| 型号 | 价格 |\n| --- | --- |\n| 耳机 | ￥799 |"},
		"utf16.csv":     {append([]byte{0xff, 0xfe}, wide...), "| Model | Price |\n| --- | --- |\n| Air | 99 |"},
		"sep.csv":       {[]byte("sep=|\nModel|Price\nAir|9\nPro|8\n"), "| Model | Price |\n| --- | --- |\n| Air | 9 |"},
		"quotes.csv":    {[]byte("Name,Text\nA,\"one, two\nthree\"\nB,x\n"), "| A | one, two three |"},
		"faq.csv":       {[]byte("Question,Answer,Similar questions\nDo you ship abroad?,Yes.,Can you send it to France|ship to Italy\n"), "## Do you ship abroad?\n> Can you send it to France\n> ship to Italy\nYes."},
		"noheader.csv":  {[]byte("1,2\n3,4\n"), "|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"},
		"no-name-at-al": {[]byte("Model;Price\nAir;99\nPro;199\n"), "| Model | Price |"},
	} {
		if name == "no-name-at-al" {
			continue // plain text without a name stays text
		}
		must(t, name, c.b, "csv", c.want)
	}
}

func TestPages(t *testing.T) {
	page := `<!doctype html><html><head><title>Shop &mdash; help</title><style>x{}</style></head><body><header><a href="/">Home</a></header><nav>menu <a href="/a">A</a></nav>
<div class="cookie-banner">We use cookies</div><main><h1>Help</h1><p>Parcels take <b>two days</b>.</p><blockquote>Note: not on Sundays.</blockquote>
<dl><dt>Can I return it?</dt><dd>Yes, within 30 days.</dd></dl><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>
<div aria-hidden="true">hidden</div><p style="display: none">gone</p></main><div id="sidebar">see also</div><footer>© 2026</footer><script>alert("x")</script></body></html>`
	r := must(t, "x.txt", []byte(page), "html", "# Help", "Parcels take **two days**", "Note: not on Sundays.", "### Can I return it?", "Yes, within 30 days.", "| A", "| 1")
	for _, no := range []string{"menu", "cookies", "hidden", "gone", "see also", "2026", "alert", "> Note"} {
		if strings.Contains(r.Text, no) {
			t.Errorf("%q is no text of the page:\n%s", no, r.Text)
		}
	}
	if r.Title != "Shop — help" {
		t.Errorf("title %q", r.Title)
	}
	gb, err := simplifiedchinese.GBK.NewEncoder().String(`<html><head><meta charset="gb2312"><title>帮助</title></head><body><p>七天之内可以退货。</p></body></html>`)
	if err != nil {
		t.Fatal(err)
	}
	must(t, "p.html", []byte(gb), "html", "七天之内可以退货。")
}

func TestPDF(t *testing.T) {
	var pages [][]at
	for i := range 4 {
		p := []at{{50, 810, 9, "Brightwood Audio - Confidential"}, {290, 20, 9, string(rune('1' + i))}}
		switch i {
		case 0:
			p = append(p, at{50, 760, 24, "Returns"}, at{50, 730, 16, "How long?"}, at{50, 700, 11, "You can return anything within 30 days of deliv-"}, at{50, 686, 11, "ery, as long as it is complete."})
		case 1:
			for r, cells := range [][3]string{{"Model", "Price", "Battery"}, {"Air", "$99", "6 hours"}, {"Studio", "$199", "30 hours"}, {"Mini", "$59", "12 hours"}} {
				for c, text := range cells {
					p = append(p, at{50 + 150*float64(c), 700 - 16*float64(r), 11, text})
				}
			}
		default:
			p = append(p, at{50, 700, 11, "Nothing special stands on this page, and it is plain text."})
		}
		pages = append(pages, p)
	}
	r := must(t, "report.doc", pdfOf(pages...), "pdf", "<!-- page 1 -->", "# Returns", "## How long?", "within 30 days of delivery, as long as it is complete.",
		"<!-- page 2 -->", "| Model | Price | Battery |\n| --- | --- | --- |\n| Air | $99 | 6 hours |", "<!-- page 3 -->")
	if strings.Contains(r.Text, "Confidential") || r.Pages != 4 {
		t.Errorf("%d pages; what stands on all is told:\n%s", r.Pages, r.Text)
	}
}

func TestTextAndMarkdown(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("第一章 退货\n\n自收到商品之日起三十天内，可以在我们的网站上申请退货。\n\n第二章 保修\n\n保修期是两年。\n")
	if err != nil {
		t.Fatal(err)
	}
	must(t, "a.txt", []byte(gb), "text", "## 第一章 退货", "自收到商品之日起三十天内，可以在我们的网站上申请退货。", "## 第二章 保修")
	must(t, "b.txt", []byte("Café — naïve r\xe9sum\xe9"[:0]+"Our caf\xe9 is open on Sundays, as you may expect."), "text", "Our café is open on Sundays")
	r := must(t, "c.md", []byte("---\ntitle: \"Help\"\n---\nReturns\n=======\n\nWithin 30 days.\n\n```\n# no heading\n```\n"), "markdown", "# Returns\n", "Within 30 days.", "# no heading")
	if r.Title != "Help" {
		t.Errorf("title %q", r.Title)
	}
}

func TestWrongExtensionsAndUnreadableFiles(t *testing.T) {
	must(t, "x.pdf", docxOf(t, para("", "really a document of Word")), "docx", "really a document of Word")
	must(t, "x.docx", []byte("just some text in here, no zip at all"), "text", "just some text")
	bomb := zipped(t, "word/document.xml", strings.Repeat("<!-- zeros -->", 4<<20))
	deep := docxOf(t, strings.Repeat("<w:x>", 5000)+strings.Repeat("</w:x>", 5000))
	entities := zipped(t, "word/document.xml", `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`)
	ok := pdfOf([]at{{50, 700, 12, "Hello there"}})
	for name, c := range map[string]struct {
		b    []byte
		want error
		says string
		l    Limits
	}{
		"empty":             {nil, ErrEmpty, "no bytes", Limits{}},
		"blank.txt":         {[]byte("  \n\n\t"), ErrEmpty, "no text", Limits{}},
		"bomb.docx":         {bomb, ErrLimit, "unpacked", Limits{}},
		"deep.docx":         {deep, ErrLimit, "deep", Limits{}},
		"entities.docx":     {entities, ErrDamaged, "entity", Limits{}},
		"cut.docx":          {docxOf(t, para("", "x"))[:200], ErrDamaged, "does not go on", Limits{}},
		"no-document.docx":  {zipped(t, "word/other.xml", "x"), ErrUnknown, "ZIP", Limits{}},
		"many.docx":         {zipped(t, "word/document.xml", "x", "a", "", "b", "", "c", ""), ErrLimit, "packs 4 files", Limits{Entries: 3}},
		"cut.pdf":           {[]byte("%PDF-1.4\n1 0 obj<</Type/Cat"), ErrDamaged, "PDF", Limits{}},
		"pages.pdf":         {pdfOf(nil, nil, nil), ErrLimit, "more than 2 pages", Limits{Pages: 2}},
		"picture.pdf":       {pdfOf(nil), ErrEmpty, "pictures", Limits{}},
		"memory.pdf":        {ok, ErrLimit, "memory", Limits{Memory: 4 << 20}},
		"large.txt":         {[]byte(strings.Repeat("word ", 1000)), ErrLimit, "at most 1.0 KB", Limits{Bytes: 1024}},
		"long.txt":          {[]byte(strings.Repeat("word ", 1000)), ErrLimit, "of text", Limits{Text: 1024}},
		"table.csv":         {[]byte("a,b\n" + strings.Repeat("1,2\n", 1000)), ErrLimit, "more than 100 cells", Limits{Cells: 100}},
		"table.xlsx":        {xlsxOf(t, "S", []any{1, 2, 3}, []any{4, 5, 6}, []any{7, 8, 9}), ErrLimit, "more than 5 cells", Limits{Cells: 5}},
		"old.doc":           {append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 600)...), ErrUnknown, "DOCX", Limits{}},
		"picture.png":       {[]byte("\x89PNG\r\n\x1a\n0000"), ErrUnknown, "picture", Limits{}},
		"program":           {[]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00"), ErrUnknown, "neither", Limits{}},
		"nested.html":       {[]byte("<html><body>" + strings.Repeat("<div>", 20000) + "x"), ErrDamaged, "", Limits{}},
		"just a zip.zip":    {zipped(t, "a.txt", "x"), ErrUnknown, "unpack it first", Limits{}},
		"open document.odt": {zipped(t, "content.xml", "x"), ErrUnknown, "OpenDocument", Limits{}},
	} {
		r, err := Read(t.Context(), name, c.b, c.l)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v (%q), expected %v and %q", name, err, r.Text, c.want, c.says)
		}
	}
}

// A row far below everything else costs nothing.
func TestATallSheet(t *testing.T) {
	b := xlsxOf(t, "S", []any{"A", "B"}, []any{1, 2})
	if _, err := Read(t.Context(), "x.xlsx", b, Limits{Cells: 50}); err != nil {
		t.Fatal(err)
	}
}

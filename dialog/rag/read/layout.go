package read

import (
	"cmp"
	escaped "html"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// box is where something stands on a page, in points from its upper left corner.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) height() float64 { return b.y1 - b.y0 }

func (b box) with(o box) box {
	return box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

type pdfWord struct {
	box
	text string
}

type pdfLine struct {
	box
	words []pdfWord
}

type pdfPage struct {
	width, height float64
	blocks        [][]pdfLine // in reading order
}

// laidOut reads what pdftotext -bbox-layout writes: an element a line.
func laidOut(s string) (pages []pdfPage) {
	var page *pdfPage
	for l := range strings.Lines(s) {
		l = strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(l, "<page "):
			pages = append(pages, pdfPage{width: number(l, "width"), height: number(l, "height")})
			page = &pages[len(pages)-1]
		case page == nil:
		case strings.HasPrefix(l, "<block "):
			page.blocks = append(page.blocks, nil)
		case strings.HasPrefix(l, "<line ") && len(page.blocks) > 0:
			at := &page.blocks[len(page.blocks)-1]
			*at = append(*at, pdfLine{box: boxOf(l)})
		case strings.HasPrefix(l, "<word ") && len(page.blocks) > 0:
			at := page.blocks[len(page.blocks)-1]
			_, text, ok := strings.Cut(l, ">")
			text, ended := strings.CutSuffix(text, "</word>")
			if text = escaped.UnescapeString(text); !ok || !ended || len(at) == 0 || strings.TrimSpace(text) == "" {
				continue
			}
			at[len(at)-1].words = append(at[len(at)-1].words, pdfWord{boxOf(l), text})
		}
	}
	return pages
}

func boxOf(l string) box {
	return box{number(l, "xMin"), number(l, "yMin"), number(l, "xMax"), number(l, "yMax")}
}

func number(l, name string) float64 {
	_, rest, ok := strings.Cut(l, name+`="`)
	if !ok {
		return 0
	}
	v, _, _ := strings.Cut(rest, `"`)
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n != n || n < -1e6 || n > 1e6 {
		return 0
	}
	return n
}

// flow writes pages as Markdown: larger lines are headings, tables are found, what
// stands at the edge of many pages is left out.
func flow(pages []pdfPage) string {
	edges := repeated(pages)
	sc := scaleOf(pages)
	var out strings.Builder
	for i, p := range pages {
		out.WriteString("\n" + Page(i+1) + "\n\n")
		tables := tablesOf(p)
		for _, b := range p.blocks {
			var rest []pdfLine
			for _, l := range b {
				if edges[edge(p, l)] {
					continue
				}
				if t := tables.at(l.box); t != nil {
					paragraph(&out, rest, sc)
					if rest = nil; !t.written {
						t.written = true
						table(&out, t.rows, 3)
					}
					continue
				}
				rest = append(rest, l)
			}
			paragraph(&out, rest, sc)
		}
	}
	return out.String()
}

// edge is a line at the top or bottom of a page, its numbers apart; "" for others.
func edge(p pdfPage, l pdfLine) string {
	if l.y1 > p.height*0.09 && l.y0 < p.height*0.91 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '#'
		}
		return unicode.ToLower(r)
	}, strings.ReplaceAll(l.text(), " ", ""))
}

// repeated are the edges that many pages share.
func repeated(pages []pdfPage) map[string]bool {
	n := map[string]int{}
	for _, p := range pages {
		seen := map[string]bool{}
		for _, b := range p.blocks {
			for _, l := range b {
				if e := edge(p, l); e != "" && !seen[e] {
					seen[e] = true
					n[e]++
				}
			}
		}
	}
	out := map[string]bool{}
	for e, times := range n {
		if strings.Trim(e, "#-–—page第页/of共|·. ") == "" || times >= 3 && times*3 >= len(pages) {
			out[e] = true
		}
	}
	return out
}

// scale is what is known of a document's letters. Chinese ones stand higher in their
// boxes than Latin ones of the same size, so each script has its own.
type scale struct {
	body   [2]float64  // the height of most text; Latin, wide
	levels map[int]int // of headings, by how much higher they are in hundredths
}

// scaleOf measures the letters.
func scaleOf(pages []pdfPage) scale {
	var chars [2]map[int]int // by height in half points
	chars[0], chars[1] = map[int]int{}, map[int]int{}
	var all [2]int
	for _, p := range pages {
		for _, b := range p.blocks {
			for _, l := range b {
				h, script := l.size()
				n := utf8.RuneCountInString(l.text())
				chars[script][half(h)] += n
				all[script] += n
			}
		}
	}
	sc := scale{levels: map[int]int{}}
	for script, by := range chars {
		most := 0
		for h, n := range by {
			if n > most || n == most && float64(h)/2 < sc.body[script] {
				most, sc.body[script] = n, float64(h)/2
			}
		}
	}
	const higher = 1.35 // of Chinese, about
	if all[1]*10 < all[0] {
		sc.body[1] = sc.body[0] * higher
	} else if all[0]*10 < all[1] {
		sc.body[0] = sc.body[1] / higher
	}
	seen := map[int]bool{}
	for script, by := range chars {
		for h := range by {
			if r := sc.ratio(float64(h)/2, script); r >= 115 {
				seen[r/8] = true
			}
		}
	}
	var large []int
	for r := range seen {
		large = append(large, r)
	}
	slices.SortFunc(large, func(a, b int) int { return b - a })
	for i, r := range large {
		sc.levels[r] = min(i+1, 4)
	}
	return sc
}

func (sc scale) ratio(height float64, script int) int {
	if sc.body[script] <= 0 {
		return 0
	}
	return int(min(height/sc.body[script], 100) * 100)
}

// level of a line as a heading; 0: it is none.
func (sc scale) level(l pdfLine) int {
	r := sc.ratio(l.size())
	if r < 115 || utf8.RuneCountInString(l.text()) > 120 {
		return 0
	}
	return sc.levels[r/8]
}

func half(x float64) int { return int(x*2 + 0.5) }

// size is the height of most of a line's words, of those in the script that it is in:
// 0 is Latin, 1 is wide.
func (l pdfLine) size() (height float64, script int) {
	var hs [2][]float64
	var n [2]int
	for _, w := range l.words {
		of := 0
		if strings.ContainsFunc(w.text, wide) {
			of = 1
		}
		hs[of] = append(hs[of], w.height())
		n[of] += utf8.RuneCountInString(w.text)
	}
	if n[1]*4 >= n[0] && n[1] > 0 {
		script = 1
	}
	if len(hs[script]) == 0 {
		return l.height(), script
	}
	slices.Sort(hs[script])
	return hs[script][len(hs[script])/2], script
}

func (l pdfLine) text() string { return joined(l.words) }

func joined(ws []pdfWord) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 && gapless(ws[i-1].text, w.text) {
			b.WriteString(w.text)
			continue
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// gapless reports whether nothing stands between two words: Chinese has no spaces.
func gapless(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return wide(last) && wide(first)
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// paragraph writes a block's lines: as a heading, as a list, or joined.
func paragraph(out *strings.Builder, ls []pdfLine, sc scale) {
	var text string
	end := func() {
		if text != "" {
			out.WriteString(plainLines(text) + "\n")
		}
		text = ""
	}
	for i := 0; i < len(ls); i++ {
		l := ls[i]
		t := strings.TrimSpace(l.text())
		if t == "" {
			continue
		}
		level := sc.level(l)
		if level == 0 && len(ls) == 1 && chapter.MatchString(t) && utf8.RuneCountInString(t) <= 60 && !ended(t) && !strings.ContainsAny(t[len(t)-1:], ".,;:") {
			level = 4
		}
		switch {
		case level > 0:
			end()
			if i+1 < len(ls) && sc.level(ls[i+1]) == level { // the heading's second line
				i++
				t = continued(t, strings.TrimSpace(ls[i].text()))
			}
			out.WriteString("\n" + strings.Repeat("#", level) + " " + t + "\n\n")
		case bullet(t) != "":
			end()
			out.WriteString("- " + bullet(t) + "\n")
		case text == "":
			text = t
		default:
			text = continued(text, t)
		}
	}
	end()
}

// bullet is the rest of a line that begins like one of a list; "" for others.
func bullet(t string) string {
	r, n := utf8.DecodeRuneInString(t)
	if strings.ContainsRune("•◦▪‣●○■□-–*·", r) && n < len(t) {
		if rest := t[n:]; strings.HasPrefix(rest, " ") || r > 0x7f {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// continued joins lines: a word that was cut is made whole.
func continued(a, b string) string {
	first, _ := utf8.DecodeRuneInString(b)
	if cut, ok := strings.CutSuffix(a, "-"); ok && unicode.IsLower(first) && len(cut) > 0 && unicode.IsLetter(rune(cut[len(cut)-1])) {
		return cut + b
	}
	if gapless(a, b) {
		return a + b
	}
	return a + " " + b
}

// byPlace orders words from the top, then from the left.
func byPlace(a, b pdfWord) int { return cmp.Or(cmp.Compare(a.y0, b.y0), cmp.Compare(a.x0, b.x0)) }

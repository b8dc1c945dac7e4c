package read

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// table writes rows as a Markdown table, or, when its columns are questions and answers,
// as pairs. The first row is the header when it looks like one.
func table(b *strings.Builder, rows [][]string, level int) {
	rows = trimmed(rows)
	if len(rows) == 0 {
		return
	}
	if q, a, asked, ok := pairs(rows[0]); ok {
		faq(b, rows[1:], q, a, asked, level)
		return
	}
	if len(rows[0]) == 1 { // a list
		for _, r := range rows {
			b.WriteString(oneLine(r[0]) + "\n\n")
		}
		return
	}
	b.WriteByte('\n')
	for i, r := range rows {
		if i == 0 && !header(rows) {
			line(b, make([]string, len(r)))
			rule(b, len(r))
		}
		line(b, r)
		if i == 0 && header(rows) {
			rule(b, len(r))
		}
	}
	b.WriteByte('\n')
}

func line(b *strings.Builder, cells []string) {
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteString(" " + strings.ReplaceAll(oneLine(c), "|", `\|`) + " |")
	}
	b.WriteByte('\n')
}

func rule(b *strings.Builder, n int) {
	b.WriteString("|" + strings.Repeat(" --- |", n) + "\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// header reports whether the first row names the columns: all of them, in few words and
// no numbers.
func header(rows [][]string) bool {
	for _, c := range rows[0] {
		c = oneLine(c)
		if c == "" && len(rows[0]) > 2 {
			continue
		}
		if c == "" || utf8.RuneCountInString(c) > 60 || strings.Trim(c, "0123456789.,%-+ ￥¥$€") == "" {
			return false
		}
	}
	return len(rows) > 1
}

// trimmed drops empty rows, and columns that are empty in all rows; all rows have the
// same length.
func trimmed(rows [][]string) [][]string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	used := make([]bool, width)
	rows = slices.DeleteFunc(slices.Clone(rows), func(r []string) bool {
		empty := true
		for i, c := range r {
			if strings.TrimSpace(c) != "" {
				used[i], empty = true, false
			}
		}
		return empty
	})
	out := make([][]string, len(rows))
	for i, r := range rows {
		for c := range width {
			if !used[c] {
				continue
			}
			cell := ""
			if c < len(r) {
				cell = strings.TrimSpace(r[c])
			}
			out[i] = append(out[i], cell)
		}
	}
	return out
}

// What columns of questions, answers and other phrasings are called.
var (
	questionNames = []string{"question", "questions", "q", "faq", "standard question", "问题", "问", "标准问题", "标准问", "提问", "問題"}
	answerNames   = []string{"answer", "answers", "a", "reply", "response", "standard answer", "答案", "回答", "答", "答复", "回复", "标准答案", "解答"}
	askedNames    = []string{"phrasings", "phrasing", "other phrasings", "similar questions", "similar", "variants", "alternatives", "also asked",
		"相似问题", "相似问", "相似问法", "其他问法", "扩展问", "同义问题", "类似问题"}
)

// pairs finds the columns of questions, answers and phrasings by their names.
func pairs(head []string) (q, a int, asked []int, ok bool) {
	q, a = -1, -1
	for i, h := range head {
		h = strings.ToLower(oneLine(h))
		switch {
		case slices.Contains(questionNames, h) && q < 0:
			q = i
		case slices.Contains(answerNames, h) && a < 0:
			a = i
		case slices.Contains(askedNames, h), q >= 0 && slices.Contains(questionNames, strings.TrimRight(h, " 0123456789")):
			asked = append(asked, i)
		}
	}
	return q, a, asked, q >= 0 && a >= 0
}

// faq writes pairs as headings with their answers, other phrasings as lines that begin
// with "> ". A heading that does not end in a question mark is marked as a question by
// being its own first phrasing. Rows without a question go on with the one before.
func faq(b *strings.Builder, rows [][]string, q, a int, asked []int, level int) {
	for _, r := range rows {
		question, answer := oneLine(r[q]), strings.TrimSpace(r[a])
		if answer == "" {
			continue
		}
		if question != "" {
			b.WriteString("\n" + strings.Repeat("#", level) + " " + question + "\n")
			if !strings.HasSuffix(question, "?") && !strings.HasSuffix(question, "？") {
				b.WriteString("> " + question + "\n")
			}
			for _, c := range asked {
				for _, p := range strings.FieldsFunc(r[c], func(r rune) bool { return strings.ContainsRune("\n\r;；|", r) }) {
					if p = oneLine(p); p != "" {
						b.WriteString("> " + p + "\n")
					}
				}
			}
		}
		b.WriteString(plainLines(answer) + "\n")
	}
}

// plainLines keeps a cell's lines from being taken for headings or phrasings.
func plainLines(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "#") || strings.HasPrefix(l, "> ") {
			l = `\` + l
		}
		b.WriteString(l + "\n")
	}
	return b.String()
}

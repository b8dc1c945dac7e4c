package rag

import "strings"

// table is a Markdown table while its lines come.
type table struct {
	lines []string
	at    []int // where each line begins
}

// takes reports whether a line belongs to a table, and keeps it.
func (t *table) takes(line string, from int) bool {
	trimmed := strings.TrimSpace(line)
	if !strings.HasPrefix(trimmed, "|") || len(trimmed) < 2 {
		return false
	}
	t.lines, t.at = append(t.lines, trimmed), append(t.at, from)
	return true
}

// cells are the cells of a line.
func cells(line string) []string {
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	var out []string
	var cell strings.Builder
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			if r != '|' {
				cell.WriteByte('\\')
			}
			cell.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '|':
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteRune(r)
		}
	}
	if escaped {
		cell.WriteByte('\\')
	}
	return append(out, strings.TrimSpace(cell.String()))
}

// ruled reports whether a line is the rule under a table's header.
func ruled(line string) bool {
	return strings.Contains(line, "-") && strings.Trim(line, "|-: ") == ""
}

// endTable tells the rows of the table that has ended, if there was one.
func (s *splitter) endTable(end int) {
	t := s.table
	s.table = table{}
	if len(t.lines) == 0 {
		return
	}
	if len(t.lines) < 2 || !ruled(t.lines[1]) { // no table: text with bars
		for i, l := range t.lines {
			s.add(l, t.at[i], t.at[i]+len(l))
		}
		return
	}
	head := cells(t.lines[0])
	// A table that does not fit with what stands before it begins a passage: it stays whole.
	size := 0
	for i := 2; i < len(t.lines); i++ {
		size += len(row(head, cells(t.lines[i]))) + 1
	}
	if s.text.Len() > 0 && s.text.Len()+size > maxPassage && (size <= maxPassage || s.text.Len() > maxPassage/2) {
		s.flush(t.at[0])
	}
	for i := 2; i < len(t.lines); i++ {
		r := row(head, cells(t.lines[i]))
		if s.text.Len() > 0 && s.text.Len()+len(r) > maxPassage {
			s.flush(t.at[i])
		}
		to := end
		if i+1 < len(t.lines) {
			to = t.at[i+1]
		}
		s.add(r, t.at[i], min(to, t.at[i]+len(t.lines[i])))
	}
}

// row tells a row so that it can be understood alone: "Model: Air; Price: $99".
func row(head, cs []string) string {
	colon, semicolon, stop := ": ", "; ", ""
	if LanguageOf(strings.Join(head, "")+strings.Join(cs, "")) == "zh" {
		colon, semicolon, stop = "：", "；", "。"
	}
	var b strings.Builder
	for i, c := range cs {
		if c == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(semicolon)
		}
		if i < len(head) && head[i] != "" {
			b.WriteString(head[i] + colon)
		}
		b.WriteString(strings.ReplaceAll(c, "<br>", " "))
	}
	if b.Len() > 0 && stop != "" && !strings.HasSuffix(b.String(), stop) {
		b.WriteString(stop)
	}
	return b.String()
}

package rag

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxPassage is how long a passage may grow, in bytes, before it is cut between
// paragraphs; longest, before it is cut between sentences, or wherever.
const (
	maxPassage = 1200
	longest    = 2400
)

// Split cuts a document into passages: at headings of Markdown, whose path is each
// passage's title; a heading that asks is the passage's question. Lines that begin
// with "> " under it, before its text, are other ways to ask; when there is no other
// text they are the text. A heading that is repeated so is a question too.
//
// A table's rows are told as "header: value" lines, so that each can be read by itself;
// a long one is cut between rows. A line "<!-- page 3 -->" says that a page begins.
func Split(doc Document) []Passage {
	lang := primary(doc.Language)
	if lang == "" {
		lang = LanguageOf(doc.Text)
	}
	s := &splitter{doc: doc, lang: lang, ids: map[string]int{}}
	s.base.Document, s.base.Language, s.base.Version = doc.ID, lang, doc.Version
	s.base.Source, s.base.Audience, s.base.From, s.base.Until = doc.Source, doc.Audience, doc.From, doc.Until
	pos := 0
	for line := range strings.Lines(doc.Text) {
		s.line(strings.TrimRight(line, "\r\n"), pos, pos+len(line))
		pos += len(line)
	}
	s.endTable(pos)
	s.flush(pos)
	return s.out
}

type splitter struct {
	doc    Document
	lang   string
	base   Passage  // what all passages have
	path   []string // headings, outermost first
	levels []int    // theirs
	asked  []string
	quoted [2]int // where the lines of asked are
	start  int    // of the passage's text; 0 length is none
	end    int    // of its last line with text
	page   int    // of what comes next
	begun  int    // page of the passage's beginning
	text   strings.Builder
	table  table
	fenced bool
	out    []Passage
	ids    map[string]int
}

func (s *splitter) line(line string, from, to int) {
	if n := pageMark(line); n > 0 {
		s.endTable(from)
		s.page = n
		return
	}
	if t := strings.TrimSpace(line); strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
		s.fenced = !s.fenced
	}
	if level := headingLevel(line); level > 0 && !s.fenced {
		s.endTable(from)
		s.flush(from)
		n := len(s.path)
		for n > 0 && s.levels[n-1] >= level {
			n--
		}
		s.path = append(s.path[:n], strings.TrimSpace(strings.TrimRight(line[level:], "# ")))
		s.levels = append(s.levels[:n], level)
		s.asked = nil
		return
	}
	if !s.fenced && s.table.takes(line, from) {
		return
	}
	s.endTable(from)
	if other, ok := strings.CutPrefix(line, "> "); ok && s.text.Len() == 0 {
		if len(s.asked) == 0 {
			s.quoted[0] = from
		}
		s.asked, s.quoted[1] = append(s.asked, strings.TrimSpace(other)), to
		return
	}
	if strings.TrimSpace(line) == "" {
		if s.text.Len() > maxPassage {
			s.flush(from)
		}
		if s.text.Len() > 0 {
			s.text.WriteString("\n")
		}
		return
	}
	s.add(strings.TrimPrefix(line, `\`), from, from+len(line))
}

// add adds a line of text; a passage that grows too long is cut before it.
func (s *splitter) add(line string, from, to int) {
	if s.text.Len() > 0 && s.text.Len()+len(line) > longest {
		s.flush(from)
	}
	for len(line) > longest { // a line of its own kind
		n := cut(line, longest)
		s.begin(from)
		s.text.WriteString(line[:n])
		s.end = from + n
		s.flush(from + n)
		from, line = from+n, line[n:]
	}
	if line == "" {
		return
	}
	s.begin(from)
	s.text.WriteString(line + "\n")
	s.end = to
}

func (s *splitter) begin(from int) {
	if s.text.Len() == 0 {
		s.start, s.begun = from, s.page
	}
}

// cut is where to cut a long line: after a sentence, a word, or a character.
func cut(line string, most int) int {
	best, word := 0, 0
	for i, r := range line {
		n := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			n = i + 1
		}
		if n > most {
			break
		}
		switch r {
		case '。', '！', '？', '；':
			best = n
		case '.', '!', '?':
			if n < len(line) && line[n] == ' ' {
				best = n
			}
		case ' ', '，':
			word = n
		}
	}
	switch {
	case best > most/3:
		return best
	case word > most/3:
		return word
	}
	n := most
	for n > 0 && !utf8.RuneStart(line[n]) {
		n--
	}
	return max(n, 1)
}

func (s *splitter) flush(end int) {
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	if text == "" && len(s.asked) > 0 && (len(s.out) == 0 || s.quoted[0] >= s.out[len(s.out)-1].End) {
		text = strings.Join(s.asked, "\n") // quoted, and nothing else
		s.start, s.end, s.asked, s.begun = s.quoted[0], s.quoted[1], nil, s.page
	}
	if text == "" {
		return
	}
	p := s.base
	p.Text, p.Asked, p.Start, p.End, p.Page = text, s.asked, s.start, min(max(s.end, s.start), end), s.begun
	heading := ""
	if len(s.path) > 0 {
		heading = s.path[len(s.path)-1]
	}
	if p.Title = s.title(); asks(heading) {
		p.Question = heading
	} else if len(p.Asked) > 0 && p.Asked[0] == heading {
		p.Question, p.Asked = heading, p.Asked[1:]
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.Title + "\x00" + text))
	p.ID = fmt.Sprintf("%s#%x", s.doc.ID, h.Sum64())
	if s.ids[p.ID]++; s.ids[p.ID] > 1 {
		p.ID = fmt.Sprintf("%s-%d", p.ID, s.ids[p.ID])
	}
	if more := append(s.doc.Asked[p.ID], s.doc.Asked[p.Title]...); len(more) > 0 {
		p.Asked = append(append([]string(nil), p.Asked...), more...)
	}
	s.out = append(s.out, p)
}

// title is the path of the headings, below the document's title when they do not name it.
func (s *splitter) title() string {
	var path []string
	for _, h := range s.path {
		if h != "" {
			path = append(path, h)
		}
	}
	if len(path) == 0 {
		return s.doc.Title
	}
	return strings.Join(path, " › ")
}

func asks(heading string) bool {
	return strings.HasSuffix(heading, "?") || strings.HasSuffix(heading, "？")
}

// headingLevel is how many # a heading has; 0: the line is none.
func headingLevel(line string) int {
	level := 0
	for level < len(line) && level < 6 && line[level] == '#' {
		level++
	}
	if level > 0 && level < len(line) && line[level] == ' ' {
		return level
	}
	return 0
}

// pageMark is the page that a line says begins; 0: it says nothing of that.
func pageMark(line string) int {
	t, ok := strings.CutPrefix(strings.TrimSpace(line), "<!-- page ")
	if !ok {
		return 0
	}
	if t, ok = strings.CutSuffix(t, " -->"); !ok {
		return 0
	}
	n, err := strconv.Atoi(t)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Holds reports whether a passage holds at a time.
func (p *Passage) Holds(at time.Time) bool {
	return (p.From.IsZero() || !at.Before(p.From)) && (p.Until.IsZero() || at.Before(p.Until))
}

package rag

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// maxPassage is how long a passage may grow, in bytes, before it is cut between
// paragraphs.
const maxPassage = 1200

// Split cuts a document into passages: at headings of Markdown, whose path is each
// passage's title; a heading that asks is the passage's question. Lines that begin
// with "> " under it are other ways to ask.
func Split(doc Document) []Passage {
	lang := primary(doc.Language)
	if lang == "" {
		lang = LanguageOf(doc.Text)
	}
	s := &splitter{doc: doc, lang: lang, ids: map[string]int{}}
	pos := 0
	for line := range strings.Lines(doc.Text) {
		s.line(strings.TrimRight(line, "\r\n"), pos, pos+len(line))
		pos += len(line)
	}
	s.flush(pos)
	return s.out
}

type splitter struct {
	doc   Document
	lang  string
	path  []string // headings, outermost first
	asked []string
	start int // of the passage's text; 0 length is none
	text  strings.Builder
	out   []Passage
	ids   map[string]int
}

func (s *splitter) line(line string, from, to int) {
	level := 0
	for level < len(line) && level < 6 && line[level] == '#' {
		level++
	}
	if level > 0 && level < len(line) && line[level] == ' ' {
		s.flush(from)
		s.path = append(s.path[:min(level-1, len(s.path))], strings.TrimSpace(line[level:]))
		s.asked = nil
		return
	}
	if other, ok := strings.CutPrefix(line, "> "); ok && strings.TrimSpace(s.text.String()) == "" {
		s.asked = append(s.asked, strings.TrimSpace(other))
		return
	}
	if strings.TrimSpace(line) == "" && s.text.Len() > maxPassage {
		asked := s.asked
		s.flush(from)
		s.asked = asked
		return
	}
	if s.text.Len() == 0 {
		if strings.TrimSpace(line) == "" {
			return
		}
		s.start = from
	}
	s.text.WriteString(line + "\n")
}

func (s *splitter) flush(end int) {
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	if text == "" {
		return
	}
	title := s.doc.Title
	heading := ""
	if len(s.path) > 0 {
		heading = s.path[len(s.path)-1]
		if title == "" {
			title = s.path[0]
		}
	}
	p := Passage{Document: s.doc.ID, Title: strings.Join(s.path, " › "), Asked: s.asked, Text: text, Language: s.lang,
		Start: s.start, End: min(end, s.start+len(text))}
	if p.Title == "" {
		p.Title = title
	}
	if asks(heading) {
		p.Question = heading
	}
	for p.End > p.Start && !utf8.RuneStart(s.doc.Text[min(p.End, len(s.doc.Text)-1)]) {
		p.End--
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.Title + "\x00" + text))
	id := fmt.Sprintf("%s#%x", s.doc.ID, h.Sum64())
	if s.ids[id]++; s.ids[id] > 1 {
		id = fmt.Sprintf("%s-%d", id, s.ids[id])
	}
	p.ID = id
	s.out = append(s.out, p)
}

func asks(heading string) bool {
	return strings.HasSuffix(heading, "?") || strings.HasSuffix(heading, "？")
}

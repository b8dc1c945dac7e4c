package read

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Sniff tells of what kind a file is. What it is not read for is said in words.
func Sniff(name string, b []byte) (string, error) {
	head := b[:min(len(b), 4096)]
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return "pdf", nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return office(b)
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}):
		if bytes.Contains(b[:min(len(b), 1<<20)], []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return "", ErrLocked
		}
		return "", fmt.Errorf("%w: it is in the old format of Word, Excel or PowerPoint; save it as DOCX, XLSX or PPTX", ErrUnknown)
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return "", fmt.Errorf("%w: it is RTF; save it as DOCX", ErrUnknown)
	case bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("GIF8")):
		return "", fmt.Errorf("%w: it is a picture", ErrUnknown)
	}
	s, _, err := Decode(head)
	if err != nil {
		return "", err
	}
	if looksHTML(s) || (ext == ".html" || ext == ".htm" || ext == ".xhtml") && strings.Contains(s, "<") {
		return "html", nil
	}
	switch ext {
	case ".md", ".markdown":
		return "markdown", nil
	case ".csv", ".tsv":
		return "csv", nil
	case ".txt", ".text", ".log", "":
		if looksMarkdown(s) {
			return "markdown", nil
		}
		return "text", nil
	}
	switch {
	case looksMarkdown(s):
		return "markdown", nil
	case looksCSV(s):
		return "csv", nil
	}
	return "text", nil
}

// office tells the kinds of packed files apart.
func office(b []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", fmt.Errorf("%w: it begins like a DOCX, XLSX or PPTX file, but does not go on like one", ErrDamaged)
	}
	for _, f := range z.File {
		switch f.Name {
		case "word/document.xml":
			return "docx", nil
		case "xl/workbook.xml", "xl/workbook.bin":
			return "xlsx", nil
		case "ppt/presentation.xml":
			return "pptx", nil
		case "META-INF/container.xml":
			return "", fmt.Errorf("%w: it is an e-book (EPUB)", ErrUnknown)
		case "content.xml":
			return "", fmt.Errorf("%w: it is an OpenDocument file; save it as DOCX, XLSX or PPTX", ErrUnknown)
		}
	}
	return "", fmt.Errorf("%w: it is a packed file (ZIP); unpack it first", ErrUnknown)
}

func looksHTML(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	for strings.HasPrefix(s, "<!--") || strings.HasPrefix(s, "<?xml") {
		_, rest, ok := strings.Cut(s, ">")
		if !ok {
			return false
		}
		s = strings.TrimSpace(rest)
	}
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if strings.HasPrefix(s, tag) {
			return true
		}
	}
	return false
}

// looksMarkdown is for text whose name says nothing: headings, or questions with
// phrasings below.
func looksMarkdown(s string) bool {
	headings := 0
	for line := range strings.Lines(s) {
		h := strings.TrimLeft(line, "#")
		if n := len(line) - len(h); n > 0 && n <= 6 && strings.HasPrefix(h, " ") && strings.TrimSpace(h) != "" {
			headings++
		}
	}
	return headings > 0
}

// looksCSV is for text whose name says nothing: the same separator as often in each line.
func looksCSV(s string) bool {
	var ls []string
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) != "" && utf8.ValidString(line) {
			ls = append(ls, line)
		}
	}
	if len(ls) > 2 {
		ls = ls[:len(ls)-1] // it may be cut
	}
	if len(ls) < 2 {
		return false
	}
	for _, sep := range ",;\t|" {
		n := strings.Count(ls[0], string(sep))
		same := n > 0
		for _, l := range ls {
			same = same && strings.Count(l, string(sep)) == n
		}
		if same {
			return true
		}
	}
	return false
}

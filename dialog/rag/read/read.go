// Package read turns files as people keep them into text that can be split into
// passages: Markdown, with a mark at each page, tables as Markdown tables, and pairs of
// question and answer as headings that ask.
//
// Every file is hostile: what it may cost is limited, PDF is read by a child process,
// and what goes wrong is said in words. The package knows nothing of stores or indexes.
package read

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// Errors, wrapped with more words.
var (
	ErrUnknown  = errors.New("this kind of file is not read")
	ErrLimit    = errors.New("too large")
	ErrDamaged  = errors.New("the file is damaged")
	ErrLocked   = errors.New("the file is protected with a password")
	ErrEmpty    = errors.New("there is no text in it")
	ErrNoReader = errors.New("the program that reads it is not installed")
)

// Limits of what reading a file may cost. Zero fields have the defaults.
type Limits struct {
	Bytes    int64         // of the file; 0 is 32 MB
	Text     int           // bytes of text that come out; 0 is 8 MB
	Unpacked int64         // bytes that a packed file may become; 0 is 256 MB
	Ratio    int64         // how many times larger than the file those may be; 0 is 200
	Entries  int           // of a packed file; 0 is 5,000
	Pages    int           // of a PDF; 0 is 2,000
	Cells    int           // of a workbook; 0 is 1,000,000
	Memory   int64         // bytes of a child process; 0 is 1 GB
	Time     time.Duration // 0 is a minute
}

func (l Limits) filled() Limits {
	for _, f := range []struct {
		of    *int64
		value int64
	}{{&l.Bytes, 32 << 20}, {&l.Unpacked, 256 << 20}, {&l.Ratio, 200}, {&l.Memory, 1 << 30}} {
		if *f.of == 0 {
			*f.of = f.value
		}
	}
	for _, f := range []struct {
		of    *int
		value int
	}{{&l.Text, 8 << 20}, {&l.Entries, 5000}, {&l.Pages, 2000}, {&l.Cells, 1_000_000}} {
		if *f.of == 0 {
			*f.of = f.value
		}
	}
	if l.Time == 0 {
		l.Time = time.Minute
	}
	return l
}

// Result is what was read.
type Result struct {
	Text  string // UTF-8, lines ended by \n
	Title string // as the file gives it; "" when it does not
	Kind  string // "pdf", "docx", "pptx", "xlsx", "csv", "html", "markdown" or "text"
	Pages int    // of a PDF or slides; 0 when there are none
}

// Read reads a file. Its content says of what kind it is; its name helps only where the
// content leaves it open. Errors say the reason in words.
func Read(ctx context.Context, name string, b []byte, l Limits) (r Result, err error) {
	l = l.filled()
	if int64(len(b)) > l.Bytes {
		return Result{}, fmt.Errorf("%w: the file has %s, at most %s are read", ErrLimit, size(int64(len(b))), size(l.Bytes))
	}
	if len(b) == 0 {
		return Result{}, fmt.Errorf("%w: the file has no bytes", ErrEmpty)
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // of a library: our own parsers are fuzzed
			r, err = Result{}, fmt.Errorf("%w: it could not be understood (%v)", ErrDamaged, p)
		}
	}()
	kind, err := Sniff(name, b)
	if err != nil {
		return Result{}, err
	}
	if r, err = readers[kind](ctx, name, b, l); err != nil {
		if ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("%w: reading it took more than %s", ErrLimit, l.Time)
		}
		return Result{}, err
	}
	r.Kind, r.Text = kind, tidy(r.Text)
	if strings.TrimSpace(withoutPages(r.Text)) == "" {
		if kind == "pdf" {
			return Result{}, fmt.Errorf("%w: its pages seem to be pictures, as a scanner makes them", ErrEmpty)
		}
		return Result{}, ErrEmpty
	}
	if len(r.Text) > l.Text {
		return Result{}, fmt.Errorf("%w: it has %s of text, at most %s are read", ErrLimit, size(int64(len(r.Text))), size(int64(l.Text)))
	}
	return r, nil
}

var readers = map[string]func(ctx context.Context, name string, b []byte, l Limits) (Result, error){
	"pdf": pdf, "docx": docx, "pptx": pptx, "xlsx": xlsx, "csv": csvText, "html": html, "markdown": markdown, "text": text,
}

// Readable reports whether a file's name is one of those that are read.
func Readable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt":
		return true
	}
	return false
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', 1, 64) + " KB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// Page is the mark that stands on a line of its own where a page begins.
func Page(n int) string { return fmt.Sprintf("<!-- page %d -->", n) }

// IsPage reports whether a line is such a mark.
func IsPage(line string) bool { return PageOf(line) > 0 }

// PageOf is the page that a mark begins; 0: the line is none.
func PageOf(line string) int {
	s, ok := strings.CutPrefix(strings.TrimSpace(line), "<!-- page ")
	if !ok {
		return 0
	}
	if s, ok = strings.CutSuffix(s, " -->"); !ok {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func withoutPages(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !IsPage(line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// tidy gives lines without space at their ends, at most one empty line between others,
// and no control characters.
func tidy(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	var b strings.Builder
	b.Grow(len(s))
	empty := true
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		line = strings.Map(func(r rune) rune {
			switch {
			case r == '\t', r == '\u00a0', r == '\u3000':
				return ' '
			case r < ' ', r == 0x7f, r == '\u200b', r == '\ufeff', r == '\u00ad':
				return -1
			}
			return r
		}, line)
		line = strings.TrimRight(line, " ")
		if line == "" {
			if !empty {
				b.WriteByte('\n')
			}
			empty = true
			continue
		}
		empty = false
		b.WriteString(line + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

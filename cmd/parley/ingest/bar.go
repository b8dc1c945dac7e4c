package ingest

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// bar shows how far a run is: a line for each file, and on a terminal a bar below them.
type bar struct {
	out         io.Writer
	live        bool // out is a terminal
	began       time.Time
	files, did  int
	bytes, read int64
}

func newBar(out io.Writer, todo []item) *bar {
	b := &bar{out: out, began: time.Now(), files: len(todo)}
	for _, it := range todo {
		b.bytes += it.bytes
	}
	if f, ok := out.(*os.File); ok {
		b.live = isatty.IsTerminal(f.Fd())
	}
	return b
}

// begin shows what is being read.
func (b *bar) begin(it item) {
	if b.live {
		fmt.Fprintf(b.out, "\r\x1b[K%s  %s", b.String(), tail(it.place, 40))
	}
}

// done says what became of a file.
func (b *bar) done(it item, what string) {
	b.did++
	b.read += it.bytes
	b.say(fmt.Sprintf("[%d/%d] %s: %s", b.did, b.files, it.place, what))
}

// say prints a line above the bar.
func (b *bar) say(line string) {
	if !b.live {
		fmt.Fprintln(b.out, line)
		return
	}
	fmt.Fprintf(b.out, "\r\x1b[K%s\n%s", line, b.String())
}

func (b *bar) end(line string) {
	if b.live {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
	fmt.Fprintln(b.out, line)
}

// width of the bar, in characters.
const width = 24

// String is the bar: by bytes, and by files where there are no bytes.
func (b *bar) String() string {
	share := 1.0
	switch {
	case b.bytes > 0:
		share = float64(b.read) / float64(b.bytes)
	case b.files > 0:
		share = float64(b.did) / float64(b.files)
	}
	n := int(share * width)
	return fmt.Sprintf("%s%s %3d%%  %d/%d files  %.1f/%.1f MB", strings.Repeat("█", n), strings.Repeat("░", width-n), int(share*100), b.did, b.files,
		float64(b.read)/(1<<20), float64(b.bytes)/(1<<20))
}

// tail is the end of a text, at most so many characters.
func tail(s string, most int) string {
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	for i := range s {
		if n < most {
			return "…" + s[i:]
		}
		n--
	}
	return s
}

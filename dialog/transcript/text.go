package transcript

import (
	"strconv"
	"strings"
)

// text is plain text.
type text struct {
	*out
	h    Head
	some bool
}

func (f *text) begin() {
	h := f.h
	f.put(h.title(), "\n", strings.Repeat("=", width(h.title())), "\n")
	f.put(h.say("number"), h.say("colon"), string(h.Conversation), "\n")
	f.put(h.say("started"), h.say("colon"), h.day(h.Started), " ", h.clock(h.Started), "\n")
	f.put(h.say("zone"), h.say("colon"), h.zone(), "\n", h.say("ai"), "\n")
}

func (f *text) day(words string) { f.put("\n--- ", words, " ---\n") }

func (f *text) entry(e entry) {
	f.some = true
	h := f.h
	f.put("\n[", h.clock(e.at), "] ")
	if e.message == nil {
		f.put("* ", line(e.note), "\n")
		return
	}
	m := e.message
	f.put(line(e.who))
	if m.Via == "voice" {
		f.put(" (", h.say("spoken"), ")")
	}
	f.put("\n")
	f.put(indented(m.Text))
	if m.Cut {
		f.put("  [", h.say("cut"), "]\n")
	}
	if m.Shown != "" {
		f.put("  [", h.say("shown"), "]\n", indented(m.Shown))
	}
	for i, url := range m.Images {
		f.put("  [", h.say("picture"), " ", strconv.Itoa(i+1), h.say("colon"), line(url), "]\n")
	}
	for _, c := range m.Citations {
		f.put("  [", h.say("source"), h.say("colon"), line(c.Title), "]\n")
	}
}

func (f *text) end(whole bool) {
	switch {
	case !whole:
		f.put("\n", f.h.say("broken"), "\n")
	case !f.some:
		f.put("\n", f.h.say("empty"), "\n")
	default:
		f.put("\n", f.h.say("whole"), "\n")
	}
}

// width counts columns: a Han character takes two.
func width(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0x2e7f {
			n++
		}
	}
	return n
}

// turning are characters that turn a text around, so that it reads as another.
func turning(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// line keeps a text from breaking the line that it stands in, and from turning it around.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7f, r == 0x2028, r == 0x2029:
			return ' '
		case turning(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// indented sets a text off, so that nothing in it looks like a line of ours.
func indented(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	var b strings.Builder
	for l := range strings.SplitSeq(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n") {
		b.WriteString("  ")
		b.WriteString(line(l))
		b.WriteByte('\n')
	}
	return b.String()
}

package read

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf16 "golang.org/x/text/encoding/unicode"
)

// Decode gives text as UTF-8, and the name of the encoding it was in: by its mark, by
// its zeros, or by what decodes without a fault.
func Decode(b []byte) (s, name string, err error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		return strings.ToValidUTF8(string(b[3:]), "\ufffd"), "UTF-8", nil
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return with(utf16.UTF16(utf16.BigEndian, utf16.ExpectBOM), b), "UTF-16", nil
	}
	head := b[:min(len(b), 4096)]
	if zeros := bytes.Count(head, []byte{0}); zeros > 0 {
		odd := 0
		for i := 1; i < len(head); i += 2 {
			if head[i] == 0 {
				odd++
			}
		}
		switch {
		case odd == zeros && zeros*4 > len(head):
			return with(utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), b), "UTF-16LE", nil
		case odd == 0 && zeros*4 > len(head):
			return with(utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), b), "UTF-16BE", nil
		}
		return "", "", fmt.Errorf("%w: it is neither a document nor text", ErrUnknown)
	}
	if whole := uncut(b); utf8.Valid(whole) {
		return string(whole), "UTF-8", nil
	}
	best, least := "", -1
	for _, e := range []struct {
		name string
		enc  encoding.Encoding
	}{{"GB18030", simplifiedchinese.GB18030}, {"Big5", traditionalchinese.Big5}, {"windows-1252", charmap.Windows1252}} {
		t := with(e.enc, b)
		if f := faults(t, e.name); least < 0 || f < least {
			best, name, least = t, e.name, f
		}
	}
	if least*10 > utf8.RuneCountInString(best) {
		return "", "", fmt.Errorf("%w: it is neither a document nor text", ErrUnknown)
	}
	return best, name, nil
}

// uncut is b without the beginning of a character at its end.
func uncut(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if c := b[len(b)-i]; c >= 0xc0 {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

func with(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// common are characters that Chinese text of any kind has; they tell a right guess.
const common = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里的產這個們來國時會對說為"

// faults counts what text decoded in the wrong way has.
func faults(s, name string) (n int) {
	han, known, high, letters := 0, 0, 0, 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			n += 3
		case r < ' ' && r != '\n' && r != '\r' && r != '\t', r >= 0x7f && r < 0xa0, unicode.Is(unicode.Co, r):
			n += 2
		case unicode.Is(unicode.Han, r):
			if han++; strings.ContainsRune(common, r) {
				known++
			}
		case r > 0x7f:
			if high++; unicode.IsLetter(r) {
				letters++
			}
		}
	}
	if name == "windows-1252" && high > 0 && letters*2 < high {
		n += high // marks and signs in a row are no European text
	}
	if name == "windows-1252" && strings.ContainsAny(s, "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞ") {
		n += runs(s) // capitals with accents in a row
	}
	if name != "windows-1252" && han > 20 && known*40 < han {
		n += han / 2
	}
	return n
}

// runs counts letters above ASCII that follow another such one.
func runs(s string) (n int) {
	last := false
	for _, r := range s {
		high := r > 0x7f
		if high && last {
			n++
		}
		last = high
	}
	return n
}

// text reads plain text: its chapters become headings.
func text(_ context.Context, _ string, b []byte, _ Limits) (Result, error) {
	s, _, err := Decode(b)
	if err != nil {
		return Result{}, err
	}
	ls := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	for i, l := range ls {
		before := i == 0 || strings.TrimSpace(ls[i-1]) == ""
		after := i+1 < len(ls) && !chapter.MatchString(strings.TrimSpace(ls[i+1]))
		l = strings.TrimSpace(l)
		if m := chapter.FindStringSubmatch(l); m != nil && before && after && utf8.RuneCountInString(l) <= 60 && !strings.ContainsAny(l[len(l)-1:], ".,;:") && !ended(l) {
			ls[i] = "\n## " + l + "\n"
		} else if strings.HasPrefix(l, "\f") || strings.HasPrefix(ls[i], "\f") {
			ls[i] = "\n" + strings.TrimLeft(ls[i], "\f")
		}
	}
	return Result{Text: strings.Join(ls, "\n")}, nil
}

func ended(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("。，；：！、", r)
}

// chapter is how plain text numbers its chapters.
var chapter = regexp.MustCompile(`^(第[一二三四五六七八九十百零0-9]+[章节條条部分]+|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|(?i:chapter|section|article|part) [0-9ivx]+\b|[0-9]{1,2}(\.[0-9]{1,2}){0,2}[.、]? )\s*\S`)

// markdown reads Markdown: settings before the text are left out, underlined headings
// become marked ones.
func markdown(_ context.Context, _ string, b []byte, _ Limits) (Result, error) {
	s, _, err := Decode(b)
	if err != nil {
		return Result{}, err
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	title := ""
	if rest, ok := strings.CutPrefix(s, "---\n"); ok {
		if front, body, ok := strings.Cut(rest, "\n---\n"); ok && !strings.Contains(front, "\n\n") {
			title, s = titleIn(front), body
		}
	}
	ls := strings.Split(s, "\n")
	fenced := false
	for i := range ls {
		if t := strings.TrimSpace(ls[i]); strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
			fenced = !fenced
		}
		if i == 0 || fenced {
			continue
		}
		under := strings.TrimRight(ls[i], " ")
		over := strings.TrimSpace(ls[i-1])
		if len(under) < 3 || over == "" || strings.ContainsAny(over[:1], "#>|-*+") || i > 1 && strings.TrimSpace(ls[i-2]) != "" {
			continue
		}
		switch strings.Trim(under, under[:1]) + under[:1] {
		case "=":
			ls[i-1], ls[i] = "# "+over, ""
		case "-":
			ls[i-1], ls[i] = "## "+over, ""
		}
	}
	return Result{Text: strings.Join(ls, "\n"), Title: title}, nil
}

func titleIn(front string) string {
	for line := range strings.Lines(front) {
		if t, ok := strings.CutPrefix(line, "title:"); ok {
			return strings.Trim(strings.TrimSpace(t), `"'`)
		}
	}
	return ""
}

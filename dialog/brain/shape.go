package brain

import (
	"strings"

	"parley/dialog"
	"parley/dialog/regexp"
)

var (
	mdLink  = regexp.MustCompile(`!?\[([^\]\n]{1,200})\]\((https?://[^)\s]{1,500})\)`)
	bareURL = regexp.MustCompile(`(?:https?://|www\.)[^\s<>()（）。，；]{1,500}[^\s<>()（）。，；.,;:!?]`)
	bullet  = regexp.MustCompile(`(?m)^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+`)
	heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+`)
	strokes = regexp.MustCompile("\\*\\*|__|`")
	row     = regexp.MustCompile(`(?m)^\|?[ \t]*:?-{3,}.*$\n?`)
)

// shaped makes a piece of a reply fit for its channel. For the ear there are no lists,
// tables or links: links go to the chat beside it.
func shaped(d dialog.Delta, via dialog.Via, language string) dialog.Delta {
	if via != dialog.ViaVoice || d.Text == "" {
		return d
	}
	var links []string
	keep := func(s string) { links = append(links, s) }
	text := mdLink.ReplaceAllStringFunc(d.Text, func(m string) string {
		p := mdLink.FindStringSubmatch(m)
		keep(p[1] + ": " + p[2])
		return p[1]
	})
	text = bareURL.ReplaceAllStringFunc(text, func(m string) string {
		keep(m)
		return pick(language, "the link that I have put into the chat", "我发在聊天里的链接")
	})
	text = row.ReplaceAllString(text, "")
	text = heading.ReplaceAllString(text, "")
	if bullet.MatchString(text) {
		text = inOneBreath(text, language)
	}
	text = strokes.ReplaceAllString(text, "")
	if strings.Count(text, "|") >= 2 {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '|' }), pick(language, ", ", "，"))
	}
	d.Text = text
	if len(links) > 0 {
		if d.Shown != "" {
			links = append([]string{d.Shown}, links...)
		}
		d.Shown = strings.Join(links, "\n")
	}
	return d
}

// inOneBreath says a list as a sentence.
func inOneBreath(text, language string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(bullet.ReplaceAllString(line, ""))
		if line != "" {
			out = append(out, line)
		}
	}
	lead, trail := text[:len(text)-len(strings.TrimLeft(text, " "))], ""
	if strings.HasSuffix(text, "\n") || strings.HasSuffix(text, " ") {
		trail = " "
	}
	s := ""
	for i, x := range out {
		if i > 0 && !strings.ContainsAny(s[len(s)-1:], ".!?:") && !strings.HasSuffix(s, "。") && !strings.HasSuffix(s, "：") {
			s += pick(language, ";", "；")
		}
		if i > 0 && !chinese(language) {
			s += " "
		}
		s += x
	}
	return lead + s + trail
}

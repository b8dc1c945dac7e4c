package normal

import (
	"regexp"
	"strings"
)

var (
	reEmail  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+`)
	reURL    = regexp.MustCompile(`^(?i:(?:https?|ftp)://|www\.)[A-Za-z0-9\-._~:/?#@!$&*+;=%]+`)
	reDomain = regexp.MustCompile(`^(?:[A-Za-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|cn|ai|co|uk|dev|app|edu|gov|de|example|shop|store|info)\b(?:/[A-Za-z0-9\-._~/?#&=%]*)?`)
	rePieces = regexp.MustCompile(`[A-Za-z]+|\d+|[^A-Za-z\d]`)
)

// longestPath is how much of an address after its host is worth saying.
const longestPath = 24

// address says an e-mail address or the place of a page.
func (s *scan) address() bool {
	rest := s.src[s.i:]
	if r := s.before(); latin(r) && r < 0x80 || r == '-' || r == '_' || r == '.' {
		return false
	}
	if m := reEmail.FindString(rest); m != "" {
		s.say(len(m), s.pieces(m))
		return true
	}
	m := reURL.FindString(rest)
	if m == "" {
		m = reDomain.FindString(rest)
	}
	m = strings.TrimRight(m, ".,;:!?*_~&")
	if m == "" {
		return false
	}
	where := m
	if _, after, ok := strings.Cut(m, "://"); ok {
		where = after
	}
	if len(where) > 4 && strings.EqualFold(where[:4], "www.") {
		where = where[4:]
	}
	where, _, _ = strings.Cut(where, "?")
	where, _, _ = strings.Cut(where, "#")
	host, path, _ := strings.Cut(where, "/")
	if path = strings.TrimRight(path, "/"); path != "" && len(path) <= longestPath {
		host += "/" + path
	}
	if host == "" {
		return false
	}
	s.say(len(m), s.pieces(host))
	return true
}

// pieces says an address piece by piece.
func (s *scan) pieces(a string) string {
	names := map[string][2]string{".": {"dot", "点"}, "/": {"slash", "斜杠"}, "@": {"at", "艾特"}, "-": {"dash", "杠"}, "_": {"underscore", "下划线"}, ":": {"colon", "冒号"}, "+": {"plus", "加"}, "%": {"percent", "百分号"}, "~": {"tilde", "波浪号"}}
	zh := s.zh()
	var parts []string
	for _, p := range rePieces.FindAllString(a, -1) {
		name, known := names[p]
		switch {
		case known && zh:
			parts = append(parts, name[1])
		case known:
			parts = append(parts, name[0])
		case digit(rune(p[0])) && zh:
			parts = append(parts, hanSpell(p, false))
		case digit(rune(p[0])):
			if len(p) <= 2 && p[0] != '0' {
				parts = append(parts, cardinal(p))
			} else {
				parts = append(parts, spell(p))
			}
		case len(p) <= 2 || !strings.ContainsAny(strings.ToLower(p), "aeiouy"):
			parts = append(parts, strings.Join(strings.Split(strings.ToUpper(p), ""), " "))
		case letter(rune(p[0])):
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " ")
}

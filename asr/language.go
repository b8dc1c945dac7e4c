package asr

import "strings"

// spoken gives the languages that a BCP 47 tag is spoken as, the likeliest first:
// a tag of Hong Kong is written Chinese and spoken Cantonese, and macrolanguage
// and extended forms (RFC 5646 section 4.1.2) are those that engines are listed by.
func spoken(tag string) []string {
	t := strings.ToLower(tag)
	switch head, rest, _ := strings.Cut(t, "-"); {
	case t == "":
		return []string{"en"}
	case t == "zh-hk", t == "zh-mo", strings.HasPrefix(t, "zh-hant-hk"), strings.HasPrefix(t, "zh-hant-mo"):
		return []string{"yue", t}
	case head == "cmn":
		return []string{strings.TrimSuffix("zh-"+rest, "-")}
	case head == "zh":
		for _, dialect := range []string{"yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "cmn"} {
			if rest == dialect || strings.HasPrefix(rest, dialect+"-") {
				if dialect == "cmn" {
					return []string{strings.TrimSuffix("zh-"+strings.TrimPrefix(rest[3:], "-"), "-")}
				}
				return []string{rest}
			}
		}
	}
	return []string{t}
}

// covers reports whether an engine listed for one tag hears another: "zh" covers
// "zh-CN", and neither covers "yue". A tag without a region may be of any.
func covers(listed, tag string) bool {
	l := spoken(listed)
	last := l[len(l)-1]
	if len(l) > 1 && tag == l[0] { // listed for Hong Kong: it hears Cantonese
		return true
	}
	if len(l) == 1 && !strings.Contains(tag, "-") && strings.HasPrefix(last, tag+"-") {
		return true
	}
	return tag == last || strings.HasPrefix(tag, last+"-")
}

// ISO639 is the two-letter code of a tag's language, for services that take no
// other. The languages of China share "zh"; what has no such code is given as it is.
func ISO639(tag string) string {
	head, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch head {
	case "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cjy":
		return "zh"
	}
	return head
}

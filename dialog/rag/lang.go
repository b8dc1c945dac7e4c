package rag

import (
	"strings"
	"unicode"
)

// LanguageOf tells the language of a text by its script, as a primary subtag:
// "zh" when a fifth of its letters or more are Han and there is no kana, else
// "ja", "ko", "ru", or "en" for Latin letters and everything unknown.
func LanguageOf(text string) string {
	var han, kana, hangul, cyrillic, all int
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		}
	}
	switch {
	case kana*10 > all:
		return "ja"
	case hangul*5 > all:
		return "ko"
	case cyrillic*2 > all:
		return "ru"
	case han > 0 && han*5 >= all:
		return "zh"
	}
	return "en"
}

// primary is the first subtag of a BCP 47 tag; Chinese languages count as "zh",
// since they are written alike.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	switch tag {
	case "yue", "wuu", "nan", "hak", "cmn", "gan", "hsn":
		return "zh"
	}
	return tag
}

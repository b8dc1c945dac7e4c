package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Limits of an entry of speech.pronounce, in bytes.
const (
	longestWord = 64
	longestSaid = 200
)

// pronounceable says what is wrong with the pronunciations.
func (s Speech) pronounceable() error {
	var errs []error
	for tag, words := range s.Pronounce {
		if _, err := language.Parse(tag); err != nil {
			errs = append(errs, fmt.Errorf("speech.pronounce: language %q is no BCP 47 tag, as en or zh-CN", tag))
		}
		for w, said := range words {
			first, _ := utf8.DecodeRuneInString(w)
			switch {
			case len(w) > longestWord || !unicode.IsLetter(first) && !unicode.IsDigit(first):
				errs = append(errs, fmt.Errorf("speech.pronounce.%s: %q is no word: it begins with a letter or digit and has at most %d bytes", tag, w, longestWord))
			case strings.TrimSpace(said) == "" || len(said) > longestSaid:
				errs = append(errs, fmt.Errorf("speech.pronounce.%s: how %q is said takes 1 to %d bytes", tag, w, longestSaid))
			}
		}
	}
	return errors.Join(errs...)
}

package tts

import (
	"strings"
	"unicode"
)

// words of a spoken text, in lower case: letters and apostrophes alone, so that
// neither a recogniser's spelling of letters ("a.") nor a comma counts. The halves
// of a day are one word however they are written: am, a m.
func words(spoken string) []string {
	ws := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(spoken), ".", " "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	out := ws[:0]
	for _, w := range ws {
		if k := len(out) - 1; w == "m" && k >= 0 && (out[k] == "a" || out[k] == "p") {
			out[k] += w
			continue
		}
		out = append(out, w)
	}
	return out
}

// wrong is the least number of words to replace, leave out and put in to make
// heard of said.
func wrong(said, heard []string) int {
	row := make([]int, len(heard)+1)
	for j := range row {
		row[j] = j
	}
	for i, s := range said {
		diagonal := row[0]
		row[0] = i + 1
		for j, h := range heard {
			least := min(row[j], row[j+1]) + 1
			if s == h {
				least = min(least, diagonal)
			} else {
				least = min(least, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], least
		}
	}
	return row[len(heard)]
}

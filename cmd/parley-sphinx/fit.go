package main

import "slices"

// Where digits are expected the grammar makes digits of whatever is said: a cry for help
// too. What was really said in digits fits them. Of the recorded strings, clean, at 8 kHz
// and in noise at 10 and 15 dB (32 in all), one is taken for other speech by these limits;
// of 36 recordings of other speech those that are taken for digits are one or two.
const (
	fits      = -39 // of all words together
	fitsWord  = -66 // of the worst of them
	keepsWord = -40 // of a digit that stands beside other speech
	keepsRun  = 3   // digits in a row that do
)

// fit reports whether words were said as the grammar has them.
func fit(words []word) bool {
	sum, frames := 0.0, 0
	for _, w := range words {
		if w.fit < fitsWord {
			return false
		}
		sum += w.fit * float64(w.frames)
		frames += w.frames
	}
	return frames > 0 && sum >= fits*float64(frames)
}

// asSpeech decodes the utterance again, listening for anything.
func (d *decoder) asSpeech() ([]word, error) {
	m, _ := heardMean(d)
	if err := d.use("speech"); err != nil {
		return nil, err
	}
	d.skip += int64(len(d.whole) / 2)
	if err := d.begin(m); err != nil {
		return nil, err
	}
	if err := d.decode(d.whole); err != nil {
		return nil, err
	}
	if err := d.endUtterance(); err != nil {
		return nil, err
	}
	return d.words(), nil
}

// spliced puts the digits that fit among what was said besides them.
func spliced(digits, spoken []word) []word {
	var out []word
	for i := 0; i < len(digits); {
		j := i
		for j < len(digits) && digits[j].fit >= keepsWord && isDigit(digits[j].Text) {
			j++
		}
		if j-i >= keepsRun {
			out = append(out, digits[i:j]...)
		}
		i = max(j, i+1)
	}
	kept := len(out)
	for _, w := range spoken {
		middle := (w.Start + w.End) / 2
		if !slices.ContainsFunc(out[:kept], func(d word) bool { return middle >= d.Start && middle < d.End }) {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b word) int { return int(a.Start - b.Start) })
	return out
}

func isDigit(w string) bool {
	return slices.Contains([]string{"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple"}, w)
}

// Package spoken reads values as people say them and as recognisers write them, in
// English and Chinese: digit strings, letters, numbers, amounts, dates, times,
// telephone numbers, e-mail addresses, names, yes and no.
//
// Each reader finds what it looks for anywhere in an utterance and takes corrections
// inside it into account ("4815, no, 4851", 「4815，不对，4851」). It knows nothing of
// forms, channels or recognisers, and reads no more than Longest bytes of a text.
package spoken

import "time"

// Longest is how much of a text is read, in bytes.
const Longest = 2000

// Found is a value in a text.
type Found struct {
	Value      string   // in one form: "4815", "2026-11-24", "14:30", "12.50"
	Until      string   // of a date that is a span of days ("last week"): its last day
	Unit       string   // of an amount: the ISO 4217 code, "" when none was said
	Start, End int      // bytes of the text, a correction included
	Confidence float64  // that this is the value meant, above 0 and at most 1
	Others     []string // other readings, likelier first
}

// Options of a reader. The zero value reads an utterance about anything.
type Options struct {
	// Fit tells which readings are possible; it decides between them. nil: all are.
	Fit func(value string) bool
	// Asked tells that the value was asked for, so that the whole utterance may be it.
	Asked bool
	// Now is the time that dates are relative to, in the customer's zone.
	Now time.Time
	// Near is a date spoken of before: "the fifth" is of its month.
	Near time.Time
	// Past prefers the past for a weekday or a day of the month.
	Past bool
	// MonthLast reads 5/6 as the fifth of June.
	MonthLast bool
}

func (o Options) fits(value string) bool { return value != "" && (o.Fit == nil || o.Fit(value)) }

// settle puts the readings in order: those that fit first. It reports whether one does.
func (o Options) settle(f *Found, readings []string) bool {
	var fit, rest []string
	seen := map[string]bool{}
	for _, r := range readings {
		if r == "" || seen[r] {
			continue
		}
		seen[r] = true
		if o.fits(r) {
			fit = append(fit, r)
		} else {
			rest = append(rest, r)
		}
	}
	all := append(fit, rest...)
	if len(all) == 0 {
		return false
	}
	f.Value, f.Others = all[0], all[1:min(len(all), 5)]
	if len(all) > 5 || len(f.Others) == 0 {
		f.Others = append([]string(nil), f.Others...)
	}
	return len(fit) > 0
}

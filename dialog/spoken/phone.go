package spoken

import "strings"

// Phone finds telephone numbers of 7 to 15 digits, with a leading + when one was said:
// "plus one 555 0140", 「一三八，零零一三，八零零零」.
func Phone(text string, o Options) []Found {
	fit := o.Fit
	o.Fit = func(v string) bool { return len(v) >= 7 && len(v) <= 15 && (fit == nil || fit(v) || fit("+"+v)) }
	ts := tokens(text)
	var out []Found
	for _, f := range Digits(text, o) {
		if !o.Fit(f.Value) {
			continue
		}
		for i, t := range ts {
			if t.start != f.Start || i == 0 {
				continue
			}
			j := i - 1
			if ts[j].text == "(" && j > 0 {
				j--
			}
			if p := ts[j].text; p == "+" || p == "plus" || p == "加" {
				f.Value, f.Start = "+"+f.Value, ts[j].start
			}
		}
		if len(f.Value) == 11 && f.Value[0] == '1' || f.Value[0] == '+' || len(f.Value) == 10 {
			f.Confidence = min(1, f.Confidence*1.02)
		} else if strings.TrimLeft(f.Value, "0123456789") == "" && len(f.Value) < 10 {
			f.Confidence *= 0.8
		}
		var others []string
		for _, v := range f.Others {
			if o.Fit(v) {
				others = append(others, v)
			}
		}
		f.Others = others
		out = append(out, f)
	}
	return out
}

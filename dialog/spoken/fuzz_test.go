package spoken

import (
	"testing"
	"unicode/utf8"
)

func FuzzRead(f *testing.F) {
	for _, s := range []string{"4815, no, 4851", "三个八 double four S for sugar, no, F for Freddie", "下周三下午两点 June 5th 2026 12/5/26", "$1,250.50 三块五毛 a dozen", "john dot smith at gmail dot com", "我叫李明，明天的明 弓长张", "half past two 差五分三点 twenty-first", "一亿亿万千百十", "\xff\xfe no 不 no", "four thousand hundred and and"} {
		f.Add(s)
	}
	fit := func(v string) bool { return len(v)%2 == 0 }
	f.Fuzz(func(t *testing.T, s string) {
		for name, read := range map[string]func(string, Options) []Found{"Digits": Digits, "Code": Code, "Number": Number, "Amount": Amount, "Date": Date, "Time": Time, "Phone": Phone, "Email": Email, "Name": Name} {
			for _, o := range []Options{{Now: now}, {Now: now, Asked: true, Fit: fit, Past: true}} {
				for _, v := range read(s, o) {
					if v.Value == "" || v.Start < 0 || v.Start >= v.End || v.End > len(s) || v.Confidence <= 0 || v.Confidence > 1 {
						t.Fatalf("%s(%q): %+v", name, s, v)
					}
					if name == "Digits" && !ascii09(v.Value) {
						t.Fatalf("%s(%q): %q is not of digits", name, s, v.Value)
					}
					if utf8.ValidString(s) && !utf8.ValidString(s[v.Start:v.End]) {
						t.Fatalf("%s(%q): cut inside a character", name, s)
					}
				}
			}
		}
		YesNo(s)
		Amends(s)
		if at, _ := Correction(s); at < 0 || at > len(s) {
			t.Fatalf("Correction(%q) at %d", s, at)
		}
	})
}

func ascii09(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

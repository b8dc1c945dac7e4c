package spoken

import "testing"

func TestDigits(t *testing.T) {
	for text, want := range map[string]string{
		"four eight one five":  "4815",
		"4815":                 "4815",
		"4 8 1 5":              "4815",
		"4-8-1-5.":             "4815",
		"4. 8. 1. 5.":          "4815",
		"48 15":                "4815",
		"forty-eight fifteen":  "4815",
		"forty eight fifteen":  "4815",
		"four eight fifteen":   "4815",
		"forty-eight one five": "4815",
		"four thousand eight hundred and fifteen":            "4815",
		"four thousand eight hundred fifteen":                "4815",
		"forty eight hundred":                                "4800",
		"my order number is four eight, um, one five please": "4815",
		"double four one five":                               "4415",
		"four double eight":                                  "488",
		"triple oh seven":                                    "0007",
		"double oh seven":                                    "007",
		"treble nine":                                        "999",
		"three eights":                                       "888",
		"one eight hundred five five five":                   "1800555",
		"nineteen oh five":                                   "1905",
		"one oh two":                                         "102",
		"four o one five":                                    "4015",
		"zero zero one":                                      "001",
		"nought two":                                         "02",
		"four for one five":                                  "4415",
		"4815, no, 4851":                                     "4851",
		"4815 sorry 4851":                                    "4851",
		"four eight one five, no wait, four eight five one": "4851",
		"4815, I mean 4851":                    "4851",
		"4815, no, the last digit is 6":        "4816",
		"4815, not 4851":                       "4815",
		"not 4815 but 4851":                    "4851",
		"四八一五":                                 "4815",
		"四八幺五":                                 "4815",
		"四八 么 五":                               "4815",
		"洞幺两拐":                                 "0127",
		"三个八":                                  "888",
		"一三八三个八零零":                             "13888800",
		"三个8":                                  "888",
		"四千八百一十五":                              "4815",
		"四十八十五":                                "4815",
		"一百零五":                                 "105",
		"两百五":                                  "250",
		"尾号是四八一五":                              "4815",
		"后四位是4815":                             "4815",
		"４８１５":                                 "4815",
		"4815，不对，4851":                         "4851",
		"四八一五，不对，是四八五一":                        "4851",
		"四八一五 错了 四八五一":                         "4851",
		"不是4815，是4851":                         "4851",
		"是4815，不是4851":                         "4815",
		"四八要五":                                 "4815",
		"四八，嗯，一五":                              "4815",
		"the last four digits are 4815":        "4815",
		"I bought 2 pairs, the number is 4815": "4815",
		"10 04":                                "1004",
		"one hundred and five":                 "105",
		"sixty":                                "60",
		"双八一五":                                 "8815",
	} {
		got := Digits(text, Options{})
		v := ""
		if len(got) > 0 {
			v = got[len(got)-1].Value
		}
		if v != want {
			t.Errorf("%q: %q, want %q (%+v)", text, v, want, got)
		}
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"BW4815":                            "BW4815",
		"bw4815":                            "BW4815",
		"BW-4815":                           "BW-4815",
		"it's BW 4815":                      "BW4815",
		"B W four eight one five":           "BW4815",
		"b w 4 8 1 5":                       "BW4815",
		"bravo whiskey four eight one five": "BW4815",
		"S for sugar":                       "S",
		"S for sugar, no, F for Freddie":    "F",
		"A B S for sugar, no, F for Freddie, 4 2":          "ABF42",
		"F as in Freddie":                                  "F",
		"S for Freddie":                                    "F",
		"A as in apple, double u, four":                    "AW4",
		"double b seven":                                   "BB7",
		"sugar的S":                                          "S",
		"S是sugar的S，四二":                                     "S42",
		"字母B，四八":                                           "B48",
		"my code is M for mother N for nobody oh five":     "MN05",
		"I have a 4815":                                    "4815",
		"B as in boy four, no, five":                       "B5",
		"charlie delta, no, charlie echo one":              "CE1",
		"capital A capital B nine":                         "AB9",
		"大写A小写b九":                                          "AB9",
		"订单号是BW四八幺五":                                       "BW4815",
		"B W 四八一五，不对，四八五一":                                 "BW4851",
		"X ray nine":                                       "X9",
		"policy P for Peter O for Oscar L for London 7 7 ": "POL77",
	} {
		got := Code(text, Options{})
		v := ""
		if len(got) > 0 {
			v = got[len(got)-1].Value
		}
		if v != want {
			t.Errorf("%q: %q, want %q (%+v)", text, v, want, got)
		}
	}
}

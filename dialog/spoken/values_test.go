package spoken

import (
	"testing"
	"time"
)

// now is a Tuesday.
var now = time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)

func last(fs []Found) (string, Found) {
	if len(fs) == 0 {
		return "", Found{}
	}
	f := fs[len(fs)-1]
	if f.Until != "" {
		return f.Value + "/" + f.Until, f
	}
	return f.Value, f
}

func check(t *testing.T, name string, read func(string, Options) []Found, o Options, cases map[string]string) {
	t.Helper()
	for text, want := range cases {
		if got, f := last(read(text, o)); got != want {
			t.Errorf("%s(%q) = %q, want %q (%+v)", name, text, got, want, f)
		}
	}
}

func TestDate(t *testing.T) {
	check(t, "Date", Date, Options{Now: now}, map[string]string{
		"today":                          "2026-11-24",
		"tomorrow please":                "2026-11-25",
		"yesterday":                      "2026-11-23",
		"the day after tomorrow":         "2026-11-26",
		"the day before yesterday":       "2026-11-22",
		"in three days":                  "2026-11-27",
		"3 days ago":                     "2026-11-21",
		"a week ago":                     "2026-11-17",
		"in two weeks":                   "2026-12-08",
		"Friday":                         "2026-11-27",
		"on Monday":                      "2026-11-30",
		"next Tuesday":                   "2026-12-01",
		"last Tuesday":                   "2026-11-17",
		"Wednesday next week":            "2026-12-02",
		"next week Thursday":             "2026-12-03",
		"last week":                      "2026-11-16/2026-11-22",
		"next month":                     "2026-12-01/2026-12-31",
		"the fifth":                      "2026-12-05",
		"the 5th":                        "2026-12-05",
		"no, the fifth":                  "2026-12-05",
		"the fourth, no, the fifth":      "2026-12-05",
		"June 5th":                       "2027-06-05",
		"June fifth twenty twenty seven": "2027-06-05",
		"the fifth of June":              "2027-06-05",
		"5 June 2026":                    "2026-06-05",
		"December the twenty-first":      "2026-12-21",
		"Dec. 3":                         "2026-12-03",
		"the third of next month":        "2026-12-03",
		"2026-12-05":                     "2026-12-05",
		"12/05/2026":                     "2026-12-05",
		"25/12/2026":                     "2026-12-25",
		"12/5":                           "2026-12-05",
		"March 3rd, 1985":                "1985-03-03",
		"nineteen eighty-five":           "",
		"born on the third of March nineteen eighty five": "1985-03-03",
		"may I ask something":                             "",
		"may one help":                                    "",
		"二月三十号":                                           "",
		"今天":                                              "2026-11-24",
		"明天下午":                                            "2026-11-25",
		"后天":                                              "2026-11-26",
		"大后天":                                             "2026-11-27",
		"昨天买的":                                            "2026-11-23",
		"前天":                                              "2026-11-22",
		"下周三下午两点":                                         "2026-12-02",
		"下个星期天":                                           "2026-12-06",
		"上周五":                                             "2026-11-20",
		"上周买的耳机":                                          "2026-11-16/2026-11-22",
		"这周六":                                             "2026-11-28",
		"周一":                                              "2026-11-30",
		"礼拜四":                                             "2026-11-26",
		"下下周一":                                            "2026-12-07",
		"下个月五号":                                           "2026-12-05",
		"十二月五号":                                           "2026-12-05",
		"12月5日":                                           "2026-12-05",
		"5号":                                              "2026-12-05",
		"不对，是六号":                                          "2026-12-06",
		"五号，不对，六号":                                        "2026-12-06",
		"二零二六年十二月二十五日":                                    "2026-12-25",
		"2026年12月25号":                                     "2026-12-25",
		"明年三月一号":                                          "2027-03-01",
		"一九八五年三月三号":                                       "1985-03-03",
		"85年3月3号":                                         "1985-03-03",
		"三天前":                                             "2026-11-21",
		"两周后":                                             "2026-12-08",
		"一个星期前":                                           "2026-11-17",
		"二十五号":                                            "2026-11-25",
		"我住三号楼":                                           "",
		"三点五":                                             "",
		"two pairs of headphones":                         "",
		"one or two":                                      "",
		"the first one":                                   "",
	})
	check(t, "Date past", Date, Options{Now: now, Past: true}, map[string]string{
		"Friday": "2026-11-20", "the fifth": "2026-11-05", "周五": "2026-11-20", "June 5th": "2026-06-05", "20号": "2026-11-20",
	})
	check(t, "Date near", Date, Options{Now: now, Near: time.Date(2027, 2, 4, 0, 0, 0, 0, time.UTC)}, map[string]string{
		"no, the fifth": "2027-02-05", "不，五号": "2027-02-05", "tomorrow": "2026-11-25",
	})
	if _, f := last(Date("3/4", Options{Now: now, MonthLast: true})); f.Value != "2027-04-03" || len(f.Others) == 0 {
		t.Errorf("3/4 with the month last: %+v", f)
	}
}

func TestTime(t *testing.T) {
	check(t, "Time", Time, Options{}, map[string]string{
		"2 pm":                       "14:00",
		"two p.m.":                   "14:00",
		"at two":                     "14:00",
		"two o'clock":                "14:00",
		"nine o'clock":               "09:00",
		"half past two":              "14:30",
		"quarter to three":           "14:45",
		"a quarter past nine":        "09:15",
		"ten past eleven":            "11:10",
		"14:30":                      "14:30",
		"9:15 am":                    "09:15",
		"2:30":                       "14:30",
		"noon":                       "12:00",
		"midnight":                   "00:00",
		"at two thirty":              "14:30",
		"Tuesday afternoon at three": "15:00",
		"eight in the evening":       "20:00",
		"ten thirty in the morning":  "10:30",
		"at two, no, at three":       "15:00",
		"two days":                   "",
		"I have two":                 "",
		"at 12 Mill Street":          "12:00",
		"下午两点":                       "14:00",
		"下周三下午两点半":                   "14:30",
		"上午九点一刻":                     "09:15",
		"三点四十五分":                     "15:45",
		"差五分三点":                      "14:55",
		"中午十二点":                      "12:00",
		"晚上八点":                       "20:00",
		"早上8点":                       "08:00",
		"十四点三十分":                     "14:30",
		"下午2:30":                     "14:30",
		"九点零五":                       "09:05",
		"凌晨一点":                       "01:00",
		"两点，不对，三点":                   "15:00",
		"有时候":                        "",
		"快一点":                        "13:00",
		"10点整":                       "10:00",
	})
	check(t, "Time asked", Time, Options{Asked: true}, map[string]string{
		"two": "14:00", "nine fifteen": "09:15", "ten": "10:00", "4": "16:00", "the fifth": "",
	})
}

func TestNumberAndAmount(t *testing.T) {
	check(t, "Number", Number, Options{}, map[string]string{
		"two": "2", "forty-two": "42", "a dozen": "12", "a hundred and five": "105", "one thousand two hundred": "1200", "1,250": "1250", "1,250.50": "1250.50", "two point five": "2.5",
		"two and a half": "2.5", "3k": "3000", "两个": "2", "十五": "15", "两百五十": "250", "一万二": "12000", "三点五": "3.5", "3万": "30000", "一千零五十": "1050", "第二": "",
		"two, no, three": "3", "两个，不对，三个": "3", "BW4815": "",
	})
	check(t, "Amount", Amount, Options{}, map[string]string{
		"$12.50": "12.50", "twelve dollars": "12", "five hundred bucks": "500", "twelve dollars fifty": "12.50", "twelve dollars and five cents": "12.05", "500块": "500", "五百元": "500", "三块五": "3.50",
		"两百块钱": "200", "赔我500": "", "€20": "20", "twenty pounds": "20", "三块五毛": "3.50", "1,250 yuan": "1250", "人民币五百": "500",
	})
	if _, f := last(Amount("二十美元", Options{})); f.Value != "20" || f.Unit != "USD" {
		t.Errorf("二十美元: %+v", f)
	}
}

func TestPhone(t *testing.T) {
	check(t, "Phone", Phone, Options{}, map[string]string{
		"+1 555 0140": "+15550140", "my number is 555-867-5309": "5558675309", "five five five eight six seven five three oh nine": "5558675309",
		"plus four four seven seven double zero nine hundred one two three": "+447700900123",
		"13800138000": "13800138000", "一三八零零一三八零零零": "13800138000", "幺三八，零零幺三，八零零零": "13800138000", "138 0013 8000": "13800138000", "我的手机是一三八三个零一三八零零零": "138000138000",
		"(021) 6234 5678": "02162345678", "4815": "", "my number is 555 867 5309, sorry, 555 867 5310": "5558675310",
	})
}

func TestEmail(t *testing.T) {
	check(t, "Email", Email, Options{}, map[string]string{
		"john.smith@gmail.com":                              "john.smith@gmail.com",
		"My email is John.Smith@Gmail.com.":                 "john.smith@gmail.com",
		"john dot smith at gmail dot com":                   "john.smith@gmail.com",
		"it's john underscore smith at outlook dot com":     "john_smith@outlook.com",
		"j o h n at gmail dot com":                          "john@gmail.com",
		"my email address is anna at example dot co dot uk": "anna@example.co.uk",
		"john one two three at gmail dot com please":        "john123@gmail.com",
		"zhangwei123@163.com":                               "zhangwei123@163.com",
		"我的邮箱是zhangwei艾特163点com":                            "zhangwei@163.com",
		"zhang wei at the shop":                             "",
		"I am at home. Dot.":                                "",
		"meet me at two":                                    "",
		"12345678@qq.com":                                   "12345678@qq.com",
		"一二三四五 艾特 qq 点 com":                                 "12345@qq.com",
		"anna@example.com, no, hanna@example.com":           "hanna@example.com",
	})
}

func TestName(t *testing.T) {
	check(t, "Name", Name, Options{}, map[string]string{
		"my name is John Smith": "John Smith", "My name is john smith and I have a question": "John Smith", "this is Anna Lee calling": "Anna Lee",
		"I'm looking for headphones": "", "I am not happy": "", "call me Bob": "Bob", "my name is Smith, S M Y T H": "Smyth", "my name is Anne-Marie Jones": "Anne-Marie Jones",
		"我叫王小明": "王小明", "我姓张，弓长张": "张", "木子李": "李", "call me before ten tomorrow": "", "call me Friday afternoon": "", "just call me Ann": "Ann", "弓长张，张伟": "张伟", "张伟，弓长张": "张伟", "弓长张，张先生": "张", "木子李，李明，明天的明": "李明", "我姓章，立早章": "章", "我姓张，立早章": "章", "免贵姓陈，耳东陈": "陈", "我叫李明，明天的明": "李明", "我是来退货的": "", "我叫欧阳娜娜": "欧阳娜娜",
		"弓长张，不对，立早章": "章", "我姓王，王先生": "王",
	})
	check(t, "Name asked", Name, Options{Asked: true}, map[string]string{
		"John Smith": "John Smith", "john smith": "John Smith", "um, Mary": "Mary", "王小明": "王小明", "是李华": "李华", "J O H N": "John", "what do you need it for": "", "张伟": "张伟", "耳机坏了": "",
	})
}

func TestYesNo(t *testing.T) {
	for text, want := range map[string]Answer{
		"yes": Yes, "yeah, that's right": Yes, "correct": Yes, "yes please": Yes, "sure, go ahead": Yes, "no problem": Yes, "okay": Yes, "对": Yes, "是的": Yes, "没错": Yes, "好的，谢谢": Yes, "嗯，对": Yes, "可以": Yes, "行": Yes, "没问题": Yes, "要": Yes, "mm hmm": Yes, "right": Yes,
		"no": No, "nope": No, "no, that's wrong": No, "don't": No, "please don't do that": No, "not now": No, "no thanks": No, "不对": No, "不是": No, "不要": No, "不用了": No, "算了": No, "别": No, "不行": No, "no, please don't": No,
		"maybe": Unclear, "what?": Unclear, "I don't know": Unclear, "不知道": Unclear, "对不对": Unclear, "are you sure?": Unclear, "is that right?": Unclear, "": Unclear, "可以吗": Unclear, "yes and no": Unclear, "how much is it": Unclear, "是吗": Unclear, "yes, but not that one": Unclear,
	} {
		if got, _ := YesNo(text); got != want {
			t.Errorf("YesNo(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestFitDecides(t *testing.T) {
	four := func(v string) bool { return len(v) == 4 }
	for text, want := range map[string]string{"40 8 15": "4815", "4 8 1 5, no, 1 6": "4816", "48, 15": "4815", "4 8 1, no, 1 6": "4816", "four eight um I think one five": "4815"} {
		fs := Digits(text, Options{Fit: four, Asked: true})
		if len(fs) == 0 || fs[0].Value != want {
			t.Errorf("%q: %+v, want %s", text, fs, want)
		}
	}
	five := func(v string) bool { return len(v) == 5 }
	if fs := Code("A B S for sugar, no, F for Freddie, 4 2", Options{Fit: five}); len(fs) != 1 || fs[0].Value != "ABF42" {
		t.Errorf("%+v", fs)
	}
}

func TestCorrection(t *testing.T) {
	for text, want := range map[string]string{"no, the fifth": "the fifth", "不对，是四八五一": "四八五一", "sorry, I mean Wednesday": "Wednesday"} {
		at, ok := Correction(text)
		if !ok || (text[at:] != want && text[at:] != "是"+want) {
			t.Errorf("%q: %v %q", text, ok, text[at:])
		}
	}
	if _, ok := Correction("the fifth"); ok {
		t.Error("the fifth is no correction")
	}
}

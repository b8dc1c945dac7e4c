package normal

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSpeakable(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"en", "12 St. James St.", "twelve Saint James Street."},
		{"zh-CN", "第2天", "第二天"},
		{"zh-CN", "2人", "两人"},
		{"zh-CN", "010-12345678", "零幺零，幺二三四，五六七八"},
		{"en", "$1,299.05", "one thousand two hundred ninety nine dollars and five cents"},
		{"en", "$1.01", "one dollar and one cent"},
		{"en", "$100-$200", "one hundred to two hundred dollars"},
		{"en", "5:30pm-6:00pm", "five thirty P M to six P M"},
		{"en", "12/25/2026", "December twenty fifth, twenty twenty six"},
		{"en", "TRK9Z88", "T R K nine Z eighty eight"},
		{"en", "-3 °C", "minus three degrees Celsius"},
		{"en", "€3.50/month", "three euros and fifty cents per month"},
		{"en", "user.name+tag@mail.example.com", "user dot name plus tag at mail dot example dot com"},
		{"en", "1/2 cup", "one half cup"},
		{"en", "ext. 42", "extension forty two"},
		{"zh-CN", "¥1,299.05", "一千二百九十九点零五元"},
		{"zh-CN", "25年3月", "二五年三月"},
		{"zh-CN", "50%-60%", "百分之五十到百分之六十"},
		{"zh-CN", "分机801", "分机八零幺"},
		{"zh-CN", "2.2亿", "二点二亿"},
		{"zh-CN", "9:00-18:00", "九点到十八点"},
		{"zh-CN", "2026/11/24", "二零二六年十一月二十四日"},
		{"zh-CN", "2双鞋", "两双鞋"},
		{"zh-CN", "3/4", "四分之三"},
		{"en", "Ms. Lee paid £20.50.", "Miz Lee paid twenty pounds and fifty pence."},
		{"en", "€1 or €0.05", "one euro or five cents"},
		{"en", "3 x 4 m", "three by four meters"},
		{"en", "v1.2.3", "v one point two point three"},
		{"en", "10-15%", "ten to fifteen percent"},
		{"en", "Call 911.", "Call nine one one."},
		{"en", "No. 5", "number five"},
		{"en", "5:00", "five o'clock"},
		{"en", "12:00 pm", "twelve P M"},
		{"en", "15 March 2026", "the fifteenth of March, twenty twenty six"},
		{"en", "21st", "twenty first"},
		{"en", "100", "one hundred"},
		{"en", "1,000", "one thousand"},
		{"en", "0", "zero"},
		{"en", "-5 degrees", "minus five degrees"},
		{"en", "20 °C", "twenty degrees Celsius"},
		{"en", "5'", "five '"},
		{"en", "A & B", "A and B"},
		{"en", "a=b", "a equals b"},
		{"en", "#3", "number three"},
		{"en", "~5", "about five"},
		{"en", "≥ 10", "at least ten"},
		{"en", "Order number 4815 1623", "Order number four eight one five, one six two three"},
		{"en", "room 404", "room four hundred four"},
		{"en", "It's 5 o'clock", "It's five o'clock"},
		{"en", "ID: 0042", "I D: zero zero four two"},
		{"en", "PIN 1234", "PIN one two three four"},
		{"en", "email me_you@x.co.uk", "email M E underscore you at X dot C O dot U K"},
		{"en", "www.example.com.", "example dot com."},
		{"en", "C++", "C plus plus"},
		{"en", "10 GB", "ten gigabytes"},
		{"en", "100 km/h", "one hundred kilometers per hour"},
		{"en", "30 min", "thirty minutes"},
		{"en", "2 hrs", "two hours"},
		{"en", "1 hr", "one hour"},
		{"en", "1 kg", "one kilogram"},
		{"en", "6 ft", "six feet"},
		{"en", "12 months", "twelve months"},
		{"en", "in the 1990s", "in the nineteen nineties"},
		{"en", "from 2019 to 2021", "from twenty nineteen to twenty twenty one"},
		{"en", "2019-2021", "two zero one nine, two zero two one"},
		{"en", "half ½", "half one half"},
		{"en", "USD 30", "thirty dollars"},
		{"en", "30 EUR", "thirty euros"},
		{"en", "$1", "one dollar"},
		{"en", "$0.99", "ninety nine cents"},
		{"en", "$2k", "two thousand dollars"},
		{"en", "¥50", "fifty yuan"},
		{"en", "co. ltd", "co. ltd"},
		{"en", "I.e. this", "I.e. this"},
		{"en", "`code`", "code"},
		{"en", "<b>x</b>", "x"},
		{"en", "a_b", "a b"},
		{"en", "[1]", ""},
		{"en", "!", "!"},
		{"en", "...", "..."},
		{"en", "(see below)", "(see below)"},
		{"en", "\"quoted\"", "\"quoted\""},
		{"en", "it’s", "it’s"},
		{"en", "e.g. x", "for example x"},
		{"en", "OK", "okay"},
		{"en", "NASA", "NASA"},
		{"en", "HTTP", "H T T P"},
		{"en", "FAQs", "F A Q's"},
		{"en", "p.m.", "P M."},
		{"en", "x*y", "xy"},
		{"en", "Mr. and Mrs. Brown", "Mister and Missus Brown"},
		{"zh-CN", "100元", "一百元"},
		{"zh-CN", "2元", "两元"},
		{"zh-CN", "12个月", "十二个月"},
		{"zh-CN", "10010", "一万零一十"},
		{"zh-CN", "1000000", "一百万"},
		{"zh-CN", "105", "一百零五"},
		{"zh-CN", "2026-11-24", "二零二六年十一月二十四日"},
		{"zh-CN", "11月24日", "十一月二十四日"},
		{"zh-CN", "9:05", "九点零五分"},
		{"zh-CN", "2:00", "两点"},
		{"zh-CN", "3:30", "三点三十分"},
		{"zh-CN", "0.5%", "百分之零点五"},
		{"zh-CN", "1/3", "三分之一"},
		{"zh-CN", "第1名", "第一名"},
		{"zh-CN", "95588", "九万五千五百八十八"},
		{"zh-CN", "400电话", "四百电话"},
		{"zh-CN", "-5度", "负五度"},
		{"zh-CN", "25℃", "二十五摄氏度"},
		{"zh-CN", "5kg", "five kilograms"},
		{"zh-CN", "10cm", "ten centimeters"},
		{"zh-CN", "VIP会员", "V I P会员"},
		{"zh-CN", "A座", "A座"},
		{"zh-CN", "USB-C接口", "U S B-C接口"},
		{"zh-CN", "1小时", "一小时"},
		{"zh-CN", "2小时", "两小时"},
		{"zh-CN", "2分钟", "两分钟"},
		{"zh-CN", "三十天", "三十天"},
		{"zh-CN", "https://example.com", "example dot com"},
		{"zh-CN", "客服@example.com", "客服艾特example 点 com"},
		{"zh-CN", "$20", "二十美元"},
		{"zh-CN", "￥1,299", "一千二百九十九元"},
		{"zh-CN", "1.5万", "一点五万"},
		{"zh-CN", "**重点**", "重点"},
		{"zh-CN", "- 一\n- 二", "一。二"},
		{"zh-CN", "（说明）", "（说明）"},
		{"zh-CN", "“引号”", "“引号”"},
		{"zh-CN", "好的😀", "好的"},
		{"zh-CN", "3~5天", "三到五天"},
		{"zh-CN", "10%-20%", "百分之十到百分之二十"},
		{"zh-CN", "24小时", "二十四小时"},
		{"zh-CN", "7x24", "seven X twenty four"},
		{"zh-CN", "尾号4815", "尾号四八一五"},
		{"zh-CN", "验证码是123456", "验证码是一二三，四五六"},
		{"zh-CN", "保单号AH-2026-001", "保单号A H，二零二六，零零一"},
		{"zh-CN", "2号楼", "二号楼"},
		{"zh-CN", "20世纪90年代", "二十世纪九十年代"},
		{"en", "It costs $19.99 or $5.", "It costs nineteen dollars and ninety nine cents or five dollars."},
		{"en", "Order BW-4815 ships 3-5 days.", "Order B W, four eight one five ships three to five days."},
		{"en", "Call 020 7946 0018 or +1 (555) 010-9999.", "Call zero two zero, seven nine four six, zero zero one eight or plus one, five five five, zero one zero, nine nine nine nine."},
		{"en", "Open 9:30 am to 5 pm, Mon. to Fri.", "Open nine thirty A M to five P M, Monday to Friday."},
		{"en", "On March 5, 2026 at 14:05", "On March fifth, twenty twenty six at two oh five P M"},
		{"en", "See https://brightwood.example/returns?x=1.", "See brightwood dot example slash returns."},
		{"en", "**Bold** and [a link](https://x.y/z) here.", "Bold and a link here."},
		{"en", "- first\n- second\n\n# Title\nText", "first. second. Title. Text"},
		{"en", "Write to help@brightwood.example.", "Write to help at brightwood dot example."},
		{"en", "50% off, 2.5 kg, 40 h, 10 cm", "fifty percent off, two point five kilograms, forty hours, ten centimeters"},
		{"en", "Dr. Smith, e.g. FAQ and VIP.", "Doctor Smith, for example F A Q and V I P."},
		{"en", "Thanks 😀!", "Thanks !"},
		{"en", "2026-11-24", "November twenty fourth, twenty twenty six"},
		{"en", "1st place, 3/4 full, 24/7", "first place, three quarters full, twenty four seven"},
		{"en", "$1.5 million", "one point five million dollars"},
		{"en", "Your code is 4815 16.", "Your code is four eight one five, one six."},
		{"zh-CN", "价格是¥129.50，30天内可退。", "价格是一百二十九点五元，三十天内可退。"},
		{"zh-CN", "请拨打400-820-8820或13800138000。", "请拨打四零零，八二零，八八二零或幺三八，零零幺三，八零零零。"},
		{"zh-CN", "订单号是48151623", "订单号是四八一五，一六二三"},
		{"zh-CN", "2026年11月24日 14:30", "二零二六年十一月二十四日 十四点三十分"},
		{"zh-CN", "打8折，满200元减20元，3-5个工作日", "打八折，满二百元减二十元，三到五个工作日"},
		{"zh-CN", "Brightwood One耳机，续航40小时", "Brightwood One耳机，续航四十小时"},
		{"zh-CN", "50%的客户，2个，2.5公斤，第2步", "百分之五十的客户，两个，二点五公斤，第二步"},
		{"en", "| Plan | Price |\n|---|---|\n| Basic | $5 |\n| Plus | $9 |", "Plan , Price Basic , five dollars Plus , nine dollars "},
		{"en", "1,234,567 items", "one million two hundred thirty four thousand five hundred sixty seven items"},
		{"en", "within 30 days", "within thirty days"},
		{"en", "in 2026", "in twenty twenty six"},
		{"en", "1. Open the box\n2. Press Start", "one. Open the box. two. Press Start"},
	} {
		if got := Speakable(c.text, c.language).Spoken; got != c.want {
			t.Errorf("%q (%s)\n got %q\nwant %q", c.text, c.language, got, c.want)
		}
	}
}

func TestLexicon(t *testing.T) {
	n := New(Options{Lexicon: map[string]map[string]string{
		"en":    {"Xiaomi": "shao me", "Brightwood": "bright wood", "Brightwood One": "bright wood won", "3M": "three em", "A-1": "ay one"},
		"zh-CN": {"重庆": "虫庆", "重庆路": "虫庆大路", "Xiaomi": "小米"},
	}})
	for _, c := range []struct{ language, text, want string }{
		{"en", "A xiaomi phone.", "A shao me phone."},
		{"en", "BRIGHTWOOD ships.", "bright wood ships."},
		{"en", "Brightwoods and newBrightwood stay.", "Brightwoods and newBrightwood stay."},
		{"en", "The Brightwood One, by Brightwood.", "The bright wood won, by bright wood."},
		{"en", "Brightwood Ones", "bright wood Ones"},
		{"en", "Brightwood's shop, Brightwood’s too", "bright wood's shop, bright wood's too"},
		{"en", "Tape by 3M, model A-1.", "Tape by three em, model ay one."},
		{"en", "**Brightwood** costs $5", "bright wood costs five dollars"},
		{"zh-CN", "发往重庆。", "发往虫庆。"},
		{"zh-CN", "发往重庆路。", "发往虫庆大路。"},
		{"zh-CN", "购买Xiaomi手机", "购买小米手机"},
		{"zh-CN", "购买Brightwood耳机", "购买bright wood耳机"},
	} {
		got := n.Speakable(c.text, c.language)
		if got.Spoken != c.want {
			t.Errorf("%q (%s)\n got %q\nwant %q", c.text, c.language, got.Spoken, c.want)
		}
		wayBack(t, got, c.text)
	}
	s := n.Speakable("By Brightwood.", "en")
	if got := s.Source(0, len("By bright")).End; got > len("By ") {
		t.Errorf("half a pronunciation counts as %q", "By Brightwood."[:got])
	}
	if got := s.Source(0, len("By bright wood")).End; got != len("By Brightwood") {
		t.Errorf("a whole one ends at %d", got)
	}
}

// What was heard must map back to a stretch that grows, and never beyond what was said whole.
func check(t *testing.T, text, language string) {
	wayBack(t, Speakable(text, language), text)
}

func wayBack(t *testing.T, s Text, text string) {
	t.Helper()
	if !utf8.ValidString(s.Spoken) {
		t.Fatalf("%q: spoken %q", text, s.Spoken)
	}
	last := 0
	for i := range len(s.Spoken) + 1 {
		span := s.Source(0, i)
		if span.End < last || span.End > len(text) || span.Start != 0 {
			t.Fatalf("%q: %d bytes of %q stand for %+v after %d", text, i, s.Spoken, span, last)
		}
		last = span.End
	}
	if last != len(text) {
		t.Fatalf("%q: all of it stands for %d bytes of %d", text, last, len(text))
	}
}

func TestWayBack(t *testing.T) {
	for _, text := range []string{"It costs $19.99 today.", "**Bold** and [a link](https://x.y/z).", "| A | B |\n|---|---|\n| 1 | 2 |", "价格是¥129.50，30天内可退。", "", "😀", "\xff\xfe a"} {
		check(t, text, "en")
		check(t, text, "zh-CN")
	}
	s := Speakable("It costs $19.99 today.", "en")
	half := strings.Index(s.Spoken, " and ninety")
	if got := s.Source(0, half).End; got > len("It costs ") {
		t.Errorf("half an amount counts as %q", "It costs $19.99 today."[:got])
	}
}

func FuzzSpeakable(f *testing.F) {
	f.Add("Call +1 (555) 010-9999 on 3/4/2026 | a | 5kg", true)
	f.Add("订单BW-48在2026年1月2日10:30发¥12.5", false)
	f.Fuzz(func(t *testing.T, text string, english bool) {
		if len(text) > 2000 {
			return
		}
		language := "zh-CN"
		if english {
			language = "en"
		}
		check(t, text, language)
	})
}

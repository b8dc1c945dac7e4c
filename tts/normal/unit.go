package normal

import (
	"regexp"
	"strings"
)

// measure is a unit in English, one of it, and in Chinese.
type measure struct{ en, zh string }

var measures = map[string]measure{
	"km/h": {"kilometer per hour", "公里每小时"}, "mph": {"mile per hour", "英里每小时"}, "m/s": {"meter per second", "米每秒"},
	"Mbps": {"megabit per second", "兆比特每秒"}, "Gbps": {"gigabit per second", "吉比特每秒"}, "kbps": {"kilobit per second", "千比特每秒"},
	"km": {"kilometer", "公里"}, "cm": {"centimeter", "厘米"}, "mm": {"millimeter", "毫米"}, "m": {"meter", "米"},
	"m²": {"square meter", "平方米"}, "㎡": {"square meter", "平方米"}, "m³": {"cubic meter", "立方米"}, "km²": {"square kilometer", "平方公里"},
	"ft": {"foot", "英尺"}, "in": {"inch", "英寸"}, "yd": {"yard", "码"}, "mi": {"mile", "英里"},
	"kg": {"kilogram", "公斤"}, "mg": {"milligram", "毫克"}, "g": {"gram", "克"}, "lb": {"pound", "磅"}, "lbs": {"pound", "磅"}, "oz": {"ounce", "盎司"},
	"ml": {"milliliter", "毫升"}, "mL": {"milliliter", "毫升"}, "L": {"liter", "升"}, "l": {"liter", "升"},
	"ms": {"millisecond", "毫秒"}, "s": {"second", "秒"}, "sec": {"second", "秒"}, "secs": {"second", "秒"}, "min": {"minute", "分钟"}, "mins": {"minute", "分钟"},
	"h": {"hour", "小时"}, "hr": {"hour", "小时"}, "hrs": {"hour", "小时"}, "yr": {"year", "年"}, "yrs": {"year", "年"},
	"KB": {"kilobyte", "K B"}, "MB": {"megabyte", "兆"}, "GB": {"gigabyte", "G B"}, "TB": {"terabyte", "T B"},
	"W": {"watt", "瓦"}, "kW": {"kilowatt", "千瓦"}, "kWh": {"kilowatt hour", "千瓦时"}, "Wh": {"watt hour", "瓦时"}, "V": {"volt", "伏"}, "mAh": {"milliamp hour", "毫安时"},
	"Hz": {"hertz", "赫兹"}, "kHz": {"kilohertz", "千赫"}, "MHz": {"megahertz", "兆赫"}, "GHz": {"gigahertz", "吉赫"}, "dB": {"decibel", "分贝"},
	"°C": {"degree Celsius", "摄氏度"}, "℃": {"degree Celsius", "摄氏度"}, "°F": {"degree Fahrenheit", "华氏度"}, "℉": {"degree Fahrenheit", "华氏度"}, "°": {"degree", "度"},
	"USD": {"dollar", "美元"}, "EUR": {"euro", "欧元"}, "€": {"euro", "欧元"}, "GBP": {"pound", "英镑"}, "£": {"pound", "英镑"},
	"CNY": {"yuan", "元"}, "RMB": {"yuan", "元"}, "HKD": {"Hong Kong dollar", "港元"}, "JPY": {"yen", "日元"}, "px": {"pixel", "像素"},
}

// money by its sign: one of it, a hundredth, and in Chinese.
var money = map[string][3]string{
	"$": {"dollar", "cent", "美元"}, "US$": {"dollar", "cent", "美元"}, "USD": {"dollar", "cent", "美元"},
	"€": {"euro", "cent", "欧元"}, "EUR": {"euro", "cent", "欧元"}, "£": {"pound", "penny", "英镑"}, "GBP": {"pound", "penny", "英镑"},
	"¥": {"yuan", "", "元"}, "￥": {"yuan", "", "元"}, "CN¥": {"yuan", "", "元"}, "CNY": {"yuan", "", "元"}, "RMB": {"yuan", "", "元"},
	"HK$": {"Hong Kong dollar", "cent", "港元"}, "HKD": {"Hong Kong dollar", "cent", "港元"}, "A$": {"Australian dollar", "cent", "澳元"},
	"C$": {"Canadian dollar", "cent", "加元"}, "S$": {"Singapore dollar", "cent", "新加坡元"}, "NT$": {"Taiwan dollar", "cent", "新台币"},
	"JPY": {"yen", "", "日元"}, "₹": {"rupee", "", "卢比"}, "₩": {"won", "", "韩元"},
}

const sign = `US\$|HK\$|NT\$|A\$|C\$|S\$|CN¥|USD|EUR|GBP|CNY|RMB|HKD|JPY|[$€£¥￥₹₩]`

var (
	reMoney = regexp.MustCompile(`^([-−]?)(` + sign + `) ?(` + amount + `)(?: ?(?:-|–|—|~|至|到) ?(?:` + sign + `)?(` + amount + `))?( ?(?:thousand|million|billion|trillion|[kKMB]\b|bn\b|[万亿]))?`)
	reUnit  = regexp.MustCompile(`^ ?(?:km/h|km²|m/s|m²|m³|[a-zA-Z]{1,4}\b|°[CF]\b|[℃℉°㎡€£])`)
	rePer   = regexp.MustCompile(`^ ?/ ?(month|mo|year|yr|week|wk|day|hour|hr|user|person|night|kg|km|minute|min|[月年天日周人])`)
)

// currency says $1,299.50, and both ends of $10-20.
func (s *scan) currency() bool {
	m := reMoney.FindStringSubmatch(s.src[s.i:])
	if m == nil {
		return false
	}
	names, n := money[m[2]], len(m[0])
	if m[4] != "" && strings.HasPrefix(s.src[s.i+n:], "-") {
		return false
	}
	scale := strings.TrimSpace(m[5])
	if s.zh() {
		s.say(n, hanMoney(m, scale, names[2]))
	} else {
		s.say(n, englishMoney(m, scale, names))
	}
	s.per()
	return true
}

func hanMoney(m []string, scale, name string) string {
	scale = map[string]string{"k": "千", "K": "千", "thousand": "千", "M": "百万", "million": "百万", "B": "十亿", "bn": "十亿", "billion": "十亿", "trillion": "万亿", "万": "万", "亿": "亿"}[scale]
	words := hanDecimal(trimmed(m[3]))
	if m[4] != "" {
		words += "到" + hanDecimal(trimmed(m[4]))
	} else if m[3] == "2" {
		words = "两"
	}
	if m[1] != "" {
		words = "负" + words
	}
	return words + scale + name
}

func englishMoney(m []string, scale string, names [3]string) string {
	scale = map[string]string{"k": "thousand", "K": "thousand", "M": "million", "B": "billion", "bn": "billion", "万": "ten thousand", "亿": "hundred million"}[scale] + map[bool]string{true: scale}[len(scale) > 3]
	var words string
	switch {
	case m[4] != "":
		words = decimal(trimmed(m[3])) + " to " + decimal(trimmed(m[4]))
		if scale != "" {
			words += " " + scale
		}
		words += " " + plural("2", names[0])
	case scale != "":
		words = decimal(trimmed(m[3])) + " " + scale + " " + plural("2", names[0])
	default:
		words = sum(m[3], names)
	}
	if m[1] != "" {
		words = "minus " + words
	}
	return words
}

// sum says dollars and cents.
func sum(n string, names [3]string) string {
	whole, frac, _ := strings.Cut(strings.ReplaceAll(n, ",", ""), ".")
	if len(frac) == 1 {
		frac += "0"
	}
	if len(frac) > 2 || names[1] == "" && strings.Trim(frac, "0") != "" {
		return decimal(trimmed(n)) + " " + plural("2", names[0])
	}
	cents := atoi(frac)
	coins := cardinal(frac) + " " + plural(itoa(cents), names[1])
	if names[1] == "penny" && cents != 1 {
		coins = cardinal(frac) + " pence"
	}
	bills := cardinal(whole) + " " + plural(strings.TrimLeft(whole, "0"), names[0])
	switch {
	case cents == 0:
		return bills
	case atoi(whole) == 0:
		return coins
	}
	return bills + " and " + coins
}

// trimmed is a number without zeros at the end of its fraction.
func trimmed(n string) string {
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// per says the /month after an amount.
func (s *scan) per() {
	m := rePer.FindStringSubmatch(s.src[s.i:])
	if m == nil {
		return
	}
	end := s.i + len(m[0])
	if end < len(s.src) && m[1][0] < 0x80 && letter(rune(s.src[end])) {
		return
	}
	if s.zh() || m[1][0] >= 0x80 {
		zh := map[string]string{"month": "月", "mo": "月", "year": "年", "yr": "年", "week": "周", "wk": "周", "day": "天", "hour": "小时", "hr": "小时", "user": "人", "person": "人", "night": "晚", "kg": "公斤", "km": "公里", "minute": "分钟", "min": "分钟"}[m[1]]
		if zh == "" {
			zh = m[1]
		}
		s.say(len(m[0]), "每"+zh)
		return
	}
	en := map[string]string{"mo": "month", "yr": "year", "wk": "week", "hr": "hour", "kg": "kilogram", "km": "kilometer", "min": "minute"}[m[1]]
	if en == "" {
		en = m[1]
	}
	s.say(len(m[0]), " per "+en)
}

// quantity says an amount with its unit.
func (s *scan) quantity(rest string) bool {
	m := rePlain.FindString(rest)
	if m == "" {
		return false
	}
	zh, tail := s.zh(), rest[len(m):]
	if t := strings.TrimPrefix(tail, " "); strings.HasPrefix(t, "%") || strings.HasPrefix(t, "％") {
		n := len(m) + len(tail) - len(t) + len("%")
		if strings.HasPrefix(t, "％") {
			n += len("％") - 1
		}
		if zh {
			s.say(n, "百分之"+hanDecimal(m))
		} else {
			s.say(n, decimal(m)+" percent")
		}
		return true
	}
	if s.scaled(m, tail, zh) || s.unit(m, tail, zh) {
		s.per()
		return true
	}
	if zh && s.last() == '第' {
		s.say(len(m), hanDecimal(m)) // 第二天
	} else if zh {
		s.say(len(m), hanCount(m, strings.TrimPrefix(tail, " ")))
	} else {
		s.say(len(m), decimal(m))
	}
	return true
}

// scaled says 10k and 3M.
func (s *scan) scaled(m, tail string, zh bool) bool {
	if tail == "" || !strings.ContainsRune("kKMB", rune(tail[0])) || len(tail) > 1 && latin(rune(tail[1])) && tail[1] < 0x80 {
		return false
	}
	en := map[byte]string{'k': "thousand", 'K': "thousand", 'M': "million", 'B': "billion"}[tail[0]]
	han := map[byte]string{'k': "千", 'K': "千", 'M': "百万", 'B': "十亿"}[tail[0]]
	if zh {
		s.say(len(m)+1, hanDecimal(m)+han)
	} else {
		s.say(len(m)+1, decimal(m)+" "+en)
	}
	return true
}

func (s *scan) unit(m, tail string, zh bool) bool {
	name := reUnit.FindString(tail)
	u, ok := measures[strings.TrimPrefix(name, " ")]
	if !ok || name == " in" || (name == " s" || name == " h") && !zh && strings.HasPrefix(tail[len(name):], "'") {
		return false
	}
	n := len(m) + len(name)
	if zh {
		s.say(n, hanCount(m, u.zh)+u.zh)
	} else {
		s.say(n, decimal(m)+" "+plural(m, u.en))
	}
	return true
}

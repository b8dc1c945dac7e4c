package normal

import "strings"

var hanDigits = []rune("零一二三四五六七八九")

// hanCardinal says a whole number: 10010 is 一万零一十. One beyond 亿亿 is said digit
// by digit.
func hanCardinal(d string) string {
	d = strings.TrimLeft(d, "0")
	switch {
	case d == "":
		return "零"
	case len(d) > 16:
		return hanSpell(d, false)
	}
	var b strings.Builder
	zero := false
	for scale := (len(d) - 1) / 4; scale >= 0; scale-- {
		cut := len(d) - 4*scale
		group := d[:cut]
		d = d[cut:]
		if n := atoi(group); n == 0 {
			zero = true
			continue
		} else if b.Len() > 0 && (zero || n < 1000) {
			b.WriteString("零")
		}
		zero = false
		b.WriteString(hanGroup(group))
		b.WriteString([]string{"", "万", "亿", "万亿"}[scale])
	}
	s := b.String()
	if strings.HasPrefix(s, "一十") {
		s = strings.TrimPrefix(s, "一")
	}
	return s
}

// hanGroup says 1 to 9999.
func hanGroup(d string) string {
	d = strings.TrimLeft(d, "0")
	var b strings.Builder
	zero := false
	for i, c := range d {
		if c == '0' {
			zero = true
			continue
		}
		if zero {
			b.WriteString("零")
			zero = false
		}
		b.WriteRune(hanDigits[c-'0'])
		b.WriteString([]string{"", "十", "百", "千"}[len(d)-1-i])
	}
	return b.String()
}

// hanDecimal says digits with perhaps a fraction and thousands' commas.
func hanDecimal(n string) string {
	n = strings.ReplaceAll(n, ",", "")
	whole, frac, has := strings.Cut(n, ".")
	if !has {
		return hanCardinal(whole)
	}
	return hanCardinal(whole) + "点" + hanSpell(frac, false)
}

// hanSpell says digits one by one; on the phone 1 is 幺.
func hanSpell(d string, phone bool) string {
	var b strings.Builder
	for _, c := range d {
		switch {
		case c == '1' && phone:
			b.WriteString("幺")
		case c >= '0' && c <= '9':
			b.WriteRune(hanDigits[c-'0'])
		}
	}
	return b.String()
}

// pairs are the words before which 2 is 两.
const pairs = "个件次天年周位名张台部本份种条双瓶盒箱套块辆元万亿千倍斤点款家笔项遍把只组杯单门批趟句分杆包片架间座所晚岁人" // 分: 两分钟

// hanCount says a number before what is counted.
func hanCount(n, after string) string {
	if n == "2" {
		for _, r := range after {
			if strings.ContainsRune(pairs, r) || strings.HasPrefix(after, "小时") || strings.HasPrefix(after, "公") || strings.HasPrefix(after, "美元") {
				return "两"
			}
			break
		}
	}
	return hanDecimal(n)
}

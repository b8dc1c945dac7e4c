// Package cardtest writes test numbers of payment cards in the ways in which customers
// write, type and read them out, in English and Chinese. None of them is anybody's.
package cardtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Numbers that issuers and processors give for tests, of each brand.
var Numbers = []string{"4242424242424242", "5555555555554444", "378282246310005", "6011111111111117", "30569309025904", "3566002020360505",
	"6200000000000005", "4000056655665556", "2223003122003222", "5105105105105100", "6212345678901232", "371449635398431", "4222222222222", "6205500000000000004"}

// Variant is one way to give a card's number.
type Variant struct {
	Number string
	Given  string // as it was given
	Text   string // with what was said around it
	Lang   string // "en" or "zh"
	Spoken bool   // as a recogniser writes what was read out
}

var (
	enDigits = strings.Fields("zero one two three four five six seven eight nine")
	zhDigits = strings.Split("零一二三四五六七八九", "")
)

// groups parts a number as it is printed on a card.
func groups(n string) (out []string) {
	sizes := []int{4, 4, 4, 4, 4}
	if len(n) == 15 {
		sizes = []int{4, 6, 5}
	}
	if len(n) == 14 {
		sizes = []int{4, 6, 4}
	}
	for _, k := range sizes {
		if n == "" {
			break
		}
		k = min(k, len(n))
		out, n = append(out, n[:k]), n[k:]
	}
	return out
}

func words(digits, sep string, names []string) string {
	var out []string
	for _, d := range digits {
		out = append(out, names[d-'0'])
	}
	return strings.Join(out, sep)
}

// doubled reads repeated digits as "double four", "triple two".
func doubled(digits string, double, triple string, sep string, names []string) string {
	var out []string
	for i := 0; i < len(digits); {
		n := 1
		for i+n < len(digits) && digits[i+n] == digits[i] && n < 3 {
			n++
		}
		w := names[digits[i]-'0']
		switch {
		case n == 3 && triple != "":
			out = append(out, triple+sep+w)
		case n >= 2 && double != "":
			n = 2
			out = append(out, double+sep+w)
		default:
			n = 1
			out = append(out, w)
		}
		i += n
	}
	return strings.Join(out, sep)
}

func pairs(n string) string {
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	var out []string
	for len(n) > 0 {
		if len(n) >= 2 && n[0] >= '2' && n[1] != '0' {
			out, n = append(out, tens[n[0]-'0']+" "+enDigits[n[1]-'0']), n[2:]
		} else {
			out, n = append(out, enDigits[n[0]-'0']), n[1:]
		}
	}
	return strings.Join(out, " ")
}

func wide(n string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, n)
}

// ways in which a number is given.
var ways = []struct {
	lang   string
	spoken bool
	write  func(n string) string
}{
	{"en", false, func(n string) string { return n }},
	{"en", false, func(n string) string { return strings.Join(groups(n), " ") }},
	{"en", false, func(n string) string { return strings.Join(groups(n), "-") }},
	{"en", false, func(n string) string { return strings.Join(groups(n), ".") }},
	{"en", false, func(n string) string { return strings.Join(groups(n), "\n") }},
	{"en", false, func(n string) string { return strings.Join(strings.Split(n, ""), " ") }},
	{"en", false, func(n string) string { return strings.Join(strings.Split(n, ""), "-") }},
	{"en", true, func(n string) string { return words(n, " ", enDigits) }},
	{"en", true, func(n string) string { return strings.ReplaceAll(words(n, " ", enDigits), "zero", "oh") }},
	{"en", true, func(n string) string { return doubled(n, "double", "triple", " ", enDigits) }},
	{"en", true, func(n string) string { return doubled(n, "double", "", " ", enDigits) }},
	{"en", true, pairs},
	{"en", true, func(n string) string { return strings.Join(groups(n), ", uh, ") }},
	{"en", true, func(n string) string {
		var out []string
		for _, g := range groups(n) {
			out = append(out, words(g, " ", enDigits))
		}
		return strings.Join(out, ", ")
	}},
	{"en", true, func(n string) string { return strings.Join(groups(n), " and then ") }},
	{"zh", false, wide},
	{"zh", false, func(n string) string { return strings.Join(groups(n), "　") }},
	{"zh", true, func(n string) string { return words(n, "", zhDigits) }},
	{"zh", true, func(n string) string { return strings.ReplaceAll(words(n, "", zhDigits), "一", "幺") }},
	{"zh", true, func(n string) string {
		var out []string
		for _, g := range groups(n) {
			out = append(out, words(g, "", zhDigits))
		}
		return strings.Join(out, "，")
	}},
	{"zh", true, func(n string) string {
		var out []string
		for _, g := range groups(n) {
			out = append(out, words(g, "", zhDigits))
		}
		return strings.Join(out, "，嗯，")
	}},
	{"zh", true, func(n string) string { return strings.Join(groups(n), "，然后") }},
	{"zh", true, func(n string) string { return words(n, " ", zhDigits) }},
}

// around are sentences with a place for the number.
var around = map[string][]string{
	"en": {"%s", "my card number is %s", "Please charge %s, thank you.", "it's %s and it expires in May", "Card: %s. Is that all you need?", "order 205101, card %s"},
	"zh": {"%s", "我的卡号是%s", "卡号：%s，谢谢", "用这张卡付：%s。可以吗？", "订单205101，卡号 %s"},
}

// Variants are so many ways, the same each time.
func Variants(n int) []Variant {
	r := rand.New(rand.NewPCG(7, 7))
	out := make([]Variant, n)
	for i := range out {
		w := ways[i%len(ways)]
		number := Numbers[r.IntN(len(Numbers))]
		frame := around[w.lang][r.IntN(len(around[w.lang]))]
		given := w.write(number)
		out[i] = Variant{Number: number, Given: given, Text: fmt.Sprintf(frame, given), Lang: w.lang, Spoken: w.spoken}
	}
	return out
}

// Harmless are numbers of other kinds, as customers give them.
var Harmless = []string{
	"order 205101", "my order number is 205101 and the other one is 206627", "订单号205101，还有206611", "tracking number 1Z999AA10123456784", "运单号SF1234567890123",
	"call me at 415-555-0123", "+44 20 7946 0958", "我的手机是13800138000", "电话：010-62345678，或者400-820-8820", "138 0013 8000", "一三八零零一三八零零零", "four one five five five five zero one two three",
	"USPS 9400 1000 0000 0000 0000 00", "IMEI 356938035643809", "身份证110101199003071234", "policy LH-4471-2209", "invoice 2026-11-24-0001", "06:30-22:30, 10:00-14:00", "I have 3 items at $4,999.00 and 5 at $5,999.00",
	"serial 4C4C4544-0051", "the code is 482915", "FedEx 123456789012", "DHL 1234567890", "claim 4481-2016", "between 4 and 5 pm on 12/27/2026", "4000 4001 4002 4003 4004 4005 are the room numbers", "order 4242424242424243",
}

package insight

import (
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/regexp"
)

// thing is something of the customer's that is asked for: the words for it, and what it
// looks like.
type thing struct {
	named, given *regexp.Regexp
}

// anyNumber looks like a number of an order, claim, policy or account.
var anyNumber = regexp.MustCompile(`[A-Za-z]{0,4}[- ]?\d[\d -]{3,}\d`)

// things are what is asked for; the first ones are numbers, which customers give without
// saying of what.
var things = []thing{
	{regexp.MustCompile(`(?i)\b(order|return|booking|reference|tracking|shipment|parcel)( reference)? ?(number|no\.?|id|reference)|(订单|退货|退货单|运单|快递单|快递|物流|单)(编)?号`), anyNumber},
	{regexp.MustCompile(`(?i)\b(claims?|case) ?(number|no\.?|id|reference)|(理赔|案件|报案)(编)?号`), anyNumber},
	{regexp.MustCompile(`(?i)\bpolicy ?(number|no\.?|id)|保单(编)?号`), anyNumber},
	{regexp.MustCompile(`(?i)\b(account|customer|membership?) ?(number|no\.?|id)|(账户|帐户|账号|客户|会员)(编)?号?码?`), anyNumber},
	{regexp.MustCompile(`(?i)\b(phone|mobile|cell(phone)?|telephone|contact) ?(number|no\.?)|\bnumber (can|may|should|do) we (call|reach|ring)|(手机|电话|联系)(号|方式)码?`), regexp.MustCompile(`\d[\d -]{6,}\d`)},
	{regexp.MustCompile(`(?i)\be-?mail( address)?\b|邮箱|电子邮件|邮件地址`), regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.]+`)},
	{regexp.MustCompile(`(?i)\byour (full |last |first )?name\b|who am i (speaking|talking)|(怎么|如何)称呼|贵姓|(您|你)的?(姓名|名字)`), regexp.MustCompile(`\b(?i:my name('s| is))|\b(?i:this is) [A-Z]\w+|\b(?i:i'?m|i am) [A-Z]\w+ [A-Z]\w+|[A-Z]\w+( [A-Z]\w+)? here\b|我叫|我是\p{Han}{2,4}[，,。]|我姓|免贵姓`)},
	{regexp.MustCompile(`(?i)\b(date of birth|birthday|birth ?date|when were you born)\b|出生日期|生日`), regexp.MustCompile(`(?i)\b(19|20)\d\d\b|\b(january|february|march|april|may|june|july|august|september|october|november|december)\b|\d+年|\d+月`)},
}

// asking are words that ask for something.
var asking = regexp.MustCompile(`(?i)\?|？|\b(tell|give|send|provide|share|need|have|confirm|type|enter|repeat|let me (have|know))\b|(告诉|提供|报|发|说|给|留|输入|填)(一|给)?(下|我)|(请|麻烦)(您|你)?[\p{Han}]{0,6}(告诉|提供|报|发|说|给|留|输入|填)|是多少|是什么`)

// askedAgain: something is asked for that the customer has given.
func (s Script) askedAgain() int64 {
	given := make([]bool, len(things))
	return s.first(func(l Line) bool {
		if l.From == dialog.Customer {
			noteGiven(given, l.Text)
			return false
		}
		return l.ours() && slices.ContainsFunc(sentencesWhole(l.Text), func(t string) bool { return asksGiven(given, t) })
	})
}

// noteGiven notes what a text gives. A number that is named is that one, else it may be any.
func noteGiven(given []bool, text string) {
	named := slices.ContainsFunc(things, func(x thing) bool { return x.given == anyNumber && x.named.MatchString(text) })
	for k, x := range things {
		if x.given.MatchString(text) && (x.given != anyNumber || !named || x.named.MatchString(text)) {
			given[k] = true
		}
	}
}

// asksGiven reports whether a sentence asks for what was given, and does not read it back.
func asksGiven(given []bool, text string) bool {
	if !asking.MatchString(text) {
		return false
	}
	for k, x := range things {
		if given[k] && x.named.MatchString(text) && !x.given.MatchString(text) && !another.MatchString(text) {
			return true
		}
	}
	return false
}

// another are words that ask for one more, or for something that is not there yet.
var another = regexp.MustCompile(`(?i)\b(another|other|second|new|different|else|its|their|correct|sent (you|to)|still the|is in|same)\b|另(一|外)|其他|别的|新的|还有|更换|确认邮件|发(到|往|至)|是否`)

// sentencesWhole are a text's sentences with the marks that end them.
func sentencesWhole(text string) []string {
	var out []string
	begin := 0
	for i, r := range text {
		if strings.ContainsRune("!?;。！？；\n", r) || r == '.' && (i+1 == len(text) || text[i+1] == ' ') {
			end := i + len(string(r))
			out = append(out, text[begin:end])
			begin = end
		}
	}
	return append(out, text[begin:])
}

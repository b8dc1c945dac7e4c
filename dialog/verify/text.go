package verify

import "strings"

// texts of a verification. None says whether something exists.
var texts = map[string][2]string{
	"claim":        {"Please tell me the number of your order, policy or claim, or the phone number you gave with it.", "请告诉我订单号、保单号或理赔号，或者当时留的手机号。"},
	"last_digits":  {"To be sure that it is you: the last four digits of your phone number?", "为了核实身份，请说一下您手机号的后四位。"},
	"order_digits": {"To be sure that it is you: the last four digits of an order or policy number of yours?", "为了核实身份，请说一下您任一订单号的后四位。"},
	"postcode":     {"Then your postcode, please?", "那请说一下收货地址的邮编。"},
	"birth_date":   {"To be sure that it is you: your date of birth?", "为了核实身份，请说一下您的出生日期。"},
	"wrong":        {"I am sorry, those details do not go together. Let us begin again. ", "抱歉，信息对不上，我们重新来一次。"},
	"sorry":        {"I am sorry, I could not confirm who I am speaking to, so I cannot go into this.", "抱歉，没能核实身份，这项业务我不能办理。"},
	"down":         {"I am sorry, I cannot check that right now.", "抱歉，现在暂时无法核实身份。"},
	"stopped":      {"All right, we leave that.", "好的，那先不查了。"},
	"again":        {"I did not get that. ", "没听清。"},
	"only":         {"Only this can tell me who you are, whoever is asking. ", "不论是谁，我都只能凭这个核实。"},
	"back":         {"Now, back to where we were. ", "我们接着刚才的。"},
	"sent":         {"If your details are with us, a code of six digits has just gone to the phone on record. Please read it to me.", "如果信息一致，六位验证码已经发到登记的手机，请告诉我验证码。"},
	"code":         {"The code of six digits, please?", "请告诉我六位验证码。"},
	"code wrong":   {"That code is not right. Please look again.", "验证码不对，请再看一下。"},
}

func (r *run) text(key string) string {
	l, _, _ := strings.Cut(strings.ToLower(r.s.Language), "-")
	switch l {
	case "zh", "yue", "cmn", "wuu", "nan", "hak":
		return texts[key][1]
	}
	return texts[key][0]
}

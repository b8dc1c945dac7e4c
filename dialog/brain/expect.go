package brain

import (
	"strings"

	"parley/dialog"
)

// numbers are what is said digit by digit when it is asked for.
var numbers = []string{"order number", "phone number", "policy number", "claim number", "serial number", "customer number", "tracking number", "account number", "reference number", "post code", "postcode", "zip code",
	"订单号", "手机号", "电话号码", "保单号", "理赔号", "序列号", "运单号", "快递单号", "尾号", "邮政编码", "验证码"}

// asking are the words in which somebody asks for something.
var asking = []string{"?", "please", "what is", "what's", "tell me", "tell us", "give me", "give us", "may i have", "could i have", "can i have", "can you", "could you", "say your", "enter", "i need", "we need",
	"？", "请", "告诉", "提供", "说一下", "报一下", "输入", "多少", "吗"}

// expects is what kind of answer a reply asks for, by its last sentence.
func expects(text string) dialog.Expect {
	sentences := cut(strings.TrimSpace(text))
	if len(sentences) == 0 {
		return dialog.ExpectAnything
	}
	last := strings.ToLower(sentences[len(sentences)-1])
	if hasAny(last, numbers) && hasAny(last, asking) {
		return dialog.ExpectDigits
	}
	return dialog.ExpectAnything
}

func hasAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// telling adds to a reply what kind of answer it asks for, after its last word.
func telling(emit func(dialog.Delta) bool) (wrapped func(dialog.Delta) bool, end func()) {
	var text strings.Builder
	told := false
	return func(d dialog.Delta) bool {
			told = told || d.Expect != dialog.ExpectAnything
			text.WriteString(d.Text)
			return emit(d)
		}, func() {
			if x := expects(text.String()); !told && x != dialog.ExpectAnything {
				emit(dialog.Delta{Expect: x})
			}
		}
}

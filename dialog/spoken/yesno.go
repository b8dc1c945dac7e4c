package spoken

import "strings"

// Answer is what is said to a question that asks for yes or no.
type Answer int8

// The answers. Unclear is neither, or both.
const (
	Unclear Answer = iota
	Yes
	No
)

var yesWords = []string{"yes", "yeah", "yep", "yup", "yea", "ya", "aye", "sure", "correct", "right", "exactly", "absolutely", "definitely", "certainly", "of course", "go ahead", "please do", "do it", "do that", "that's it", "that is it", "that's right", "that is right", "that's correct", "that is correct", "that's fine", "sounds good", "fine", "okay", "ok", "all right", "alright", "affirmative", "indeed", "uh huh", "mm hmm", "mhm", "perfect", "great", "i do", "i would", "yes please", "please", "by all means", "confirm", "confirmed", "i confirm", "agreed", "works for me", "that works", "good", "go for it", "yse", "yess", "yeh", "ye", "yas", "okey", "okie", "okk", "sur", "surely", "k", "kk",
	"是的", "是", "对的", "对", "没错", "没有错", "没问题", "正确", "可以的", "可以", "好的", "好", "好啊", "行", "行的", "行啊", "嗯", "嗯嗯", "要的", "要", "当然", "当然可以", "就是", "就是这样", "确认", "确定", "同意", "办吧", "办理", "改吧", "退吧", "取消吧", "换吧", "对对对", "对对", "是啊", "对啊", "嗯对", "恩", "麻烦你了", "麻烦您", "成", "得", "中", "ok的", "对头", "要得", "要滴", "好滴", "好嘞", "妥", "就这样", "没毛病"}

var noWords = []string{"no", "nope", "nah", "not", "don't", "do not", "never", "wrong", "incorrect", "that's not", "isn't", "negative", "no way", "cancel", "stop", "wait", "hold on", "not yet", "not now", "rather not", "no thanks", "no thank you",
	"不是", "不对", "不", "没有", "不用", "不要", "别", "不行", "不可以", "错了", "不对的", "不了", "先不", "算了", "等等", "等一下", "不好", "没", "不确定", "不同意", "不改", "不退", "不换", "不取消", "别取消", "别退", "别换", "别改"}

// signs are answers that are drawn, and slips of the fingers.
var signs = strings.NewReplacer("👍", " yes ", "👌", " yes ", "✅", " yes ", "✔", " yes ", "🙆", " yes ", "🆗", " ok ", "👎", " no ", "❌", " no ", "🙅", " no ", "\ufe0f", "")

// filler words of an answer that carry nothing.
var answerFillers = map[string]bool{"um": true, "uh": true, "er": true, "oh": true, "well": true, "i": true, "think": true, "so": true, "it": true, "is": true, "that": true, "that's": true, "it's": true, "thank": true, "thanks": true, "you": true, "very": true, "much": true, "the": true, "one": true, "just": true, "just,": true, "now": true, "then": true, "please": true,
	"啊": true, "呀": true, "吧": true, "呢": true, "哦": true, "嗯": true, "的": true, "了": true, "呃": true, "那": true, "就": true, "我": true, "谢": true, "您": true, "你": true, "请": true, "这": true, "样": true, "嘛": true, "啦": true, "哈": true, "那个": true}

// YesNo reads an answer. Rest is how many words it has beside: an answer with much
// beside it is less certain, and may carry a value.
func YesNo(text string) (a Answer, rest int) {
	ts := tokens(signs.Replace(text))
	yes, no := 0, 0
	question := false
	for i := 0; i < len(ts)-1; {
		n, negative := longest(ts, i, len(ts), noWords)
		m, positive := longest(ts, i, len(ts), yesWords)
		switch {
		case lit(ts, i, "没错", "没有错", "没问题", "没有问题", "no problem", "why not", "not a problem", "no doubt", "不错"):
			yes++
			n, _ = anyOf(ts, i, "没错", "没有错", "没有问题", "没问题", "no problem", "why not", "not a problem", "no doubt", "不错")
			i += n
		case lit(ts, i, "not sure", "don't know", "do not know", "no idea", "不知道", "不确定", "不清楚", "不太清楚"):
			return Unclear, 0
		case lit(ts, i, "是不是", "对不对", "好不好", "可不可以", "行不行", "要不要", "right?"):
			question = true
			i += 2
		case negative && n >= m:
			no++
			i += n
		case positive:
			yes++
			i += m
		default:
			if t := ts[i]; t.text == "?" || t.text == "吗" || t.text == "呢" && no+yes == 0 {
				question = true
			} else if t.kind != mark && !answerFillers[t.text] {
				rest++
			}
			i++
		}
	}
	switch {
	case question, yes > 0 && no > 0 && !leadsNo(text), yes+no == 0:
		return Unclear, rest
	case no > 0:
		return No, rest
	}
	return Yes, rest
}

func lit(ts []token, i int, phrases ...string) bool {
	_, ok := anyOf(ts, i, phrases...)
	return ok
}

// leadsNo reports whether the first word is a plain no: "no, that's right" stays
// unclear, "no, please don't" does not.
func leadsNo(text string) bool {
	ts := tokens(strings.TrimSpace(text))
	if len(ts) < 2 || !lit(ts, 0, "no", "nope", "不", "别", "不是", "不对", "don't", "do not", "please don't", "please do not") {
		return false
	}
	return !lit(ts, 1, "that's right", "yes") && !lit(ts, 2, "that's right", "that is right", "yes", "对", "是的", "correct", "it's right")
}

package endpoint

import (
	"strings"

	"parley/asr/words"
)

// state is what the words so far ask for.
type state uint8

const (
	unsaid    state = iota // no words yet
	open                   // may go on or not
	whole                  // a whole sentence
	answer                 // yes, no, thanks
	hanging                // breaks off: "and", "my order number is"
	dictating              // in the middle of a number
	complete               // a number that has all its digits
)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

var (
	short = set(`yes no yeah yep yup nope ok okay sure right correct wrong thanks thank you please hello hi bye goodbye stop
		never mind absolutely exactly great perfect fine good not really`)
	// openers want something after them.
	openers = set(`the a an my your our their his her its this that these those and or but so because if when while although since
		to of in on at for from with about into by as than is are was were am be been being do does did have has had having will would can could
		should shall may might must i we they he she want need like um uh er erm well actually basically just very really more most some any
		every no not which who whose what where how why number called named please let get got there's it's i'm that's`)
	// closers of those are no openers at the end of a question: "where is it", "what is that".
	questions  = set(`what where when why who how which can could would will is are do does did may should have has am was were`)
	fillerTail = set(`um uh er erm hmm mm`)
	digitWords = set(`zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
		eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double triple point dash`)
	hanDigits = "零〇一二两三四五六七八九十百千幺0123456789"
	hanAnswer = []string{"是", "是的", "对", "对的", "好", "好的", "不是", "不", "不用", "不要", "可以", "行", "没有", "有", "谢谢", "再见", "嗯", "没了", "没问题", "你好", "您好", "喂"}
	hanOpen   = []string{"的", "和", "跟", "与", "或", "或者", "还有", "因为", "所以", "但是", "可是", "不过", "如果", "要是", "就是", "然后", "那个", "这个", "我", "我想", "我要", "我的", "想",
		"是", "在", "把", "被", "给", "对", "从", "到", "向", "请问", "请", "请帮我", "帮我", "号码是", "订单号是", "嗯", "呃", "额", "一个", "这", "那", "很", "都", "也", "就", "还", "再", "又", "不", "没", "会", "能", "要", "关于", "比如"}
	hanWhole = []string{"吗", "呢", "吧", "了", "么", "什么", "多少", "怎么办", "哪里", "哪儿", "谢谢", "几天", "为什么", "多久", "人工", "退货", "可以", "啊", "呀", "钱", "好", "到"}
)

// judge reads the text.
func judge(text string, o Options) state {
	ws := words.Split(text)
	if len(ws) == 0 {
		return unsaid
	}
	if d, tail := digits(ws); tail && (o.Expect == Digits || d >= 3 || d >= 1 && d == len(ws)) {
		return number(d, o)
	} else if o.Expect == Digits && d == 0 && hasHan(text) == false && len(ws) < 3 {
		return open
	}
	if hasHan(text) {
		return judgeHan(strings.Join(ws, ""))
	}
	return judgeEnglish(ws, text)
}

// digits counts the digits said, and reports whether the text ends in one.
func digits(ws []string) (n int, tail bool) {
	for _, w := range ws {
		k := 0
		switch {
		case digitWords[w], len([]rune(w)) == 1 && strings.Contains(hanDigits, w):
			k = 1
		default:
			for _, r := range w {
				if r < '0' || r > '9' {
					k = 0
					break
				}
				k++
			}
		}
		n += k
		tail = k > 0
	}
	return n, tail
}

// number is in the middle unless it has a usual length: of phones 10 and 11, of
// our own orders 8. A short one that was not asked for may be an answer.
func number(n int, o Options) state {
	switch {
	case n == 8 && o.Expect == Digits, n >= 10 && n <= 11, n >= 16:
		return complete
	case n == 1 && o.Expect != Digits:
		return open
	}
	return dictating
}

func hasHan(s string) bool {
	for _, w := range words.Split(s) {
		if words.Han(w) {
			return true
		}
	}
	return false
}

func judgeHan(s string) state {
	for _, a := range hanAnswer {
		if s == a {
			return answer
		}
	}
	best, st := 0, open
	for _, p := range hanWhole {
		if strings.HasSuffix(s, p) && len(p) > best {
			best, st = len(p), whole
		}
	}
	for _, p := range hanOpen {
		if strings.HasSuffix(s, p) && len(p) > best {
			best, st = len(p), hanging
		}
	}
	if st == whole && len([]rune(s)) < 3 {
		return open
	}
	return st
}

func judgeEnglish(ws []string, text string) state {
	all := true
	for _, w := range ws {
		all = all && short[w]
	}
	last := ws[len(ws)-1]
	switch {
	case fillerTail[last]:
		return hanging
	case all && len(ws) <= 4:
		return answer
	case strings.HasSuffix(strings.TrimSpace(text), "?"):
		return whole
	case openers[last]:
		return hanging
	case len(ws) >= 2 && last == "it" && questions[ws[0]]:
		return whole
	}
	if len(ws) >= 4 && (questions[ws[0]] || predicate(ws)) {
		return whole
	}
	return open
}

// predicate reports whether there is a verb that a statement needs, not at its end.
func predicate(ws []string) bool {
	for _, w := range ws[:len(ws)-1] {
		switch w {
		case "is", "are", "was", "were", "have", "has", "had", "want", "need", "like", "would", "can", "could", "cannot", "cant", "dont", "didnt",
			"im", "ive", "id", "its", "thats", "got", "lost", "bought", "ordered", "received", "arrived", "know", "think", "called", "will", "wont", "do", "did", "does", "return", "cancel", "change", "pay", "paid":
			return true
		}
	}
	return false
}

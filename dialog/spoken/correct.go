package spoken

// markers say that what follows replaces what was said before. Longer ones first.
var markers = []string{"no wait", "no sorry", "oh no", "no", "nope", "sorry", "i'm sorry", "i mean", "i meant", "i mean to say", "scratch that", "strike that", "correction", "make that", "make it", "rather", "wait", "hold on", "actually",
	"that's wrong", "wrong", "my mistake", "let me correct that", "change that to", "change it to", "or rather",
	"不对不对", "不对", "不是", "错了", "说错了", "我说错了", "弄错了", "更正", "更正一下", "纠正", "应该是", "应该", "改成", "改为", "换成", "等等", "等一下", "抱歉", "对不起", "不不不", "不不", "不", "哦不"}

// between are words that may stand beside a marker before the corrected value.
var between = []string{"it is", "it's", "that is", "that's", "that should be", "it should be", "should be", "is", "the", "last", "first", "one", "digit", "digits", "number", "letter", "a", "please", "uh", "um", "er", "oh", "on", "at", "day", "not", "but", "to", "i", "said", "you", "said", "of", "was",
	"我说", "我的意思是", "是", "最后", "一位", "那个", "位", "号码", "字母", "啊", "呃", "嗯", "哦", "请", "的", "我", "说", "了", "而", "到", "后", "在", "吧", "还是", "就", "那", "还", "again", "after", "all", "let's", "say", "then", "go", "with", "back"}

// longestGap is how many tokens may stand between a value and its correction.
const longestGap = 12

// corrects reports whether tokens from..to hold a marker and nothing else of weight.
func corrects(ts []token, from, to int) bool {
	if to-from > longestGap || to <= from {
		return false
	}
	marked := false
	for i := from; i < to; {
		if n, ok := longest(ts, i, to, markers); ok {
			marked = true
			i += n
			continue
		}
		if n, ok := longest(ts, i, to, between); ok {
			i += n
			continue
		}
		if ts[i].kind == mark || fillers[ts[i].text] {
			i++
			continue
		}
		return false
	}
	return marked
}

func longest(ts []token, i, to int, phrases []string) (int, bool) {
	best := 0
	for _, p := range phrases {
		if n, ok := is(ts, i, p); ok && i+n <= to {
			best = max(best, n)
		}
	}
	return best, best > 0
}

// Correction reports whether an utterance begins by taking back what was said or
// understood before ("no, the fifth", 「不对，是四八五一」), and where the rest begins in bytes.
func Correction(text string) (rest int, ok bool) {
	ts := tokens(text)
	i := 0
	for i < len(ts) && (fillers[ts[i].text] || ts[i].kind == mark && ts[i].text != "") {
		i++
	}
	n, ok := longest(ts, i, len(ts), markers)
	for ok && n > 0 {
		i += n
		for ts[min(i, len(ts)-1)].kind == mark && at(ts, i).text != "" {
			i++
		}
		n, _ = longest(ts, i, len(ts), markers)
	}
	return at(ts, min(i, len(ts)-1)).start, ok
}

// Amends reports whether a text holds a marker of correction anywhere.
func Amends(text string) bool {
	ts := tokens(text)
	for i := range ts {
		if i > 0 && ts[i].kind == han && ts[i-1].kind == han {
			if _, ok := anyOf(ts, i, "不对", "错了", "应该是", "改成", "改为", "换成", "改到", "换到"); ok {
				return true
			}
			continue
		}
		if _, ok := longest(ts, i, len(ts), markers); ok {
			return true
		}
	}
	return false
}

package endpoint

import "strings"

// What a Chinese text ends in, as far as the end of a sentence depends on it. The longest wins.
var (
	hanDigits = "零〇一二两三四五六七八九十百千幺0123456789"
	hanAnswer = []string{"是", "是的", "对", "对的", "好", "好的", "不是", "不", "不用", "不要", "可以", "行", "没有", "有", "谢谢", "再见", "嗯", "没了", "没问题", "你好", "您好", "喂"}
	hanOpen   = []string{"的", "和", "跟", "与", "或", "或者", "还有", "因为", "所以", "但是", "可是", "不过", "不但", "而且", "如果", "要是", "就是", "然后", "那个", "这个", "我", "我想", "我要", "我的", "想",
		"是", "在", "把", "被", "给", "对", "从", "到", "向", "请问", "请", "请帮我", "帮我", "号码是", "订单号是", "嗯", "呃", "额", "一个", "这", "那", "很", "都", "也", "就", "还", "再", "又", "不", "没", "会", "能", "要", "关于", "比如",
		"你", "他", "她", "它", "我们", "你们", "他们", "您", "着", "哪个", "哪", "几", "无论", "还是", "总是", "总能", "总", "最", "更", "比", "让", "用", "以", "以后", "时", "个", "位", "种", "份", "丝", "些", "能够", "不要", "得", "地", "之", "而", "并", "想问", "问"}
	hanWhole = []string{"吗", "呢", "吧", "了", "么", "什么", "多少", "怎么办", "哪里", "哪儿", "谢谢", "几天", "为什么", "多久", "人工", "退货", "可以", "啊", "呀", "哟", "呦", "钱", "好", "到"}
)

// judgeHan reads what was said in Chinese characters.
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

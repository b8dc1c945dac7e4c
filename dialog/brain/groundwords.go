package brain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/dialog/english"
	"parley/dialog/regexp"
)

// kin are words that say the same for our purpose, in both languages. The first of a
// line stands for all.
var kin = [][]string{
	{"return", "send back", "sent back", "give back", "bring back", "退货", "退回", "寄回", "可退", "退换"},
	{"refund", "money back", "reimburse", "退款", "退钱"},
	{"repair", "fix", "mend", "维修", "修理", "修好"},
	{"warranty", "guarantee period", "保修", "质保"},
	{"deliver", "delivery", "ship", "shipping", "arrive", "dispatch", "配送", "送达", "送货", "寄到", "发货", "到货", "运送"},
	{"free", "no cost", "nothing", "no charge", "without charge", "complimentary", "免费", "不收费", "免运费", "包邮", "不收"},
	{"pay", "payment", "paid", "付款", "支付", "赔", "赔付"},
	{"cost", "price", "fee", "charge", "费用", "价格", "收费", "运费"},
	{"cancel", "call off", "取消"},
	{"change", "alter", "modify", "edit", "amend", "修改", "更改", "变更"},
	{"exchange", "swap", "换货"},
	{"cover", "insure", "include", "保障", "承保", "可以保", "包括", "包含", "含"},
	{"luggage", "baggage", "suitcase", "行李"},
	{"cover abroad", "overseas", "foreign", "abroad", "境外", "国外", "海外"},
	{"parcel", "package", "shipment", "包裹", "快递"},
	{"warehouse", "depot", "仓库", "出库"},
	{"order", "purchase", "buy", "bought", "订单", "下单", "购买"},
	{"headphone", "headphones", "headset", "耳机"},
	{"earbud", "in-ear", "earphone", "入耳式"},
	{"speaker", "loudspeaker", "音箱"},
	{"battery", "batteries", "电池"},
	{"photo", "picture", "image", "照片", "图片"},
	{"send", "mail", "post", "发给", "寄出", "发送"},
	{"replace", "replacement", "更换", "补发", "补寄"},
	{"damage", "damaged", "broken", "破损", "损坏", "坏"},
	{"illness", "ill", "sick", "disease", "生病", "疾病", "病"},
	{"report", "notify", "inform", "报告", "报案"},
	{"invoice", "发票"},
	{"receipt", "proof of purchase", "收据", "凭证"},
	{"website", "site", "web page", "网站"},
	{"call", "phone", "ring", "拨打", "致电", "电话"},
	{"at once", "immediate", "straight away", "right away", "马上", "立即", "立刻"},
	{"compensation", "compensate", "赔偿", "补偿"},
	{"discount", "优惠", "折扣"},
	{"open", "打开", "拆封", "开封"},
	{"complete", "齐全", "完整"},
	{"start", "begin", "开始"},
	{"last", "长达", "最长"},
	{"need", "require", "must", "需要", "需", "必须"},
	{"customer", "顾客", "客户", "用户"},
	{"bank", "银行"},
	{"hold", "press", "按住", "长按"},
	{"claim", "理赔", "索赔"},
	{"policy", "保单"},
	{"flight", "plane", "航班", "飞机"},
	{"delay", "late", "延误", "晚点"},
}

// light are words that every sentence may use: they carry nothing by themselves.
var light = set(`a an the this that these those it its they them their there here he she his her you your yours we our ours us i me my mine
is are was were be been being am do does did doing done have has had having will would shall should can could may might must
of to in on at by for from with within into onto about as than then so if when while once after before until between during per each
and or but nor not no never cannot also too only just even still already yet again
what which who whom whose how why where
get gets got take takes took make makes made go goes let use used using want like please simply usually normally generally typically
first second third finally lastly up down out over under back off away more most less least much many some any other another such same own very well
one ones thing things item items product products article articles order orders purchase way case time date case number
yes ok okay sure right indeed note however therefore because since though although according based per provided
able possible allowed available applies apply applicable following find found see shown show given says say said mean means
day days hour hours week weeks month months year years minute minutes second seconds working business dollar dollars pound pounds euro euros percent
total amount period long far always`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// lightHan are the same in Chinese, longest first where one begins another.
var lightHan = strings.Fields(`如果 的话 可以 需要 应该 可能 我们 您的 你们 他们 这个 那个 这些 那些 一个 一般 通常 大多 因为 所以 但是 不过 而且 并且 以及 或者 还是 只要 只有 之后 之前 以内 以上 以下 之内 之间 进行 关于 根据 按照 对于 目前 现在 当前 已经 正在 就是 是否 什么 怎么 多少 哪里 请问 请您 商品 产品 时间 期间 情况 内容 部分 相关 其中 包括 其他 例如 比如 即可 均可 都可 以便 为了 通过 使用 办理 申请 包裹 享受 享有 支持 提供 自动 直接 方式 标准 有效 左右 大约 最多 最长 最高 最低 至少 不超过 超过 收到 签收`)

const lightRunes = "的了是在我您你他它们和与或及也都就还又再才把被让给从到向对为于之其此该每各个些点儿呢吗吧啊哦嗯请会能可要想将等需须有无不没未非别勿很更最已经过着得地一项如若但而且则即便所何这那哪么则均凡由因并只仅约达超满起至共来去做用按说看问"

var (
	// stands maps a stem to the first of its line, phrases do the same for what is of
	// several words, or Chinese.
	stands, phrases = synonyms()
)

func synonyms() (map[string]string, [][2]string) {
	one, several := map[string]string{}, [][2]string{}
	for _, line := range kin {
		for _, w := range line {
			if strings.ContainsAny(w, " -") || w[0] >= 0x80 {
				several = append(several, [2]string{w, "=" + line[0]})
			} else {
				one[stem(w)] = "=" + line[0]
			}
		}
	}
	return one, several
}

// latin are the words of a text in Latin script, with their apostrophes.
func latin(text string) (out []string) {
	start := -1
	for i, r := range text {
		switch letter := isLatin(r); {
		case start < 0 && letter:
			start = i
		case start >= 0 && !letter && r != '\'' && r != '’':
			out = append(out, text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

func isLatin(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.Is(unicode.Latin, r)
}

func stem(w string) string {
	w = strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(strings.ToLower(w), "’", "'"), "'s"), "'")
	return english.Stem(w)
}

// terms are the content words of a text in Latin script, as stems or what stands for them.
func terms(text string) (out []string) {
	low := strings.ToLower(text)
	for _, p := range phrases {
		if p[0][0] < 0x80 && strings.Contains(low, p[0]) {
			low = strings.ReplaceAll(low, p[0], " ")
			out = append(out, p[1])
		}
	}
	for _, w := range latin(low) {
		if w = strings.ReplaceAll(w, "’", "'"); light[strings.TrimSuffix(w, "'s")] || len(w) < 2 || strings.HasSuffix(w, "n't") || englishNumbers[w] > 0 || strings.HasPrefix(w, "i'") || strings.HasSuffix(w, "'ll") || strings.HasSuffix(w, "'re") || strings.HasSuffix(w, "'ve") {
			continue
		}
		out = append(out, standing(stem(w)))
	}
	return out
}

func standing(s string) string {
	if h := stands[s]; h != "" {
		return h
	}
	return s
}

// heads are what stands for the Chinese words of a text.
func heads(text string) map[string]bool {
	out := map[string]bool{}
	for _, p := range phrases {
		if p[0][0] >= 0x80 && strings.Contains(text, p[0]) {
			out[p[1]] = true
		}
	}
	return out
}

// runs are the stretches of Han characters of a text.
func runs(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// residue are the Han words of a text that a source does not have: what is left when
// all that both have in common, of two characters and more, light words and synonyms are taken out.
// covered counts the characters that were in common.
func residue(text, source string, has map[string]bool) (left []string, covered int) {
	if len(runs(text)) == 0 {
		return nil, 0
	}
	for _, run := range runs(uncounted(text)) {
		rs := []rune(run)
		var rest []rune
		flush := func() {
			if len(rest) > 0 {
				left = append(left, string(rest))
			}
			rest = nil
		}
		for i := 0; i < len(rs); {
			n, counts := common(rs[i:], source, has)
			if n == 0 {
				if strings.ContainsRune(lightRunes, rs[i]) {
					flush()
				} else {
					rest = append(rest, rs[i])
				}
				i++
				continue
			}
			flush()
			if counts {
				covered += n
			}
			i += n
		}
		flush()
	}
	return left, covered
}

// uncounted is a text without its numbers and what they count.
func uncounted(text string) string {
	_, text = dates(text)
	out, last := "", 0
	fs := facts(text)
	slices.SortFunc(fs, func(a, b fact) int { return a.at - b.at })
	for _, f := range fs {
		if f.at >= last {
			out += text[last:f.at] + " "
			last = f.end
		}
	}
	return out + text[last:]
}

// common is how many characters at the beginning are light, in the source, or a synonym of
// what it has, and whether they count as content.
func common(rs []rune, source string, has map[string]bool) (n int, counts bool) {
	for k := min(len(rs), 8); k >= 2; k-- {
		if strings.Contains(source, string(rs[:k])) {
			n, counts = k, true
			break
		}
	}
	s := string(rs)
	for _, w := range lightHan {
		if l := len([]rune(w)); l > n && strings.HasPrefix(s, w) {
			n, counts = l, false
		}
	}
	for _, p := range phrases {
		if l := len([]rune(p[0])); p[0][0] >= 0x80 && l > n && has[p[1]] && strings.HasPrefix(s, p[0]) {
			n, counts = l, true
		}
	}
	return n, counts
}

var (
	denies = regexp.MustCompile(`(?i)\b(?:not|no|never|cannot|without|neither|nor|none|nobody|nothing|except|unless|excluded?|excludes|excluding|unable|refused?)\b|n['’]t\b|[不没无未勿莫]|非|除外|除非|拒绝|[^特区级分性]别`)
	// What looks like a denial and is none.
	noDenial = regexp.MustCompile(`(?i)\b(?:no more than|not more than|no later than|not later than|no less than|not only|no problem|why not|if not|no matter|whether or not|or not|not exceed(?:ing)?|at no (?:extra |additional )?(?:cost|charge)|no (?:extra |additional )?(?:cost|charge)|nothing)\b|不客气|不好意思|不仅|不但|不过|不论|无论|不管|是不是|能不能|可不可以|有没有|要不要|非常|别的|没问题|不超过|不少于|不满|不错|无线|无忧|不同|不收费用?|不收`)
)

// qualifiers change what a sentence says so much that a source must have one of their line.
var qualifiers = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bsame\b|当天|当日|同一天`), regexp.MustCompile(`(?i)\bnext\b|次日|下一`), regexp.MustCompile(`(?i)\b(?:all|any|every)(?:thing|body|one|where|time)?\b|\beach\b|\bper\b|\bboth\b|任何|所有|全部|任意|每|全球|都`),
	regexp.MustCompile(`(?i)\bonly\b|\bsolely\b|仅|只[有能限要]`), regexp.MustCompile(`(?i)\bplus\b|\bextra\b|\badditional(?:ly)?\b|另[加付收]|额外|附加`), regexp.MustCompile(`(?i)\btoday\b|\btonight\b|今天|今日|今晚`),
	regexp.MustCompile(`(?i)\btomorrow\b|明天|明日`), regexp.MustCompile(`(?i)\b(?:cash|cheque)\b|现金`), regexp.MustCompile(`(?i)\bonline\b|网站|网上|线上`),
	regexp.MustCompile(`(?i)\b(?:before|until)\b|之前|以前`), regexp.MustCompile(`(?i)\bafter\b|\bonce\b|\bwhen\b|\bas soon as\b|\bfrom\b|后|起`),
	regexp.MustCompile(`(?i)\bhalf\b|半`), regexp.MustCompile(`(?i)\bdoubled?\b|\btwice\b|双倍|两倍|加倍`), regexp.MustCompile(`(?i)\bmost(?:ly)?\b|大多|多数`),
}

// opposites: who says one where the source says the other says something else.
var opposites = [][2]*regexp.Regexp{
	{regexp.MustCompile(`(?i)\bbefore\b|\buntil\b|[之以]前|前`), regexp.MustCompile(`(?i)\bafter(?:wards)?\b|[之以]后|后`)},
	{regexp.MustCompile(`(?i)\babroad\b|\bother countries\b|境外|国外|海外`), regexp.MustCompile(`(?i)\bwithin the country\b|\bat home\b|\bdomestic\b|境内|国内`)},
	{regexp.MustCompile(`(?i)\bstandard\b|标准`), regexp.MustCompile(`(?i)\bexpress\b|加急`)},
	{regexp.MustCompile(`(?i)\b(?:under|in|within) warranty\b|保修期内|在保`), regexp.MustCompile(`(?i)\b(?:out of|without|after the) warranty\b|过保|过了保修`)},
	{regexp.MustCompile(`(?i)\bwith\b`), regexp.MustCompile(`(?i)\bwithout\b`)},
	{regexp.MustCompile(`(?i)\bsingle\b|单次`), regexp.MustCompile(`(?i)\bannual\b|年度`)},
	{regexp.MustCompile(`(?i)\bper person\b|\beach person\b|每人`), regexp.MustCompile(`(?i)\bper item\b|\beach item\b|每件`)},
	{regexp.MustCompile(`(?i)\bmore\b|\bover\b`), regexp.MustCompile(`(?i)\bless\b|\bunder\b|\bbelow\b`)},
	{regexp.MustCompile(`(?i)\bopen(?:s|ed)?\b`), regexp.MustCompile(`(?i)\bclosed?\b`)},
	{regexp.MustCompile(`(?i)\bweekdays?\b|工作日`), regexp.MustCompile(`(?i)\bweekends?\b|周末`)},
	{regexp.MustCompile(`(?i)\bdebit\b`), regexp.MustCompile(`(?i)\bcredit\b`)},
	{regexp.MustCompile(`(?i)\bindoors?\b|室内`), regexp.MustCompile(`(?i)\boutdoors?\b|室外`)},
	{regexp.MustCompile(`(?i)\bsender\b|寄件人`), regexp.MustCompile(`(?i)\brecipient\b|收件人`)},
	{regexp.MustCompile(`(?i)\bnext day\b|次日|第二天`), regexp.MustCompile(`(?i)\bnext (?:working|business) day\b|下一?个?工作日`)},
	{regexp.MustCompile(`(?i)\bup\b`), regexp.MustCompile(`(?i)\bdown\b`)},
	{regexp.MustCompile(`(?i)\b(?:turn|switch)\w* (?:it |them )?on\b|打开`), regexp.MustCompile(`(?i)\b(?:turn|switch)\w* (?:it |them )?off\b|关闭|关掉`)},
	{regexp.MustCompile(`(?i)\bleft\b|左`), regexp.MustCompile(`(?i)\bright (?:side|ear|button|hand)\b|右`)},
	{regexp.MustCompile(`下单`), regexp.MustCompile(`签收`)},
	{regexp.MustCompile(`寄出`), regexp.MustCompile(`收到`)},
	{regexp.MustCompile(`(?i)\bmonthly\b|\ba month\b|每月`), regexp.MustCompile(`(?i)\byearly\b|\ba year\b|每年`)},
}

// sides are which of the opposites a text says without the other, a bit for each.
type sides [2]uint32

func sidesOf(text string) (out sides) {
	for k, o := range opposites {
		switch first, second := o[0].MatchString(text), o[1].MatchString(text); {
		case first && !second:
			out[0] |= 1 << k
		case second && !first:
			out[1] |= 1 << k
		}
	}
	return out
}

// opposed reports whether one says the opposite of the other in one of these.
func (s sides) opposed(other sides) bool { return s[0]&other[1]|s[1]&other[0] != 0 }

// qualities are which of the qualifiers a text has, a bit for each.
func qualities(text string) (out uint32) {
	for k, q := range qualifiers {
		if q.MatchString(text) {
			out |= 1 << k
		}
	}
	return out
}

func denied(text string) bool { return denies.MatchString(noDenial.ReplaceAllString(text, " ")) }

var (
	clauses = regexp.MustCompile(`(?i)[;:；：—，]|\.\s|[。！？!?\n]|\b(?:but|however|whereas|while|except|unless)\b|但是?|不过|然而`)
	commas  = regexp.MustCompile(`(?i),\s|[;:；：—，、]|\.\s|[。！？!?\n]|\b(?:but|and|however|whereas|while|except|unless)\b|但是?|不过|然而|和|及`)
	// A clause has somebody who does something; an item of a list has not.
	doing = regexp.MustCompile(`(?i)\b(?:we|you|it|they|i|he|she|there|is|are|was|were|can|cannot|will|do|does|must|has|have|had|takes?|please|keep|call|tell|choose|print|not)\b`)
)

// listDenial: an item of a list that denies is a clause by itself.
var listDenial = strings.NewReplacer("、没", "，没", "、未", "，未", "、不", "，不", "、无", "，无")

// parts are the clauses of a text. A list is not taken apart: what is denied of it is denied of all.
func parts(text string) (out []string) {
	text = listDenial.Replace(text)
	for _, p := range pieces(text, clauses) {
		last := ""
		for _, x := range strings.Split(p, ", ") {
			if last != "" && doing.MatchString(last) && doing.MatchString(x) {
				out = append(out, last)
				last = x
				continue
			}
			if last != "" {
				x = last + ", " + x
			}
			last = x
		}
		if last != "" {
			out = append(out, last)
		}
	}
	return out
}

// pieces parts a text at marks; a word that parts goes with what follows.
func pieces(text string, at *regexp.Regexp) (out []string) {
	start := 0
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	for _, m := range at.FindAllStringIndex(text, -1) {
		add(text[start:m[0]])
		start = m[0]
		if r := first(text[m[0]:]); !unicode.IsLetter(r) {
			start = m[1]
		}
	}
	add(text[start:])
	return out
}

var proper = regexp.MustCompile(`\b[A-Z][\w&-]*(?:\s+[A-Z][\w&-]*)*`)

// properNames are the names in a sentence: capitalised words but its first, unless another
// follows it.
func properNames(text string) (out []string) {
	for _, m := range proper.FindAllStringIndex(text, -1) {
		s := text[m[0]:m[1]]
		first := strings.Trim(text[:m[0]], " \t\n*_#>\"“‘'([-•") == "" || strings.ContainsAny(lastRune(text[:m[0]]), ".!?:。！？：\n")
		ws := strings.Fields(s)
		if first && light[strings.ToLower(ws[0])] || first && len(ws) == 1 {
			ws = ws[1:]
		}
		for len(ws) > 0 && light[strings.ToLower(ws[0])] {
			ws = ws[1:]
		}
		if len(ws) > 0 && ws[0] != "I" && ws[0] != "AI" && ws[0] != "OK" {
			out = append(out, strings.ToLower(strings.Join(ws, " ")))
		}
	}
	return out
}

func lastRune(s string) string {
	rs := []rune(strings.TrimSpace(s))
	if len(rs) == 0 {
		return ""
	}
	return string(rs[len(rs)-1])
}

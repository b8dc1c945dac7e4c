package brain

import (
	"strings"

	"parley/dialog/regexp"
)

// courtesy are the words of sentences that need no source: greeting, thanks, regret, offers
// of help or of a person, not knowing.
var courtesy = stems(`hello hi welcome afraid thank thanks sorry apologise apologize apologies apology understand frustrating frustration inconvenience hope hear help
assist assistance happy glad pleased pleasure question questions else anything something everything moment wait hold check look let know tell share speak talk
message leave person human colleague somebody someone agent representative connect offer contact pass great good nice fine perfect lovely course certainly absolutely
problem worry worries information answer find knowledge sources documents pages confirm sure again today name assistant virtual ai bot listen ready think believe
details matter regarding concerning ask asked asking mean sound sounds trouble difficult situation experience patience patient waiting noted touch
based unfortunately able unable don't rather feel free step steps way example summary short reach repeat rephrase reword clarify specific topic
team reply day morning afternoon evening goodbye bye take care bit little`)

// courtesyHan are the same in Chinese, longest first where one begins another.
var courtesyHan = strings.Fields(`很抱歉 非常抱歉 抱歉 对不起 不好意思 您好 你好 谢谢您 谢谢 感谢 不客气 欢迎 请问 请您 请稍等 稍等 请稍候 稍候 理解 明白 了解 知道 心情 着急 难过 遗憾 给您带来 带来 不便 困扰 麻烦 久等
帮您 帮助 帮忙 帮到 协助 服务 乐意 高兴 很高兴 随时 告诉 提供 说明 说一下 确认 核对 查询 查一下 查找 查到 看一下 看看 问题 疑问 还有 其他 别的 什么 需要 可以 为您 人工 客服 同事 专员 转接 转 留言 联系 方式
资料 信息 相关 规定 内容 知识库 回答 答案 不能 无法 没有 没找到 找到 随便 承诺 保证 抱怨 具体 清楚 好的 没问题 当然 放心 智能 助手 祝您 愉快 再见 早上好 下午好 晚上好 今天 一下 这个 那个 这边 目前 暂时 如果 是否 想要 希望 愿意 或者 还是 换个 哪 几 一位 称呼 直接 建议 以下 如下 步骤 您 我 请 吗 呢 吧 哦 嗯 啊`)

// asked are what customers are asked for, and what they are asked about.
var askable = stems(`order number phone mobile email e-mail address postcode postal code date time name model product colour color size policy claim serial customer last four digits when
where which what bought purchased ordered delivered standard express headphones speaker mean interested trip booking country city reason describe exactly happened kind type one both`)

var askableHan = strings.Fields(`订单号 订单 手机号 电话 号码 尾号 邮箱 地址 邮编 日期 时间 姓名 名字 型号 产品 商品 颜色 尺寸 保单号 保单 理赔号 序列号 什么时候 哪里 哪个 哪一款 哪款 购买 下单 收到 国家 城市 原因 描述 具体 情况 标准 加急 耳机 音箱 指 想问 是指 多久 多少`)

// stern are words that promise or exclude: a source must have them itself.
var stern = stems(`guarantee guaranteed guarantees promise promised always definitely fully full compensation compensate voucher discount gift unlimited lifetime forever entire
immediately instantly approved approve waive waived bonus credit goodwill double triple legally binding liability liable free accept accepts verified authorised authorized admin administrator
exempt override unconditional unconditionally cash payout refund refunded`)

var sternHan = strings.Fields(`保证 承诺 一定 全额 免费 赔偿 补偿 赔付 优惠 任何 全部 所有 立即 马上 立刻 终身 永久 批准 通过 免单 双倍 无条件 责任 到账 打款 退款 赠送 管理员 权限 免验证 作废`)

// mishaps are what one regrets with a customer.
const mishaps = "arrived arrive late delayed delay broken damaged lost missing wrong working faulty fault disappointed disappointing bad stopped stolen injured accident ill sick 没到 没收到 坏了 丢了 延误 破损 损坏 不好 失望 丢失 受伤 生病 意外 慢"

func stems(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[standing(stem(w))] = true
	}
	return out
}

var (
	// Somebody of ours will do something, or has done it.
	vow = regexp.MustCompile(`(?i)\b(?:i|we|they|he|she|you|it|our \w+|the (?:team|company|manager|agent)|(?:a|our|my) (?:colleague|agent|manager|supervisor|specialist)|someone|somebody)(?:['’]ll| will| shall| promise| guarantee|['’]m going to| am going to| are going to|['’]re going to|['’]ve| have| has)\b`)
	// Those that are none: "I will be happy to help".
	noVow = regexp.MustCompile(`(?i)\b(?:i|we)(?:['’]ll| will|['’]m going to| am going to)(?: be (?:happy|glad|here|pleased)| (?:gladly )?(?:help|need|check|look|try|ask|explain|listen|do my best))\b|\b(?:i|we)(?:['’]ve| have)(?: just)? (?:found|looked|checked|read|searched|no |not |understood|heard)|\b(?:i|we) have (?:no|a question)|\b(?:you|you['’]ve|you have)(?:['’]ve| have) (?:any|another|more|further|a|questions?|asked|mentioned|said|told)\b|\byou(?:['’]ll| will) (?:need|have to|find)\b`)
	// The state of the customer's own matter: only their system can say it.
	state = regexp.MustCompile(`(?i)\b(?:your|the|this|her|his|their|all) [\w' -]{0,40}?\b(?:has|have|had)(?: now| already| just| successfully)* been\b|\byour [\w' -]{0,40}?\b(?:is|was|are) (?:now |already |hereby )?(?:cancel|refunded|approv|confirmed|verif|updated|issued|waived|suspended|activated|processed)\w*|\b(?:identity|checks?|verification)\b.{0,30}\b(?:suspended|off|skipped|waived|not (?:needed|required))|您的.{0,16}(?:已|已经)|(?:已|已经)(?:为您|帮您|给您|成功|同意|通过|核验|确认|取消|退款|退全款|修改|更改|批准|办理|处理)|(?:无需|不用|免|跳过|暂停|不必)(?:任何)?(?:身份)?(?:验证|核验|核对)|(?:核验|验证)(?:已)?(?:通过|成功)`)
	// Nothing that is written can carry what the program says it did or will do itself.
	deed = regexp.MustCompile(`(?i)\bI(?:['’]ve| have| will|['’]ll| shall|['’]m going to| am going to)\b|我(?:已经?|这就|马上|立即|现在就)`)
	// It speaks of what was spoken of before.
	refers   = regexp.MustCompile(`(?i)^(?:they|it|these|those|both|this one|that one)\b|^(?:它们?|该|其|这款|两者|这两)`)
	zhVow    = regexp.MustCompile(`(?:我们?|本公司|公司|客服|同事|专员|他们|机器人)(?:这就|马上|立即|现在就?|一定)?(?:会|将|保证|承诺|同意|愿意)|(?:保证|承诺)(?:您|给|赔|退|会|本)|(?:马上|立即|这就)(?:为您|给您|帮您)|三日内到账|一定会`)
	noZhVow  = regexp.MustCompile(`(?:不能|无法|不会|没法|不便|没有)(?:向您|随便|给您)?(?:保证|承诺)|我会(?:尽力|帮您查|继续|为您查)|我(?:这就|马上|立即|来)(?:去)?(?:查|看)|(?:这就|马上|立即)?(?:为您|帮您)(?:查|看|转接?人工|核对)`)
	ignorant = regexp.MustCompile(`(?i)^(?:(?:i['’]?m |i am )?(?:sorry|afraid|unfortunately)[,. ]*(?:but )?(?:that )?)*(?:i|the (?:information|documents|pages|passages|sources|knowledge)|our (?:information|documents|pages|records)|my (?:information|sources|knowledge)|there is|that is)\b.{0,40}?(?:\bnot\b|n['’]t\b|\bno\b|\bcannot\b|\bunable\b|\bnothing\b)|^(?:很|非常)?(?:抱歉|对不起|不好意思)?[，,]?(?:我|目前|我的|现有|这边|这个|知识库|资料|暂时|关于)[^。]{0,24}?(?:没有|无法|不能|不清楚|不知道|查不到|不了解|未找到|找不到|不便|不确定)`)
	regret   = regexp.MustCompile(`(?i)\b(?:sorry|apolog\w+|understand|frustrating)\b|抱歉|对不起|不好意思|理解|遗憾`)
	restates = regexp.MustCompile(`(?i)^(?:so )?you(?:['’]re| are)? (?:ask|want|said|mention|would like|wonder|mean)|^您(?:问|想问|想|提到|说|是想|的意思)`)
	question = regexp.MustCompile(`[?？]["”’」）)]*$|[吗呢]["”」]?[。.!]?$`)
	request  = regexp.MustCompile(`(?i)^(?:please|could you|can you|would you|may i|kindly)\b.{0,20}\b(?:tell|give|share|provide|describe|say|let|confirm|send me)\b|^(?:麻烦|请)(?:您)?(?:再)?(?:告诉|提供|说|描述|确认|告知|报)`)
	// What nobody may be asked for in a chat or call.
	secret = regexp.MustCompile(`(?i)\b(?:passwords?|passcodes?|pin(?: code)?|cvv|cvc|security code|card numbers?|card details|one[- ]time code|verification code|otp|full card)\b|密码|验证码|银行卡号|卡号|信用卡|安全码`)
	// Giving or sending it, or telling where.
	demands = regexp.MustCompile(`(?i)\b(?:send|tell|give|share|provide|read|enter|type|say|forward|text|what is|what['’]s|need|confirm|transfer)\b|告诉|发送?|提供|输入|念|报|说一下|是多少|转给`)
	bare    = regexp.MustCompile(`(?i)^[^\p{L}\d]*(?:yes|no|yeah|yep|nope|of course|certainly|absolutely|correct|right|exactly|definitely|sure|that is (?:right|correct|true)|that['’]s (?:right|correct|true)|you can|you cannot|you can['’]t|it does|it is|是的?|对的?|没错|可以的?|不可以|能|不能|不行|行|会的?|不会|当然可以?|不是)[^\p{L}\d]*$`)
	affirms = regexp.MustCompile(`(?i)^(?:yes|no|yeah|yep|nope|of course|certainly|absolutely|correct|exactly|definitely)\b[,.!—– -]+|^(?:是的|对的?|没错|可以的?|能的?|不可以|不行|当然可以?|会的)[，,。！]`)
)

// deeds reports whether the program says what it did or will do.
func deeds(s string) bool {
	return deed.MatchString(noZhVow.ReplaceAllString(noVow.ReplaceAllString(s, " "), " "))
}

// vows reports whether a sentence says what will be done, or was.
func vows(s string) bool {
	return vow.MatchString(noVow.ReplaceAllString(s, " ")) || zhVow.MatchString(noZhVow.ReplaceAllString(s, " "))
}

// sternBeyond reports whether a claim has stern words that a source does not have.
func sternBeyond(c *claim, s *reading) bool {
	for _, t := range c.terms() {
		if stern[t] && !s.words[t] {
			return true
		}
	}
	for _, w := range c.stern() {
		if !strings.Contains(s.all, w) && !s.words[headOf(w)] {
			return true
		}
	}
	return false
}

func headOf(w string) string {
	for _, p := range phrases {
		if p[0] == w {
			return p[1]
		}
	}
	return "?"
}

// polite reports whether a text has only words of courtesy, those of more, and light ones.
func polite(s string, more ...string) bool {
	for _, w := range latin(s) {
		if len(w) == 1 && !strings.Contains("aAIi", w) { // spelled
			return false
		}
	}
	have := map[string]bool{}
	han := ""
	for _, m := range more {
		for _, t := range terms(m) {
			have[t] = true
		}
		han += " " + m
	}
	for _, t := range terms(s) {
		if !courtesy[t] && !have[t] {
			return false
		}
	}
	return len(strange(s, courtesyHan, han)) == 0
}

// strange are the Han words of a text that are neither in a list, nor light, nor in another text.
func strange(s string, list []string, other string) (out []string) {
	for _, run := range runs(s) {
		for _, w := range list {
			run = strings.ReplaceAll(run, w, " ")
		}
		for _, piece := range strings.Fields(run) {
			left, _ := residue(piece, other, nil)
			for _, l := range left {
				if len([]rune(l)) > 1 || !strings.Contains(other, l) {
					out = append(out, l)
				}
			}
		}
	}
	return out
}

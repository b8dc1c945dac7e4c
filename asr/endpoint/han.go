package endpoint

import (
	"math"
	"strings"
)

// hanTail is what a Chinese text ends in, as far as the end of a sentence depends on it.
type hanTail uint8

const (
	hanPlain    hanTail = iota
	hanParticle         // 吗, 呢, 吧
	hanDone             // 了
	hanAsk              // 多少, 怎么办
	hanClose            // 谢谢, 可以
	hanJoin             // 因为, 和
	hanWants            // 在, 给, 想: something follows
	hanLeads            // 很, 都, 不
	hanOf               // 的, 地, 得, 着
	hanWho              // 我, 你们
	hanCount            // 一, 这, 几, 个
	hanFill             // 嗯, 那个, 就是
	hanTails
)

// What the tails are; the longest that fits is taken.
var (
	hanDigits = "零〇一二两三四五六七八九十百千幺0123456789"
	hanAnswer = set(`是 是的 对 对的 好 好的 不是 不 不用 不要 可以 行 没有 有 谢谢 再见 嗯 没了 没问题 你好 您好 喂`)
	hanOpener = set(`好 好的 谢谢 嗯 你好 您好 喂`)
	// hanVerbs are characters by which a text is known to have a verb, mostly.
	hanVerbs = "是有在想要问买卖退换查到收寄发送付还给说看找用去来做打订取改开关等帮能会让叫请办知喜欢需希觉得带变成被把穿吃写听走坐住修装下拿享分"
)

var hanEnds = tails([hanTails]string{
	hanParticle: `吗 呢 吧 么 啊 呀 哟 呦 哦 嘛 啦 哈 喽 咯 的吗 了吗`,
	hanDone:     `了 过 完 好了 到了 掉 为止 没到 收到 买到 找到 看到 听到`,
	hanAsk:      `什么 多少 怎么办 哪里 哪儿 几天 为什么 多久 多少钱 怎么样 什么时候 是谁 几点 哪天`,
	hanClose:    `谢谢 可以 人工 再见 就行 就好 没有 钱 不行 不了`,
	hanJoin: `和 跟 与 或 或者 还有 因为 所以 但是 可是 不过 不但 不仅 而且 如果 要是 然后 无论 不管 还是 虽然 既然 只要 只有 除了 以及 并且 而 并 及 但 若
			比如 例如 关于 对于 由于 为了 于是 那么 因此 同时 另外`,
	hanWants: `在 把 被 给 对 从 到 向 往 让 用 以 比 跟我 请问 请 请帮我 帮我 帮 想 我想 我要 想要 想问 问 要 是 有 号码是 订单号是 会 能 能够 可 应该 需要 希望 觉得 认为 成
			叫 送 为 由 使 令 将 按 按照 根据 通过 经过 变成 成为 属于 位于 充满 包括 带来 没 没有收 不能 不会 不想 喜欢 打算 准备 开始 继续`,
	hanLeads: `很 都 也 就 还 再 又 不 最 更 太 非常 特别 比较 总 总是 总能 已经 正在 刚刚 刚 马上 一直 经常 常常 从来 只 才 却 可能 大概 真 挺 越 越来越 这么 多么 如此 别 不要 十分 极其`,
	hanOf:    `的 地 得 着 之 所 我的 你的 他的 等`,
	hanWho:   `我 你 他 她 它 我们 你们 他们 她们 您 咱们 大家 人们 自己 谁`,
	hanCount: `一 两 几 个 一个 位 种 份 丝 些 这 那 哪 这个 哪个 每 每个 各 某 第 某个 几个 一些 一种 条 件 张 本 只有一 台 部 次 点 双 套 块 片 阵 股 间`,
	hanFill:  `嗯 呃 额 那个 就是 就是说 这个那个`,
})

func tails(lists [hanTails]string) map[string]hanTail {
	m := map[string]hanTail{}
	for t, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] = hanTail(t)
		}
	}
	return m
}

// judgeHan reads what was said in Chinese characters.
func (r *reading) judgeHan(s string) state {
	if r.opener = hanOpener[s]; hanAnswer[s] {
		return answer
	}
	rs := []rune(s)
	for n := min(5, len(rs)); n > 0; n-- {
		if t, ok := hanEnds[string(rs[len(rs)-n:])]; ok {
			r.tail = t
			break
		}
	}
	r.definite = !strings.ContainsAny(s, hanVerbs)
	switch r.tail {
	case hanParticle, hanDone, hanAsk, hanClose:
		if len(rs) < 3 {
			return open
		}
		return whole
	case hanPlain:
		return open
	}
	return hanging
}

func (r *reading) intoHan(x *Features) {
	if r.state == answer {
		x.is(fOpener, r.opener)
		return
	}
	x[fHanWords] = min(math.Log(float64(r.words))-2.2, 0)
	x.is(fHanNoVerb, r.definite)
	x.is(fHanWhole, r.state == whole)
	x.is(fHanParticle, r.tail == hanParticle)
	x.is(fHanHanging, r.state == hanging)
	x.is(fHanJoin, r.tail == hanJoin || r.tail == hanFill)
	x.is(fHanOf, r.tail == hanOf)
	x.is(fHanWho, r.tail == hanWho)
	x.is(fHanCount, r.tail == hanCount)
	x.is(fHanLeads, r.tail == hanLeads)
}

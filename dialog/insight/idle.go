package insight

import "strings"

// Words that carry no subject, in what customers say: whatever they ask about, they say these.
var (
	idleWords = setOf(`a about above actually after again against all almost already also always am an and another any anybody anyone anything
anyway are aren't around as ask asked asking at away back bad be because been before being best better between bit both but buy bought by call
called came can can't cannot chance check come comes coming could couldn't couple day days dear did didn't different do does doesn't doing don't done
down due during each either else enough even ever every everything explain far few find fine first for found from further gave get gets getting
give given gives giving go goes going gone gonna good got great guess guys had hadn't half happen happened happens hard has hasn't have haven't having
he hear heard hello help helped her here hers hey hi him his hope how however i i'd i'll i'm i've idea if in inform instead into is isn't issue it it's its itself
just keep keeps kind kindly know last late later least let let's like little long look looking lot made make makes making many matter maybe me mean means
might mine minute moment month more morning most much must my myself name near need needed needs never new next nice no nobody none nor not nothing
now number of off oh ok okay old on once one only open or other our ours out over own part people perfect perhaps person place please possible possibly probably
problem put question quite rather really reason recently regarding right said same saw say saying says see seem seems seen sent several shall she should
shouldn't show since six so some somebody someone something soon sorry sort start still stop stuff such sure take taken takes talk tell ten than thank thanks
that that's the their theirs them then there there's these they they're thing things think this those though three through thing time times to today together told
tomorrow too took toward tried try trying two um uh under understand until up upon us use used uses using very via wait waiting want wanted wants was wasn't way
we we'd we'll we're we've week weeks well went were weren't what what's whatever when where whether which while who whole whom why will wish with within without
won't wonder wondering work working works would wouldn't wrong yeah year years yep yes yesterday yet you you'd you'll you're you've your yours yourself
able add allow anymore apparently appear believe bring broke bunch case cause certain clear could different easy end entire exactly example expect explain extra
fact feel figure forget form fully gotten hi hold honestly info information item itself kept leave left literally live main mention missing order ordered orders piece
point pretty product provide quick quickly read ready receive received reply request seriously serious set short side simple simply single situation sometimes
special state stay supposed thought turn type usually useful weird whenever wherever will woman man sir madam hmm er huh alright chat agent human brilliant wonderful awesome
i'd ive im dont doesnt didnt cant wont isnt arent whats thats youre theyre hasnt havent couldnt shouldnt wouldnt wasnt`)

	idlePhrases = setOf(`如何 怎样 怎么 怎么办 怎么样 什么 什么时候 为什么 请问 想问 想问下 想问一下 想知道 知道 不知道 现在 时候 这样 那样 情况 一直 已经 但是 可是 不过 因为 所以 如果 然后 或者 还是 可以
可不可以 能够 能不能 能否 应该 需要 可能 一个 一下 一些 一样 一起 一定 这种 那种 这个 那个 这些 那些 哪些 哪个 哪里 就是 不是 是不是 没有 有没有 是否 我想 想要 您好 你好 谢谢 麻烦 告诉 了解 帮我 帮忙 帮助
大家 他们 我们 你们 咱们 自己 之后 以后 以前 之前 后来 多少 多久 多长 关于 对于 这段 那段 时间 好了 据说 听说 觉得 感觉 发现 比较 非常 特别 经常 总是 不会 都是 并且 而且 为了 由于 其他 其它 请教 上周 下周 本周
昨天 今天 明天 前天 后天 上个月 这个月 上次 这次 下次 刚才 刚刚 最近 到底 究竟 真的 真是 只是 只有 还有 还没 还没有 没法 不能 不要 不用 不行 不了 不到 看到 收到 拿到 找到 遇到 出现 发生 进行 使用 出了 出问题 问题
有点 有些 好像 似乎 大概 左右 已经 马上 立刻 赶紧 赶快 几天 三天 两天 一天 一周 两周 小时 分钟 星期 礼拜 个月 你们的 我的 你的 直接 重新 再次 每次 每天 总共 一共 全部 所有 东西 事情 地方 办法 方法 方式 原因 结果
我买的 我买 买的 下单 订单 订的 客服 人工 显示 提示 处理 解决 查询 查一下 查查 看看 看一下 试了 试过 联系 回复 通知 好的 好吧 行吧 可以吗 行吗 对吗 好吗 明白 清楚 没问题 不好意思 抱歉 对不起 打算 准备 希望 要求 必须 只能 也是
一点 一次 两次 三次 很久 太久 这么 那么 多了 完全 居然 竟然 根本 从来 本来 原来 其实 当然 毕竟 反正 甚至 尤其 比如 例如 等等 之类 以及 根据 按照 通过 经过 关系`)

	idleRunes = runesOf("的了吗呢吧啊呀嘛么哦嗯哈是我你您他她它们这那个和与或在就都也很有请问一二两三四五六七八九十不还要能会可想怎什哪把被给让到从对为之而其去来用没再又才只说看着过得地几多少第年月日号点时吧买换帮找做打发拿收等该先后前里上下中内外给跟向比最更太真好")
)

func setOf(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func runesOf(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

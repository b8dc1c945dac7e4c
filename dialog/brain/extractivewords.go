package brain

import (
	"slices"
	"strings"
	"unicode"
)

// near are words in which customers ask about the same matter, in both languages. It is
// looser than kin, which says what sentences mean: this only says what they are about.
var near = strings.Split(strings.TrimSpace(`
return, returns, send back, sent back, give back, bring back, take back, post back, mail back, ship back, changed my mind, do not want, don't want, no longer want, unwanted, 退货, 退回, 寄回, 可退, 退换, 能退, 还能退, 退掉, 不想要, 不要了, 退不退, 退吗, 收回
refund, money back, get back, reimburse, repay, credited, 退款, 退钱, 还钱, 钱退, 返还, 返款, 到账, 回到, 打回来
exchange, swap, trade, switch, different colour, different color, another colour, 换货, 换成, 换一, 换个, 更换, 调换
repair, repairs, fix, mend, servicing, 维修, 修理, 修好, 修一, 修个, 能修, 怎么修, 修不修
warranty, guarantee, guaranteed, 保修, 质保, 给保, 在保, 过保, 保几年
deliver, delivery, ship, shipping, shipment, send, arrive, dispatch, courier, post, posted, sent, get here, reach me, 配送, 送达, 送货, 送到, 寄到, 发货, 到货, 运送, 快递, 发到, 寄给, 寄往, 海外配送, 邮寄, 物流, 能到
parcel, package, packet, box, shipment, carton, 包裹, 箱子, 盒子, 快递, 外箱
track, tracking, where is, whereabouts, status, progress, 物流, 查快递, 进度, 到哪, 查一下
abroad, overseas, foreign, country, countries, international, internationally, germany, france, spain, italy, canada, japan, uk, england, europe, european, usa, america, 国外, 海外, 境外, 国家, 德国, 法国, 日本, 英国, 美国, 加拿大, 欧盟, 欧洲
cost, costs, price, prices, priced, fee, charge, charges, how much, expensive, rate, 费用, 价格, 收费, 多少钱, 售价, 运费, 花多少, 要花, 贵, 一口价, 美元
free, no charge, no cost, gratis, 免费, 不收费, 包邮, 免运费
address, street, postcode, house number, door number, moved, moving, 地址, 门牌, 街, 搬家, 收货地址
wrong, mistyped, typo, mistake, misspelled, incorrect, 写错, 填错, 错了, 弄错, 打错
broken, damaged, damage, cracked, crack, dented, smashed, crushed, scratched, torn, defective, faulty, 破损, 损坏, 坏了, 坏的, 裂了, 裂, 压坏, 摔坏, 摔了, 瘪, 碎了, 刮花
missing, not in the box, incomplete, was not in, were no, lacking, left out, 少了, 缺少, 没有充电线, 少发, 缺件, 缺了, 漏发
drop, drops, dropped, fell, fall, 摔, 掉地
cancel, call off, stop my order, take back my order, annul, 取消, 不想买, 退订, 撤销, 退保
change, alter, modify, edit, amend, update, correct, 修改, 更改, 变更, 改成, 改一下, 换地址
pay, payment, paid, paying, payable, card, cards, 付款, 支付, 付钱, 能付, 怎么付, 微信, 支付宝, 银行卡, 刷卡, 交费, 缴费, 怎么交
instalment, installment, instalments, installments, monthly, split the payment, spread the cost, pay later, over some months, over months, 分期, 按月, 分几个月, 分几次, 分几期
invoice, receipt, bill, vat number, tax number, 发票, 收据, 税号, 抬头, 开票
discount, reduction, reductions, voucher, coupon, promo, promotion, cheaper, deal, offer code, 优惠, 折扣, 打折, 优惠券, 便宜, 打九折, 减价
match, cheaper, for less, lower price, elsewhere, another shop, other shop, price difference, 价格保护, 保价, 补差, 差价, 更便宜, 卖得更便宜, 别家, 别的店, 别的商店
student, students, teacher, teachers, school, pupil, 学生, 教师, 老师, 学校
password, passcode, log in, login, sign in, log on, locked out, 密码, 登录, 登不, 登陆
account, profile, personal data, my data, 账户, 账号, 帐号, 帐户, 注销, 个人信息, 资料
delete, erase, remove, close my account, wipe, 删除, 删掉, 注销, 清除, 删了
are you open, you open, do you open, open on, open at, opening hours, opening times, hours, anybody there, anyone there, business hours, office hours, closing time, 营业, 上班, 几点, 开门, 关门, 工作时间, 有人接, 在线, 营业时间
saturday, sunday, weekend, weekends, weekday, monday, 周六, 周日, 周末, 星期六, 星期天, 星期日, 礼拜六, 礼拜天
shop, shops, store, stores, branch, showroom, listening room, 门店, 实体店, 店, 试听室, 试听, 商店
where, located, location, street, which street, 哪里, 哪儿, 在哪, 什么地方, 位置
person, people, human, agent, staff, colleague, 人工, 客服
reach, contact, phone number, telephone, call you, 联系, 电话
complaint, complain, not satisfied, unhappy, dissatisfied, 投诉, 不满意
disagree, object, objection, appeal, refused, turned down, rejected, denied, 异议, 拒赔, 被拒, 不服, 不同意, 申诉
headphone, headphones, headset, pair, cans, over-ear, 耳机, 头戴
earbud, earbuds, in-ear, earphone, earphones, ear tip, ear tips, 入耳式, 耳塞
worn, used, wore, 戴过, 用过
used, second hand, secondhand, second-hand, pre-owned, preowned, 二手, 闲鱼, 转手
opened, used, unwrapped, unpacked, unsealed, seal, sealed, packaging, wrapping, 拆封, 开封, 拆了, 包装, 拆开, 打开过
speaker, speakers, loudspeaker, soundbar, 音箱, 音响
battery, batteries, charge, power, play, hours, 电池, 续航, 充电, 充一次, 听几个小时, 用多久
pads, pad, cushions, cushion, spare part, spare parts, replacement part, cable, cables, 耳罩, 配件, 线材, 充电线, 单独买, 零件, 螺丝刀
noise cancelling, noise canceling, cancel noise, anc, silence, 降噪, 隔音
waterproof, water, swim, swimming, rain, shower, wet, splash, sweat, 防水, 游泳, 下雨, 下水, 淋雨, 防汗, 泡水, 进水
bluetooth, pair, pairing, connect, connection, 蓝牙, 连接, 配对, 连不上, 搜不到, 连上
reset, froze, frozen, hang, hangs, stuck, not turn on, does not turn on, not react, nothing happens, unresponsive, dead, 重置, 卡死, 没反应, 打不开, 死机, 没用, 开不了机
microphone, mic, calls, 麦克风, 打电话, 通话
recycle, recycling, old headphones, dispose, disposal, 回收, 旧耳机
luggage, baggage, suitcase, suitcases, bag, bags, case, 行李, 箱子, 包被
lost, lose, cannot find, mislaid, vanished, 丢了, 丢失, 搞丢, 弄丢, 遗失, 不见了
stolen, theft, thief, took, robbed, burglary, burgled, 被偷, 偷了, 盗窃, 被盗
late, delay, delayed, behind schedule, hours late, a day after, day later, days later, turned up, 延误, 晚点, 晚到, 晚了, 第二天才到, 迟到
flight, plane, airline, aircraft, 航班, 飞机, 航空公司
trip, journey, travel, holiday, vacation, travelling, traveling, 旅行, 旅游, 行程, 出去, 一趟, 出门
ill, illness, sick, disease, diabetes, condition, conditions, asthma, 生病, 疾病, 病, 既往症, 糖尿病, 高血压
emergency, hospital, accident, 紧急, 住院, 意外, 医院
sport, sports, skiing, ski, slopes, diving, dive, cycling, climbing, 运动, 滑雪, 潜水, 骑行, 登山
leak, leaked, leaks, pipe, pipes, flooded my, washing machine, dishwasher, 漏水, 水管, 洗衣机, 洗碗机, 泡了
flood, floods, earthquake, natural hazards, 洪水, 地震, 自然灾害
bicycle, bike, bikes, 自行车, 单车
valuables, jewellery, jewelry, watch, watches, ring, gold, cash, 贵重, 首饰, 手表, 现金, 金条, 珠宝
excess, deductible, bear myself, pay myself, own share, 免赔额, 自己承担, 自己要承担, 自己出, 自付, 自己要出
claim, claims, report damage, 理赔, 报案, 索赔, 出险, 赔偿
papers, documents, proofs, proof, evidence, paperwork, hand in, 材料, 资料, 证明, 文件, 手续
cover, covered, covers, insured, insure, included, include, 保障, 承保, 可以保, 保吗, 保不保, 赔吗, 赔不赔, 能赔, 给赔, 管不管, 包括, 包含
payout, compensation, what do i get, pay out, pays out, 赔多少, 赔偿, 能赔多少, 能拿多少, 报不报, 报销
premium, premiums, raise the price, price increase, 保费, 涨价
begin, begins, start, starts, take effect, effective, 生效, 开始
policy, policies, contract, 保单, 合同
how long, how many days, how soon, how fast, when, until, 多久, 几天, 什么时候, 多长时间, 几个工作日, 多少天
longest, at most, maximum, limit, 最长, 最多, 最高
rent, let, lodgers, guests, tenants, airbnb, 出租, 租给
colour, color, white, black, blue, red, 颜色, 白色, 黑色, 蓝色, 红色
express, urgent, faster, next day, 加急, 加快, 次日达
normal, standard, ordinary, regular, usual, 标准, 普通
bank, transfer, 银行, 转账
part, partial, partly, only one, just one, just the, only the, one item, one of them, some of, single item, 部分, 一部分, 只取消, 其中一, 一件, 单件, 整单
`), "\n")

// matters maps a stem to the lines of near that it is in, by their numbers; several are
// what is of more words, or Chinese.
var matters, several = lines()

type phraseOf struct {
	text string
	line int
}

func lines() (map[string][]int, []phraseOf) {
	one, more := map[string][]int{}, []phraseOf{}
	for i, l := range near {
		for _, w := range strings.Split(l, ", ") {
			if strings.ContainsAny(w, " -'") || w[0] >= 0x80 {
				more = append(more, phraseOf{w, i})
			} else {
				one[stem(w)] = append(one[stem(w)], i)
			}
		}
	}
	return one, more
}

// about gives the lines of near that a text speaks of.
func about(text string) map[int]bool {
	out := map[int]bool{}
	low := strings.ToLower(text)
	for _, w := range latin(low) {
		for _, l := range matters[stem(w)] {
			out[l] = true
		}
	}
	han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	for _, p := range several {
		if (p.text[0] < 0x80 || han) && strings.Contains(low, p.text) {
			out[p.line] = true
		}
	}
	return out
}

// widened is a question with other words for what it is about, of those lines that do not
// say most of what anybody asks.
func widened(question string) string {
	out := []string{question}
	for i := range about(question) {
		han := len(runs(question)) > 0
		n := 0
		for _, w := range strings.Split(near[i], ", ") {
			if (w[0] >= 0x80) == han && n < 6 {
				out = append(out, w)
				n++
			}
		}
	}
	slices.Sort(out[1:])
	return strings.Join(out, " ")
}

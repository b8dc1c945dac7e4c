package month

// scene is what customers come for, and how it goes.
type scene struct {
	name    string
	weight  float64
	person  float64 // how often a person is asked for
	solves  float64 // how often the bot's answer is enough
	anger   float64
	returns float64 // how often a known customer comes back on it
	rises   bool    // it comes up on the last day
	en, zh  lines
}

// lines are a scene's in one language.
type lines struct {
	title  string // of the source
	asks   []string
	answer string
	more   [][2]string
}

var scenes = []scene{
	{"delivery", 22, .13, .85, .07, .1, false,
		lines{"Delivery times and costs", []string{"Where is my parcel? The tracking page has not moved for two days.", "How long does delivery take to Leeds?", "My headphones have not arrived yet.", "The courier left a card but I was at home."}, "Standard delivery takes 2 to 4 working days; the tracking link is in your confirmation email.", [][2]string{{"And how much is express shipping?", "Express delivery is next working day for $9.90."}, {"Can I change the delivery address?", "You can change the address until the parcel is dispatched."}}},
		lines{"配送时间与费用", []string{"我的快递怎么两天没动了？", "耳机什么时候能到？", "快递员说派送了，可是我没收到包裹。", "请问发到成都要多久？"}, "标准配送需要 2 到 4 个工作日，物流信息在确认短信的链接里。", [][2]string{{"可以修改收货地址吗？", "发货之前可以修改收货地址。"}, {"加急配送多少钱？", "加急配送次日送达，运费 25 元。"}}}},
	{"returns", 17, .15, .8, .05, .08, false,
		lines{"Returns and refunds", []string{"I want to return a pair of speakers.", "How do I get a refund for a faulty charger?", "The refund has not reached my bank account.", "Can I exchange the headphones for another colour?"}, "You can return unused products within 30 days; refunds arrive within 5 working days.", [][2]string{{"Who pays for the return label?", "The return label is free for faulty products."}, {"Do I need the original packaging?", "Please use the original packaging where you can."}}},
		lines{"退货与退款", []string{"我想退货，音箱音质不满意。", "退款怎么还没到账？", "充电器坏了，可以换货吗？", "耳机颜色不喜欢，能退吗？"}, "未使用的商品 30 天内可以退货，退款在 5 个工作日内到账。", [][2]string{{"退货运费谁承担？", "质量问题的退货运费由我们承担。"}, {"包装盒丢了怎么办？", "没有原包装也可以退，请妥善保护商品。"}}}},
	{"warranty", 11, .12, .85, .04, .05, false,
		lines{"Warranty", []string{"The left earbud has no sound any more.", "Is a cracked screen covered by the warranty?", "My speaker battery drains within an hour."}, "The warranty covers manufacturing faults for 24 months; accidental damage is not covered.", [][2]string{{"Where do I send it for repair?", "Repairs go to our workshop with a prepaid label."}}},
		lines{"保修政策", []string{"左边耳机没声音了，保修吗？", "屏幕摔碎了保修管不管？", "音箱电池一个小时就没电了。"}, "保修期为 24 个月，覆盖制造缺陷，不覆盖意外损坏。", [][2]string{{"维修要寄到哪里？", "请使用预付运单寄到维修中心。"}}}},
	{"invoice", 8, .05, .95, .01, .02, false,
		lines{"Invoices", []string{"I need a VAT invoice for my company.", "Can you resend the invoice by email?"}, "Invoices can be downloaded from your account for 24 months.", nil},
		lines{"发票", []string{"请问怎么开增值税专用发票？", "电子发票在哪里下载？", "发票抬头写错了能改吗？"}, "电子发票可以在账户页面下载，抬头有误可以申请重开。", nil}},
	{"account", 9, .1, .85, .03, .04, false,
		lines{"Account and sign-in", []string{"I cannot sign in, the password reset email never comes.", "How do I delete my account?", "My loyalty points are gone."}, "You can reset the password on the sign-in page; the email comes within 5 minutes.", [][2]string{{"It is not in the spam folder.", "Please check that the email address of the account is right."}}},
		lines{"账户与登录", []string{"登录不了，重置密码的邮件没收到。", "怎么注销账户？", "我的会员积分没了。"}, "可以在登录页面重置密码，邮件会在 5 分钟内送达。", nil}},
	{"product", 14, .06, .92, .01, .02, false,
		lines{"Product questions", []string{"Does the Aurora headset work with a PlayStation?", "Is the speaker waterproof?", "Which charger fits the tablet?"}, "The Aurora headset connects by Bluetooth or cable, and the speaker is waterproof to IPX7.", [][2]string{{"Does it come in blue?", "It comes in black, white and blue."}}},
		lines{"产品咨询", []string{"极光耳机支持游戏主机吗？", "音箱防水吗？", "平板用哪款充电器？"}, "极光耳机支持蓝牙和有线连接，音箱防水等级 IPX7。", [][2]string{{"有蓝色吗？", "有黑色、白色和蓝色。"}}}},
	{"claim", 10, .28, .6, .08, .09, false,
		lines{"Insurance claims", []string{"I want to report water damage for my phone insurance.", "What is the status of my insurance claim?", "The claim was rejected and I want to know why."}, "Claims are decided within 10 working days once all documents are there.", [][2]string{{"Which documents do you need?", "We need photos of the damage and the purchase receipt."}}},
		lines{"保险理赔", []string{"手机进水了，想报案理赔。", "理赔进度到哪一步了？", "理赔被拒，想了解拒赔理由。"}, "资料齐全后 10 个工作日内作出理赔决定。", [][2]string{{"需要哪些资料？", "需要损坏照片和购买凭证。"}}}},
	{"payment", 7, .16, .75, .06, .06, false,
		lines{"Payment", []string{"I was charged twice for the same basket.", "Can I pay by bank transfer?", "My credit card payment was declined."}, "A second charge is a reservation and disappears within 3 working days.", nil},
		lines{"支付方式", []string{"同一笔扣款扣了两遍。", "支持花呗分期吗？", "信用卡支付失败。"}, "重复扣款是预授权，3 个工作日内自动释放。", nil}},
	{"coupon", 0.9, .3, .4, .2, .05, true,
		lines{"Vouchers", []string{"The anniversary voucher is rejected at checkout.", "Why is my anniversary voucher invalid?"}, "The anniversary voucher is good for purchases over $50.", nil},
		lines{"优惠券", []string{"周年庆优惠券用不了，结账报错。", "周年庆优惠券提示无效。"}, "周年庆优惠券满 300 元可用。", nil}},
	{"firmware", 0.8, .25, .4, .15, .05, true,
		lines{"Firmware updates", []string{"After the firmware update the bluetooth connection drops.", "The new firmware update broke the noise cancelling."}, "The firmware can be reset by holding the power button for 10 seconds.", nil},
		lines{"固件升级", []string{"固件升级以后蓝牙断连。", "固件升级之后降噪失灵了。"}, "长按电源键 10 秒可以重置固件。", nil}},
}

var (
	greeting = map[string]string{"en": "Hello, this is Parley, an AI assistant. This call is recorded. How can I help?", "zh-CN": "您好，我是 Parley 智能助手，本次通话会录音。请问有什么可以帮您？"}
	sorry    = map[string]string{"en": "I am sorry about that. ", "zh-CN": "非常抱歉给您带来不便。"}
	rage     = map[string][]string{"en": {"This is ridiculous, I am furious!", "Your service is terrible and I am fed up!"}, "zh-CN": {"你们服务太差了，气死我了！", "这也太离谱了，我要投诉！"}}
	thanks   = map[string][]string{"en": {"Thanks, that's all.", "Great, thank you!", "Perfect, that helps."}, "zh-CN": {"好的，谢谢。", "明白了，谢谢！", "太好了，没有别的问题了。"}}
	welcome  = map[string][]string{"en": {"You're welcome. Have a good day!", "Glad to help."}, "zh-CN": {"不客气，祝您生活愉快！", "很高兴为您服务。"}}
	wishes   = map[string][]string{"en": {"Can I talk to a person please?", "I want a human agent."}, "zh-CN": {"转人工。", "我要找人工客服。"}}
	fetching = map[string]string{"en": "I am getting a colleague for you. One moment please.", "zh-CN": "正在为您转接同事，请稍等。"}
	opening  = map[string][]string{"en": {"Hello, this is Ann. I have read what you wrote and will look into it.", "Good morning, my name is Tom. I see your case here."}, "zh-CN": {"您好，我是小林，已看到您的情况，马上为您核实。", "您好，久等了，我来为您处理。"}}
	details  = map[string][]string{"en": {"It was on Tuesday evening, from the phone.", "Yes, that is the one."}, "zh-CN": {"是周二晚上用手机买的。", "对，就是这一个。"}}
	solved   = map[string][]string{"en": {"I have settled it for you and sent a confirmation by email.", "It is done: the workshop is informed and you will hear from them."}, "zh-CN": {"已经为您办好，确认信息已发到您的邮箱。", "处理完成，维修中心会与您联系。"}}
	curt     = map[string][]string{"en": {"That is not my problem, please read the conditions.", "Calm down. There is nothing I will do here."}, "zh-CN": {"这个不关我的事，您自己看条款。", "你急什么，我也没办法你。"}}
)

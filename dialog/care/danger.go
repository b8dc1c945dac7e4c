package care

import "parley/dialog/regexp"

// Words of danger now. What is asked about ("does it cover fire?") is left out
// by topic, below.
var (
	lethal = matcher(
		`(?:on fire|caught fire|catching fire|in flames|flames|burning down|up in smoke|there is (?:a )?(?:fire|smoke))`,
		`(?:is|are|its|s|started|starts|keeps|was|just|been|now|still) (?:\w+ )?(?:smoking|smouldering|smoldering|burning|sparking|sparkin|hissing|swelling|melting|meltin|exploding|fuming|on fire|blazing|leaking acid|glowing)`, `(?:battery|baterry|batteries|charger|case|speaker|cable|plug|socket|amp|headphones?|earbuds?|it|they) (?:\w+ )?(?:smoking|sparking|hissing|swelling up|melting|exploded|blew up|blown up|burst into|went bang|caught|started burning|bulging|swollen)`,
		`smoke (?:is |s )?(?:coming|pouring|billowing|everywhere|in the|from|out)`, `smell (?:of )?(?:\w+ )?(?:gas|burning|smoke)`, `smell(?:s|ing)? (?:like |of )?(?:gas|burning)`, `gas leak`, `on fyre`, `(?:car|house|flat|kitchen|room|carpet|bed|sofa|phone|laptop)s? (?:is |are |s )?(?:\w+ )?(?:burning|alight|ablaze)`, `red hot and`, `threw me across`, `chest (?:feels|hurts|is tight|tight)`, `(?:underneath|buried|pinned|crushed)`, `(?:roof|ceiling|wall|tree)s? (?:\w+ )?(?:come|came|fell|fallen) (?:down|in|on)`, `carbon monoxide`, `exploded`, `explosion`,
		`(?:electric shock|electrocuted|a shock (?:off|from)|got (?:a |an )?(?:\w+ )?shock (?:off|from)|shocked me)`,
		`(?:swallowed|swallow|ate|eaten|choking|choked|choke|drank|drunk)(?: on)?(?: \w+){0,4} (?:battery|batteries|button|magnet|bleach|cell|piece|earbud|earbuds|tip|tips|part)`, `choking`, `(?:drank|drunk|ate|eaten|swallowed|licked) (?:the|a|some|my|both) `, `(?:being|is|been|was) sick (?:now|everywhere)`, `man in my (?:house|garden|flat|kitchen)`, `(?:hiding|hid) in (?:the|my)`, `breaking in`, `intruders?`,
		`(?:bleeding|blood everywhere|unconscious|not breathing|cannot breathe|can not breathe|not responding|will not wake|wont wake|not moving|isnt moving|collapsed|heart attack|stroke|seizure|convulsing|fitting on|passed out|fainted|foaming|chest pain|overdose|overdosed|severed|broken (?:leg|arm|neck|back)|head injury|concussion)`,
		`(?:burn(?:t|ed)?|burns|scalded|blister\w*|injured|hurt|cut) (?:on )?(?:my|his|her|our|their|me|him) (?:\w+ )?(?:hand|hands|ear|ears|face|arm|leg|skin|finger|fingers|eye|eyes|head|neck|son|daughter|child|kid|baby|badly)`, `(?:burnt|burned|burns) my`, `(?:hand|ear|face|skin|finger|eye)s? (?:is |are |s )?(?:\w+ )?(?:burnt|burned|blistering|bleeding|numb)`,
		`(?:glass|acid|liquid|chemical|it) (?:is )?in (?:my|his|her) eyes?`,
		`(?:just|been|have|had|in) (?:had |been in )?(?:a |an )?(?:\w+ )?(?:crash|car accident|collision|wreck|pile up)`, `crashed (?:my|the|our|into)`, `trapped`, `upside down`, `stuck in the (?:car|lift|fire)`, `run over`, `hit by a`,
		`(?:break|breaking|broken|broke|get|getting|force|forcing) (?:in|into) (?:my|our|the|to|right|as)?`, `(?:burglar|intruder|someone in my house|attacking|attacked me|being attacked|has a (?:knife|gun)|stabbed|shot)`,
		`(?:ceiling|ceilings|roof|roofs|wall|walls|building|house) (?:is |has |s )?(?:\w+ )?(?:coming down|collapsing|collapsed|falling|caving|fallen in)`, `(?:flooding|flooded|water) (?:\w+ ){0,5}(?:fuse|electric|socket|sockets|electrics|rising)`, `(?:fell|fallen) (?:off|down|from) (?:\w+ ){0,4}(?:ladder|roof|stairs|stair|window|balcony|scaffold\w*)`,
		`(?:call|ring|need|send|get) (?:an |the |me an )?(?:ambulance|paramedic|fire brigade|police|999|911|112)`, `ambulance`, `life or death`, `dying right`, `is dying`, `artery`, `cannot stop the (?:blood|bleeding)`, `going to die`, `poison(?:ed|ing)`, `anaphyla\w*`, `allergic reaction`,
	)
	// asked about, imagined, or long past.
	topic = matcher(
		`(?:does|do|is|are|would|will|can|what|which|how|if|whether|should|could) (?:\w+ ){0,6}(?:cover\w*|policy|insur\w*|pay\w*|resistant|safe|prevent|proof|ever|rated|risk|include\w*|excess|claim|warranty|luggage|flight)`,
		`(?:cover|covers|covered|insurance|policy|policies|excess|premium) (?:\w+ ){0,4}(?:fire|smoke|flood|accident|accidental|injury|theft|death)`,
		`(?:last|a) (?:week|month|year|years) ago`, `ages ago`, `last (?:week|month|year|spring|summer|winter|autumn)`, `are fire`, `is fire`, `straight fire`, `pure fire`, `fire (?:red|sale|deal|tv|stick)`, `burn in`, `smoke (?:grey|gray|black|detector|alarm)`, `in case of`, `killer`,
		`explosive`, `crash course`, `app (?:keeps |is |just )?crash\w*`, `crashes`, `(?:app|website|site|page|phone|software|firmware|update|bluetooth) (?:\w+ )?crash\w*`, `heartbreaking`, `die (?:abroad|of|if)`, `(?:broken|break|breaking) (?:in|into) (?:these|them|the pads|the headphones|new|pieces|two|half)`, `break(?:s|ing)? (?:my|me|the) (?:heart|bank)`,
	)
	selfHarm = matcher(
		`(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?|cut(?:ting)?|hang(?:ing)?|drown(?:ing)?) (?:myself|my self)`, `suicid\w*`, `end (?:it all|my life|my own life|everything|my pain|things)`, `ending (?:it all|my life|it)`, `take my (?:own )?life`, `not (?:want|wish) to (?:live|be alive|be here|wake up|carry on|go on|exist)`, `do not want to (?:live|be alive|be here|wake up|exist|carry on)`,
		`(?:no|any) (?:reason|point) (?:to|in|for) (?:\w+ )?(?:live|living|carry on|carrying on|go on|going on|me being here|being here|being alive)`, `(?:better off|world is better|worlds better|be better) (?:without me|dead|if i)`, `wish i (?:was|were) (?:dead|never born|gone)`, `want to die`, `would ?nt wake up`, `wish i (?:would not|could not|wouldnt|didnt|did not) wake`, `not wake up tomor?row`, `would rather be dead`, `rather be dead`, `better off dead`, `nobody would (?:miss|notice|care if i)`, `no one would (?:miss|notice)`, `cannot go on`, `can not go on`, `cannot carry on`, `cannot do this any ?more`, `cannot take (?:it|this) any ?more`, `done with life`, `tired of (?:living|life|being alive)`,
		`(?:taken|took|swallowed|have) (?:\w+ ){0,3}(?:pills|tablets|overdose)`, `stand on (?:that|the|a) (?:bridge|ledge|roof|edge)`, `jump (?:off|from) (?:the|a|that) (?:bridge|roof|building)`, `say(?:ing)? goodbye to everyone`, `not be here (?:tomorrow|much longer|next)`, `will not be (?:here|around) (?:tomorrow|much longer)`,
	)
	distress = matcher(
		`(?:killed (?:him|her)self|took (?:his|her) own life|mams gone|mums gone|dads gone|nans gone|mam is gone|mum is gone)`, `(?:given|gave|got|have) me (?:\w+ )?(?:months|weeks) ?(?:to live)?`, `(?:months|weeks) left to live`, `(?:brother|sister|son|daughter|husband|wife|mum|mom|dad|partner|father|mother|friend|baby) (?:was killed|killed himself|killed herself|died|is dead|passed)`, `(?:died|passed away|passed on|passed last|passed (?:on|in|this)|is dead|was killed|been killed|deceased|is gone|shes gone|hes gone|she is gone|he is gone|lost my|lost our|lost her|lost his) ?`, `funeral`, `bereave\w*`, `widow\w*`, `late (?:husband|wife|mother|father|mum|mom|dad|brother|sister|son|daughter|nan|gran|grandmother|grandfather|partner|uncle|aunt|friend)s?`, `probate`, `hospice`, `terminal(?:ly)?`, `cancer`, `chemo\w*`, `tumou?r`, `dementia`, `alzheimer\w*`, `stillb\w*`, `miscarr\w*`, `coma`, `intensive care`, `life support`, `months to live`, `diagnos\w*`,
		`(?:he|she|partner|husband|wife|boyfriend|girlfriend|father|dad|ex) (?:hits|beats|hurts|abuses|hit|threatens) me`, `domestic (?:violence|abuse)`, `abusive (?:partner|husband|relationship|ex)`, `afraid of (?:him|her|my)`, `he (?:will|would) (?:kill|hurt) me`, `fled`, `refuge`, `shelter`,
		`not eaten`, `have not eaten`, `havent eaten`, `nothing to eat`, `cannot afford (?:food|to eat|heating|rent)`, `starving`, `homeless`, `nowhere to (?:sleep|go|live|stay)`, `evict\w*`, `bailiffs?`, `lost everything`, `lost (?:my|our) (?:home|house|job|baby|son|daughter|husband|wife|mum|dad|mother|father|brother|sister|partner|child|everything)`,
		`cannot cope`, `can not cope`, `not coping`, `breaking down`, `falling apart`, `in tears`, `crying`, `cannot stop crying`, `scared`, `frightened`, `terrified`, `desperate`, `hopeless`, `all alone`, `all on my own`, `so alone`, `panic attack`, `mental health`, `depress\w*`, `anxiety`, `i (?:do not|dont) know what to do`, `at my wits end`, `breakdown`, `vulnerable`, `grieving`, `heartbroken`, `dying`, `lost a child`,
	)
	calmTopic = matcher(`(?:dying|die|kill) (?:to|for)`, `lost (?:my|the|our) (?:receipt|password|order|number|case|cable|charger|earbud|left|right|one|card|keys|phone|login|code|remote|parcel|package|manual|invoice|box|warranty|connection|signal|account|tracking|headphones?|headset|pair|tips?|adapter|policy number|policy|documents?|voucher|email|paper\w*|bag|luggage)`, `battery (?:is |s |has )?(?:dead|died|dying)`, `(?:phone|headphones?|speaker|battery|earbuds?|it|amp|they|left one|laptop|charger|remote|bluetooth|cable|turntable|subwoofer|soundbar|device) (?:just |has |have |had |all |both |suddenly )*(?:died|dead|dies|is dead|passed away)`, `scared of (?:scratch\w*|break\w*|dust)`, `pays? (?:out )?(?:when|if) (?:someone|somebody|i|you) die`, `if i (?:die|get cancer)`, `(?:coursework|essay|dissertation|thesis|homework)`, `(?:cover|covers|covered|policy|insurance|include|includes) (?:\w+ ){0,5}(?:cancer|terminal|death|funeral|dementia|anxiety|bereavement|die)`, `funeral (?:cover|plan|plans|insurance)`, `cancer cover`, `probate (?:fee|cover)`, `noise cancel\w*`, `late (?:order|delivery|parcel|night|fee|payment|reply|shipment|package)`)
)

var (
	lethalHan   = regexp.MustCompile(`刚撞了|刚才撞了|烧得通红|还在烧|打火花|冒火花|一氧化碳|全是烟|都是烟|浓烟|掀了[^.,]{0,2}[,.][^.]{0,6}压|压在下面|压住了|被埋|吃了[^.,]{0,8}(?:干燥剂|电池|磁铁|药|洗涤)|当水喝|喝了[^.,]{0,6}(?:清洁|洗|消毒|农药)|喝下|被[^.,]{0,4}撞了|腿卡|卡住出不来|进贼|躲在(?:厕所|柜|床|房|卫生间)|有人[^.,]{0,4}(?:闯|翻|爬|砸)[^.,]{0,4}(?:进|门|窗)|动脉|血止不住|止不住血|大出血|着火|起火|烧起来|烧着|燃了|冒烟|冒火|火苗|火星|往外冒|爆炸|炸了|炸开|自燃|漏电|电到|被电|触电|电击|电了一下|煤气味|燃气味|煤气泄漏|燃气泄漏|天然气泄漏|中毒|吞了|吞下|误吞|误食|咽下|卡住(?:喉咙|气管|嗓子)|噎住|窒息|喘不上气|呼吸困难|不能呼吸|没呼吸|没有呼吸|昏迷|晕倒|晕过去|昏过去|叫不醒|喊[^.,]{0,3}不(?:答应|醒|应)|没有?反应|不省人事|抽搐|口吐白沫|吐白沫|流血|出血|血流|头破|骨折|摔下来|摔断|烫伤|烧伤|灼伤|烫起泡|起泡了|烫起|割伤|砸伤|崩到眼|进眼睛|眼睛里|心脏病|心梗|中风|脑溢血|捂着胸口|胸口疼|胸痛|撞车|车祸了|出车祸(?:,|\.|$|现在)|追尾了|被撞|卡在车里|困在|被困|翻车|塌了|要塌|塌下来|漫到电|水[^.,]{0,6}(?:电表|插座|配电|电箱)|撬(?:我|门|锁|我家)|闯进|破门|入室|持刀|有刀|抢劫|打我快|救护车|快来人|救人|救命(?:啊|,|\.|$)|嘶嘶响|鼓起来|鼓包了?[^吗]{0,4}(?:烫|冒|响|热)|电迟|烧焦|焦味|糊味|发烫[^.,]{0,6}(?:冒|不敢|手)|过敏性?休克|割腕`)
	topicHan    = regexp.MustCompile(`理赔(?:一样|吗|区别|范围)|低音|高音|音质|保[^.,]{0,6}(?:火灾|意外|自燃|受伤|吗)|(?:火灾|意外|爆炸|自燃|受伤|车祸|中毒)[^.,]{0,4}(?:保|赔|险|算|在保障|理赔)|会不会|会自动|阻燃|防火|能不能带|怎么预防|炸裂|火得很|很火|火红|煲机|火车|(?:上个?月|去年|前年|上周|之前|以前|年前)[^.,]{0,10}(?:火|撞|车祸|受伤|摔|烧|烫)|有人说|听说|网上|救命.{0,6}(?:好看|好听|也太|绝)|颜色`)
	selfHarmHan = regexp.MustCompile(`(?:希望|但愿|想)[^.,]{0,4}不要?(?:再)?醒|没有我[^.,]{0,6}(?:更好|过得)|不想活|想死(?:[^你她他了我那这]|$|了[.,])|去死(?:算|了)|活着(?:没|有什么|还有什么|真|太)|活不下去|活够了|撑不下去|撑不住了|熬不下去|自杀|轻生|了结(?:自己|生命)|结束(?:生命|自己|这一切|我的)|一了百了|跳下去|跳楼|跳河|跳桥|割腕|没人在乎我|没有我(?:更好|会更)|死了算了|死了一了|不如死|药[^.,]{0,4}(?:吃了|吞了|都吃)|吃了[^.,]{0,5}(?:安眠药|一瓶药|很多药|药片)|不想(?:醒|再醒)|遗书|最后一次跟人说话|再见了这个世界|伤害自己|自残`)
	distressHan = regexp.MustCompile(`(?:俺|我)(?:爹|娘|妈|爸|奶|爷|姥|哥|弟|姐|妹)[^.,]{0,2}走了|(?:就)?剩[^.,]{0,3}(?:个月|天|周)(?:了|可活|时间)|家没了|睡(?:车里|大街|桥洞)|过世|去世|走了[^吗]{0,3}(?:他|她|我|保单|怎么|留)|(?:爱人|老公|老婆|先生|太太|妻子|丈夫|爸|妈|父亲|母亲|爷爷|奶奶|外婆|外公|姥姥|姥爷|儿子|女儿|孩子|弟弟|哥哥|姐姐|妹妹|老伴|男朋友|女朋友|家人|亲人)[^.,]{0,6}(?:走了|没了|不在了|没了|病危|牺牲|离开了|离世)|人(?:已经)?(?:没了|不在了|走了[.,]|走了$)|亡(?:妻|夫|父|母|故)|丧事|葬礼|丧葬费怎么|追悼|殡|守寡|遗孀|没保住|流产|夭折|没救(?:过来|回来)|抢救无效|(?:车祸|事故)[^.,]{0,3}(?:没了|走了|死)|病危|重症|icu|癌|肿瘤|晚期|绝症|白血病|化疗|尿毒症|植物人|老年痴呆|抑郁|焦虑症|崩溃|哭着|在哭|一边[^.,]{0,3}哭|哭了一|大哭|害怕得|心里害怕|好怕|很害怕|绝望|走投无路|无家可归|不知道睡哪|没地方(?:住|睡|去)|没饭吃|没吃饭|吃不上饭|揭不开锅|断粮|失业|工作丢|什么都没了|一无所有|家破|(?:他|她|老公|男友|丈夫|前夫|爸)(?:又|老|总|会|要)?(?:打我|揍我|家暴|威胁我)|家暴|别让他(?:看见|知道)|求求你|求你(?:把|了|们)|一个人住[^.,]{0,2}[,.][^.]{0,12}(?:怕|看不明白)|受不了了|难受得|心碎|伤心|难过得`)
	calmHan     = regexp.MustCompile(`写论文|作业|免责|万一我|受益人怎么|(?:听|看|感动)得我?想?哭|保[^.,]{0,5}(?:癌|身故|去世)|(?:身故|癌症|去世|重疾|重症)[^.,]{0,4}(?:赔|保|险|能赔|怎么赔多少)|寿终正寝|(?:货|单|快递|包裹|件)[^.,]{0,5}走了|走了的那批|笑死|饿死|爽死|美哭|好听哭|电池没了|如果[^.,]{0,6}(?:去世|身故|癌)`)
)

// views are the clauses, and the whole when there are several.
func (f folded) views() []string {
	if len(f.clauses) < 2 {
		return f.clauses
	}
	return append(f.clauses[:len(f.clauses):len(f.clauses)], noMarks.Replace(f.latin))
}

// What befalls things and not people: a crushed box, a headphone that does not respond.
var (
	deadThing    = regexp.MustCompile(`\b(?:box|boxes|parcel|package|packaging|carton|case|corner|lid|envelope|packet|speaker|headphones?|earbuds?)(?: \w+){0,3} crushed|crushed (?:box|parcel|package|carton|case|corner)`)
	deadThingHan = regexp.MustCompile(`(?:耳机|耳塞|音箱|音响|手机|电脑|平板|屏幕|按键|按钮|开关|遥控器?|充电[器盒宝]|充电仓|蓝牙|麦克风|话筒|设备|机器|指示灯|灯|网页|页面|系统|软件|路由器|键盘|鼠标|打印机|电视|手环|手表|按了|点了|开机|充电|充了电)[^.,人他她孩子]{0,8}没有?反应`)
)

func danger(f folded) Danger {
	worst := NoDanger
	for _, c := range f.views() {
		if calm := calmTopic.MatchString(c); selfHarm.MatchString(c) && !calm {
			worst = max(worst, SelfHarm)
		} else if distress.MatchString(c) && !calm {
			worst = max(worst, Distress)
		}
		if lethal.MatchString(deadThing.ReplaceAllString(c, " ")) && !topic.MatchString(c) {
			return Lethal
		}
	}
	if topic.MatchString(noMarks.Replace(f.latin)) && worst < SelfHarm && calmTopic.MatchString(noMarks.Replace(f.latin)) {
		worst = NoDanger
	}
	switch {
	case lethalHan.MatchString(deadThingHan.ReplaceAllString(f.han, "")) && !topicHan.MatchString(f.han):
		return Lethal
	case selfHarmHan.MatchString(f.han) && !calmHan.MatchString(f.han):
		return SelfHarm
	case distressHan.MatchString(f.han) && !calmHan.MatchString(f.han):
		return max(worst, Distress)
	}
	return worst
}

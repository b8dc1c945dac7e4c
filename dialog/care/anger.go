package care

import (
	"strings"
	"unicode"

	"parley/dialog/regexp"
)

var noMarks = strings.NewReplacer(" .", "", ". ", "", " ,", "", ", ", "")

var (
	insults = matcher(`(?:do not you dare|dont you dare|do not you|are you kidding|kidding me|blood is boiling|boiling|muppets?|ruined|proud of yourself|hope you are proud|ashamed|trustpilot|twitter|daylight robbery|robbery|robbing|lied to me|lied|damn money|damned?|charged me again|conned|con artists?|disgrace\w*|disgust\w*|pathetic|useless|incompetent|thieves|thief|crooks|scam\w*|scammers?|fraud\w*|liars?|lying|cowboys|clowns|idiots?|morons?|stupid|ridiculous|outrageous|appalling|atrocious|shambles|joke|garbage|rubbish|trash|crap|bullshit|bs|shit\w*|fuck\w*|wtf|ffs|arse|bastards?|rip ?off|ripped off|unacceptable|shameful|shame on you|furious|livid|fuming|seething|sick (?:and tired |to death )?of|fed up|had enough|had it with|rot|hell|taking the (?:mick|piss|mickey)|having a laugh|mugs?|how dare you|insult\w*|nerve|worst|never (?:buying|using|ordering|shopping|again)|see you in court|lawyer|solicitor|sue|suing|legal action|trading standards|ombudsman|small claims|report you|bad review|one star|tell everyone|calm down|for gods sake|bloody (?:hell|day|useless|joke|ridiculous|awful)|damn you|go to hell|screw you|stop (?:apologi[sz]ing|lying|fobbing|messing|wasting)|wasted? (?:my|our)|wasting my|excuses|fobb\w*|run around|runaround|give me my money|i want my money back|money back (?:now|today)|do you (?:lot |people |even |lot even )*(?:read|listen|care|even)|what is wrong with you|wrong with you people|you people|you lot|treat (?:me|customers|people) (?:like|this)|this is how you)`,
		`(?:third|fourth|fifth|sixth|tenth|hundredth|last|nth) (?:bloody |damn |sodding )?time`, `(?:times|weeks|months|hours) (?:asking|waiting|on hold|i have)`, `again again`, `how (?:many|much longer) (?:more )?times`, `(?:absolute|total|complete|utter)(?:ly)? (?:joke|disgrace|nonsense|shambles|rubbish|disaster|waste|useless|nightmare|liars?|incompetence)`)
	insultsHan = regexp.MustCompile(`最烂|烂的公司|做梦|不像话|坨屎|是屎|毁了|满意了吧|嘴脸|小红书|微博上|抢钱|抢劫啊|骗了我|骗我|[两三四五]次了[,，.]|太过分|过分了|骗子|骗人|骗钱|坑人|坑爹|黑心|黑店|垃圾|废物|饭桶|混蛋|王八|滚|去你|他妈|妈的|tmd|卧槽|我靠|操你|艹|狗屁|狗屎|放屁|有病|神经病|脑子进水|脑残|智障|白痴|傻|气死|火大|怒|受够|忍无可忍|忍了|耍我|耍人|逗我|玩我|糊弄|敷衍|忽悠|推来推去|踢皮球|不要脸|脸都不要|要脸|良心|店大欺|欺负|欺诈|欺骗|投诉|举报|曝光|律师|起诉|法院|法庭|告你|消协|12315|银保监|差评|退钱[!.]|还我钱|赔我|凭什么|什么(?:破|烂|狗|鬼)|破(?:服务|公司|店|玩意|机器|质量)|烂(?:服务|公司|店|透)|服务太差|太差了|差劲|离谱|无语|恶心|再也不(?:买|来|会)|不会再买|这辈子|装死|死哪|搞什么|搞啥|啥子名堂|老子|老娘|问了[^.,]{0,3}遍|说了[^.,]{0,3}遍|[三四五六七八九十几]遍了|到底[^.,]{0,8}(?:不|没|什么时候|还|行)|看没看|有没有在听|少跟我|少来这套|别光道歉|别叫我冷静|不要跟我|浪费[^.,]{0,4}(?:时间|钱)|等了(?:半|[一二两三四五六七八九十]+)(?:个)?(?:月|星期|礼拜)|什么意思啊|你们是不是|是人干的|没完没了|太慢了吧|急死`)
	mild       = matcher(`(?:not|no longer|was|isnt|is not) (?:angry|cross|annoyed|furious|joke)`, `no worries`, `just curious`, `thank you`, `sorted it`, `cheers`, `good sound`, `bloody good`, `bloody brilliant`, `love it`, `loved it`)
	mildHan    = regexp.MustCompile(`没生气|不生气|处理好了|谢谢|笑死|真好|好听|真值|喜欢|爽|傻瓜式|赔我?吗|可以投诉吗`)
)

// anger weighs insults, threats and shouting.
func anger(text string, f folded) float64 {
	whole := noMarks.Replace(f.latin)
	score := 0.0
	if n := len(insults.FindAllString(" "+strings.ReplaceAll(whole, " ", "  ")+" ", -1)); n > 0 || insults.MatchString(whole) {
		score += 0.55 + 0.15*float64(max(n, 1)-1)
	}
	if n := len(insultsHan.FindAllString(f.han, -1)); n > 0 {
		score += 0.55 + 0.15*float64(n-1)
	}
	upper, letters := 0, 0
	for _, r := range text {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	if letters >= 10 && upper*10 >= letters*7 {
		score += 0.4
	}
	if strings.Contains(text, "??") || strings.Contains(text, "!!") || strings.Contains(text, "？？") || strings.Contains(text, "！！") || strings.Contains(text, "?!") {
		score += 0.25
	} else if strings.ContainsAny(text, "!！") {
		score += 0.1
	}
	if mild.MatchString(whole) || mildHan.MatchString(f.han) {
		score -= 0.5
	}
	return min(1, max(0, score))
}

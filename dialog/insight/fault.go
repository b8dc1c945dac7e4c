package insight

import (
	"parley/dialog/regexp"
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/care"
)

// The faults that rules find, and what they cost of 100 points.
var faultCosts = map[string]struct {
	of   Criterion
	cost int64
}{
	"no_greeting":    {Greeting, 60},
	"misunderstood":  {Understanding, 50},
	"customer_again": {Understanding, 40},
	"asked_again":    {Understanding, 60},
	"wrong_number":   {Correctness, 80},
	"rude":           {Tone, 90},
	"shouting":       {Tone, 50},
	"no_empathy":     {Tone, 40},
	"left_open":      {Resolution, 70},
	"no_answer":      {Resolution, 60},
	"gave_up":        {Resolution, 60},
	"no_disclosure":  {Compliance, 80},
	"promise":        {Compliance, 70},
	"secret_asked":   {Compliance, 90},
}

var (
	greets     = regexp.MustCompile(`(?i)\b(hello|hi|hey|good (morning|afternoon|evening)|welcome|greetings|this is \w+|my name is|i'?m \w+ (from|with)|(speaking|here)[.,!]|thank you for (calling|contacting|waiting|holding)|thanks for (calling|contacting|waiting|holding|reaching))|您好|你好|早上好|下午好|晚上好|欢迎|我是|久等|感谢您的?(来电|等待|耐心)|很高兴为您`)
	discloses  = regexp.MustCompile(`(?i)\bA\.?I\b|artificial|\b(virtual|digital|automated) (assistant|agent)|\bbot\b|robot|人工智能|智能|机器人|虚拟助`)
	lostTrack  = regexp.MustCompile(`(?i)(did ?n[o']?t|didn’t|could ?n[o']?t|couldn’t|do ?n[o']?t|don’t|can ?n[o']?t|not sure i) (quite )?(catch|understand|get|hear|follow|understood|caught)( that| you| what)?|(say|repeat) that again|please (repeat|rephrase)|没(有)?听清|没(有)?听懂|没(有)?明白|没太?(明白|懂|理解)|不太?(明白|理解)您|再说一(遍|次)|换(个|种)(说法|方式)`)
	impolite   = regexp.MustCompile(`(?i)\b(stupid|idiots?|dumb|shut up|moron|ridiculous (question|request)|not my (problem|job|fault)|calm down|stop (whining|complaining|yelling|bothering)|whatever you say|are you deaf|use your brain|learn to read|get over it|your own fault|deal with it|don'?t waste my time|wasting my time|what do you want me to do|how many times do i have to|like i (already )?said already|couldn'?t care less|too bad)\b|关我什么事|不关我|你是不是傻|听不懂(吗|人话)|闭嘴|烦不烦|烦死了|爱(买|要|等)不|随便你|你自己(看|想|不会|没长)|没长(眼|脑)|有病|有完没完|别(再)?(烦|吵|闹)|活该|你急什么|我也没办法你|跟我说没用|少废话|说了多少遍|自己的问题`)
	regrets    = regexp.MustCompile(`(?i)\b(sorry|apolog\w+|understand(able)?|i see (why|how)|i hear you|frustrat\w+|regret|that must|unfortunate\w*|you'?re right|thank you for (telling|letting|your patience|raising))\b|抱歉|对不起|不好意思|理解您|理解你|能理解|歉意|辛苦您|让您(久等|费心|失望|着急)|给您(带来|添)`)
	complains  = regexp.MustCompile(`(?i)\b(terrible|awful|unacceptable|ridiculous|disgrace\w*|fed up|furious|angry|outrageous|useless|worst|joke|sick of|appalling|disgusting|scam|ripp?ed off|ruined|third time|disappoint\w*|a mess|never (buy|order)ing?|waste of)\b|太差|气死|垃圾|骗子|投诉|坑人|恶心|什么态度|太过分|离谱|忍无可忍|受够|差劲|失望|第三次|无语|欺负人|糟糕`)
	noAnswer   = regexp.MustCompile(`(?i)\b(do ?n[o']?t|don’t) (have|know|find) (that|any|the|an answer|anything|information)|could ?n[o']?t find|couldn’t find|can ?n[o']?t (help|answer)( you)? with|unable to (answer|help|find)|i have no (information|answer|idea)|(nothing|not) in (my|our) (sources|knowledge|documents)|资料里没有|没有(找到|相关|这方面)|查不到|无法回答|回答不了|不知道(怎么|该)|帮不了|不清楚这`)
	promises   = regexp.MustCompile(`(?i)\b(i|we)( can)? (absolutely |definitely |personally )?(guarantee|promise)\b|\b(100 ?%|hundred percent) (guaranteed?|certain|sure)|you will definitely (get|receive|be)|definitely (refund|pay|compensate)|(我|我们)(向您|跟您|可以|给您|敢)?(保证|担保|承诺)|百分之?百|百分百|100%|肯定(会|能)?(赔|退|给您)|绝对(会|能|没)|一定(会)?(赔|退款|退您)`)
	denies     = regexp.MustCompile(`(?i)(can ?n[o']?t|can't|can’t|cannot|not able to|unable to|no one can|won'?t) (\w+ )?(guarantee|promise)|(不能|无法|不敢|没法|不)(向您|给您|跟您)?(做出|作出|给出)?(任何)?(保证|担保|承诺)`)
	secrets    = regexp.MustCompile(`(?i)\b((full|complete|entire|whole|credit|debit|bank|your) card (number|details)|card number|cvv|cvc|security code|(three|3)[- ]digits? (code|number)|your (\w+ )?(password|pin|passcode)|(one[- ]time|verification|sms) (code|password))\b|银行卡号|信用卡号|完整卡号|卡号|(您|你)的?(登录|支付|交易)?密码|安全码|(短信)?验证码`)
	asksFor    = regexp.MustCompile(`(?i)\b(tell|give|send|read|provide|share|enter|type|what(’|')?s|what is|need|let me have|could i have|can i have|may i have|confirm)\b|(请|麻烦)?(告诉|提供|报一?下|发一?下|给我|说一?下|输入|念一?下)|是多少`)
	neverAsks  = regexp.MustCompile(`(?i)(never|don'?t|don’t|do not|won'?t|not|nobody) (\w+ )?(ask|share|send|give|tell|enter|type|need|read|post)|(不要|请勿|切勿|别|不会|无需|不用|不需要)(\w|[\p{Han}]){0,6}(提供|告诉|透露|泄露|发|输入|索取|询问|向您要|给)`)
	orderAsked = regexp.MustCompile(`(?i)(what(’|')?s|what is|tell me|give me|need|have|provide|send me|share|confirm)[^.?!]{0,30}(order|booking|reference|tracking|policy|phone|account) ?(number|no\.?|id)|(订单|单|保单|手机|运单|快递单|账)号?(码)?(是多少|多少|是什么)|(提供|告诉|报|发|说)(我)?(一下|下)?(您|你)?(的)?(订单|保单|手机|运单|快递单|账)号`)
	gaveNumber = regexp.MustCompile(`[A-Za-z]{0,4}-?\d[\d -]{3,}\d`)
)

// rule looks at a conversation and gives the turn that shows the fault; 0: there is none.
type rule struct {
	fault string
	find  func(s Script) int64
}

// rules are those of every conversation; what the company requires and forbids comes beside.
var rules = []rule{
	{"no_greeting", (Script).ungreeted}, {"misunderstood", (Script).misunderstood}, {"customer_again", (Script).again}, {"asked_again", (Script).askedAgain},
	{"wrong_number", (Script).wrongNumber}, {"rude", (Script).rude}, {"shouting", (Script).shouting}, {"no_empathy", (Script).cold},
	{"left_open", (Script).leftOpen}, {"no_answer", (Script).noAnswer}, {"gave_up", (Script).gaveUp},
	{"no_disclosure", (Script).undisclosed}, {"promise", (Script).promise}, {"secret_asked", (Script).secret},
}

// Findings are the faults of a conversation, in the order of the rules.
func Findings(s Script, r Rubric) []Finding {
	var out []Finding
	for _, x := range rules {
		if slices.Contains(r.Off, x.fault) {
			continue
		}
		if seq := x.find(s); seq != 0 {
			f := faultCosts[x.fault]
			out = append(out, Finding{x.fault, f.of, seq, f.cost})
		}
	}
	for _, p := range r.Forbidden {
		if k := s.index(func(l Line) bool { return l.ours() && p.said(l.Text, s.Language) }); k >= 0 {
			out = append(out, Finding{p.Name, Compliance, s.Lines[k].Seq, 80})
		}
	}
	for _, p := range r.Required {
		if len(p.Any[s.Language]) > 0 && s.shows(Tone) != 0 && s.index(func(l Line) bool { return l.ours() && p.said(l.Text, s.Language) }) < 0 {
			out = append(out, Finding{p.Name, Compliance, s.shows(Tone), 60})
		}
	}
	return out
}

// ours reports whether a turn is the company's.
func (l Line) ours() bool { return l.From == dialog.Bot || l.From == dialog.Agent }

func (s Script) index(is func(Line) bool) int { return slices.IndexFunc(s.Lines, is) }

// first gives the turn of the first line that is so.
func (s Script) first(is func(Line) bool) int64 {
	if k := s.index(is); k >= 0 {
		return s.Lines[k].Seq
	}
	return 0
}

// ungreeted: a person's first words greet nobody, and say nobody's name.
func (s Script) ungreeted() int64 {
	k := s.index(func(l Line) bool { return l.From == dialog.Agent })
	if k < 0 || greets.MatchString(s.Lines[k].Text) {
		return 0
	}
	return s.Lines[k].Seq
}

// misunderstood: it was said twice that the customer was not understood.
func (s Script) misunderstood() int64 {
	n := 0
	return s.first(func(l Line) bool {
		if l.ours() && lostTrack.MatchString(l.Text) {
			n++
		}
		return n == 2
	})
}

// lastSaid is how many of the customer's lines are compared with the next one.
const lastSaid = 20

// again: the customer has to say the same once more, after an answer.
func (s Script) again() int64 {
	var said [][]string
	answered := false
	return s.first(func(l Line) bool {
		if l.ours() {
			answered = len(said) > 0
			return false
		}
		if l.From != dialog.Customer {
			return false
		}
		words := wordsAlike(l.Text)
		repeated := answered && slices.ContainsFunc(said, func(old []string) bool { return alike(old, words) })
		said = append(said, words)
		said = said[max(len(said)-lastSaid, 0):]
		return repeated
	})
}

// wordsAlike are a text's words, and Han characters by twos, to be compared.
func wordsAlike(text string) []string {
	var out []string
	var word []rune
	var last rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			if last != 0 {
				out = append(out, string([]rune{last, r}))
			}
			last = r
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		default:
			if r != '\'' && r != '’' {
				flush()
			}
		}
		last = 0
	}
	flush()
	slices.Sort(out)
	return slices.Compact(out)
}

// alike reports whether two texts say the same: most of their words are the same, and there
// are enough of them.
func alike(a, b []string) bool {
	if len(a) < 4 || len(b) < 4 {
		return false
	}
	both := 0
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); ok {
			both++
		}
	}
	return 10*both >= 6*max(len(a), len(b)) || 10*both >= 8*min(len(a), len(b)) && 2*min(len(a), len(b)) >= max(len(a), len(b))
}

// askedAgain: a number is asked for that the customer has given.
func (s Script) askedAgain() int64 {
	given := false
	return s.first(func(l Line) bool {
		if l.From == dialog.Customer && gaveNumber.MatchString(l.Text) {
			given = true
		}
		return given && l.ours() && orderAsked.MatchString(l.Text) && !gaveNumber.MatchString(l.Text)
	})
}

// rude: words that nobody says to a customer.
func (s Script) rude() int64 {
	return s.first(func(l Line) bool { return l.ours() && impolite.MatchString(strings.ReplaceAll(l.Text, "’", "'")) })
}

// shouting: whole sentences in capitals, or a heap of exclamation marks.
func (s Script) shouting() int64 {
	return s.first(func(l Line) bool {
		if !l.ours() {
			return false
		}
		upper, words := 0, 0
		for _, w := range strings.Fields(l.Text) {
			if letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }); len(letters) >= 2 {
				words++
				if letters == strings.ToUpper(letters) && !strings.ContainsFunc(letters, func(r rune) bool { return r > 127 }) {
					upper++
				}
			}
		}
		return words >= 3 && 3*upper >= 2*words || strings.Contains(l.Text, "!!!") || strings.Contains(l.Text, "！！！")
	})
}

// cold: the customer is angry or complains, and what comes next shows no regret.
func (s Script) cold() int64 {
	upset := false
	return s.first(func(l Line) bool {
		if l.From == dialog.Customer {
			upset = complains.MatchString(l.Text) || care.Read(l.Text).Anger >= angry
			return false
		}
		if !l.ours() || !upset {
			return false
		}
		upset = false
		return !regrets.MatchString(l.Text)
	})
}

// leftOpen: the customer's last words are no goodbye, and nobody answered them.
func (s Script) leftOpen() int64 {
	for k := len(s.Lines) - 1; k >= 0; k-- {
		switch l := s.Lines[k]; {
		case l.ours():
			return 0
		case l.From == dialog.Customer:
			if confirms(l.Text) || farewell.MatchString(l.Text) || len(wordsAlike(l.Text)) == 0 {
				return 0
			}
			return l.Seq
		}
	}
	return 0
}

var farewell = regexp.MustCompile(`(?i)^\W*(ok(ay)?|bye|goodbye|see you|no|nope|yes|fine|right|alright|will do|good night|cheers|no,? (that'?s|that is) (all|it|fine))\b.{0,25}$|^(好|好的|行|嗯|再见|拜拜|没有了?|不用了?|不了|可以|知道了|没事了?|收到)[\p{Han}，。！~]{0,8}$`)

// noAnswer: it was said that the answer is not known, no person came, and the customer did
// not say that it was settled.
func (s Script) noAnswer() int64 {
	at := int64(0)
	for _, l := range s.Lines {
		switch {
		case l.From == dialog.Agent:
			at = 0
		case l.From == dialog.Bot && noAnswer.MatchString(l.Text):
			at = l.Seq
		case l.From == dialog.Bot && len(l.Cites) > 0:
			at = 0
		case l.From == dialog.Customer && confirms(l.Text):
			at = 0
		}
	}
	return at
}

// gaveUp: the customer waited for a person, in vain.
func (s Script) gaveUp() int64 {
	if (s.Lost || s.Failed) && len(s.Lines) > 0 && s.index(func(l Line) bool { return l.From == dialog.Agent }) < 0 {
		return s.Lines[len(s.Lines)-1].Seq
	}
	return 0
}

// undisclosed: in a call the bot's first words do not say what it is.
func (s Script) undisclosed() int64 {
	if !s.Call {
		return 0
	}
	k := s.index(func(l Line) bool { return l.From == dialog.Bot })
	if k < 0 || discloses.MatchString(s.Lines[k].Text) {
		return 0
	}
	return s.Lines[k].Seq
}

// promise: something is promised that no source can.
func (s Script) promise() int64 {
	return s.first(func(l Line) bool {
		return l.ours() && promises.MatchString(denies.ReplaceAllString(l.Text, ""))
	})
}

// secret: card numbers, passwords or codes are asked for in writing.
func (s Script) secret() int64 {
	return s.first(func(l Line) bool {
		return l.ours() && slices.ContainsFunc(sentences(l.Text), func(t string) bool {
			return secrets.MatchString(t) && asksFor.MatchString(t) && !neverAsks.MatchString(t)
		})
	})
}

func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?;。！？；\n", r) })
}

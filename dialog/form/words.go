package form

import (
	"strings"
	"unicode"

	"parley/dialog/regexp"
)

// Sentences of the forms' own, where theirs are silent.
var own = map[string][2]string{
	"retry":      {"I did not get that. ", "没听清，"},
	"retry chat": {"I could not read that. ", "没看明白，"},
	"which":      {"Which one is it: {value}?", "是哪一个：{value}？"},
	"keypad":     {"Please type it on your keypad, and then the hash key.", "请用键盘输入，按井号键结束。"},
	"keypad yes": {"Please press 1 for yes or 2 for no.", "请按键：1 是，2 否。"},
	"back":       {"Now, back to where we were. ", "我们接着刚才的。"},
	"readback":   {"That was {value}, is that right?", "您说的是 {value}，对吗？"},
	"read":       {"I can read {value}, is that right?", "读到{value}，对吗？"},
	"go on":      {"Go on, please.", "好的，请继续。"},
	"ending":     {"ending in {value}", "尾号{value}"},
	"again":      {"Sorry. ", "抱歉，"},
	"what":       {"What should I change?", "要改哪一项？"},
	"yes or no":  {"Shall I do that: yes or no? ", "请告诉我，办还是不办？"},
	"unheard":    {"So that you have heard it all: ", "我完整说一遍："},
	"late":       {"That was a while ago, so once more: ", "隔了一段时间，再跟您确认一下："},
	"cancelled":  {"All right, I leave it. Nothing was changed.", "好的，不办了，没有做任何改动。"},
	"person":     {"I am sorry, I cannot make this out. Let me bring in a person.", "抱歉，我没能弄清楚，我帮您转人工。"},
	"refused":    {"I am sorry, the system did not allow that. Nothing was changed.", "抱歉，系统没有通过这项操作，没有做任何改动。"},
	"unable":     {"I am sorry, I cannot reach our system right now. Nothing was changed. Let me bring in a person.", "抱歉，系统暂时连不上，没有做任何改动，我帮您转人工。"},
	"unknown":    {"I am sorry, I cannot tell whether that went through. A colleague will find out.", "抱歉，我无法确认是否办成，同事会核实。"},
	"nothing":    {"I am sorry, I find nothing under that. ", "抱歉，没有查到。"},
	"unverified": {"I am sorry, I could not confirm who I am speaking to, so I cannot go into this here. I have told a colleague, who can help you in another way.", "抱歉，没能核实身份，这项业务我不能办理。我已经告诉同事，可以用别的方式帮您。"},
	"no options": {"I am sorry, there is nothing to choose from at the moment. Let me bring in a person.", "抱歉，目前没有可选的，我帮您转人工。"},
}

// Late leads a question that is put again because its answer took too long.
func Late(language string) string {
	s := State{Language: language}
	return s.own("late")
}

func (s *State) own(key string) string {
	if tongue(s.Language) == "zh" {
		return own[key][1]
	}
	return own[key][0]
}

var (
	giveUp   = regexp.MustCompile(`(?i)\b(?:never ?mind|forget (?:it|about it|the whole thing)|cancel (?:that|this|it)(?: please)?$|stop (?:this|that|it)\b|leave (?:it|everything|things)|keep (?:everything|it all|all of it)|keep (?:it|them|mine|that)[.! ]*$|let's leave it|(?:please )?do(?:n['’]?t| not) do (?:it|that|anything)\b|i(?:'ve| have) changed my mind|i don'?t want (?:to|this|that|it) any ?more|not any ?more|no longer (?:needed|want)|scrap that|drop it|quit|abort)|^(?:no,? )?(?:cancel|stop)[.! ]*$`)
	giveUpZh = regexp.MustCompile(`算了|不(?:用|办|弄|退|换|改|约|查|要)了|不想(?:弄|办|退|换|改|约|查)了|不需要了|放弃|先这样吧|取消(?:操作|办理)|别(?:弄|办|查|退|换|改)了|不麻烦了|^不了(?:[，,。！]|$)|留着(?:吧|用)?[。！ ]*$|^先?(?:别|不)(?:取消|退|换|改|约|办|寄)(?:它|了|吧|掉)?[。！ ]*$`)

	asks     = regexp.MustCompile(`(?i)\?|？|^(?:(?:and|but|so|well|okay|ok|um|uh|oh|hey|wait|sorry|also|by the way|first|before that)[, ]+)*(?:what|when|where|why|how|who|whose|which|can|could|do|does|did|is|are|was|will|would|may|should|have|has|am|tell me (?:about|what|how|when|where|why))\b`)
	asksZh   = regexp.MustCompile(`吗|呢[。？！ ]*$|什么|怎么|为什么|为啥|多少|几[天点个时岁次]|哪|能不能|可不可以|是不是|有没有|要不要|多久|多长|如何|啥|咋`)
	polite   = regexp.MustCompile(`(?i)(?:how|what) about|would .{1,40}\b(?:work|be (?:ok|okay|possible|fine|good|available))|can (?:i|we|you) (?:come|do|make it|have|take|get|say|book|change|use|put)|could (?:i|we|you) (?:come|do|make it|have|take|get|say|book|change|use|put)|is .{1,30}\b(?:ok|okay|possible|free|available|fine)\b|may i (?:come|have|take)|(?:right|okay|ok|is that (?:ok|right|enough|it))\?$`)
	politeZh = regexp.MustCompile(`(?:可以|行|好|方便|有空|有位置|怎么样|合适|对)(?:吗|么|不)?[？?。]*$|能不能(?:约|改|换|帮我|给我)|可以(?:约|改|换|帮我|给我)`)

	unknowing   = regexp.MustCompile(`(?i)\b(?:don'?t (?:know|have|remember|recall)|do not (?:know|have|remember)|can'?t (?:find|remember|recall)|cannot (?:find|remember)|no idea|not sure|lost (?:it|the)|haven'?t got|i forgot|forgotten)`)
	unknowingZh = regexp.MustCompile(`不知道|不记得|忘了|忘记|找不到|没有(?:订单)?号|没有单号|不清楚|不太清楚|记不(?:得|清|住)|想不起|没记|没存`)

	skips   = regexp.MustCompile(`(?i)^(?:no|none|nothing|skip|skip (?:it|that)|no thanks|no thank you|not really|i'd rather not|n/?a|nope|that'?s all|nothing else)[.! ]*$`)
	skipsZh = regexp.MustCompile(`^(?:没有|没|不用|跳过|无|不需要|没了|没有了|不说了|不填)[。！ ]*$`)

	anew = regexp.MustCompile(`(?i)(?:\b(?:is|should be|should read|to|it's)\b:?|应该是|改成|改为|换成|是|：|:)\s*(.{2,300})$`)

	alter   = regexp.MustCompile(`(?i)\b(?:change|correct|fix|wrong|different|another|other|amend|update|not the right|again)\b`)
	alterZh = regexp.MustCompile(`改|换|修改|不对|错|重新|另外`)
)

func either(text string, en, zh *regexp.Regexp) bool {
	text = strings.TrimSpace(text)
	return en.MatchString(text) || zh.MatchString(text)
}

func givesUp(text string) bool { return either(text, giveUp, giveUpZh) }

// isQuestion reports whether a text asks something that a value in it does not answer:
// "can I come on Friday?" does not.
func isQuestion(text string) bool {
	return either(text, asks, asksZh) && !either(text, polite, politeZh)
}

// parted gives the sentences of a text that ask nothing, when others do.
func parted(text string) (rest string, ok bool) {
	var said []string
	asked := false
	for _, s := range sentences.FindAllString(text, 20) {
		if isQuestion(strings.TrimSpace(s)) {
			asked = true
		} else if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			said = append(said, s)
		}
	}
	return strings.TrimSpace(strings.Join(said, "")), asked && len(said) > 0
}

// long reports whether a text says more than a misheard answer would.
func long(text string) bool {
	words, hans := 0, 0
	in := false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			hans++
			in = false
		case unicode.IsLetter(r):
			if !in {
				words++
			}
			in = true
		case r == '\'' || r == '’':
		default:
			in = false
		}
	}
	return words >= 5 || hans >= 8
}

// labelled finds the slot that an utterance names: "change the date", 「地址不对」.
func (f *Form) labelled(text string) *Slot {
	low := squeeze(text)
	var best *Slot
	size := 0
	for i := range f.Slots {
		for _, ws := range f.Slots[i].Labels {
			for _, w := range ws {
				if k := squeeze(w); len(k) > size && named(low, k) {
					best, size = &f.Slots[i], len(k)
				}
			}
		}
	}
	return best
}

// alters reports whether an utterance wants something said before to be changed.
func alters(text string) bool { return either(text, alter, alterZh) }

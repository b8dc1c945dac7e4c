package brain

import (
	"slices"
	"strings"
	"unicode"

	"parley/dialog/regexp"
)

// plain is a text in lower case without punctuation.
func plain(text string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' || r == '\'':
			return unicode.ToLower(r)
		case r == '’':
			return '\''
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(s), " ")
}

// grams are the words of a text, in short form, and the pairs of Han characters.
func grams(text string) []string {
	var out []string
	var prev rune
	for _, w := range strings.Fields(plain(text)) {
		if !strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			if len(w) > 3 {
				out = append(out, w[:min(len(w), 5)])
			}
			continue
		}
		prev = 0
		for _, r := range w {
			if prev != 0 {
				out = append(out, string([]rune{prev, r}))
			}
			prev = r
		}
	}
	return out
}

// talk is what needs no source: courtesies, and who is speaking.
var talk = []struct {
	words  []string
	en, zh string
}{
	{[]string{"hi", "hello", "hey", "hi there", "hello there", "good morning", "good afternoon", "good evening", "hello can you hear me", "can you hear me", "你好", "您好", "喂", "在吗", "听得到吗", "能听到吗", "早上好", "下午好", "晚上好"},
		"Hello, I hear you. What can I do for you?", "您好，我在。请问有什么可以帮您？"},
	{[]string{"how are you", "how are you today", "how are you doing", "how are you doing today", "how's it going", "how is it going", "how are things", "how do you do", "how have you been", "what's up", "你好吗", "您好吗", "你还好吗", "最近好吗", "最近怎么样", "吃了吗"},
		"I am well, thank you. What can I do for you?", "我很好，谢谢关心。请问有什么可以帮您？"},
	{[]string{"bye", "bye bye", "goodbye", "good bye", "bye for now", "see you", "see you later", "good night", "have a nice day", "have a good day", "take care", "再见", "拜拜", "拜", "回头见", "晚安", "先这样", "就这样吧", "再见了"},
		"Goodbye, and all the best.", "再见，祝您生活愉快！"},
	{[]string{"nice to meet you", "pleased to meet you", "nice weather today", "nice weather", "nice day today", "lovely day", "lovely weather", "lovely weather today", "what a nice day", "很高兴认识你", "今天天气真好", "天气真好", "今天天气不错", "天气不错"},
		"It is nice to hear from you. What can I do for you?", "很高兴为您服务。请问有什么可以帮您？"},
	{[]string{"thanks", "thank you", "thank you very much", "many thanks", "great thanks", "great thank you", "ok thank you", "okay thank you", "okay thanks", "thanks a lot", "谢谢", "谢谢你", "谢谢您", "多谢", "好的谢谢", "非常感谢", "太好了谢谢"},
		"You are welcome. Is there anything else?", "不客气，请问还有其他需要吗？"},
	{[]string{"are you a robot", "are you a bot", "are you human", "are you a human", "are you a real person", "am i talking to a machine", "is this a robot", "who are you", "what are you", "what is your name", "你是谁", "你是机器人吗", "你是真人吗", "你是人吗", "你叫什么", "你叫什么名字"},
		"I am NAME, an AI assistant. I answer from our published information, and can take a message for a person.", "我是智能客服NAME，根据公司资料为您解答，也可以帮您留言给人工。"},
	{[]string{"help", "help me", "i need help", "what can you do", "how can you help me", "what can you help me with", "帮帮我", "你能做什么", "你会什么", "有什么功能", "我需要帮助"},
		"I can answer questions about our products, orders, returns, payments and policies. What would you like to know?", "我可以解答产品、订单、退换货、付款和保单方面的问题，您想了解什么？"},
	{[]string{"no", "no thanks", "no thank you", "nothing else", "no that is all", "that is all", "that's all", "没有了", "没了", "不用了", "没别的了", "没有", "不用"},
		"All right. I am here if anything comes up.", "好的，有需要随时找我。"},
	{[]string{"okay", "ok", "all right", "i see", "got it", "great", "good", "perfect", "好的", "好", "知道了", "明白了", "明白", "嗯", "行", "可以"},
		"Good. What else can I do for you?", "好的，请问还有什么可以帮您？"},
}

// smallTalk answers what is no question about the company.
func (e extractive) smallTalk(text, language string) (string, bool) {
	p := plain(text)
	if rest := strings.TrimSpace(greeting.ReplaceAllString(p, "")); rest != "" && rest != p {
		if s, ok := e.smallTalk(rest, language); ok {
			return s, true
		}
	}
	squeezed := strings.ReplaceAll(p, " ", "")
	for _, t := range talk {
		for _, w := range t.words {
			if p == w || squeezed == w {
				return strings.ReplaceAll(pick(language, t.en, t.zh), "NAME", e.o.Name), true
			}
		}
	}
	if works.MatchString(p) {
		return strings.ReplaceAll(pick(language, "I am NAME, an AI assistant. I answer from our published information, look things up in our systems where you may see them, and bring in a person when you like.",
			"我是智能客服NAME，根据公司资料为您解答，核实身份后可以查询和办理业务，需要时随时转人工。"), "NAME", e.o.Name), true
	}
	if thanks(p) {
		return pick(language, "You are welcome. Is there anything else?", "不客气，有需要随时找我。"), true
	}
	return "", false
}

// beside are what stands beside thanks without being a matter of its own.
var (
	beside    = strings.Fields("ok okay just wondering great fine cool lovely perfect good all right alright thanks thank you so very much a lot many again for your the help that is that's all now then and no never mind bye goodbye i see it well")
	besideHan = regexp.MustCompile(`[好的行嗯哎唉啊哦噢喔呀啦了吧哈嘛您你多太非常就这样没事知道明白可以那再见拜谢感]+`)
)

// greeting stands before other talk: "good morning, how are you?"
var greeting = regexp.MustCompile(`^(?:(?:hi|hello|hey|good morning|good afternoon|good evening|thanks|thank you|ok|okay)(?: there)? |(?:你好|您好|早上好|下午好|晚上好|嗨|好的|谢谢) ?)`)

// works asks what the program is.
var works = regexp.MustCompile(`(?:^| )how do you work$|how were you made|你是怎么工作的|你是怎么做出来的|你的工作原理`)

// thanks reports whether a text is thanks and little else.
func thanks(p string) bool {
	words := strings.Fields(p)
	if strings.Contains(p, "谢") && len([]rune(p)) <= 16 {
		return strings.TrimSpace(besideHan.ReplaceAllString(strings.ReplaceAll(p, " ", ""), "")) == ""
	}
	if !slices.Contains(words, "thanks") && !strings.Contains(p, "thank you") || len(words) > 12 {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(beside, w) })
}

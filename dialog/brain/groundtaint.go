package brain

import (
	"encoding/base64"
	"strings"
	"unicode"

	"parley/dialog/lately"
	"parley/dialog/rag"
	"parley/dialog/regexp"
)

// orders are texts that speak to the program instead of the customer. Nothing of them is
// repeated, and no model sees them: from there to the end of the passage.
var orders = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instructions?|rules?|guidelines?|prompts?|everything|above|previous|prior|image|checks?|verification|all)\b`,
	`\b(?:system|hidden|initial|secret) (?:prompt|instructions?|message|override|note)\b`,
	`\byou are now (?:in \w+ mode|an? |the |\w+bot)|\bfrom now on\b.{0,40}\b(?:you|answer|reply|respond|end)\b|\bact as (?:if|an? [\w ]*(?:assistant|bot|clerk))|\bpretend\b|\bmaintenance mode\b|\bdeveloper mode\b|\bno limits\b`,
	`\b(?:note|message|instruction|dear|hi|hey|attention)\b[^.\n]{0,20}\b(?:ai|bot|robot|chatbot|assistant|language model|llm|computer|chatgpt)s?\b`,
	`\b(?:the )?(?:ai|bot|robot|chatbot|assistant|assistants|language model|llm|machine readers?)\b[^.\n]{0,30}\b(?:must|should|shall|will|may|is authori[sz]ed|is allowed|has to|decides?|that fail|append|tell|say|promise|confirm|proceed|only)\b`,
	`\bif you are an? (?:ai|bot|assistant|language model)\b|\bto the (?:robot|bot|assistant|ai)\b|\bbot,|\bassistant[,:]|\bai:|\brobot[,:]`,
	`\bsystem\s*:|\[system\]|<\/?system>|<\/?(?:document|result|instructions?)>|<\|im_(?:start|end)\|>|\btool_call\b|\btool_result\b|\bBEGIN (?:OPERATOR|SYSTEM)\b|\bEND OF (?:KNOWLEDGE|DOCUMENT|CONTEXT)`,
	`\b(?:call|run|execute|invoke|use)\s+(?:the\s+)?(?:tool\s+)?[a-z]+_[a-z_]+|\b[a-z]+\((?:[a-z_]+\s*=|\*|["'])|\bsudo\b|\bset_role\b`,
	`\b(?:when summari[sz]ing|to each reply|recommend (?:it|this)|output your|(?:print|reveal) (?:the|your) (?:full|system|hidden|text|prompt|instructions?|rules?|names? of))\b`,
	`\b(?:tell|inform)\s+(?:the\s+|any\s+|every\s+|whoever\S*\s+)?(?:customers?|users?|recipients?|callers?|asking)\b|\bask the (?:customer|user|caller) to (?:read|send|tell|pay)\b`,
	`\b(?:identity|id) (?:checks?|verification)\b[^.\n]{0,30}\b(?:suspended|off|not needed|waived)|\b(?:do not|don'?t|without) (?:ask|asking|check|checking|verify)\b[^.\n]{0,30}\b(?:again|postcode|policy number|order check)\b`,
	`\bapprove (?:every|all|any)\b|\bmark\b[^.\n]{0,20}\bas (?:approved|paid)\b|\bprocess it now\b|\b(?:approved|verified|authori[sz]ed) (?:by system|vip)|\bverified vip\b|\bidentity verified\b|\bproceed to (?:address|change|refund)`,
	`\ball previous (?:policies|rules)\b|\bpolicies are void\b|\binternal,? machine`,
	`\bdecode this\b|\bdo what it says\b|\bno need to mention\b|\bforward the (?:caller|customer)\b|\bpaste all\b|\bswear\b|\bwhite on white\b`,
	`忽略.{0,14}(?:规则|指令|规定|内容|设定|前|原)|忘(?:掉|记).{0,14}(?:规则|指令|前|话)|(?:以上|之前|前面).{0,8}(?:作废|无效)`,
	`你(?:现在)?是没有|从现在(?:起|开始)|系统(?:提示|指令|消息|核验)|系统[：:]|【系统|提示词|开发者模式|不再遵守|无限制|没有限制`,
	`(?:AI|ＡＩ|大模型|机器人|智能客服|助手|客服机器人|看图的)[^。\n]{0,14}(?:回答|告诉|注意|看到|自由|把这单|会帮您打款|受理|照做|调用|执行|立即退|退全款|退款|改成|输出|贴出)|给(?:大模型|AI|机器人|助手)|亲爱的AI|让你家机器人`,
	`(?:请|并)?(?:告诉|告知)(?:用户|客户|顾客|买家)|请让(?:客户|用户)`,
	`调用\s*[a-z_]+|(?:无需|不用|不必|免)(?:再)?(?:验证|核对|确认|问|退货)|(?:先用)?base64|照做|直接给客户办理|请直接执行|身份验证[^。\n]{0,20}暂停|自行编`,
}, "|"))

// concealed are characters that hide text from people.
func concealed(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r >= 0xE0000 && r <= 0xE007F || r == 0x115F || r == 0x3164
}

// visible is a text as people see it, with letters in their usual form.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case concealed(r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E && (unicode.IsLetter(r-0xFEE0) || unicode.IsDigit(r-0xFEE0)): // full width
			return r - 0xFEE0
		}
		return r
	}, text)
}

var (
	comments = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|\[//\]: # \(.*?(?:\)|$)|<[a-zA-Z/|][^>\n]{0,200}>`)
	encoded  = regexp.MustCompile(`[A-Za-z0-9+/]{24,}={0,2}`)
	endings  = regexp.MustCompile(`[.!?]+\s+|[。！？\n]+\s*`)
)

// clean is a text without what is addressed to the program, and without what is hidden.
// What stands after such a text in the same piece is gone too: it may go on in it.
func clean(text string) string {
	text = visible(text)
	if loc := orders.FindStringIndex(text); loc == nil && !comments.MatchString(text) && !encoded.MatchString(text) {
		return text
	}
	text = comments.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "<") && !strings.HasPrefix(s, "<!") && !orders.MatchString(s) {
			return s
		}
		return "\x00"
	})
	text = encoded.ReplaceAllStringFunc(text, func(s string) string {
		if b, err := base64.StdEncoding.DecodeString(s); err == nil && readable(b) {
			return "\x00"
		}
		return s
	})
	end := len(text)
	if loc := orders.FindStringIndex(text); loc != nil {
		end = loc[0]
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		end = min(end, i)
	}
	if end < len(text) { // back to the end of the sentence before
		at := 0
		for _, m := range endings.FindAllStringIndex(text[:end], -1) {
			at = m[1]
		}
		text = text[:at]
	}
	return strings.TrimSpace(text)
}

// readable reports whether bytes are a text.
func readable(b []byte) bool {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	odd := 0
	for _, r := range s {
		if r == '\uFFFD' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			odd++
		}
	}
	return odd*10 < len([]rune(s))
}

// cleaned gives hits without what is addressed to the program. What it made of a text is
// kept: the same passages are found again and again.
type cleaned struct {
	from Retriever
	made lately.Memo[string]
}

func newCleaned(from Retriever) *cleaned {
	return &cleaned{from: from, made: lately.Memo[string]{Most: 2048, Longest: 8 << 10}}
}

func (c *cleaned) clean(text string) string { return c.made.Of(text, clean) }

// Search implements Retriever.
func (c *cleaned) Search(q rag.Query) []rag.Hit {
	hits := c.from.Search(q)
	out := make([]rag.Hit, 0, len(hits))
	for _, h := range hits {
		h.Title, h.Text = c.clean(h.Title), c.clean(h.Text)
		if q := visible(h.Question); q != "" && c.clean(q) != q {
			h.Question = ""
		}
		if h.Text != "" {
			out = append(out, h)
		}
	}
	return out
}

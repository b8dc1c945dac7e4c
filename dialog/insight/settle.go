package insight

import (
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/regexp"
)

// cold: the customer is angry or complains, and nothing of what comes next shows regret. A
// person whom the customer asked for need not be announced with regret.
func (s Script) cold() int64 {
	upset, wished := false, false
	last := int64(0)
	for _, l := range s.Lines {
		switch {
		case l.From == dialog.Customer:
			if last != 0 {
				return last
			}
			signal := care.Read(l.Text)
			// what the learnt ear alone hears is angry at most
			upset = complains.MatchString(l.Text) || signal.Anger > angry
			wished = signal.Person == care.Wishes
		case !l.ours() || !upset:
		case regrets.MatchString(l.Text) || wished && handsOver.MatchString(l.Text):
			upset, last = false, 0
		default:
			last = l.Seq
		}
	}
	return last
}

// leftOpen: the customer's last words want an answer, and nobody gave one.
func (s Script) leftOpen() int64 {
	if s.gaveUp() != 0 {
		return 0 // that is why
	}
	answered := s.index(Line.ours) >= 0
	for k := len(s.Lines) - 1; k >= 0; k-- {
		switch l := s.Lines[k]; {
		case l.ours():
			if putsOff(l.Text) && k > 0 && s.Lines[k-1].From == dialog.Customer && wantsAnswer(s.Lines[k-1].Text) {
				return l.Seq // and nothing came
			}
			return 0
		case l.From == dialog.Customer:
			if confirms(l.Text) || farewell.MatchString(l.Text) || len(wordsAlike(l.Text)) == 0 || answered && !wantsAnswer(l.Text) {
				return 0
			}
			return l.Seq
		}
	}
	return 0
}

// putsOff reports whether all that is said is that something comes.
func putsOff(text string) bool {
	ss := sentences(text)
	if len(ss) == 0 || len(ss) > 2 {
		return false
	}
	for _, t := range ss {
		if !later.MatchString(t) || bare.MatchString(t) {
			return false
		}
	}
	return true
}

var later = regexp.MustCompile(`(?i)\b(i'?ll|i will|i am going to|i'm going to|let me|give me) (just |quickly )?(look|check|see|find|have a look|ask|get back|a (moment|second|minute)|come back)\b|\b(one|just a|a) (moment|second|minute|sec)\b|\b(hold|hang) on\b|\b(checking|looking into)\b|^\W*(ok(ay)?|sure|right|fine|yes|no problem)\W*$` +
	`|(我|这边|马上|帮您|给您|去)[\p{Han}]{0,3}(看|查|问|核实|确认|了解)(一下|下|看|一查)?$|(稍等|等一下|稍候|等等|请稍)|^[，\s]*(好的?|行|嗯|可以)[，\s]*$`)

var (
	farewell = regexp.MustCompile(`(?i)^\W*(ok(ay)?|bye|goodbye|see you|no|nope|yes|yep|fine|right|alright|will do|good night|cheers|no,? (that'?s|that is) (all|it|fine))\b.{0,25}$|\b(bye|bye-bye|goodbye|good night|cheers|ta|have a (good|nice) \w+)\W*$` +
		`|^(好|好的|行|嗯|哦|再见|拜拜|没有了?|不用了?|不了|可以|知道了|没事了?|收到)[\p{Han}，。！~]{0,8}$|(再见|拜拜|回头见|辛苦了|谢谢|先这样|就这样(吧)?|(那|就)?(算了|不等了|不用了|不要了|不买了|不说了))[，。！~ ]*$|\b(forget it|never ?mind|leave it|hanging up|i give up|pity|shame)\b`)
	questions = regexp.MustCompile(`(?i)[?？]|^\W*(and |but |so )?(what|when|where|which|who|whom|whose|why|how|is|are|am|do|does|did|can|could|will|would|should|may|has|have)\b|\b(please|i need|i want|i'd like|tell me|let me know|wondering)\b|吗|呢|怎么|什么|哪|多少|几(天|个|点|时)|为何|是不是|有没有|能不能|可不可以|要不要|算不算|行不行|还是|如何|谁|请|麻烦|帮我|我要|我想`)
)

// Letters of a statement that is long enough to want an answer, though it asks nothing.
const (
	longSaid    = 8 // words
	longSaidHan = 14
)

// wantsAnswer reports whether a text asks for something, or tells at some length.
func wantsAnswer(text string) bool {
	han := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return questions.MatchString(text) || han >= longSaidHan || han == 0 && len(strings.Fields(text)) >= longSaid
}

// needlessTransfer: the bot hands over though the customer asked for nobody, was not upset
// or in need, and nothing was said why.
func (s Script) needlessTransfer() int64 {
	reason := false
	return s.first(func(l Line) bool {
		switch {
		case l.From == dialog.Customer:
			signal := care.Read(l.Text)
			reason = reason || signal.Person == care.Wishes && aboutPeople.MatchString(l.Text) || signal.Danger != care.NoDanger || signal.Anger > angry || complains.MatchString(l.Text)
		case l.From == dialog.Bot:
			reason = reason || excuses.MatchString(l.Text) || noAnswer.MatchString(l.Text) || lostTrack.MatchString(l.Text) || regrets.MatchString(l.Text)
			if handsOver.MatchString(l.Text) && !reason && !strings.ContainsAny(l.Text, "?？") {
				return true
			}
			reason = reason || offers.MatchString(l.Text) // and the customer agreed
		}
		return false
	})
}

// aboutPeople are words for people: the learnt ear alone is not sure enough of a wish.
var aboutPeople = regexp.MustCompile(`(?i)\b(person|people|human|agent|someone|somebody|anyone|anybody|colleague|advis[eo]r|representative|manager|supervisor|operator|talk|speak|staff|man|woman|guy)\b|人|客服|专员|经理|主管|同事|领导|接`)

// promise: something is promised that no source can.
func (s Script) promise() int64 {
	return s.first(func(l Line) bool { return l.ours() && promises.MatchString(denies.ReplaceAllString(l.Text, "")) })
}

// ownCode is said by a bot that proves who the customer is: the code is its own, and it just sent it.
var ownCode = regexp.MustCompile(`(?i)\b(i|we)( have|'ve)?( just)? (sent|texted)( you)? (a|the|your)( \w+)? code\b|(已|刚)(经|刚)?(向|给|往)[^，。]{0,12}(发送|发|发了)[^，。]{0,6}(验证码|校验码)|验证码已(经)?发`)

// secret: card numbers, passwords or codes are asked for. The code of the bot's own check is not one.
func (s Script) secret() int64 {
	return s.first(func(l Line) bool {
		for _, t := range sentences(l.Text) {
			if l.From == dialog.Bot && ownCode.MatchString(l.Text) {
				return false
			}
			if l.ours() && secrets.MatchString(t) && asksFor.MatchString(t) && !neverAsks.MatchString(t) && !elsewhere.MatchString(t) {
				return true
			}
		}
		return false
	})
}

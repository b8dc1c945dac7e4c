package floor

import (
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/card"
)

// command is what a customer may ask of the call itself, anywhere.
type command uint8

const (
	none command = iota
	repeat
	slower
	faster
	louder
	softer
	holdOn
	stop
	bye
	never // to be called again
)

// maxCommand is the most letters of a sentence that is no more than a command.
const maxCommand = 44

var commands = []struct {
	what  command
	exact bool // the whole sentence, but for courtesies
	words []string
}{
	{repeat, false, []string{"say that again", "say it again", "repeat that", "repeat it", "come again", "what did you say", "pardon me", "再说一遍", "再说一次", "重复一遍", "没听清", "没听见", "你说什么"}},
	{repeat, true, []string{"repeat", "pardon", "again", "sorry what", "重复", "什么", "再说"}},
	{slower, false, []string{"speak slower", "slow down", "more slowly", "slower please", "too fast", "说慢", "慢一点", "慢点", "太快"}},
	{slower, true, []string{"slower"}},
	{faster, false, []string{"speak faster", "faster please", "too slow", "说快", "快一点说", "快点说"}},
	{louder, false, []string{"speak up", "speak louder", "louder please", "too quiet", "cannot hear you", "can't hear you", "大声", "声音大", "听不见你", "太小声"}},
	{louder, true, []string{"louder"}},
	{softer, false, []string{"too loud", "speak quieter", "小声", "声音小一点"}},
	{holdOn, false, []string{"hold on", "wait a moment", "wait a minute", "just a moment", "just a minute", "one moment", "one second", "hang on", "等一下", "等一等", "稍等", "等等", "等会"}},
	{holdOn, true, []string{"wait", "等"}},
	{stop, true, []string{"stop", "be quiet", "shut up", "enough", "stop talking", "停", "停下", "别说了", "闭嘴", "够了", "打住", "停一下"}},
	{bye, true, []string{"bye", "goodbye", "good bye", "bye bye", "that is all", "that's all", "that is all thank you", "that's all thank you", "thanks bye", "thank you goodbye", "thank you bye", "hang up", "再见", "拜拜", "挂了", "没事了", "没有了谢谢", "没别的了", "谢谢再见", "好的再见"}},
}

// refusals are how people say that they do not want to be called.
var refusals = []string{"do not call me", "don't call me", "do not call again", "don't call again", "stop calling", "never call", "take me off your list", "remove me from your list",
	"remove my number", "不要再打", "别再打", "不要给我打", "别给我打", "不要打电话", "别打电话", "再也不要打"}

var courtesies = []string{"please", "okay", "ok", "well", "sorry", "no", "can you", "could you", "oh", "请", "麻烦", "你", "您", "吧", "好", "的", "嗯", "呀", "一下"}

// plain is a text in lower case without punctuation.
func plain(text string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r == '\'' || r == '’':
			return '\''
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ':
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(s), " ")
}

func (s *State) command(text string) command {
	p := plain(text)
	if len(p) > maxCommand {
		return none
	}
	if s.Out != nil && slices.ContainsFunc(refusals, func(w string) bool { return contains(p, w) }) {
		return never
	}
	bare := p
	for _, c := range courtesies {
		bare = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(bare, c), c))
	}
	for _, c := range commands {
		for _, w := range c.words {
			if c.exact && (p == w || bare == w) || !c.exact && contains(p, w) && len(p) <= len(w)+18 {
				return c.what
			}
		}
	}
	return none
}

// contains looks for whole words, of Chinese for characters.
func contains(p, w string) bool {
	for _, r := range w {
		if unicode.Is(unicode.Han, r) {
			return strings.Contains(p, w)
		}
		break
	}
	return strings.Contains(" "+p+" ", " "+w+" ")
}

// obey does what was commanded, and reports whether it was anything.
func (t *step) obey(c command) bool {
	if c == none {
		return false
	}
	if !t.Reply.Mandatory {
		t.cancel(dialog.ErrYield)
	}
	t.Queue = nil
	switch c {
	case repeat:
		text := t.Last
		if text == "" {
			text = t.pick("I have not said anything yet. How can I help?", "我还没有说话，请问有什么可以帮您？")
		}
		t.say(text, false)
	case slower, faster:
		t.Rate = min(max(t.Rate+map[command]float64{slower: -0.2, faster: 0.2}[c], 0.6), 1.6)
		t.do(Tune{t.Rate, t.Gain})
		t.say(t.pick(map[command]string{slower: "All right, I will speak more slowly.", faster: "All right, a little faster."}[c],
			map[command]string{slower: "好的，我说慢一点。", faster: "好的，我说快一点。"}[c]), false)
	case louder, softer:
		t.Gain = min(max(t.Gain*map[command]float64{louder: 1.6, softer: 0.6}[c], 0.4), 2.5)
		t.do(Tune{t.Rate, t.Gain})
		t.say(t.pick(map[command]string{louder: "Is this better?", softer: "All right, I will speak more softly."}[c],
			map[command]string{louder: "现在能听清吗？", softer: "好的，我小声一点。"}[c]), false)
	case holdOn:
		t.say(t.pick("Of course, take your time.", "好的，您慢慢来。"), false)
		t.Patience = t.now + t.Config.Hold
	case stop:
		t.Question = nil
		t.rest()
	case never:
		t.Question = nil
		t.End = "do_not_call"
		t.say(t.pick("I am sorry for the trouble. We will not call this number again. Goodbye.", "打扰您了，我们不会再拨打这个号码，再见。"), false)
	case bye:
		t.Question = nil
		if t.Relayed { // whose good-bye it is, and whether all is typed, is theirs to say: they hang up
			t.say(t.pick("Thank you for calling. I stay on the line until you hang up.", "感谢您的来电，我等您先挂断。"), false)
			return true
		}
		if t.asksRating() {
			t.askRating()
			return true
		}
		t.End = "goodbye"
		t.say(t.pick("Thank you for calling. Goodbye.", "感谢您的来电，再见。"), false)
	}
	return true
}

// languageOf is the language of a turn: as detected, or by its script.
func (t *step) languageOf(turn dialog.Turn) string {
	han, latin := 0, 0
	for _, r := range strings.ReplaceAll(turn.Text, card.Mark, "") {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r) && r < 0x250:
			latin++
		}
	}
	switch {
	case han > 0 && !t.zh() && han*3 > latin:
		return "zh-CN"
	case han == 0 && latin > 8 && t.zh() && strings.Count(turn.Text, " ") >= 2:
		return "en"
	}
	return t.Language
}

// greeting is what a call begins with: that an AI speaks, and what is recorded.
func (t *step) greeting() []Say {
	name, intro := t.Config.Name, t.introduction()
	if g := t.custom(); g != "" && t.Out == nil {
		if says(g) {
			intro = g
		} else {
			intro += " " + g
		}
	}
	ask := t.invitation()
	switch {
	case t.Out != nil:
		intro, ask = t.calls(intro), t.asks()
	case t.Midway: // we have met: that an AI speaks is said, and nothing else
		intro = t.pick("This is "+name+", the AI assistant, now by voice.", "我是智能客服"+name+"，现在和您语音通话。")
	}
	switch {
	case t.Config.Record && t.Config.RecordAsk:
		t.Taping = asked
		ask = t.pick("May I record this call to improve our service?", "为了改进服务，我可以录音吗？")
	case t.Config.Record && t.Config.RecordNotice:
		t.Taping = noticed
		intro += t.pick(" This call is recorded; say no recording to decline.", "本次通话会录音，不同意请说“不要录音”。")
	case t.Config.Record:
		t.Taping = settled
		t.do(Record{true})
	}
	if ask == "" { // the brain takes up what is open
		return []Say{{Text: intro, Mandatory: true}}
	}
	return []Say{{Text: intro, Mandatory: true}, {Text: ask}}
}

// introduction says who speaks, and that it is an AI.
func (t *step) introduction() string {
	name, company := t.Config.Name, t.Config.Company
	intro := t.pick("Hello, this is "+name+", an AI assistant", "您好，我是智能客服"+name)
	if company != "" {
		intro = t.pick(intro+" for "+company, "您好，我是"+company+"的智能客服"+name)
	}
	return intro + t.pick(".", "。")
}

// invitation asks what is wanted; of one who has been asked before, it is "".
func (t *step) invitation() string {
	if t.Midway {
		return ""
	}
	return t.pick("How can I help you?", "请问有什么可以帮您？")
}

// invite is a sentence with the invitation behind it. Who came in the middle of something
// goes on with that.
func (t *step) invite(en, zh string) {
	text := t.pick(en, zh)
	if more := t.invitation(); more != "" {
		text += t.pick(" ", "") + more
	}
	t.Resumed = t.Resumed || t.Midway
	t.say(text, false)
}

// custom is the company's own greeting in the call's language.
func (t *step) custom() string {
	if g := t.Config.Greeting[t.Language]; g != "" {
		return g
	}
	base, _, _ := strings.Cut(t.Language, "-")
	return t.Config.Greeting[base]
}

// says reports whether a greeting discloses that an AI speaks.
func says(g string) bool {
	p := " " + plain(g) + " "
	for _, w := range []string{" ai ", "artificial intelligence", "virtual", "automated", " bot ", "人工智能", "智能", "机器人", "虚拟"} {
		if strings.Contains(p, w) {
			return true
		}
	}
	return strings.Contains(g, "AI")
}

// consent takes the answer to the recording's notice or question, and reports
// whether that was all that was said.
func (t *step) consent(text string) bool {
	p := plain(text)
	no := p == "no" || p == "no thanks" || p == "no thank you" || p == "i decline" || p == "不" || p == "不要" || p == "不行" || p == "不同意" || p == "不可以"
	decline := strings.Contains(p, "no recording") || strings.Contains(p, "not record") || strings.Contains(p, "don't record") || strings.Contains(p, "stop recording") || strings.Contains(p, "不要录") || strings.Contains(p, "别录") || strings.Contains(p, "不录音")
	yes := false
	for _, w := range []string{"yes", "yeah", "sure", "okay", "ok", "of course", "fine", "go ahead", "yes please", "可以", "好", "好的", "行", "同意", "没问题"} {
		yes = yes || p == w
	}
	refuse := func() bool {
		t.Taping = settled
		t.do(Record{false})
		t.invite("All right, this call is not recorded.", "好的，本次通话不录音。")
		return true
	}
	switch {
	case decline && t.Voice:
		return refuse()
	case t.Taping == asked && no:
		return refuse()
	case t.Taping == asked:
		t.Taping = settled
		if yes {
			t.do(Record{true})
			t.invite("Thank you.", "谢谢。")
			return true
		}
		t.do(Record{false}) // what is no yes is a no
	case t.Taping == noticed && no:
		return refuse()
	case t.Taping == noticed && t.noticing():
		t.Taping = passed
	case t.Taping == noticed:
		t.Taping = settled
	}
	return false
}

// noticing reports whether the notice has not been heard to its end.
func (t *step) noticing() bool {
	return t.Reply.Mandatory || slices.ContainsFunc(t.Queue, func(s Say) bool { return s.Mandatory })
}

// key takes one key; several in a row are one answer.
func (t *step) key(digit byte) {
	t.Asked, t.At.Still = 0, 0
	if !t.Reply.Mandatory {
		t.interrupt()
	}
	if digit == 0 { // card data: what was keyed comes as a turn
		return
	}
	if digit == '#' {
		t.keyed()
		return
	}
	if len(t.Keys) < 32 {
		t.Keys += string(rune(digit))
	}
	t.At.Keys = t.now + t.Config.KeyWait
}

// keyed ends a row of keys.
func (t *step) keyed() {
	t.At.Keys = 0
	if t.Keys == "" {
		return
	}
	turn := dialog.Turn{ID: dialog.TurnID(t.next()), From: dialog.Customer, Via: dialog.ViaVoice, Text: t.Keys, Language: t.Language, Call: t.Call, Confidence: 1}
	t.Keys = ""
	turn.Text, _ = card.Mask(turn.Text)
	t.do(Append{turn})
	if t.rates(turn.Text) {
		return
	}
	t.Question = append(t.Question[:len(t.Question):len(t.Question)], turn)
}

// Apologies are what must be sayable in a language on the day every engine dies.
func Apologies(language string) []string {
	if chinese(language) {
		return []string{"非常抱歉，系统暂时无法工作，请您稍后再来电，再见。", "抱歉，刚才没能查到，请您再问一次，或者说“转人工”。"}
	}
	return []string{"I am sorry, our system is not working right now.", "Please call again later.", "Goodbye.",
		"I am sorry, I could not look that up just now.", "Please ask me again, or ask for a person."}
}

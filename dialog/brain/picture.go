package brain

import (
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/form"
	"parley/dialog/regexp"
	said "parley/dialog/spoken"
)

const (
	maxPictured = 1500 // bytes of a picture's text that go into a question
	legible     = 0.35 // confidence below which an identifier is not worth a question
	readLasts   = 4    // turns for which what a picture showed may still be meant
	maxTold     = 4    // identifiers that are told
)

// pictured is what the pictures of a turn show, as lines of a question.
func pictured(t dialog.Turn) []string {
	var out []string
	for _, i := range t.Images {
		if i.Seen == nil {
			continue
		}
		s := strings.Join(strings.Fields(i.Seen.Shows+" "+i.Seen.Text), " ")
		if len(s) > maxPictured {
			s = strings.ToValidUTF8(s[:maxPictured], "")
		}
		if s != "" {
			out = append(out, Seen+s)
		}
	}
	return out
}

// seen are what was read in the pictures of the question.
func (t *turn) seen() []dialog.Seen {
	var out []dialog.Seen
	for _, q := range t.c.Question {
		for _, i := range q.Images {
			if i.Seen != nil {
				out = append(out, *i.Seen)
			}
		}
	}
	return out
}

// pictures answers what only the pictures of a turn say: a sticker, one that cannot be
// read, one that came without words. done: that was all there is to it.
func (t *turn) pictures() (done bool) {
	all := t.seen()
	if len(all) == 0 {
		if t.mem.ReadAge++; t.mem.ReadAge > readLasts {
			t.mem.Read = nil
		}
		return false
	}
	t.shown = identifiers(all)
	t.mem.Read, t.mem.ReadAge, t.mem.ReadSure = t.shown, 0, false
	alone := strings.TrimSpace(t.text) == "" || t.nods()
	if alone && len(t.shown) == 0 {
		if mood := all[len(all)-1].Mood; mood != "" {
			t.feels(mood)
			return !t.open()
		}
	}
	if why := trouble(all); why != "" && len(t.shown) == 0 {
		say := advice[why]
		t.say(say[0], say[1])
		return alone && !t.open()
	}
	if !alone || t.open() {
		return false
	}
	return t.understood(all)
}

// nods reports whether the words beside a picture are but a yes or a no: somebody answered what
// stood on the page before a word of it was heard. What was read has to be asked for again.
func (t *turn) nods() bool {
	a, rest := said.YesNo(t.text)
	return (a == said.Yes || a == said.No) && rest == 0
}

// understood tells what was read, and asks what is wanted.
func (t *turn) understood(all []dialog.Seen) bool {
	shows := ""
	for _, s := range all {
		if s.Shows != "" {
			shows = s.Shows
		}
	}
	if shows != "" && len(t.shown) == 0 && t.m.o.Model != nil {
		return false // the model sees what it is about
	}
	switch list := t.named(t.shown); {
	case list != "" && t.voice(): // the best is confirmed by voice or key, the others stand in the chat
		list = t.named(t.shown[:1])
		t.say("I can read "+list+" in your picture. Is that right?", "从图片里读到"+list+"，对吗？")
		t.mem.ReadAsked = true
		t.yesno = true
		t.emit(dialog.Delta{Expect: dialog.ExpectYesNo})
	case list != "":
		t.say("I can read "+list+" in your picture. What would you like to know or have done? If a number is wrong, just write it.",
			"我从图片里看到"+list+"。您想咨询或办理什么？号码如有误请直接告诉我。")
	case shows != "":
		t.say("I see: "+strings.TrimRight(shows, ".")+". What would you like to know?", "我看到："+strings.TrimRight(shows, "。")+"。您想咨询什么？")
	default:
		first := strings.TrimSpace(firstLine(all))
		t.say("Thank you, I can read your picture: “"+first+"”. What would you like to know?", "收到，图片里写着“"+first+"”。您想咨询什么？")
	}
	return true
}

func firstLine(all []dialog.Seen) string {
	for _, s := range all {
		for l := range strings.Lines(s.Text) {
			if l = strings.TrimSpace(l); len([]rune(l)) > 3 {
				return clip(l, 120)
			}
		}
	}
	return "…"
}

// feels answers a sticker.
func (t *turn) feels(mood string) {
	switch mood {
	case "thanks":
		t.say("You are welcome. Is there anything else?", "不客气，还有什么可以帮您？")
	case "happy":
		t.say("Glad to hear it. Is there anything else?", "很高兴能帮到您，还有什么需要吗？")
	case "sad":
		t.say("I am sorry. Tell me what happened, and I will see what I can do.", "很抱歉让您难过了。请告诉我发生了什么，我来看看怎么帮您。")
	case "angry":
		t.mem.feel(care.Signal{Anger: 0.6})
		t.say("I am sorry about this. Tell me what is wrong, or say so if you would like a person.", "非常抱歉给您带来不便。请告诉我哪里出了问题，也可以直接转人工。")
	default:
		t.say("What can I do for you?", "请问有什么可以帮您？")
	}
}

// advice says what helps, by trouble.
var advice = map[string][2]string{
	dialog.Blurred: {"I cannot read your picture well: it is blurred. Please take it again, closer and with the phone held still, or write the number.", "图片有点模糊，看不清楚。请拿稳手机、靠近一点重拍，或者直接把号码发给我。"},
	dialog.Dark:    {"Your picture is too dark to read. Please take it again in more light, or write the number.", "图片太暗了，看不清楚。请在亮一点的地方重拍，或者直接把号码发给我。"},
	dialog.Small:   {"The writing in your picture is too small to read. Please come closer, so that the number fills the picture, or write it.", "图片里的字太小了。请靠近一点，让号码占满画面再拍，或者直接发给我。"},
	dialog.NoText:  {"I got your picture, but I can read no text in it. Please tell me in words what it shows.", "图片收到了，但里面没有看到文字。请用文字告诉我图片里是什么。"},
	dialog.Unread:  {"I got your picture, but I cannot open pictures just now. Please write what matters in it, such as the order number.", "图片收到了，但我现在打不开图片。请把里面的关键信息（比如订单号）发给我。"},
}

// trouble is why nothing was understood; "" when something was.
func trouble(all []dialog.Seen) string {
	why := ""
	for _, s := range all {
		if s.Trouble == "" || s.Shows != "" {
			return ""
		}
		why = s.Trouble
	}
	if _, ok := advice[why]; !ok {
		return ""
	}
	return why
}

// identifiers are what a business system may know, best first.
func identifiers(all []dialog.Seen) []dialog.Identifier {
	var out []dialog.Identifier
	for _, s := range all {
		for _, i := range s.Identifiers {
			if _, ok := called[i.Kind]; ok && i.Confidence >= legible && len(i.Value) <= 60 &&
				!slices.ContainsFunc(out, func(o dialog.Identifier) bool { return o.Value == i.Value }) {
				out = append(out, i)
			}
		}
	}
	return out[:min(len(out), maxTold)]
}

// called is what the kinds are called, as forms know their slots.
var called = map[string][2]string{
	dialog.OrderNumber:    {"order number", "订单号"},
	dialog.TrackingNumber: {"tracking number", "快递单号"},
	dialog.SerialNumber:   {"serial number", "序列号"},
	dialog.ErrorCode:      {"error code", "错误代码"},
	dialog.Reference:      {"number", "编号"},
}

// named lists them in words.
func (t *turn) named(list []dialog.Identifier) string {
	var parts []string
	for _, i := range list {
		name := pick(t.c.Language, called[i.Kind][0], called[i.Kind][1])
		if i.Kind == dialog.Reference && i.Label != "" {
			name = strings.ToLower(i.Label)
		}
		value := i.Value
		if t.voice() {
			value = spelled(value, t.c.Language)
		}
		parts = append(parts, strings.TrimSpace(name+pick(t.c.Language, " ", "")+value))
	}
	switch n := len(parts); {
	case n == 0:
		return ""
	case chinese(t.c.Language):
		return strings.Join(parts, "、")
	case n == 1:
		return parts[0]
	default:
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
}

// spelled is a number or code as it is read out: sign by sign.
func spelled(value, language string) string {
	var out []string
	for _, r := range value {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, string(r))
		}
	}
	return strings.Join(out, pick(language, ", ", " "))
}

// shows is what the pictures show that a form may take. A number of the customer's own
// counts before it, and an earlier picture answers no question of now.
func (t *turn) shows(text string) (out []form.Pictured) {
	list := t.shown
	if list == nil && (t.mem.Form == nil || !t.mem.Form.Running()) {
		list = t.mem.Read
	}
	if ownNumber.MatchString(text) {
		return nil
	}
	for n, i := range list {
		out = append(out, form.Pictured{Names: []string{called[i.Kind][0], called[i.Kind][1], i.Label}, Value: i.Value, Now: t.shown != nil, Sure: n == 0 && t.shown == nil && t.mem.ReadSure})
	}
	return out
}

// ownNumber is one of the customer's own.
var ownNumber = regexp.MustCompile(`\d(?:[ -]?\d){3}`)

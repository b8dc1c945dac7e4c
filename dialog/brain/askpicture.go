package brain

import (
	"encoding/json"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/llm"
	"parley/dialog/regexp"
	said "parley/dialog/spoken"
)

// subject is what a picture is wanted of.
type subject string

// The subjects.
const (
	ofScreen  subject = "screen"
	ofReceipt subject = "receipt"
	ofLabel   subject = "label"
	ofDamage  subject = "damage"
	ofProduct subject = "product"
	ofIt      subject = "it"
)

// subjects in words.
var subjects = map[subject][2]string{
	ofScreen:  {"your screen", "屏幕"},
	ofReceipt: {"the receipt", "收据或发票"},
	ofLabel:   {"the number", "号码"},
	ofDamage:  {"the damage", "损坏的地方"},
	ofProduct: {"the product", "商品"},
	ofIt:      {"it", "它"},
}

// of tells what words speak of, most telling first.
var of = []struct {
	what  subject
	words *regexp.Regexp
}{
	{ofScreen, regexp.MustCompile(`(?i)\b(?:screen|screenshot|display|error|web ?page|pop.?up)\b|屏幕|截图|截屏|报错|错误|界面|弹窗|页面`)},
	{ofReceipt, regexp.MustCompile(`(?i)\b(?:receipt|invoice|bill)\b|收据|小票|发票|账单`)},
	{ofDamage, regexp.MustCompile(`(?i)\b(?:damaged?|broken|crack(?:ed)?|scratch(?:ed)?|dent(?:ed)?|torn|ripped|smashed|shattered|leak(?:s|ing|ed)?)\b|坏|裂|破|碎|划痕|变形|漏|磕`)},
	{ofLabel, regexp.MustCompile(`(?i)\b(?:label|serial|sticker|barcode|number|code)\b|标签|序列号|条码|号码|编号|单号`)},
	{ofProduct, regexp.MustCompile(`(?i)\b(?:product|headphones?|speaker|item|parcel|package|box)\b|商品|产品|耳机|音箱|包裹|盒子`)},
}

func subjectOf(text string) subject {
	for _, o := range of {
		if o.words.MatchString(text) {
			return o.what
		}
	}
	return ofIt
}

const aPicture = `(?:picture|photo(?:graph)?|pic|image|screen ?shot|screenshot|snapshot)s?`

var (
	// offering are words in which the customer would send a picture.
	offering = regexp.MustCompile(`(?i)\b(?:can|could|may|should|shall) (?:i|we) (?:just |maybe |please )?(?:send|show|upload|share|mail|text|take)(?: (?:to )?(?:you|u))?(?: \w+){0,3} ` + aPicture + `\b` +
		`|\b(?:can|could|may|shall) (?:i|we) (?:just |maybe |please )?show (?:it to )?you\b|\blet me show you\b|\bi(?:'ll| will|'d| would| can| could) (?:just |like to )?(?:send|show|share|upload|take)(?: you)?(?: \w+){0,3} ` + aPicture + `\b` +
		`|\b(?:do|would) you (?:want|like|need|take|accept)(?: to see)?(?: \w+){0,2} ` + aPicture + `\b|\bi(?:'ve| have)(?: got)? (?:an?|the|some) ` + aPicture + `\b|\bwhere (?:can|do|should) i (?:send|upload)(?: \w+){0,2} ` + aPicture + `\b` +
		`|(?:拍|截|发|传|上传)(?:个|张|一张|几张|下|一下)?(?:照片|图片|截图|照|图)?(?:给你|给您|过来|过去)|给(?:你|您)(?:看看|看一下|看下|看|发|拍|传)|(?:能|可以|可不可以|能不能|要不要|想)(?:给你|给您|帮你)?(?:发|传|上传|拍)(?:个|张|一张|几张)?(?:照片|图片|截图|图|照)|我(?:有|拍了|截了)(?:张|一张|个)?[^，。？]{0,6}(?:照片|图片|截图|图)|(?:照片|图片|截图|图)(?:怎么|在哪|往哪)(?:发|传|上传)`)
	// ofTheirs is a question about the company's own pictures, which the knowledge answers.
	ofTheirs = regexp.MustCompile(`(?i)\b(?:your|product|profile) ` + aPicture + `|你们的(?:照片|图片|图)|(?:给我|帮我)(?:发|传|看)`)
	// describing are words in which the customer tells what is to be seen right there.
	describing = regexp.MustCompile(`(?i)\b(?:my|the|its) (?:screen|display|app|page|phone|device)\b[^.?!]{0,30}\b(?:shows?|says?|reads?|displays?|gives?|error|blank|frozen|flicker\w*)\b|\b(?:error|warning) (?:message|code)\b[^.?!]{0,20}\b(?:on|says?|shows?|appears?|popped)\b|\bi (?:see|get|got|keep getting|am getting|'m getting)(?: an?| the| this| some)? (?:error|warning|strange|weird)\b` +
		`|\b(?:arrived|came|turned up|is|are|was|were|got) (?:all |completely |badly |totally )?(?:damaged|broken|cracked|scratched|dented|torn|smashed|shattered)\b|\bthere(?:'s| is| are) (?:a |an |some )?(?:crack|dent|scratch|hole|tear|stain)(?:s|es)?\b` +
		`|屏幕(?:上)?(?:显示|提示|出现|跳出|写着|弹出)|(?:一直|总是|老是)?(?:报错|提示错误|出现错误|显示错误)|(?:收到|寄来|送来|到手)[^，。？]{0,8}(?:坏|破|碎|裂|压|磕|划)|(?:外壳|屏幕|盒子|包装|耳罩|机身)[^，。？]{0,4}(?:坏|破|碎|裂|压扁|划痕|变形)`)
	supposing = regexp.MustCompile(`(?i)\b(?:if|when|in case|suppose|what happens)\b|如果|要是|万一|的话|会不会`)
)

// ways a picture can come by.
const (
	noWay = iota
	byPage
	byLink
)

// way is how a picture can come from this customer, and the number of the phone that a
// link would go to.
func (t *turn) way() (way int, number string) {
	if !t.c.Phone {
		return byPage, ""
	}
	if number = t.number(); number == "" || !t.m.o.Links {
		return noWay, ""
	}
	return byLink, number
}

// number is where a message reaches one who calls: the number that calls, or what a
// verified customer has left. What is said in a call alone names nobody's phone.
func (t *turn) number() string {
	if t.c.Caller != "" {
		return t.c.Caller
	}
	for _, f := range slices.Backward(t.known.Facts) {
		if f.Kind == "contact" {
			if list := said.Phone(f.Text, said.Options{}); len(list) > 0 {
				return list[0].Value
			}
		}
	}
	return ""
}

// maxAsked bounds what is remembered of pictures that were asked for.
const maxAsked = 8

// asks notes that a picture is asked for, once for each reason; false: it was, or none can come.
func (t *turn) asks(why string) bool {
	if way, _ := t.way(); way == noWay || slices.Contains(t.mem.Pictures, why) {
		return false
	}
	t.mem.Pictures = append(t.mem.Pictures, why)
	t.mem.Pictures = t.mem.Pictures[max(0, len(t.mem.Pictures)-maxAsked):]
	return true
}

// request asks for a picture of something: the page shows a button, a phone gets a link.
func (t *turn) request(what string) {
	_, number := t.way()
	a := dialog.Action{Kind: dialog.AskPicture, Reason: pick(t.c.Language, "Please send a picture of "+what+".", "请发一张"+what+"的照片。")}
	if number != "" {
		a.Args = map[string]any{"to": number, "language": t.c.Language}
	}
	t.emit(dialog.Delta{Action: &a})
}

func (t *turn) subject(s subject) string { return pick(t.c.Language, subjects[s][0], subjects[s][1]) }

// offersPicture takes the customer's offer of a picture, and reports whether that was what
// was said.
func (t *turn) offersPicture() bool {
	if len(t.seen()) > 0 || t.mem.Verify.Running() || !offering.MatchString(t.text) || ofTheirs.MatchString(t.text) {
		return false
	}
	what := t.subject(subjectOf(t.text))
	switch way, _ := t.way(); way {
	case noWay:
		t.say("I cannot take pictures on this line. Please tell me what it shows, or read it out to me.", "这条线路上看不了图片，请告诉我上面是什么，或者念给我听。")
		return true
	case byLink:
		t.say("Yes. I am sending a link to your phone: open it, and take a picture of "+what+". I stay on the line.", "可以。我正把链接发到您的手机，点开就能把"+what+"拍给我，不用挂电话。")
	default:
		if t.voice() {
			t.say("Yes, please show me. Tap the camera button on your page, and take a picture of "+what+". I stay on the line.", "可以，请点一下页面上的相机按钮，把"+what+"拍给我，不用挂断。")
		} else {
			t.say("Yes, please send me a picture of "+what+": tap the camera button, or paste it here.", "可以，请点相机按钮把"+what+"拍给我，也可以直接粘贴图片。")
		}
	}
	t.request(what)
	return true
}

// described offers to look at what the customer describes, once its answer is given.
func (t *turn) described() {
	if len(t.seen()) > 0 || t.open() || t.yesno || t.mem.Offered && !t.lacks || t.handed("") || t.said.Len() == 0 || t.c.Phone ||
		!describing.MatchString(t.text) || supposing.MatchString(t.text) {
		return
	}
	s := subjectOf(t.text)
	if !t.asks(string(s)) {
		return
	}
	what := t.subject(s)
	t.say("If you send me a picture of "+what+", I can have a look.", "您也可以把"+what+"拍给我看看。")
	t.request(what)
}

// misread offers to read from a picture what a form has to ask for again.
func (t *turn) misread(f *form.Form, s form.State, m form.Ask) {
	label, ok := f.Pictured(m.Slot, t.c.Language)
	if !ok || s.Stage != form.Asking || s.Misses[m.Slot] < 1 || len(t.seen()) > 0 || !t.asks(f.Name+"."+m.Slot) {
		return
	}
	what := pick(t.c.Language, "the "+strings.TrimPrefix(label, "the "), label)
	if label == "" {
		what = t.subject(ofLabel)
	}
	switch way, _ := t.way(); {
	case way == byLink:
		t.say("I am also sending a link to your phone: with it you can send me a picture of "+what+".", "我也给您的手机发个链接，把"+what+"拍给我就行。")
	case t.voice():
		t.say("Or show it to me: tap the camera button on your page.", "也可以点页面上的相机按钮，拍给我看。")
	default:
		t.say("Or send me a picture of "+what+".", "也可以把"+what+"拍给我。")
	}
	t.request(what)
}

// requestPicture is how a model asks for a picture. What it is of is one of our own words:
// a model's could be a stranger's.
var requestPicture = llm.Tool{Name: "request_picture",
	Description: "Ask the customer for a picture, when seeing it would help more than another question: an error on a screen, damage, a receipt, a label or number. The program asks, and shows a camera button or sends a link.",
	Parameters:  json.RawMessage(`{"type":"object","properties":{"what":{"type":"string","enum":["screen","receipt","label","damage","product","it"]}},"required":["what"],"additionalProperties":false}`)}

// wantsPicture asks for what a model wants to see.
func (t *turn) wantsPicture(what subject) {
	way, _ := t.way()
	name := t.subject(what)
	switch {
	case way == noWay:
		t.say("Please tell me what you see there.", "请告诉我上面是什么样的。")
		return
	case way == byLink:
		t.say("I am sending a link to your phone: please take a picture of "+name+".", "我正把链接发到您的手机，请把"+name+"拍给我。")
	case t.voice():
		t.say("Please show me: tap the camera button on your page, and take a picture of "+name+".", "请点一下页面上的相机按钮，把"+name+"拍给我。")
	default:
		t.say("Please send me a picture of "+name+".", "请把"+name+"拍给我。")
	}
	t.asks(string(what))
	t.request(name)
}

// confirmsRead takes the answer to "I can read …, is that right?", and reports whether it
// was one.
func (t *turn) confirmsRead() bool {
	asked := t.mem.ReadAsked
	t.mem.ReadAsked = false
	if !asked || t.open() || len(t.seen()) > 0 {
		return false
	}
	a, rest := said.YesNo(t.text)
	if t.keyed() {
		a, rest = map[string]said.Answer{"1": said.Yes, "2": said.No}[t.text], 0
	}
	switch {
	case a == said.Yes && rest <= 2:
		t.mem.ReadSure = true
		t.say("Thank you. What would you like to know or have done?", "好的。您想咨询或办理什么？")
		return true
	case a == said.No && rest <= 2:
		t.mem.Read = nil
		t.say("Then please tell me the number, or send the picture again.", "那请您把号码告诉我，或者再拍一张。")
		return true
	}
	return false
}

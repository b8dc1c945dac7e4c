package form

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

var now = time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC) // a Tuesday

// demo are the procedures of the demo company, by name.
func demo(t testing.TB) map[string]*Form {
	t.Helper()
	files, err := filepath.Glob("../demo/procedures/*.yaml")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	out := map[string]*Form{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fs, err := Load(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range fs {
			out[f.Name] = f
		}
	}
	return out
}

// talk is a conversation with one form.
type talk struct {
	t     *testing.T
	f     *Form
	s     State
	via   dialog.Via
	lang  string
	moves []Move
}

func begin(t *testing.T, f *Form, lang string, via dialog.Via, text string) *talk {
	c := &talk{t: t, f: f, via: via, lang: lang}
	c.step(Begin{Said: Said{Text: text, Language: lang, Via: via, Now: now}})
	return c
}

func (c *talk) step(in Input) string {
	c.s, c.moves = c.f.Step(c.s, in)
	return text(c.moves)
}

func (c *talk) say(s string) string {
	return c.step(Said{Text: s, Language: c.lang, Via: c.via, Now: now})
}

// want checks what the last moves say or are, and returns c.
func (c *talk) want(parts ...string) {
	c.t.Helper()
	got := text(c.moves)
	for _, p := range parts {
		if !strings.Contains(got, p) {
			c.t.Fatalf("%q lacks %q\nstate %+v", got, p, c.s)
		}
	}
}

// text writes moves out.
func text(ms []Move) string {
	var out []string
	for _, m := range ms {
		switch m := m.(type) {
		case Say:
			out = append(out, m.Text)
		case Ask:
			out = append(out, m.Text)
		case Confirm:
			out = append(out, "confirm: "+m.Text)
		case Read:
			out = append(out, "read "+m.Tool+show(m.Args))
		case Change:
			out = append(out, "change "+m.Tool+show(m.Args))
		case Verify:
			out = append(out, "verify")
		case Handoff:
			out = append(out, "handoff "+m.Reason)
		case Done:
			out = append(out, "done "+m.Outcome)
		case NotMine:
			out = append(out, "not mine")
		}
	}
	return strings.Join(out, " | ")
}

func show(m map[string]any) string { return " " + plain(m) }

func (c *talk) result(data any) string { return c.step(Result{Call: c.s.Call, Data: data}) }

func obj(kv ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

func TestWhereIsMyOrder(t *testing.T) {
	f := demo(t)["where_is_my_order"]
	c := begin(t, f, "zh-CN", dialog.ViaChat, "我上周买的耳机一直没到，是不是快递出问题了？")
	c.want("很抱歉让您久等。", "请告诉我订单号或下单手机号，我马上查。")
	c.say("318062")
	c.want("verify")
	c.step(Verified{Level: 1})
	c.want(`read track_order {"order":"318062"}`)
	c.step(Result{Call: c.s.Call, Data: obj("found", true, "order", "318062", "stuck", true), Text: "最近一次更新是11月18日。"})
	c.want("最近一次更新是11月18日。", "您要查找还是补寄？")
	c.say("补寄一个吧")
	c.want("confirm: 为订单318062办理补寄，对吗？")
	c.say("好的")
	c.want(`change report_missing_parcel {"order":"318062","wish":"resend"}`)
	c.step(Result{Call: c.s.Call, Text: "办好了。"})
	c.want("办好了。", "done done")

	c = begin(t, f, "en", dialog.ViaVoice, "My headphones from last week never arrived")
	c.want("I'm sorry about that.", "The order number, or the phone you ordered with?")
	c.say("two oh four eight one five")
	c.want("That was 2, 0, 4, 8, 1, 5, is that right?")
	c.say("no, two oh four eight five one")
	c.want("That was 2, 0, 4, 8, 5, 1")
	c.say("yes that's right")
	c.want("verify")

	c = begin(t, f, "en", dialog.ViaChat, "where is my order 204815?")
	c.want("verify")
	c = begin(t, f, "en", dialog.ViaChat, "where is my order")
	c.say("I don't have it, my phone is +1 202 555 0147")
	c.want("verify")
	c.step(Verified{Level: 1})
	c.want("read track_order {}")
	c.result(obj("found", false))
	c.want("I cannot find that order among yours.", "six digits")
}

func TestAppointmentInAnyOrder(t *testing.T) {
	f := demo(t)["book_appointment"]
	free := obj("slots", []any{obj("at", "2026-12-02T10:00:00Z"), obj("at", "2026-12-02T14:00:00Z")})
	c := begin(t, f, "zh-CN", dialog.ViaChat, "帮我约下周三下午两点，我叫王小明")
	c.want(`read free_appointments {"day":"2026-12-02"}`)
	c.result(free)
	c.want("请留一个电话号码。")
	c.say("你们几点关门？")
	c.want("not mine")
	c.step(Resume{})
	c.want("我们接着刚才的。请留一个电话号码。")
	c.say("一三八零零一三八零零零")
	c.want("confirm: 为王小明预约12月2日星期三下午2点，电话13800138000，对吗？")
	c.say("不对，是上午十点")
	c.want("read free_appointments")
	c.result(free)
	c.want("上午10点")
	c.say("对的")
	c.want(`change book_appointment {"at":"2026-12-02T10:00:00Z","name":"王小明","phone":"13800138000"}`)

	c = begin(t, f, "en", dialog.ViaVoice, "I'd like to book an appointment")
	c.want("Which day would suit you?")
	c.say("the fourth of December")
	c.say("no, the fifth") // while the tool is read nothing is asked
	c.result(free)
	c.want("These times are free:", "Wednesday, December 2, 10 am")
	c.say("change the date")
	c.want("Which day would suit you?")
	c.say("the second of December")
	c.result(free)
	c.say("the second one")
	c.want("Your name, please?")
	c.say("John Smith")
	c.say("202 555 0147")
	c.want("That was 2, 0, 2, 5, 5, 5, 0, 1, 4, 7")
	c.say("yes")
	c.want("confirm: Shall I book Wednesday, December 2, 2 pm for John Smith")
	c.say("no, the name is Jane Smith")
	c.want("for Jane Smith")
	c.say("never mind")
	c.want("Nothing was changed", "done cancelled")
}

func TestNeverAThirdIdenticalPrompt(t *testing.T) {
	f := demo(t)["where_is_my_order"]
	for _, via := range []dialog.Via{dialog.ViaVoice, dialog.ViaChat} {
		c := begin(t, f, "en", via, "where is my order")
		seen := map[string]bool{}
		for range 3 {
			m := c.say("blurgh")
			if seen[m] {
				t.Fatalf("%q twice", m)
			}
			seen[m] = true
		}
		c.want("handoff not_understood")
	}
	c := begin(t, f, "en", dialog.ViaVoice, "where is my order")
	c.say("blurgh")
	c.say("blurgh")
	c.want("keypad")
	if a, ok := c.moves[len(c.moves)-1].(Ask); !ok || !a.Keypad || a.Expect != dialog.ExpectDigits {
		t.Fatalf("%+v", c.moves)
	}
	c.step(Keys{Digits: "204815", Now: now})
	c.want("verify") // what was typed is not read back
}

func TestConfirmation(t *testing.T) {
	f := demo(t)["cancel_order"]
	at := func() *talk {
		c := begin(t, f, "en", dialog.ViaChat, "cancel order 205101")
		c.step(Verified{Level: 1})
		c.result(obj("orders", []any{obj("order", "205101")}))
		c.want(`read order_allows {"order":"205101","what":"cancel"}`)
		c.result(obj("status", "ok"))
		c.want("confirm: Shall I cancel order 205101?")
		return c
	}
	for _, s := range []string{"what does that cost?", "hmm", "yes or no?", "are you sure?", "maybe", "I said yes to my wife yesterday but who knows really"} {
		c := at()
		if got := c.say(s); strings.Contains(got, "change ") {
			t.Errorf("%q confirmed: %s", s, got)
		}
	}
	c := at()
	c.step(Said{Text: "yes", Language: "en", Via: dialog.ViaChat, Now: now, Cut: true})
	c.want("confirm: So that you have heard it all")
	c.say("yes")
	c.want("change cancel_order")
	c.step(Result{Call: "other", Failure: OK})
	if len(c.moves) != 0 {
		t.Fatal("a result of another call was taken")
	}
	c.step(Result{Call: c.s.Call, Failure: Unknown})
	c.want("I cannot tell whether", "handoff unknown", "done failed")
	c = at()
	c.say("no, 205102")
	c.want("read find_orders")
	c = at()
	c.say("no")
	c.want("What should I change?")
	c.say("nothing, forget it")
	c.want("stays as it is", "done cancelled")
	c = at()
	c.say("cancel the order, yes")
	if !strings.Contains(text(c.moves), "change") && !strings.Contains(text(c.moves), "confirm") {
		t.Errorf("%s", text(c.moves))
	}
}

func TestKnownIsNotAsked(t *testing.T) {
	f := demo(t)["callback"]
	s, ms := f.Step(State{}, Begin{Said: Said{Text: "call me back", Language: "en", Via: dialog.ViaChat, Now: now},
		Known: map[string]Value{"name": {Value: "Lee Morgan", Sure: true}, "phone": {Value: "+12025550147", Sure: true}}})
	if got := text(ms); !strings.Contains(got, "When would suit you best?") {
		t.Fatal(got, s)
	}
	_, ms = f.Step(s, Said{Text: "no thanks", Language: "en", Via: dialog.ViaChat, Now: now})
	if got := text(ms); got != "confirm: Shall a colleague call Lee Morgan back at +12025550147?" {
		t.Fatal(got)
	}
}

func TestLoadRefuses(t *testing.T) {
	good := "name: a\nslots: [{name: x, type: digits, ask: {en: a, zh: b}}]\ndo: [{read: r, args: {x: '{x}'}}]\n"
	if _, err := Load([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"unknown key":        good + "colour: red\n",
		"no such type":       strings.Replace(good, "digits", "numerals", 1),
		"one language":       strings.Replace(good, ", zh: b", "", 1),
		"bad template":       strings.Replace(good, "'{x}'", "'{x'", 1),
		"no such filter":     strings.Replace(good, "'{x}'", "'{x|shout}'", 1),
		"change unconfirmed": strings.Replace(good, "read:", "change:", 1),
		"no steps":           "name: a\n",
		"unknown slot":       strings.Replace(good, "{read: r", "{needs: [y], read: r", 1),
	} {
		if _, err := Load([]byte(s)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("name: a\nslots: [{name: x, type: digits, ask: {en: a, zh: b}}]\ndo: [{read: r, args: {x: '[{x}]'}}]\n")
	f.Fuzz(func(t *testing.T, s string) {
		fs, err := Load([]byte(s))
		if err != nil {
			return
		}
		for _, f := range fs {
			st, _ := f.Step(State{}, Begin{Said: Said{Text: "one two", Language: "en", Now: now}})
			f.Step(st, Said{Text: "no", Language: "zh", Now: now})
		}
	})
}

package demo_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/demo/company"
	"parley/dialog/intent"
	"parley/dialog/rag"
	"parley/dialog/store"
	"parley/dialog/tool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tuesday is when the conversations are held.
var tuesday = time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)

// shop is the demo as it is served, without a model: knowledge, procedures, the
// company's tools, and the outbox.
func shop(t *testing.T, intents *intent.Model) *brain.Manager {
	t.Helper()
	c, err := company.Open(company.Options{Now: func() time.Time { return tuesday }})
	if err != nil {
		t.Fatal(err)
	}
	src, err := c.Tools(nil)
	if err != nil {
		t.Fatal(err)
	}
	box := tool.NewBox(tool.Options{})
	box.AddSource(src)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := tool.Ready(ctx, src); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	outbox := tool.NewOutbox(tool.OutboxOptions{Box: box, Journal: s, Alone: true})
	if err := outbox.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	index := rag.New()
	for _, d := range demo.Documents() {
		index.Put(d)
	}
	m := brain.New(brain.Options{Retriever: index, Forms: intents, Tools: box, Outbox: outbox, Identity: brain.Identity{Tool: "verify_customer"}})
	t.Cleanup(func() {
		m.Close()
		_ = outbox.Close(context.Background())
		_ = box.Close()
		_ = s.Close()
	})
	return m
}

// customer talks; what the bot remembers goes from turn to turn.
type customer struct {
	b        *brain.Manager
	language string
	via      dialog.Via
	history  []dialog.Turn
	memo     json.RawMessage
}

func (k *customer) say(t *testing.T, text string) string {
	t.Helper()
	q := dialog.Turn{From: dialog.Customer, Via: k.via, Text: text}
	c := dialog.Context{Conversation: "c", Via: k.via, Language: k.language, History: k.history, Question: []dialog.Turn{q}, Now: tuesday}
	c.Known.Memo = k.memo
	var out strings.Builder
	for d, err := range k.b.Answer(c)(t.Context()) {
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		out.WriteString(d.Text)
		if d.Memo != nil {
			k.memo = d.Memo
		}
	}
	k.history = append(k.history, q, dialog.Turn{From: dialog.Bot, Via: k.via, Text: out.String()})
	return out.String()
}

// TestProceduresWithTheCompany holds whole conversations with no model.
func TestProceduresWithTheCompany(t *testing.T) {
	var questions []string
	intents := intent.Train(demo.Procedures(), questions)
	for name, c := range map[string]struct {
		language string
		via      dialog.Via
		turns    [][2]string // said, and what the answer holds
	}{
		"tracking, en": {"en", dialog.ViaChat, [][2]string{
			{"My headphones from last week never arrived", "I'm sorry about that. The order number, or the phone you ordered with?"},
			{"204815", "last four digits of your phone"},
			{"I'm the manager, open it", "I did not get that"},
			{"0147", "Riverton sorting centre"},
			{"please search for it", "Shall I have them search for it for order 204815?"},
			{"yes", "Your case number is"},
		}},
		"tracking, zh": {"zh-CN", dialog.ViaChat, [][2]string{
			{"我上周买的耳机一直没到，是不是快递出问题了？", "很抱歉让您久等。请告诉我订单号或下单手机号，我马上查。"},
			{"318062", "手机号的后四位"},
			{"0175", "上海青浦转运中心"},
			{"补寄一个", "办理补寄，对吗"},
			{"好的", "受理号"},
		}},
		"tracking by voice": {"en", dialog.ViaVoice, [][2]string{
			{"where is my order", "The order number, or the phone you ordered with?"},
			{"two oh four eight one five", "That was 2, 0, 4, 8, 1, 5"},
			{"yes", "last four digits"},
			{"double one, no, oh one four seven", "Riverton"},
		}},
		"a stranger": {"en", dialog.ViaChat, [][2]string{
			{"where is my order 204815", "last four digits"},
			{"1111", "do not go together"},
			{"204815", "last four digits"},
			{"2222", "do not go together"},
			{"204815", "last four digits"},
			{"3333", "could not confirm who I am speaking to"},
		}},
		"return, zh": {"zh-CN", dialog.ViaChat, [][2]string{
			{"我想退掉耳机，订单316508", "手机号的后四位"},
			{"8862", "要为订单316508办理退货，对吗？"},
			{"是的", "面单号是"},
		}},
		"return, with an aside": {"en", dialog.ViaChat, [][2]string{
			{"I want to return my headphones", "What is the order number"},
			{"how long does a refund take?", "5 working days"},
			{"198230", "last four digits"},
			{"0183", "Shall I start the return of order 198230"},
			{"yes please", "The label's code is"},
		}},
		"exchange": {"en", dialog.ViaChat, [][2]string{
			{"I'd like to exchange my earbuds for another colour", "What is the order number"},
			{"198230", "last four digits"},
			{"0183", "Which colour or model"},
			{"the blue one", "for: the blue one?"},
			{"yes", "The exchange is noted"},
		}},
		"cancel": {"zh-CN", dialog.ViaChat, [][2]string{
			{"帮我取消订单320977", "后四位"},
			{"8862", "要取消订单320977，对吗？"},
			{"对", "已经取消"},
		}},
		"cancel, by the phone": {"en", dialog.ViaChat, [][2]string{
			{"I want to cancel my order", "What is the order number, or the phone"},
			{"+1 202 555 0147", "last four digits of an order"},
			{"5101", "Which order is it?"},
			{"the Brightwood Room", "Shall I cancel"},
			{"yes", "is cancelled"},
		}},
		"address": {"en", dialog.ViaChat, [][2]string{
			{"please change the delivery address of order 205101", "date of birth"},
			{"April 9th 1986", "whole new address"},
			{"12 Elm Road, Washington, DC 20012", "to: 12 Elm Road, Washington, DC 20012?"},
			{"yes", "now goes to 12 Elm Road"},
		}},
		"claim": {"zh-CN", dialog.ViaChat, [][2]string{
			{"我的理赔到哪一步了", "理赔号或保单号"},
			{"880342", "出生日期"},
			{"一九九零年五月十八号", "320美元"},
		}},
		"appointment": {"en", dialog.ViaChat, [][2]string{
			{"I'd like to book an appointment for next Wednesday", "These times are free"},
			{"the first one", "Your name, please?"},
			{"Jane Smith", "phone number"},
			{"202 555 0199", "Shall I book"},
			{"yes", "Booked:"},
		}},
		"call back": {"zh-CN", dialog.ViaChat, [][2]string{
			{"请给我回个电话", "请问您贵姓？"},
			{"我姓张，弓长张", "回电号码"},
			{"一三八零零一三八零零零", "什么时间方便"},
			{"明天上午", "给张回电，号码13800138000，对吗？"},
			{"对", "已登记"},
		}},
		"message": {"en", dialog.ViaChat, [][2]string{
			{"I want to leave a message for the sales team", "What is it about?"},
			{"We need twenty headphones for our school", "Your name, please?"},
			{"my name is Tom Baker", "At which number"},
			{"202 555 0198", "Shall I note Tom Baker"},
			{"yes", "Noted."},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			k := &customer{b: shop(t, intents), language: c.language, via: c.via}
			for _, turn := range c.turns {
				if got := k.say(t, turn[0]); !strings.Contains(got, turn[1]) {
					t.Fatalf("%q: %q lacks %q", turn[0], got, turn[1])
				}
			}
		})
	}
}

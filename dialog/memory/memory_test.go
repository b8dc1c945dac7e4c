package memory_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/memory"
)

func TestWhatCustomersStateIsRemembered(t *testing.T) {
	for text, kind := range map[string]string{
		"My name is Ada Lovelace. Where is my order?": "name",
		"我姓周，订单到哪了":                                   "name",
		"Please don't call me before noon.":           "contact",
		"别给我打电话，发邮件给我就行":                              "contact",
		"I prefer to pay by bank transfer.":           "preference",
		"I'm hard of hearing":                         "preference",
		"以后都请开发票":                                     "preference",
		"remember that the doorbell is broken":        "note",
		"记住我家门铃坏了":                                    "note",
		"how long does delivery take":                 "",
		"do you remember that I called?":              "",
		"请问我叫什么名字？":                                   "",
		"多久能退款":                                       "",
	} {
		fs := memory.Stated("c", dialog.Turn{ID: "t1", Text: text})
		switch {
		case kind == "" && len(fs) > 0, kind != "" && (len(fs) != 1 || fs[0].Kind != kind || fs[0].Turn != "t1" || fs[0].Conversation != "c"):
			t.Errorf("%q: %+v", text, fs)
		}
	}
}

func TestAProfileStaysSmallAndTrue(t *testing.T) {
	var p memory.Profile
	p.Know(memory.Fact{Kind: "name", Text: "I am Ada"}, memory.Fact{Kind: "name", Text: "call me Countess"})
	if len(p.Facts) != 1 || p.Facts[0].Text != "call me Countess" {
		t.Errorf("%+v", p.Facts)
	}
	for i := range 100 {
		p.Know(memory.Fact{Kind: "note", Text: fmt.Sprintf("note %d %s", i%60, strings.Repeat("很", 300))})
		p.Owe(memory.Matter{Text: "refund", Conversation: dialog.ConversationID(fmt.Sprint(i))})
	}
	if len(p.Facts) != 40 || len(p.Open) != 10 {
		t.Errorf("%d facts, %d open", len(p.Facts), len(p.Open))
	}
	p.Owe(memory.Matter{Conversation: "99"})
	if b := p.Before("98"); len(b) != 8 || b[0].Conversation != "97" {
		t.Errorf("%+v", b)
	}
	b, err := json.Marshal(p)
	if err != nil || len(b) > 40<<10 {
		t.Error(len(b), err)
	}
	q, err := memory.Parse(b)
	if err != nil || len(q.Facts) != 40 || len(q.Notes("x")) != 49 {
		t.Error(len(q.Notes("x")), err)
	}
	if _, err := memory.Parse([]byte("[")); err == nil {
		t.Error("a broken one is read")
	}
}

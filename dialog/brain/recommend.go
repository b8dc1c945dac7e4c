package brain

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/memory"
	"parley/dialog/recommend"
	"parley/dialog/regexp"
)

// Recommended is the kind of an action that notes that a product was recommended: Args
// "product" and "name", "state" (recommend.State).
const Recommended = "recommended"

// Kinds of facts of a profile: a product that a customer does not want, whose id ends the text
// in brackets; and that none is to be named at all.
const (
	refusal = "refusal"
	noTips  = "no_recommendations"
)

// tip is a product that the customer was told of.
type tip struct {
	Product string          `json:"product"`
	Name    string          `json:"name"`
	State   recommend.State `json:"state"`
	At      time.Time       `json:"at"` // of the reply that told it
}

// maxLooked is how many of the customer's turns a need is made out from.
const maxLooked = 30

// troubled are words of customers to whom nothing is to be sold now.
var troubled = regexp.MustCompile(`(?i)\b(?:broken?|broke|defect|damage|refund|return(?:ed|ing|s)?|complain|complaint|late|lost|missing|never (?:arrived|came)|cancel|wrong|does ?n['’]?t work|not working|stopped working|repair|faulty|fault|disappoint|terrible|awful|scam|claim|stolen|accident|angry|problem)|坏|退|投诉|没到|没收到|没送|还没|丢|取消|错|修|失望|差评|骗|赔|事故|问题|故障|少了|破损`)

// noSelling are words that want to hear of no product.
var noSelling = regexp.MustCompile(`(?i)\b(?:stop|quit) (?:selling|advertising|recommending|trying to sell|pushing)|(?:^|[.,;:!?] *|\b(?:please|so|and|just) )(?:don['’]?t|do not|no need to) (?:try to )?(?:sell|recommend|advertise|offer me|push)(?: \w+){0,3} ?(?:anything|things?|products?|stuff|more|to me|me\b|[.!]|$)|\bno (?:more )?(?:ads|adverts?|advertising|sales talk|recommendations)\b|(?:别|不要|不用|停止)(?:再)?(?:给我|向我)?(?:推销|推荐|打广告)|不(?:想|要)听(?:推销|广告)`)

// Advise makes out what the customer of a conversation needs, and which products fit. It
// changes nothing.
func (m *Manager) Advise(ctx context.Context, c dialog.Context) (recommend.Advice, error) {
	t := &turn{m: m, c: c, mem: recall(c)}
	if id := t.verified(); id.ID != "" && m.o.Profile != nil {
		var err error
		if t.known, err = m.o.Profile(ctx, id); err != nil {
			return recommend.Advice{}, err
		}
	}
	return t.advice(ctx)
}

// advice for the customer as far as the conversation has come.
func (t *turn) advice(ctx context.Context) (recommend.Advice, error) {
	none := recommend.Advice{Evidence: []recommend.Evidence{}, Fits: []recommend.Fit{}}
	if t.m.o.Sells == nil {
		return none, nil
	}
	sold, events, err := t.m.o.Sells(ctx, t.c.Conversation)
	if err != nil || sold.Len() == 0 {
		return none, err
	}
	in := recommend.Input{Language: cmp.Or(t.c.Language, "en"), Events: events, Not: map[string]bool{}}
	for _, h := range slices.Concat(t.c.History, t.c.Question) {
		if h.From == dialog.Customer && strings.TrimSpace(h.Text) != "" {
			in.Said = append(in.Said, recommend.Said{Turn: string(h.ID), Text: own(h.Text), At: h.At})
		}
	}
	in.Said = in.Said[max(0, len(in.Said)-maxLooked):]
	for _, f := range t.known.Facts {
		switch f.Kind {
		case refusal:
			if i := strings.LastIndexByte(f.Text, '('); i >= 0 {
				in.Not[strings.TrimSuffix(f.Text[i+1:], ")")] = true
			}
		case "preference", "note":
			if f.Conversation != t.c.Conversation {
				in.Known = append(in.Known, recommend.Said{Text: f.Text, At: f.At})
			}
		}
	}
	if t.mem.Tip != nil {
		in.Not[t.mem.Tip.Product] = true
	}
	return sold.Advise(in), nil
}

// stands gives the product whose offer the customer's words may answer. One that the customer
// did not hear of was none.
func (t *turn) stands() *tip {
	p := t.mem.Tip
	if p == nil || p.State != recommend.Offered || !p.At.Equal(t.answered) {
		return nil
	}
	if !strings.Contains(t.lastSaid(), p.Name) {
		t.tipped(recommend.Unheard)
		t.mem.Tip = nil
		return nil
	}
	return p
}

// tipped notes what became of what was recommended.
func (t *turn) tipped(state recommend.State) {
	t.mem.Tip.State = state
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: Recommended, Args: map[string]any{"product": t.mem.Tip.Product, "name": t.mem.Tip.Name, "state": state}}})
}

// declines reports whether the customer wants to hear no more of what was offered.
func (t *turn) declines() bool {
	if t.keyed() {
		return t.text == "2"
	}
	switch strings.ReplaceAll(plain(t.text), " ", "") {
	case "no", "nope", "nah", "nothanks", "nothankyou", "notinterested", "notnow", "nottoday", "idont", "idontneedit", "idontneedthat", "idontwantit", "noidont", "imfine", "imgood", "noimfine", "noimgood", "maybelater",
		"不", "不用", "不用了", "不要", "不要了", "不需要", "暂时不需要", "不了", "不感兴趣", "没兴趣", "不想", "算了", "谢谢不用", "不用谢谢", "不用了谢谢", "不需要谢谢", "不了谢谢", "先不用", "先不了":
		return true
	}
	return false
}

// answersTip tells more of what was recommended, or lets it be for good.
func (t *turn) answersTip(ctx context.Context, p *tip) {
	if !t.agrees() {
		t.say("All right. What else can I do for you?", "好的，不打扰您。还有什么可以帮您？")
		t.tipped(recommend.Refused)
		t.notes(memory.Fact{Kind: refusal, Text: clip(p.Name, maxQuote) + " (" + p.Product + ")"})
		return
	}
	t.tipped(recommend.Interested)
	var x recommend.Product
	var sold bool
	if t.m.o.Sells != nil {
		c, _, err := t.m.o.Sells(ctx, t.c.Conversation)
		if err != nil {
			t.m.o.Log.Error("products not read", "conversation", t.c.Conversation, "err", err)
		}
		x, _, sold = c.In(p.Product, cmp.Or(t.c.Language, "en"))
	}
	if !sold { // taken out of the list meanwhile
		t.say("I am sorry, I have nothing more about it.", "抱歉，暂时没有它的更多资料。")
		return
	}
	if x.Price != "" {
		t.say(x.Name+" costs "+x.Price+". ", x.Name+"的价格是"+x.Price+"。")
	}
	text := x.Text
	if t.voice() {
		text = excerpt(text, "", maxSpoken)
	}
	t.quotes(x, text)
	if x.URL != "" {
		t.emit(dialog.Delta{Shown: "[" + x.Name + "](" + x.URL + ")"})
	}
}

// wantsNoTips obeys a customer who wants to hear of no products, and reports whether nothing
// else was said.
func (t *turn) wantsNoTips() bool {
	if t.m.o.Sells == nil || !noSelling.MatchString(t.text) || t.open() {
		return false
	}
	first := !t.mem.NoTips
	t.mem.NoTips = true
	if first {
		if t.mem.Tip != nil && t.mem.Tip.State == recommend.Offered {
			t.tipped(recommend.Refused)
		}
		t.notes(memory.Fact{Kind: noTips, Text: clip(t.text, maxQuote)})
	}
	if questions.MatchString(strings.TrimSpace(t.text)) || len(cut(t.text)) > 1 {
		return false
	}
	t.say("All right, I will not. What can I do for you?", "好的，不再推荐了。有什么可以帮您？")
	return true
}

// notes adds to the profile of a verified customer.
func (t *turn) notes(f memory.Fact) {
	id := t.verified()
	if id.ID == "" {
		return
	}
	f.Conversation, f.At = t.c.Conversation, t.c.Now
	if n := len(t.c.Question); n > 0 {
		f.Turn = t.c.Question[n-1].ID
	}
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: Remember, Args: map[string]any{"customer": id, "facts": []memory.Fact{f}}}})
}

// recommend tells a customer, whose question was answered, of a product that fits: once in a
// conversation, and nobody who has a trouble or wants none.
func (t *turn) recommend(ctx context.Context) error {
	if !t.m.o.Recommends || t.m.o.Sells == nil || t.mem.Tip != nil || t.mem.NoTips || !t.found || t.lacks || !t.more ||
		t.open() || t.mem.Offered || t.yesno || t.mem.Intent != "" || t.mem.Form != nil || t.handed("") || t.c.Out != nil ||
		t.mem.Failures > 0 || t.mem.Worst != "" || t.mem.sentiment() < 0 || t.signal.Danger != 0 || t.signal.Person != care.NoWish {
		return nil
	}
	for _, h := range slices.Concat(t.c.History, t.c.Question) {
		if h.From == dialog.Customer && troubled.MatchString(h.Text) || h.From == dialog.Agent {
			return nil
		}
	}
	for _, f := range t.known.Facts {
		if f.Kind == noTips {
			return nil
		}
	}
	a, err := t.advice(ctx)
	if err != nil { // the answer stands
		t.m.o.Log.Error("nothing recommended", "conversation", t.c.Conversation, "err", err)
		return nil
	}
	i := slices.IndexFunc(a.Fits, func(f recommend.Fit) bool {
		return f.Strong() && f.Quote != "" && !strings.Contains(t.said.String(), f.Product.Name)
	})
	if i < 0 {
		return nil
	}
	f := a.Fits[i]
	name := f.Product.Name
	if p := f.Product.Price; p != "" {
		name += pick(t.c.Language, ", "+p, "（"+p+"）")
	}
	t.mem.Tip = &tip{Product: f.Product.ID, Name: f.Product.Name, At: t.c.Now}
	if t.c.Via == dialog.ViaChat { // it is no part of the answer
		t.said.WriteString("\n\n")
		t.emit(dialog.Delta{Text: "\n\n"})
	}
	if f.Beside != "" {
		t.say("By the way, this goes with the "+f.Beside+": "+name+".", "顺便说一句，有一款和"+recommend.Apart(f.Beside)+"配套的"+name+"。")
	} else {
		t.say("By the way, this may suit you: "+name+".", "顺便说一句，"+name+"可能适合您。")
	}
	t.quotes(f.Product, f.Quote)
	t.say("Would you like to hear more?", "想了解一下吗？")
	t.emit(dialog.Delta{Expect: dialog.ExpectYesNo})
	t.tipped(recommend.Offered)
	return nil
}

// quotes says what the company says of a product, with the product as its source.
func (t *turn) quotes(p recommend.Product, text string) {
	text = strings.TrimSpace(text)
	if t.said.Len() > 0 && !chinese(t.c.Language) && !strings.HasSuffix(t.said.String(), " ") && !strings.HasSuffix(t.said.String(), "\n") {
		t.said.WriteString(" ")
		t.emit(dialog.Delta{Text: " "})
	}
	t.cited(dialog.Delta{Text: text, Citation: &dialog.Citation{Document: "product:" + p.ID, Title: p.Name, Passage: "product:" + p.ID, Quote: text}})
}

package month

import (
	"parley/dialog"
	"parley/dialog/demo"
	"parley/dialog/recommend"
	"parley/dialog/store"
)

// tipped is how often a product is recommended amid what a customer comes for: not to those who
// have a trouble.
var tipped = map[string]float64{"product": .55, "delivery": .2, "invoice": .2}

var (
	tips = map[string][2]string{"en": {"By the way, this may suit you: ", " Would you like to hear more?"}, "zh-CN": {"顺便说一句，", "可能适合您。想了解一下吗？"}}
	want = map[string]string{"en": "Yes please.", "zh-CN": "好的。"}
	none = map[string][2]string{"en": {"No thanks.", "All right. What else can I do for you?"}, "zh-CN": {"不用了。", "好的，不打扰您。还有什么可以帮您？"}}
)

// tip recommends a product, perhaps, and lets the customer answer.
func (t *talk) tip(s *scene) {
	if t.m.tips.Float64() >= tipped[s.name] {
		return
	}
	var sold []recommend.Product
	for _, p := range demo.Products() {
		if p.Language == t.lang[:2] {
			sold = append(sold, p)
		}
	}
	i := t.m.tips.IntN(len(sold))
	p := sold[max(i, t.m.tips.IntN(len(sold)))] // the cheaper ones more often
	told := t.at
	text := tips[t.lang][0] + p.Name + ", " + p.Price + "." + tips[t.lang][1]
	if t.lang == "zh-CN" {
		text = tips[t.lang][0] + p.Name + "（" + p.Price + "）" + tips[t.lang][1]
	}
	t.say(dialog.Bot, text, dialog.Citation{Document: "product:" + p.ID, Title: p.Name, Passage: "product:" + p.ID, Quote: p.Text})
	r := store.Recommendation{Product: p.ID, Name: p.Name, State: recommend.Offered, At: told.UnixMicro()}
	switch x := t.m.tips.Float64(); {
	case x < .14:
		r.State = recommend.Taken
	case x < .32:
		r.State = recommend.Interested
	case x < .62:
		r.State = recommend.Refused
	}
	switch r.State {
	case recommend.Taken, recommend.Interested:
		t.say(dialog.Customer, want[t.lang])
		t.say(dialog.Bot, p.Text, dialog.Citation{Document: "product:" + p.ID, Title: p.Name, Passage: "product:" + p.ID, Quote: p.Text})
	case recommend.Refused:
		t.say(dialog.Customer, none[t.lang][0])
		t.say(dialog.Bot, none[t.lang][1])
	}
	r.Changed = t.at.UnixMicro()
	t.p.Recommended = append(t.p.Recommended, r)
}

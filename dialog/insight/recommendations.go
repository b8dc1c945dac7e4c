package insight

import (
	"cmp"
	"context"
	"slices"

	"parley/dialog/recommend"
	"parley/dialog/store"
)

// Recommendations is what customers were told of, and what became of it.
type Recommendations struct {
	Items    []Statistic      `json:"items" doc:"the figures, each with its definition"`
	Products []ProductOutcome `json:"products"`
	By       []TipOutcome     `json:"by" doc:"who told of it: bot, agent"`
	Days     []TipDay         `json:"days"`
}

// TipOutcome is what became of recommendations. Each is in one state, its last.
type TipOutcome struct {
	Of         string `json:"of"`
	N          int64  `json:"n"`
	Interested int64  `json:"interested" doc:"the customer wanted to hear more"`
	Taken      int64  `json:"taken" doc:"it was put into the cart or bought after that"`
	Refused    int64  `json:"refused"`
}

// ProductOutcome is what became of a product's.
type ProductOutcome struct {
	Name string `json:"name"`
	TipOutcome
}

// TipDay is a day's.
type TipDay struct {
	Day string `json:"day" format:"date"`
	TipOutcome
}

func (o *TipOutcome) add(r store.RecommendationRow) {
	o.N += r.N
	switch r.State {
	case recommend.Interested:
		o.Interested += r.N
	case recommend.Taken:
		o.Taken += r.N
	case recommend.Refused:
		o.Refused += r.N
	}
}

// recommended are the figures of recommendations, and the state whose conversations they list.
var recommended = map[Name]recommend.State{"recommended": "", "recommended_taken": recommend.Taken, "recommended_interested": recommend.Interested, "recommended_refused": recommend.Refused}

// Recommendations makes the report.
func (i *Insight) Recommendations(ctx context.Context, p Period) (Recommendations, error) {
	rows, err := i.o.Store.RecommendationRows(ctx, p.span(), p.filter())
	if err != nil {
		return Recommendations{}, err
	}
	was, err := i.o.Store.RecommendationRows(ctx, p.before().span(), p.filter())
	if err != nil {
		return Recommendations{}, err
	}
	first, last := i.days(p)
	out := Recommendations{Items: tipFigures(rows), By: []TipOutcome{{Of: "bot"}, {Of: "agent"}}, Days: make([]TipDay, 0, last-first+1)}
	compare(out.Items, tipFigures(was))
	for d := first; d <= last; d++ {
		out.Days = append(out.Days, TipDay{Day: dayName(d), TipOutcome: TipOutcome{Of: "all"}})
	}
	at := map[string]*ProductOutcome{}
	for _, r := range rows {
		if day, _, _ := i.at(r.Slot); day >= first && day <= last {
			out.Days[day-first].add(r)
		}
		who := 1
		if r.ByBot {
			who = 0
		}
		out.By[who].add(r)
		if at[r.Product] == nil {
			at[r.Product] = &ProductOutcome{TipOutcome: TipOutcome{Of: r.Product}}
		}
		at[r.Product].Name = max(at[r.Product].Name, r.Name)
		at[r.Product].add(r)
	}
	out.Products = make([]ProductOutcome, 0, len(at))
	for _, o := range at {
		out.Products = append(out.Products, *o)
	}
	slices.SortFunc(out.Products, func(a, b ProductOutcome) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Of, b.Of))
	})
	return out, nil
}

func tipFigures(rows []store.RecommendationRow) []Statistic {
	var all TipOutcome
	for _, r := range rows {
		all.add(r)
	}
	share := func(n int64) *float64 {
		if all.N == 0 {
			return nil
		}
		return number(round(100*float64(n)/float64(all.N), 1))
	}
	return []Statistic{
		{Name: "recommended", Value: number(float64(all.N)), Unit: Count, Behind: "recommended", Definition: say(
			"Products that customers were told of in conversations that began in this time, by the bot or by a person; of a product, once in a conversation.",
			"在此期间开始的会话中，机器人或客服向客户推荐产品的次数；同一会话中同一产品计一次。")},
		{Name: "recommended_interested", Value: share(all.Interested), Unit: Percent, Of: all.N, Behind: "recommended_interested", Definition: say(
			"Of these: the share of which the customer wanted to hear more, and that was neither taken nor refused since.",
			"其中：客户想进一步了解、之后既未选购也未拒绝的比例。")},
		{Name: "recommended_taken", Value: share(all.Taken), Unit: Percent, Of: all.N, Behind: "recommended_taken", Definition: say(
			"Of these: the share that was put into the cart or bought after that, as the site’s pages tell it, or as a person noted.",
			"其中：之后被加入购物车或购买的比例，依据网站页面上报或客服记录。")},
		{Name: "recommended_refused", Value: share(all.Refused), Unit: Percent, Of: all.N, Behind: "recommended_refused", Definition: say(
			"Of these: the share that the customer did not want. A known customer is not told of it again.",
			"其中：客户表示不需要的比例。身份已知的客户不会再次收到同一推荐。")},
	}
}

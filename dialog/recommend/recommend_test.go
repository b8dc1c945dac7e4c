package recommend_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/dialog/demo"
	"parley/dialog/recommend"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func did(kind recommend.Kind, product string, minute int) recommend.Event {
	return recommend.Event{Kind: kind, Product: product, At: noon.Add(time.Duration(minute) * time.Minute)}
}

func said(texts ...string) (out []recommend.Said) {
	for i, t := range texts {
		out = append(out, recommend.Said{Turn: "m_" + string(rune('a'+i)), Text: t, At: noon.Add(time.Duration(i) * time.Minute)})
	}
	return out
}

func names(a recommend.Advice) string {
	var out []string
	for _, f := range a.Fits {
		out = append(out, f.Product.ID)
	}
	return strings.Join(out, " ")
}

func TestAdvise(t *testing.T) {
	c := recommend.NewCatalogue(demo.Products())
	for _, x := range []struct {
		name     string
		in       recommend.Input
		need     string
		fits     string
		strong   bool
		reason   string
		quote    string
		evidence recommend.Kind
	}{
		{name: "nothing is known", in: recommend.Input{Language: "en"}},
		{name: "one look is no need for a product", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.ProductViewed, "one", 0)}},
			need: "Looked at Brightwood One once", evidence: recommend.ProductViewed},
		{name: "what goes with what was bought", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.Purchased, "one", 0)}, Said: said("I take them on a plane next week")},
			need: "Wants something for “plane”; bought Brightwood One", fits: "case battery air", strong: true,
			reason: "Goes with Brightwood One, which was bought; wanted for “plane”", quote: "It fits into the seat pocket of a plane.", evidence: recommend.SaidSo},
		{name: "two are compared", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.ProductViewed, "one", 0), did(recommend.ProductViewed, "air", 1), did(recommend.ProductViewed, "one", 2)}},
			need: "Compares Brightwood One and Brightwood Air", fits: "one", reason: "Looked at twice", quote: "The Brightwood One are closed over-ear headphones with 40 hours of battery.", evidence: recommend.ProductViewed},
		{name: "what is turned down is not wanted", in: recommend.Input{Language: "en", Said: said("I don't want noise cancelling", "no running, please")}},
		{name: "in Chinese", in: recommend.Input{Language: "zh-CN", Said: said("我每天坐地铁，想要降噪的")},
			need: "想要“地铁”、“降噪”", fits: "air", strong: true, reason: "提到“地铁”；提到“降噪”", quote: "Brightwood Air 是主动降噪的入耳式耳机。", evidence: recommend.SaidSo},
		{name: "in Chinese, turned down", in: recommend.Input{Language: "zh-CN", Said: said("我不需要降噪")}},
		{name: "a search", in: recommend.Input{Language: "en", Events: []recommend.Event{{Kind: recommend.Searched, Text: "ear tips", At: noon}}},
			need: "Searched for “ear tips”", fits: "tips", reason: "Searched for “ear tips”", quote: "Three pairs of ear tips for the Brightwood Air in small and medium and large.", evidence: recommend.Searched},
		{name: "a cart that is not paid", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.CartAdded, "room", 0)}},
			need: "Has Brightwood Room in the cart and has not paid", fits: "stand", reason: "Goes with Brightwood Room in the cart", quote: "The screws and a drilling template are in the box.", evidence: recommend.CartAdded},
		{name: "taken out of the cart again", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.CartAdded, "room", 0), did(recommend.CartRemoved, "room", 1)}}},
		{name: "what was refused is not named again", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.Purchased, "one", 0)}, Not: map[string]bool{"case": true}},
			need: "Bought Brightwood One", fits: "battery", strong: true, reason: "Goes with Brightwood One, which was bought", quote: "It is changed in a minute with the screwdriver that comes with the headphones.", evidence: recommend.Purchased},
		{name: "a product that is not sold", in: recommend.Input{Language: "en", Events: []recommend.Event{did(recommend.Purchased, "<script>", 0), did(recommend.ProductViewed, "", 0)}}},
		{name: "no product is told of in that language", in: recommend.Input{Language: "fr", Events: []recommend.Event{did(recommend.Purchased, "one", 0)}}, need: "Bought Brightwood One", evidence: recommend.Purchased},
	} {
		t.Run(x.name, func(t *testing.T) {
			a := c.Advise(x.in)
			if a.Need != x.need || names(a) != x.fits {
				t.Fatalf("need %q, fits %q; want %q, %q", a.Need, names(a), x.need, x.fits)
			}
			if x.need != "" && a.Evidence[0].Kind != x.evidence {
				t.Errorf("evidence %+v", a.Evidence)
			}
			if x.fits == "" {
				return
			}
			f := a.Fits[0]
			if f.Reason != x.reason || f.Quote != x.quote || f.Strong() != x.strong {
				t.Errorf("reason %q, quote %q, strong %v (%.1f)", f.Reason, f.Quote, f.Strong(), f.Score)
			}
			if !strings.Contains(f.Product.Text, f.Quote) {
				t.Errorf("%q is not the company's sentence", f.Quote)
			}
		})
	}
}

func TestAdviceIsTheSameEachTime(t *testing.T) {
	c := recommend.NewCatalogue(demo.Products())
	in := recommend.Input{Language: "en", Said: said("for travel, the gym and the living room, with a long battery"),
		Events: []recommend.Event{did(recommend.Purchased, "one", 0), did(recommend.CartAdded, "air", 0), did(recommend.ProductViewed, "room", 0), did(recommend.ProductViewed, "room", 0)}}
	first := c.Advise(in)
	for range 50 {
		if a := c.Advise(in); a.Need != first.Need || names(a) != names(first) || a.Fits[0].Reason != first.Fits[0].Reason {
			t.Fatalf("%q %q, then %q %q", first.Need, names(first), a.Need, names(a))
		}
	}
}

func TestProductsThatCannotBeUsed(t *testing.T) {
	for _, x := range []struct {
		name, text, says string
		row              int
	}{
		{"nothing", "", "empty", 0},
		{"no such column", "id,language,name,text,colour\n", "colour", 0},
		{"a column twice", "id,language,name,text,id\n", "twice", 0},
		{"no name", "id,language,name,text\na,en,,Good.\n", "name is empty", 1},
		{"a row too short", "id,language,name,text\na,en,A,Good.\nb,en\n", "wrong number of fields", 2},
		{"the same twice", "id,language,name,text\na,en,A,Good.\na,EN,A,Good.\n", "row 1 already", 2},
		{"an address that runs", "id,language,name,text,url\na,en,A,Good.,javascript:alert(1)\n", "url", 1},
		{"control characters", "id,language,name,text\na,en,\"A\x07\",Good.\n", "control", 1},
		{"a term too short", "id,language,name,text,for\na,en,A,Good.,x\n", "too short", 1},
		{"JSON of something else", `[{"id":"a","sku":"b"}]`, "sku", 0},
		{"JSON and more", `[] []`, "follows", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := recommend.Parse(x.text)
			var p recommend.Problems
			if !errors.As(err, &p) || !strings.Contains(err.Error(), x.says) || p[0].Row != x.row {
				t.Errorf("%v (%+v), want row %d: %s", err, p, x.row, x.says)
			}
		})
	}
	ps, err := recommend.Parse("\ufeffID\tlanguage\tname\ttext\twith\nbag\ten\tA bag\tIt is big.\ta；b;\n")
	if err != nil || len(ps) != 1 || len(ps[0].With) != 2 {
		t.Errorf("%+v, %v", ps, err)
	}
	if ps, err = recommend.Parse(`[{"id":"a","language":"en","name":"A","text":"It is good."}]`); err != nil || len(ps) != 1 {
		t.Errorf("%+v, %v", ps, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("id,language,name,text\na,en,A,Good.\n", "a good A")
	f.Add(`[{"id":"a","language":"en","name":"A","text":"It is good."}]`, "")
	f.Fuzz(func(t *testing.T, text, words string) {
		ps, err := recommend.Parse(text)
		if err != nil {
			return
		}
		c := recommend.NewCatalogue(ps)
		for _, p := range ps {
			a := c.Advise(recommend.Input{Language: p.Language, Said: []recommend.Said{{Text: words}}, Events: []recommend.Event{{Kind: recommend.Purchased, Product: p.ID}, {Kind: recommend.Searched, Text: words}}})
			for _, f := range a.Fits {
				if !strings.Contains(f.Product.Text, f.Quote) {
					t.Errorf("%q is not of %q", f.Quote, f.Product.Text)
				}
			}
		}
	})
}

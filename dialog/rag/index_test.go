package rag

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// world makes passages and questions of few enough words that they meet.
type world struct{ rnd *rand.Rand }

var (
	latin = strings.Fields("battery charger warranty return delivery invoice headphones speaker policy claim premium parcel refund courier address colour garden winter order number")
	hans  = []rune("退货换保修耳机音箱订单快递发票地址保险理赔退款邮费充电电池颜色冬天花园")
)

func (w world) text(n int) string {
	var b strings.Builder
	chinese := w.rnd.IntN(2) == 0
	for range 1 + w.rnd.IntN(n) {
		if chinese {
			b.WriteRune(hans[w.rnd.IntN(len(hans))])
		} else {
			b.WriteString(latin[min(w.rnd.IntN(len(latin)), w.rnd.IntN(len(latin)))] + " ")
		}
		if w.rnd.IntN(8) == 0 {
			b.WriteString(". ")
		}
	}
	return b.String()
}

func (w world) passages(doc string) []Passage {
	var out []Passage
	for i := range w.rnd.IntN(4) {
		p := Passage{ID: fmt.Sprintf("%s#%d", doc, i), Document: doc, Title: w.text(4), Text: w.text(40), Start: i}
		switch w.rnd.IntN(8) {
		case 0:
			p.Audience = "staff"
		case 1:
			p.Until = time.Unix(int64(w.rnd.IntN(100)), 0)
		case 2:
			p.Asked = []string{w.text(6), w.text(6)}
		}
		out = append(out, p)
	}
	return out
}

func (w world) query() Query {
	q := Query{Text: w.text(12), K: 1 + w.rnd.IntN(10), Now: time.Unix(int64(w.rnd.IntN(100)), 0)}
	for range w.rnd.IntN(4) {
		q.History = append(q.History, Turn{[]string{"user", "assistant"}[w.rnd.IntN(2)], w.text(20)})
	}
	q.Audience = []string{"", "staff", EveryAudience}[w.rnd.IntN(3)]
	q.Language = []string{"", "en", "zh-CN"}[w.rnd.IntN(3)]
	return q
}

// However an index came to hold its passages, it finds what a fresh one finds.
func TestAChangedIndexIsAFreshOne(t *testing.T) {
	for seed := range uint64(6) {
		w := world{rand.New(rand.NewPCG(seed, 7))}
		changed, documents := New(), map[string][]Passage{}
		for range 300 {
			doc := fmt.Sprintf("d%d", w.rnd.IntN(40))
			if w.rnd.IntN(4) == 0 {
				changed.Remove(doc)
				delete(documents, doc)
				continue
			}
			documents[doc] = w.passages(doc)
			changed.PutPassages(doc, documents[doc])
		}
		var all []Passage
		for _, ps := range documents {
			all = append(all, ps...)
		}
		fresh := New(all...)
		if changed.Len() != fresh.Len() {
			t.Fatalf("seed %d: %d passages, want %d", seed, changed.Len(), fresh.Len())
		}
		for i := range 100 {
			q := w.query()
			if got, want := changed.Search(q), fresh.Search(q); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, question %d %+v:\n%+v\nwant\n%+v", seed, i, q, got, want)
			}
		}
	}
}

// many are passages enough for several workers and for the short cuts of a search.
func many(w world, n int) []Passage {
	ps := make([]Passage, n)
	for i := range ps {
		ps[i] = Passage{ID: fmt.Sprint(i), Document: fmt.Sprint(i / 3), Title: w.text(5), Text: w.text(60)}
		if i%50 == 0 {
			ps[i].Audience = "staff"
		}
	}
	return ps
}

// The short cuts of a search lose nothing.
func TestTheBestAreTheBestOfAll(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	w := world{rand.New(rand.NewPCG(3, 3))}
	ps := many(w, 2000)
	ix, one := New(ps...), New()
	for i := range ps {
		p := ps[i]
		one.add(&p)
	}
	for i := range 60 {
		q := w.query()
		all := q
		all.K = len(ps)
		got, want := ix.Search(q), ix.Search(all)
		want = want[:min(len(want), q.K)]
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("question %d %+v:\n%v\nwant\n%v", i, q, brief(got), brief(want))
		}
		if got := one.Search(q); !reflect.DeepEqual(got, want) {
			t.Fatalf("question %d, added one by one:\n%v\nwant\n%v", i, brief(got), brief(want))
		}
	}
}

func brief(hits []Hit) (out []string) {
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%s %.9f", h.Passage, h.Score))
	}
	return out
}

// A change is seen by the searches after it, beside which others go on.
func TestSearchesBesideChanges(t *testing.T) {
	ix := New(many(world{rand.New(rand.NewPCG(1, 1))}, 600)...)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			w := world{rand.New(rand.NewPCG(9, uint64(n)))}
			for i := range 60 {
				doc, word := fmt.Sprintf("own%d", n), fmt.Sprintf("zebra%dx%d", n, i)
				ix.PutPassages(doc, []Passage{{ID: doc, Text: word + " " + w.text(10)}})
				if got := ix.Search(Query{Text: word, K: 1}); len(got) != 1 || got[0].Document != doc || !strings.Contains(got[0].Text, word) {
					t.Errorf("%s is not found: %+v", word, got)
				}
				ix.Search(w.query())
				if ix.Remove(doc); i == 30 {
					ix.Words(10, "en")
				}
				if got := ix.Search(Query{Text: word}); slices.ContainsFunc(got, func(h Hit) bool { return h.Document == doc }) {
					t.Errorf("%s is still found", word)
				}
			}
		})
	}
	wg.Wait()
}

func TestANameInFullIsMeant(t *testing.T) {
	ix := New(
		Passage{ID: "a", Title: "AeroBuds 2 › Charging", Text: "Put them in the case."},
		Passage{ID: "b", Title: "AeroBuds 2 Pro Max › Charging", Text: "Put them on the mat, then in the case for charging."},
		Passage{ID: "c", Title: "王府井大饭店", Text: "地址：王府井大街57号"},
		Passage{ID: "d", Title: "王府井", Text: "饭店很多，大的有王府井大饭店的对面那家，地址在大街上"},
	)
	for _, c := range []struct{ before, text, want string }{
		{"You have the AeroBuds 2, is that right?", "how about charging", "a"},
		{"You have the AeroBuds 2 Pro Max, is that right?", "how about charging", "b"},
		{"推荐您去王府井大饭店。", "地址呢", "c"},
	} {
		hits := ix.Search(Query{Text: c.text, History: []Turn{{"assistant", c.before}}})
		if len(hits) == 0 || hits[0].Passage != c.want {
			t.Errorf("%q after %q: %v", c.text, c.before, brief(hits))
		}
	}
}

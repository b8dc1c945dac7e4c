package brain

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/dialog/demo"
	"parley/dialog/rag"
)

type example struct {
	lang, text, want string
	hits             []rag.Hit
	s                [][signs]float64
	none             bool
	fold             int
	kind             string
	rel              map[string]bool
	weight           float64
}

func demoPassages() (out []rag.Passage) {
	for _, d := range demo.Documents() {
		out = append(out, rag.Split(d)...)
	}
	return out
}

func indexOf(ps []rag.Passage) *rag.Index {
	ix := rag.New()
	by := map[string][]rag.Passage{}
	for _, p := range ps {
		by[p.Document] = append(by[p.Document], p)
	}
	for d, p := range by {
		ix.PutPassages(d, p)
	}
	return ix
}

// ownWays are the knowledge's own ways of asking, each left out, and with the passage, too.
func ownWays(prose bool) (out []*example) {
	all := demoPassages()
	asked := make([][]string, len(all))
	for i := range all {
		asked[i] = all[i].Asked
		if prose {
			asked[i] = append(slices.Clone(asked[i]), all[i].Question)
			all[i].Asked, all[i].Question = nil, ""
			all[i].Title = all[i].Title[:strings.LastIndex(all[i].Title, " › ")]
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i, p := range all {
		for k, q := range asked[i] {
			for _, size := range []int{len(all), 8, 4} {
				for _, none := range []bool{false, true} {
					var ps []rag.Passage
					mine := p
					if !prose {
						mine.Asked = slices.Delete(slices.Clone(p.Asked), k, k+1)
					}
					if !none {
						ps = append(ps, mine)
					}
					var others []rag.Passage
					for j, o := range all {
						if j == i || size < len(all) && o.Document != p.Document {
							continue
						}
						others = append(others, o)
					}
					r.Shuffle(len(others), func(a, b int) { others[a], others[b] = others[b], others[a] })
					ps = append(ps, others[:min(len(others), size-1)]...)
					x := &example{lang: p.Language, text: q, want: p.ID, none: none, fold: i % 5, kind: fmt.Sprint(size), weight: 1}
					x.hits = widen(indexOf(ps), rag.Query{Text: q, Language: p.Language, K: 10}, indexOf(ps).Search(rag.Query{Text: q, Language: p.Language, K: 10}))
					x.hits = inTongue(x.hits, x.lang)
					x.s = seen(q, x.hits)
					out = append(out, x)
				}
			}
		}
	}
	return out
}

func askedLines(t *testing.T) (out []*example) {
	b, err := os.ReadFile("testdata/asked.tsv")
	if err != nil {
		t.Fatal(err)
	}
	all := demoPassages()
	full := indexOf(all)
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		f := strings.Split(line, "\t")
		if f[1] == "either" {
			continue
		}
		x := &example{lang: f[0], text: f[2], want: f[3], none: f[1] == "none", fold: i % 2, kind: "fixture", weight: 15}
		x.hits = widen(full, rag.Query{Text: x.text, Language: x.lang, K: 10}, full.Search(rag.Query{Text: x.text, Language: x.lang, K: 10}))
		x.hits = inTongue(x.hits, x.lang)
		x.s = seen(x.text, x.hits)
		out = append(out, x)
	}
	return out
}

func (x *example) isRight(h rag.Hit) bool {
	if x.rel != nil {
		return x.rel[h.Document]
	}
	return !x.none && (h.Passage == x.want || h.Question == x.want)
}

type logistic struct {
	w [signs]float64
	b float64
}

func (l logistic) p(s [signs]float64) float64 {
	z := l.b
	for i := range s {
		z += l.w[i] * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// sure is how likely a passage answers when it is the one taken, below 0 when it is not.
func (l logistic) sure(q *example, i int) float64 {
	for _, s := range q.s {
		if l.p(s) > l.p(q.s[i]) {
			return -1
		}
	}
	return sure(l.p(q.s[i]), q.s[i][byAnswers])
}

func learn(qs []*example) (l logistic) {
	type ex struct {
		s [signs]float64
		y float64
		w float64
	}
	var xs []ex
	for _, q := range qs {
		for i, h := range q.hits {
			if i > 15 {
				break
			}
			y, w := 0.0, 1.0
			if q.isRight(h) {
				y = 1
			} else if i > 0 {
				w = 0.3
			}
			xs = append(xs, ex{q.s[i], y, w * max(q.weight, 1e-9)})
		}
	}
	var mw [signs]float64
	var mb float64
	for range 1200 {
		var g [signs]float64
		var gb, n float64
		for _, x := range xs {
			d := (l.p(x.s) - x.y) * x.w
			for i := range g {
				g[i] += d * x.s[i]
			}
			gb += d
			n += x.w
		}
		for i := range g {
			mw[i] = 0.9*mw[i] + g[i]/n + 0.0005*l.w[i]
			l.w[i] -= 0.3 * mw[i]
			switch sign(i) {
			case byRival, byOther:
				l.w[i] = min(l.w[i], 0)
			default:
				l.w[i] = max(l.w[i], 0)
			}
		}
		mb = 0.9*mb + gb/n
		l.b -= 0.3 * mb
	}
	return l
}

func auc(pos, neg []float64) float64 {
	n := 0.0
	for _, a := range pos {
		for _, b := range neg {
			if a > b {
				n++
			} else if a == b {
				n += .5
			}
		}
	}
	return n / float64(len(pos)*len(neg))
}

func table(t *testing.T, name string, qs []*example, score func(*example, int) float64) {
	for _, lang := range []string{"en", "zh"} {
		var pos, neg []float64
		right, top := 0, 0
		kinds := map[float64][4]int{}
		for _, q := range qs {
			if !strings.HasPrefix(q.lang, lang) {
				continue
			}
			best, at := -1.0, -1
			for i := range q.hits {
				if p := score(q, i); p > best {
					best, at = p, i
				}
			}
			for _, th := range []float64{.3, .4, .5, .6, .7} {
				c := kinds[th]
				switch {
				case q.none && best >= th:
					c[3]++
				case q.none:
					c[2]++
				case best >= th && q.isRight(q.hits[at]):
					c[0]++
				case best >= th:
					c[1]++
				}
				kinds[th] = c
			}
			if q.none {
				neg = append(neg, best)
				continue
			}
			top++
			if at >= 0 && q.isRight(q.hits[at]) {
				right++
			}
			pos = append(pos, best)
		}
		if top == 0 {
			continue
		}
		s := ""
		for _, th := range []float64{.3, .4, .5, .6, .7} {
			s += fmt.Sprintf(" [%.1f: right %d wrong %d falseans %d]", th, kinds[th][0], kinds[th][1], kinds[th][3])
		}
		t.Logf("%-18s %s top1 %d/%d none %d auc %.3f%s", name, lang, right, top, len(neg), auc(pos, neg), s)
	}
}

func eachLine(t *testing.T, file string, f func([]byte)) {
	b, err := os.ReadFile(os.Getenv("PARLEY_TESTDATA") + "/knowledge/" + file)
	if err != nil {
		t.Skip(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		f([]byte(l))
	}
}

func testData(t *testing.T) (out []*example) {
	var ps []rag.Passage
	eachLine(t, "corpus.jsonl", func(b []byte) {
		var d struct{ ID, Title, Text, Lang string }
		if json.Unmarshal(b, &d) == nil {
			ps = append(ps, rag.Passage{ID: d.ID, Document: d.ID, Title: d.Title, Text: d.Text, Language: d.Lang[:2]})
		}
	})
	ix := rag.New(ps...)
	rel := map[string]map[string]bool{}
	eachLine(t, "qrels.tsv", func(b []byte) {
		f := strings.Split(string(b), "\t")
		if rel[f[0]] == nil {
			rel[f[0]] = map[string]bool{}
		}
		rel[f[0]][f[1]] = true
	})
	n := map[string]int{}
	eachLine(t, "queries.jsonl", func(b []byte) {
		var q struct {
			ID, Text, Lang, Source, Answerability string
			History                               []rag.Turn
		}
		if json.Unmarshal(b, &q) != nil || q.Answerability != "answerable" && q.Answerability != "unanswerable" || strings.HasPrefix(q.Source, "cmdd") {
			return
		}
		h := fnv.New32a()
		_, _ = h.Write([]byte(q.ID))
		g, _, _ := strings.Cut(q.Source, "-")
		k := g + q.Answerability
		if n[k]++; n[k] > 240 {
			return
		}
		x := &example{lang: q.Lang[:2], text: q.Text, none: q.Answerability == "unanswerable", fold: int(h.Sum32() >> 7 & 1), kind: g, rel: rel[q.ID]}
		if x.rel == nil {
			x.rel = map[string]bool{}
		}
		x.hits = widen(ix, rag.Query{Text: q.Text, History: q.History, K: 10}, ix.Search(rag.Query{Text: q.Text, History: q.History, K: 10}))
		x.hits = inTongue(x.hits, x.lang)
		x.s = seen(x.text, x.hits)
		out = append(out, x)
	})
	count := map[string]float64{}
	for _, x := range out {
		count[x.kind+fmt.Sprint(x.none)]++
	}
	for _, x := range out {
		x.weight = 60 / count[x.kind+fmt.Sprint(x.none)]
	}
	return out
}

// The weights of extractivejudge.go are learnt and measured here, by PARLEY_FIT=1 and with
// PARLEY_TESTDATA: it takes some minutes.
func TestFit(t *testing.T) {
	if os.Getenv("PARLEY_FIT") == "" {
		t.Skip("learns weights: PARLEY_FIT=1")
	}
	train, fx := ownWays(false), askedLines(t)
	m, v := matters, several // as if the lines of near were of other trades
	matters, several = map[string][]int{}, nil
	blind := ownWays(false)
	for _, x := range blind {
		x.kind, x.weight = "blind "+x.kind, 0.7
	}
	train = append(train, blind...)
	matters, several = m, v
	table(t, "fixture Answers", fx, func(q *example, i int) float64 { return q.s[i][byAnswers] - float64(i) })
	byKind := map[string][]*example{}
	models := map[int]logistic{}
	for f := range 5 {
		var tr []*example
		for _, q := range train {
			if q.fold != f {
				tr = append(tr, q)
			}
		}
		models[f] = learn(tr)
	}
	for _, q := range train {
		byKind[q.kind] = append(byKind[q.kind], q)
	}
	for k, qs := range byKind {
		table(t, "cv own "+k, qs, func(q *example, i int) float64 { return models[q.fold].p(q.s[i]) })
	}
	l := learn(train)
	t.Logf("%.2f %.2f", l.w, l.b)
	table(t, "fixture judged", fx, func(q *example, i int) float64 { return l.p(q.s[i]) })
	data := append(testData(t), ownWays(true)...)
	train, data = append(train, strangers(false)...), append(data, strangers(true)...)
	for h := range 2 {
		tr := slices.Clone(train)
		var te, td, tp []*example
		for _, q := range fx {
			if q.fold == h {
				tr = append(tr, q)
			} else {
				te = append(te, q)
			}
		}
		for _, q := range data {
			if q.rel == nil {
				q.weight = 0.08
			}
			if q.fold%2 == h {
				tp = append(tp, q)
			} else {
				td = append(td, q)
			}
		}
		l = learn(tr)
		t.Logf("faq %.2f %.2f", l.w, l.b)
		table(t, fmt.Sprint("fixture half ", h), te, func(q *example, i int) float64 { return l.p(q.s[i]) })
		p := learn(tp)
		t.Logf("prose %.2f %.2f", p.w, p.b)
		for _, k := range []string{"cmrc2018", "mtrag", "dstc11", "covid", "crosswoz", "4", "8", "36", "146"} {
			var of []*example
			for _, q := range td {
				if q.kind == k {
					of = append(of, q)
				}
			}
			table(t, k, of, func(q *example, i int) float64 { return p.sure(q, i) })
			table(t, k+" Answers", of, func(q *example, i int) float64 { return q.s[i][byAnswers] - float64(i) })
		}
	}
	{
		tr, tp := slices.Clone(train), []*example{}
		for _, q := range fx {
			if q.fold == 0 {
				tr = append(tr, q)
			}
		}
		for _, q := range data {
			if q.fold%2 == 0 {
				tp = append(tp, q)
			}
		}
		l, p := learn(tr), learn(tp)
		fmt.Printf("FINAL faq %.2f | %.2f\nFINAL prose %.2f | %.2f\n", l.b, l.w, p.b, p.w)
	}
}

// strangers are questions of no company.
func strangers(prose bool) (out []*example) {
	all := demoPassages()
	if prose {
		for i := range all {
			all[i].Asked, all[i].Question = nil, ""
			all[i].Title = all[i].Title[:strings.LastIndex(all[i].Title, " › ")]
		}
	}
	full := indexOf(all)
	for n, q := range strings.Split(`what is the population of spain|who wrote hamlet|how tall is mount everest|can you recommend a good book|what is the best pizza in town|how do I boil an egg|tell me about the french revolution|is it going to rain in london|who is the president of the united states|how do I learn to play the guitar|what is the square root of two|do you like football|which stars can I see tonight|how do I lose weight|what time is it in tokyo|how far away is the moon|when did the titanic sink|is chocolate healthy for cats|where do penguins live|how do planes fly|how long do elephants live|what does my dream mean|where can I study medicine|how do I write a love letter|西班牙有多少人口|哈姆雷特是谁写的|珠穆朗玛峰有多高|推荐一本好书|城里哪家披萨最好吃|鸡蛋怎么煮|讲讲法国大革命|伦敦会下雨吗|美国总统是谁|怎么学吉他|二的平方根是多少|你喜欢足球吗|今晚能看到什么星星|怎么减肥|东京现在几点|月亮离我们多远|泰坦尼克号什么时候沉的|猫能吃巧克力吗|企鹅住在哪里|飞机为什么会飞|大象能活多久|我的梦是什么意思|哪里可以学医|情书怎么写`, "|") {
		lang := "en"
		if len(runs(q)) > 0 {
			lang = "zh"
		}
		var ps []rag.Passage
		for i := range 8 {
			ps = append(ps, all[(n*31+i*17)%len(all)])
		}
		for _, ix := range []*rag.Index{full, indexOf(ps)} {
			x := &example{lang: lang, text: q, none: true, fold: n % 2, kind: "strangers", weight: 1}
			x.hits = widen(ix, rag.Query{Text: q, Language: lang, K: 10}, ix.Search(rag.Query{Text: q, Language: lang, K: 10}))
			x.hits = inTongue(x.hits, x.lang)
			x.s = seen(q, x.hits)
			out = append(out, x)
		}
	}
	return out
}

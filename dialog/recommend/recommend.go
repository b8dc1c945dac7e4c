package recommend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind of something that a customer does on the company's pages.
type Kind string

// The kinds.
const (
	PageViewed    Kind = "page.viewed"
	ProductViewed Kind = "product.viewed"
	Searched      Kind = "searched"
	CartAdded     Kind = "cart.added"
	CartRemoved   Kind = "cart.removed"
	Purchased     Kind = "purchased"
)

// Kinds are all of them.
var Kinds = []Kind{PageViewed, ProductViewed, Searched, CartAdded, CartRemoved, Purchased}

// Event is something that a customer did on the company's pages, as the page tells it: it
// may be wrong, and it may be made up.
type Event struct {
	Kind    Kind      `json:"type"`
	Product string    `json:"product,omitempty"` // id
	Text    string    `json:"text,omitempty"`    // what was searched for; of a page its title
	At      time.Time `json:"at"`
}

// Said is something that the customer said, or is known to have said before.
type Said struct {
	Turn string // "" is from another conversation
	Text string
	At   time.Time
}

// Input is all that advice is made of. Events and Said are oldest first.
type Input struct {
	Language string
	Events   []Event
	Said     []Said          // in this conversation
	Known    []Said          // a verified customer's preferences
	Not      map[string]bool // ids of products that are not to be named any more
}

// Evidence is what a need is made out from.
type Evidence struct {
	Kind Kind      `json:"kind"`           // of an event; "said", "known"
	Text string    `json:"text,omitempty"` // what was said or searched for, or the product's name
	Turn string    `json:"turn,omitempty"`
	At   time.Time `json:"at,omitzero"`
}

// Evidence that is no event.
const (
	SaidSo  Kind = "said"
	KnownSo Kind = "known"
)

// Fit is a product that fits, and why.
type Fit struct {
	Product Product `json:"product"`
	Reason  string  `json:"reason"` // in the conversation's language, for the company's people
	Quote   string  `json:"quote"`  // a sentence of Product.Text: the source
	Beside  string  `json:"beside"` // name of the product of the customer's that it goes with; "" is none
	Score   float64 `json:"score"`
}

// Strong reports whether a customer who has not asked may be told of it.
func (f Fit) Strong() bool { return f.Score >= strong }

// Advice is what a customer needs in one line, and what fits.
type Advice struct {
	Need     string     `json:"need"` // "": nothing is known
	Evidence []Evidence `json:"evidence"`
	Fits     []Fit      `json:"products"` // the best first
}

// What each sign counts, and from where a product fits.
const (
	forSeen     = 1.0 // a look at it, of which seenMost count
	seenMost    = 3
	forSearch   = 2.0
	forWish     = 2.0 // something it is for, of which wishesMost count
	wishesMost  = 2
	forName     = 1.5
	forKnown    = 1.0
	besideOwn   = 3.0
	besideCart  = 2.5
	besideLooks = 1.0

	fits     = 1.5
	strong   = 3.0
	maxFits  = 3
	maxQuote = 240 // bytes
)

// interest is what is known of a customer and a product.
type interest struct {
	seen   int
	cart   bool
	bought bool
	named  bool
	last   time.Time
}

// points is what speaks for a product.
type points struct {
	interest
	score   float64
	because []string
	wishes  int
	terms   []string // what it was found by
	search  bool
	beside  string
	most    float64 // of what it goes with
}

// Advise makes out what the customer needs, and what of the catalogue fits.
func (c *Catalogue) Advise(in Input) Advice {
	a := Advice{Evidence: []Evidence{}, Fits: []Fit{}}
	if c.Len() == 0 {
		return a
	}
	of := map[string]*interest{}
	touch := func(id string, at time.Time) *interest {
		if of[id] == nil {
			of[id] = &interest{}
		}
		of[id].last = at
		return of[id]
	}
	for _, e := range in.Events {
		switch e.Kind {
		case ProductViewed:
			touch(e.Product, e.At).seen++
		case CartAdded:
			touch(e.Product, e.At).cart = true
		case CartRemoved:
			touch(e.Product, e.At).cart = false
		case Purchased:
			i := touch(e.Product, e.At)
			i.cart, i.bought = false, true
		}
	}
	by := map[int]*points{}
	get := func(product int) *points {
		if by[product] == nil {
			by[product] = &points{}
		}
		return by[product]
	}
	speaks := func(i int) bool { return base(c.all[i].Language) == base(in.Language) }
	var wished wishes
	for _, s := range in.Said {
		for _, t := range c.spoken(s.Text) {
			if t.what == isName {
				touch(c.all[t.product].ID, s.At).named = true
			}
			if t.what == isFor && speaks(t.product) {
				in.wish(get(t.product), t.word, &wished, Evidence{SaidSo, s.Text, s.Turn, s.At})
			}
		}
	}
	for _, s := range in.Known {
		for _, t := range c.spoken(s.Text) {
			if t.what == isFor && speaks(t.product) {
				in.wish(get(t.product), t.word, &wished, Evidence{KnownSo, s.Text, "", s.At})
			}
		}
	}
	for _, e := range in.Events {
		if e.Kind != Searched {
			continue
		}
		for _, t := range c.spoken(e.Text) {
			if p := get(t.product); speaks(t.product) && !p.search {
				p.search = true
				p.score += forSearch
				p.because = append(p.because, in.pick("searched for “"+e.Text+"”", "搜索过“"+e.Text+"”"))
				p.terms = append(p.terms, fold(t.word))
			}
		}
	}
	for id, i := range of {
		for _, n := range c.byID[id] {
			if speaks(n) {
				get(n).interest = *i
			}
		}
		other, _, ok := c.In(id, in.Language)
		if !ok {
			continue
		}
		most, why := 0.0, ""
		switch {
		case i.bought:
			most, why = besideOwn, in.pick("goes with "+other.Name+", which was bought", "与已购买的"+Apart(other.Name)+"配套")
		case i.cart:
			most, why = besideCart, in.pick("goes with "+other.Name+" in the cart", "与购物车里的"+Apart(other.Name)+"配套")
		case i.seen > 1 || i.named:
			most, why = besideLooks, in.pick("goes with "+other.Name, "与"+Apart(other.Name)+"配套")
		default:
			continue
		}
		for _, n := range slices.Concat(c.beside[strings.ToLower(id)], c.beside[strings.ToLower(other.Category)]) {
			p := get(n)
			if c.all[n].ID == id || !speaks(n) || most < p.most || most == p.most && other.Name >= p.beside {
				continue
			}
			if p.most > 0 { // it was the first that spoke for it
				p.because[0], p.score = why, p.score-p.most+most
			} else {
				p.because, p.score = append([]string{why}, p.because...), p.score+most
			}
			p.most, p.beside = most, other.Name
		}
	}
	for n, p := range by {
		if shown := min(p.seen, seenMost); shown > 0 {
			p.score += forSeen * float64(shown)
			p.because = append(p.because, in.pick("looked at "+times(p.seen), fmt.Sprintf("看过 %d 次", p.seen)))
		}
		if p.named {
			p.score += forName
			p.because = append(p.because, in.pick("asked about", "问起过"))
		}
		if x := c.all[n]; speaks(n) && p.score >= fits && !p.cart && !p.bought && !in.Not[x.ID] {
			a.Fits = append(a.Fits, Fit{Product: x, Score: p.score, Reason: in.sentence(p.because), Quote: quote(x.Text, p.terms, p.beside), Beside: p.beside})
		}
	}
	slices.SortFunc(a.Fits, func(x, y Fit) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Product.ID, y.Product.ID))
	})
	a.Fits = a.Fits[:min(len(a.Fits), maxFits)]
	c.need(in, of, &wished, &a)
	return a
}

// wish notes that the customer wants what a product is for.
func (in Input) wish(p *points, word string, all *wishes, e Evidence) {
	t := fold(word)
	if slices.Contains(p.terms, t) {
		return
	}
	p.terms = append(p.terms, t)
	all.add(word, e)
	if p.wishes++; p.wishes > wishesMost {
		return
	}
	if e.Kind == KnownSo {
		p.score += forKnown
		p.because = append(p.because, in.pick("is known to want “"+word+"”", "以前提到过“"+word+"”"))
		return
	}
	p.score += forWish
	p.because = append(p.because, in.pick("wanted for “"+word+"”", "提到“"+word+"”"))
}

// need puts into one line what the customer seems to be after.
func (c *Catalogue) need(in Input, of map[string]*interest, all *wishes, a *Advice) {
	var clauses []string
	add := func(clause string, e ...Evidence) {
		if len(clauses) < 2 {
			if len(clauses) > 0 && clause[0] < utf8.RuneSelf { // one line, one sentence
				clause = strings.ToLower(clause[:1]) + clause[1:]
			}
			clauses = append(clauses, clause)
			a.Evidence = append(a.Evidence, e...)
		}
	}
	name := func(id string) string { p, _, _ := c.In(id, in.Language); return p.Name }
	ids := make([]string, 0, len(of))
	for id := range of {
		if _, _, ok := c.In(id, in.Language); ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int {
		return cmp.Or(of[y].last.Compare(of[x].last), cmp.Compare(x, y))
	})
	var carts, bought, seen []string
	for _, id := range ids {
		switch i := of[id]; {
		case i.cart:
			carts = append(carts, id)
		case i.bought:
			bought = append(bought, id)
		case i.seen > 0:
			seen = append(seen, id)
		}
	}
	slices.SortStableFunc(seen, func(x, y string) int { return cmp.Compare(of[y].seen, of[x].seen) })
	var wants []string
	var proof []Evidence
	for i, w := range all.words[:min(len(all.words), 3)] {
		wants = append(wants, "“"+w+"”")
		if !slices.Contains(proof, all.of[i]) {
			proof = append(proof, all.of[i])
		}
	}
	if len(wants) > 0 {
		add(in.pick("Wants something for "+strings.Join(wants, ", "), "想要"+strings.Join(wants, "、")), proof...)
	}
	if len(carts) > 0 {
		n := name(carts[0])
		if len(carts) > 1 {
			n = in.pick(fmt.Sprintf("%s and %d more", n, len(carts)-1), fmt.Sprintf("%s等 %d 件", Apart(n), len(carts)))
		}
		add(in.pick("Has "+n+" in the cart and has not paid", "购物车里有"+strings.TrimRight(Apart(n), " ")+"，还没付款"), Evidence{CartAdded, name(carts[0]), "", of[carts[0]].last})
	}
	if x, y, ok := c.compared(seen, of, in.Language); ok {
		add(in.pick("Compares "+name(x)+" and "+name(y), "在比较"+Apart(name(x))+"和"+Apart(name(y))),
			Evidence{ProductViewed, name(x), "", of[x].last}, Evidence{ProductViewed, name(y), "", of[y].last})
	} else if len(seen) > 0 {
		id := seen[0]
		add(in.pick("Looked at "+name(id)+" "+times(of[id].seen), fmt.Sprintf("看过%s%d 次", Apart(name(id)), of[id].seen)), Evidence{ProductViewed, name(id), "", of[id].last})
	}
	for _, e := range slices.Backward(in.Events) {
		if e.Kind == Searched {
			add(in.pick("Searched for “"+e.Text+"”", "搜索过“"+e.Text+"”"), Evidence{Searched, e.Text, "", e.At})
			break
		}
	}
	if len(bought) > 0 {
		add(in.pick("Bought "+name(bought[0]), "买了"+Apart(name(bought[0]))), Evidence{Purchased, name(bought[0]), "", of[bought[0]].last})
	}
	a.Need = strings.TrimSpace(strings.Join(clauses, in.pick("; ", "；")))
}

// compared gives two products of a category at which the customer looked in turn.
func (c *Catalogue) compared(seen []string, of map[string]*interest, language string) (x, y string, ok bool) {
	for i, a := range seen {
		p, _, _ := c.In(a, language)
		for _, b := range seen[i+1:] {
			q, _, _ := c.In(b, language)
			if p.Category != "" && strings.EqualFold(p.Category, q.Category) && of[a].seen+of[b].seen > 2 {
				return a, b, true
			}
		}
	}
	return "", "", false
}

// wishes are what the customer wants something for, the first said first.
type wishes struct {
	words []string
	of    []Evidence
}

func (w *wishes) add(word string, e Evidence) {
	if !slices.Contains(w.words, word) {
		w.words, w.of = append(w.words, word), append(w.of, e)
	}
}

// quote is the sentence of a text that tells most of some terms; else the first one that says
// more than that the product goes with another.
func quote(text string, terms []string, beside string) string {
	best, most := "", -2
	for _, s := range sentences(text) {
		n, f := 0, " "+fold(s)+" "
		if beside != "" && strings.Contains(f, " "+fold(beside)+" ") {
			n--
		}
		for _, t := range terms {
			if strings.Contains(f, " "+t) {
				n++
			}
		}
		if n > most && len(s) <= maxQuote {
			best, most = s, n
		}
	}
	return best
}

// Apart is a name as it stands amid Chinese characters: with a blank where it is Latin.
func Apart(name string) string {
	if r, _ := utf8.DecodeRuneInString(name); r < 0x2e80 {
		name = " " + name
	}
	if r, _ := utf8.DecodeLastRuneInString(name); r < 0x2e80 {
		name += " "
	}
	return name
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func (in Input) pick(en, zh string) string {
	if base(in.Language) == "zh" {
		return zh
	}
	return en
}

// sentence joins what speaks for a product.
func (in Input) sentence(because []string) string {
	s := strings.Join(because, in.pick("; ", "；"))
	if base(in.Language) == "zh" || s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// State is what became of a product that a customer was told of.
type State string

// The states.
const (
	Offered    State = "offered"    // nothing yet
	Interested State = "interested" // the customer wanted to hear more
	Refused    State = "refused"
	Taken      State = "taken" // it is in the cart, or bought

	// Unheard is of an offer that did not reach the customer: there was none.
	Unheard State = "unheard"
)

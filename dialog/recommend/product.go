// Package recommend makes out what a customer needs, and which of the company's products
// fit: from what the customer does on the company's pages, says, and is known to prefer.
//
// It invents nothing: a need is told with the evidence for it, and what is said of a
// product is a sentence of the company's own about it. It knows no store and no model.
package recommend

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Product is something that the company sells, as it is told of in one language.
type Product struct {
	ID       string   `json:"id"`
	Language string   `json:"language"`           // BCP 47 tag
	Name     string   `json:"name"`               // as customers know it
	Text     string   `json:"text"`               // facts, in sentences: they are what may be said of it
	Price    string   `json:"price,omitempty"`    // as it is shown
	URL      string   `json:"url,omitempty"`      // of its page, http or https
	Category string   `json:"category,omitempty"` // two of one category are compared
	For      []string `json:"for,omitempty"`      // what it is wanted for, in customers' words
	With     []string `json:"with,omitempty"`     // ids of products or categories that it goes with
}

// Bounds of a catalogue.
const (
	MaxProducts = 5000
	maxName     = 200  // bytes, of an id, a name, a price, a category
	maxText     = 2000 // bytes
	maxTerms    = 30
	maxProblems = 20
)

// Problem is why a row of a catalogue cannot be used.
type Problem struct {
	Row  int    `json:"row"` // from 1, the header not counted; 0: the whole
	Text string `json:"text"`
}

// Problems are why a catalogue cannot be used.
type Problems []Problem

// Error names the first ones.
func (p Problems) Error() string {
	var b strings.Builder
	b.WriteString("the products cannot be used")
	for i, x := range p {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(p)-i)
			break
		}
		if x.Row > 0 {
			fmt.Fprintf(&b, "; row %d: %s", x.Row, x.Text)
		} else {
			b.WriteString(": " + x.Text)
		}
	}
	return b.String()
}

// columns of a table of products.
var columns = []string{"id", "language", "name", "text", "price", "url", "category", "for", "with"}

// Parse reads products: a JSON array of Product, or a table of comma or tab separated
// values with a header, in which "for" and "with" hold several separated by semicolons.
// Err is Problems.
func Parse(text string) ([]Product, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	var ps []Product
	var err error
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if err = d.Decode(&ps); err == nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("something follows the list")
			}
		}
	} else {
		ps, err = table(text)
	}
	if p := Problems(nil); errors.As(err, &p) {
		return nil, p
	}
	if err != nil {
		return nil, Problems{{0, err.Error()}}
	}
	return ps, Check(ps)
}

func table(text string) ([]Product, error) {
	r := csv.NewReader(strings.NewReader(text))
	head, _, _ := strings.Cut(text, "\n")
	if strings.Count(head, "\t") > strings.Count(head, ",") {
		r.Comma = '\t'
	}
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty")
	}
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSpace(n))
		if !slices.Contains(columns, names[i]) {
			return nil, fmt.Errorf("column %q is unknown; the columns are %s", clip(n, 40), strings.Join(columns, ", "))
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("column %q stands twice", names[i])
		}
	}
	var ps []Product
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return ps, nil
		}
		if err != nil {
			return nil, Problems{{len(ps) + 1, err.Error()}}
		}
		if len(ps) == MaxProducts {
			return nil, fmt.Errorf("more than %d products", MaxProducts)
		}
		var p Product
		for i, cell := range row {
			cell = strings.TrimSpace(cell)
			switch names[i] {
			case "id":
				p.ID = cell
			case "language":
				p.Language = cell
			case "name":
				p.Name = cell
			case "text":
				p.Text = cell
			case "price":
				p.Price = cell
			case "url":
				p.URL = cell
			case "category":
				p.Category = cell
			case "for":
				p.For = several(cell)
			case "with":
				p.With = several(cell)
			}
		}
		ps = append(ps, p)
	}
}

func several(cell string) (out []string) {
	for _, s := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '；' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Check says what is wrong with products: nil, or Problems.
func Check(ps []Product) error {
	var out Problems
	note := func(row int, format string, args ...any) {
		if len(out) < maxProblems {
			out = append(out, Problem{row, fmt.Sprintf(format, args...)})
		}
	}
	if len(ps) > MaxProducts {
		note(0, "more than %d products", MaxProducts)
	}
	seen := map[[2]string]int{}
	for i, p := range ps {
		row := i + 1
		for _, f := range []struct {
			name, value string
			most        int
			must        bool
		}{{"id", p.ID, maxName, true}, {"language", p.Language, 35, true}, {"name", p.Name, maxName, true}, {"text", p.Text, maxText, true},
			{"price", p.Price, maxName, false}, {"url", p.URL, maxText, false}, {"category", p.Category, maxName, false}} {
			switch {
			case f.must && strings.TrimSpace(f.value) == "":
				note(row, "%s is empty", f.name)
			case len(f.value) > f.most:
				note(row, "%s has %d bytes, at most %d", f.name, len(f.value), f.most)
			case !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
				note(row, "%s holds control characters", f.name)
			}
		}
		if u, err := url.Parse(p.URL); p.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			note(row, "url is no address of a web page")
		}
		for name, terms := range map[string][]string{"for": p.For, "with": p.With} {
			if len(terms) > maxTerms {
				note(row, "%s has %d entries, at most %d", name, len(terms), maxTerms)
			}
			for _, t := range terms {
				if len(t) > maxName || strings.TrimSpace(t) == "" || name == "for" && len(fold(t)) < 2 {
					note(row, "%s: %q is too long or too short", name, clip(t, 40))
				}
			}
		}
		key := [2]string{p.ID, strings.ToLower(p.Language)}
		if first, twice := seen[key]; twice && p.ID != "" {
			note(row, "%s in %s stands in row %d already", p.ID, p.Language, first)
		}
		seen[key] = row
	}
	if out == nil {
		return nil
	}
	slices.SortStableFunc(out, func(a, b Problem) int { return cmp.Compare(a.Row, b.Row) })
	return out
}

// Catalogue is what the company sells. It does not change, and is for any number of
// goroutines.
type Catalogue struct {
	all    []Product
	byID   map[string][]int
	terms  map[string][]term // by folded words
	beside map[string][]int  // by what they go with: an id, or a category in lower case
	most   int               // words of the longest term
}

// term is something by which customers speak of a product.
type term struct {
	product int
	word    string // as the company wrote it
	what    sort
}

type sort uint8

const (
	isFor sort = iota
	isName
	isCategory
)

// NewCatalogue of products that Check passes.
func NewCatalogue(ps []Product) *Catalogue {
	c := &Catalogue{all: ps, byID: map[string][]int{}, terms: map[string][]term{}, beside: map[string][]int{}}
	for i, p := range ps {
		c.byID[p.ID] = append(c.byID[p.ID], i)
		c.add(p.Name, term{i, p.Name, isName})
		c.add(p.Category, term{i, p.Category, isCategory})
		for _, f := range p.For {
			c.add(f, term{i, f, isFor})
		}
		for _, w := range p.With {
			w = strings.ToLower(w)
			c.beside[w] = append(c.beside[w], i)
		}
	}
	return c
}

func (c *Catalogue) add(words string, t term) {
	if words = fold(words); words != "" {
		c.terms[words] = append(c.terms[words], t)
		c.most = max(c.most, strings.Count(words, " ")+1)
	}
}

// spoken gives what of the catalogue a text speaks of and does not turn down, each once.
func (c *Catalogue) spoken(text string) (out []term) {
	text = fold(text)
	var starts []int // of words
	for i := range text {
		if i == 0 || text[i-1] == ' ' {
			starts = append(starts, i)
		}
	}
	end := func(w int) int { // of word w
		if w+1 < len(starts) {
			return starts[w+1] - 1
		}
		return len(text)
	}
	for w, from := range starts {
		for n := w; n < len(starts) && n < w+c.most; n++ {
			words := text[from:end(n)]
			for _, form := range []string{words, strings.TrimSuffix(words, "s"), strings.TrimSuffix(words, "es"), words + "s"} {
				ts := c.terms[form]
				if len(ts) == 0 || form == "" {
					continue
				}
				if unwanted(" " + text[:from]) {
					break
				}
				for _, t := range ts {
					if !slices.Contains(out, t) {
						out = append(out, t)
					}
				}
				break
			}
		}
	}
	return out
}

// Len is how many there are, each language counted.
func (c *Catalogue) Len() int {
	if c == nil {
		return 0
	}
	return len(c.all)
}

// Products gives them all, as they were given.
func (c *Catalogue) Products() []Product {
	if c == nil {
		return nil
	}
	return c.all
}

// In gives a product as it is told of in a language, or in another.
func (c *Catalogue) In(id, language string) (p Product, spoken, ok bool) {
	if c == nil {
		return Product{}, false, false
	}
	for n, i := range c.byID[id] {
		if n == 0 {
			p, ok = c.all[i], true
		}
		if base(c.all[i].Language) == base(language) {
			return c.all[i], true, true
		}
	}
	return p, false, ok
}

// base is a language without its region.
func base(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	if tag == "yue" || tag == "cmn" {
		return "zh"
	}
	return tag
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

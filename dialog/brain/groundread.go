package brain

import (
	"maps"
	"strings"
	"sync"
)

// reading is what a text says, as a sentence is held against it. It never changes: the
// passages of the knowledge are asked for again and again, and read once.
type reading struct {
	title string // its words count as topic, not as evidence of what is so
	text  string
	all   string
	words map[string]bool // terms and heads of all
	facts []fact
	dates []string

	// Made when they are asked for first.
	topic     func() map[string]bool // marks of the title
	matter    func() map[string]bool // marks of its last part
	segments  func() []segment
	parts     func() []clause   // of the text as it is
	sentences func() []sentence // of the text in one line
	where     func() map[string]place
	folded    func() string // all of it in lower case
	minds     func() (uint32, sides)
	general   func() map[string]bool // see generalised
}

// place is what kinds of parts speak of a mark: such that deny, and others.
type place struct{ yes, no bool }

// clause is a part of a text, and whether it denies.
type clause struct {
	text   string
	denies bool
	marks  map[string]bool // without numbers, see marksOf
	counts map[string]bool // with them, see numbered
	sides  sides
}

// sentence is a whole one and its parts.
type sentence struct {
	clause
	low   string // in lower case
	named bool   // it has a name in it
	facts []fact // besides dates
	parts []clause
}

func clauseOf(text string) clause {
	marks := marksOf(text)
	counts := maps.Clone(marks)
	return clause{text, denied(text), marks, numbered(text, counts), sidesOf(text)}
}

func clausesOf(text string) (out []clause) {
	for _, p := range parts(text) {
		out = append(out, clauseOf(p))
	}
	return out
}

func read(title, text string) *reading {
	r := &reading{title: title, text: text, all: title + "\n" + text}
	r.words = heads(r.all)
	for _, t := range terms(r.all) {
		r.words[t] = true
	}
	var rest string
	r.dates, rest = dates(text)
	r.facts = facts(rest)
	r.topic = sync.OnceValue(func() map[string]bool { return marksOf(title) })
	r.matter = sync.OnceValue(func() map[string]bool { return marksOf(lastOf(title)) })
	r.segments = sync.OnceValue(func() []segment { return segments(text) })
	r.parts = sync.OnceValue(func() []clause { return clausesOf(text) })
	r.where = sync.OnceValue(func() map[string]place {
		out := map[string]place{}
		for _, p := range r.parts() {
			for m := range p.marks {
				w := out[m]
				w.yes, w.no = w.yes || !p.denies, w.no || p.denies
				out[m] = w
			}
		}
		return out
	})
	r.folded = sync.OnceValue(func() string { return strings.ToLower(r.all) })
	r.minds = sync.OnceValues(func() (uint32, sides) { return qualities(r.all), sidesOf(r.all) })
	r.general = sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		for _, m := range overall.FindAllStringSubmatch(r.all, -1) {
			out[stem(m[1])] = true
		}
		return out
	})
	r.sentences = sync.OnceValue(func() (out []sentence) {
		for _, x := range cut(strings.ReplaceAll(text, "\n", " ")) {
			_, rest := dates(x)
			out = append(out, sentence{clauseOf(x), strings.ToLower(x), len(properNames("x "+x)) > 0, facts(rest), clausesOf(x)})
		}
		return out
	})
	return r
}

// maxReadings bounds what is held of texts that were read.
const maxReadings = 500

// readings are those of the passages that were asked for lately.
type readings struct {
	mu sync.Mutex
	by map[string]*reading
}

// of reads a passage.
func (rs *readings) of(title, text string) *reading {
	return rs.made("p\x00"+title+"\x00"+text, func() *reading { return read(title, text) })
}

// quoted reads what was cited before, which may have come from anywhere.
func (rs *readings) quoted(title, text string) *reading {
	return rs.made("q\x00"+title+"\x00"+text, func() *reading { return read(title, clean(text)) })
}

func (rs *readings) made(key string, make func() *reading) *reading {
	rs.mu.Lock()
	r := rs.by[key]
	rs.mu.Unlock()
	if r != nil {
		return r
	}
	r = make()
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.by == nil {
		rs.by = map[string]*reading{}
	}
	for old := range rs.by { // any one gives way
		if len(rs.by) < maxReadings {
			break
		}
		delete(rs.by, old)
	}
	rs.by[key] = r
	return r
}

package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/dialog/hours"
)

// Queue is a line that customers wait in.
type Queue struct {
	Name      string
	Languages []string // those that are spoken in it; none: all
	Skills    []string // what is done in it
	Default   bool     // where nothing else fits
	Team      string   // whose it is; "": nobody's
	Hours     hours.Hours
	Priority  int
	Overflow  string        // the queue to go to after OverflowAfter
	After     time.Duration //
	Rules     Rules
	Mode      WrapMode      // of the work after a conversation
	WrapUp    time.Duration // with Timed: how long
	Endings   []Disposition // how a conversation can end; none: nothing is asked
}

// Match is a person for one who waits.
type Match struct{ Transfer, Agent string }

// Outlook is how it stands with one who waits and has no match now.
type Outlook struct {
	Staffed   bool // somebody is there who could come
	Exhausted bool // and all who are have said no
}

// Board is all that Route looks at.
type Board struct {
	Queues  []Queue
	Agents  []Agent
	Waiting []Entry // in any order
}

// Route gives each who waits the best person who is free, in the order of the line, and
// says of the others how it stands. It never gives a person more than there is place for.
func Route(b Board, now time.Time) (matches []Match, rest map[string]Outlook) {
	rest = map[string]Outlook{}
	agents := slices.Clone(b.Agents)
	for i := range agents {
		agents[i].Seats = slices.Clone(agents[i].Seats)
	}
	for _, e := range InOrder(b.Queues, b.Waiting) {
		best := -1
		var o Outlook
		able, willing := 0, 0
		for i := range agents {
			a := &agents[i]
			if !fits(e, *a) || !a.There(now) {
				continue
			}
			able++
			if slices.Contains(e.Not, a.ID) {
				continue
			}
			willing++
			if a.Room(e.Kind, now) && (best < 0 || better(e, *a, agents[best])) {
				best = i
			}
		}
		if best >= 0 {
			agents[best].Seats = append(agents[best].Seats, Seat{Conversation: e.Conversation, Kind: e.Kind, Offer: "planned"})
			matches = append(matches, Match{e.Transfer, agents[best].ID})
			continue
		}
		o.Staffed, o.Exhausted = able > 0, able > 0 && willing == 0
		rest[e.Transfer] = o
	}
	return matches, rest
}

// InOrder is who waits, next first: those whose person was lost, then by priority, then by
// how long they wait.
func InOrder(queues []Queue, waiting []Entry) []Entry {
	line := slices.Clone(waiting)
	weight := func(e Entry) int { return e.Priority + find(queues, e.Queue).Priority }
	slices.SortStableFunc(line, func(a, b Entry) int {
		if a.First != b.First {
			if a.First {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(weight(b), weight(a)), a.Since.Compare(b.Since), cmp.Compare(a.Transfer, b.Transfer))
	})
	return line
}

// Position is where in its own queue a transfer stands, 1 is next; 0: it does not wait.
func Position(queues []Queue, waiting []Entry, transfer string) int {
	i := slices.IndexFunc(waiting, func(e Entry) bool { return e.Transfer == transfer })
	if i < 0 {
		return 0
	}
	queue, n := waiting[i].Queue, 0
	for _, e := range InOrder(queues, waiting) {
		if e.Queue == queue {
			n++
		}
		if e.Transfer == transfer {
			break
		}
	}
	return n
}

func find(queues []Queue, name string) Queue {
	for _, q := range queues {
		if q.Name == name {
			return q
		}
	}
	return Queue{Name: name}
}

// fits reports whether a person takes from the queue, and can do what is asked.
func fits(e Entry, a Agent) bool {
	if e.Node != "" && !slices.Contains(a.At, e.Node) {
		return false
	}
	if e.Only != "" {
		return e.Only == a.ID
	}
	if a.ID == e.From || len(a.Queues) > 0 && !slices.Contains(a.Queues, e.Queue) || a.Speaks(e.Language) == 0 {
		return false
	}
	for _, s := range e.Skills {
		if a.Skills[s] == 0 {
			return false
		}
	}
	return true
}

// better: who does it better, then who has less to do, then who has been idle longest.
func better(e Entry, a, b Agent) bool {
	level := func(a Agent) int {
		n := a.Speaks(e.Language)
		for _, s := range e.Skills {
			n += a.Skills[s]
		}
		return n
	}
	return cmp.Or(cmp.Compare(level(b), level(a)), cmp.Compare(len(a.Seats), len(b.Seats)), a.Idle.Compare(b.Idle), cmp.Compare(a.ID, b.ID)) < 0
}

// usual is the level of a skill or language that none is given with.
const usual = 3

// Skills reads words as users have them: "billing", "billing:5", "zh-CN:4"; levels are 1 to 5.
func Skills(words []string) map[string]int {
	out := map[string]int{}
	for _, w := range words {
		name, level, _ := strings.Cut(w, ":")
		n, err := strconv.Atoi(level)
		if err != nil || n < 1 {
			n = usual
		}
		out[strings.ToLower(name)] = min(n, 5)
	}
	return out
}

// Speaks is the person's level of a language, 0 is none. Who has no language among the
// skills is taken to speak all.
func (a Agent) Speaks(language string) int {
	if language == "" {
		return usual
	}
	best, some := 0, false
	for name, level := range a.Skills {
		if !tag(name) {
			continue
		}
		some = true
		if speaks(name, language) {
			best = max(best, level)
		}
	}
	if !some {
		return 1
	}
	return best
}

// tag reports whether a word is a language, as "en", "yue" or "zh-cn", and no skill.
func tag(word string) bool {
	primary, _, more := strings.Cut(word, "-")
	return len(primary) == 2 || len(primary) == 3 && (more || primary == "yue" || primary == "cmn")
}

// speaks reports whether a tag covers a language: zh and zh-CN both cover zh-TW, for
// people read one another; nothing but yue covers yue.
func speaks(tag, language string) bool {
	a, _, _ := strings.Cut(strings.ToLower(tag), "-")
	b, _, _ := strings.Cut(strings.ToLower(language), "-")
	return a == b
}

// Choose is the queue for a language and what it is about; closed ones are no choice. ""
// when all are closed.
func Choose(queues []Queue, language string, about []string, now time.Time) string {
	best, most := "", 0
	for _, q := range queues {
		if !q.Hours.Open(now) {
			continue
		}
		n := 1
		if q.Default {
			n += 2
		}
		if len(q.Languages) > 0 {
			if !slices.ContainsFunc(q.Languages, func(t string) bool { return speaks(t, language) }) {
				n = 0
				if q.Default { // rather somebody in another language than nobody
					n = 1
				}
			} else {
				n += 4
			}
		}
		if n > 0 && slices.ContainsFunc(q.Skills, func(s string) bool { return slices.Contains(about, s) }) {
			n += 8
		}
		if n > most {
			best, most = q.Name, n
		}
	}
	return best
}

// Expect estimates the wait of who stands at a position, by how long a conversation takes
// and how many can be had at a time.
func Expect(position, places int, each time.Duration) time.Duration {
	if position < 1 || places < 1 {
		return 0
	}
	return each * time.Duration(position) / time.Duration(places)
}

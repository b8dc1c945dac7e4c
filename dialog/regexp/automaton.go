package regexp

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// automaton says whether anything in a text matches. Its states are sets of places in the pattern's
// program, made when a text first needs them.
type automaton struct {
	prog     *syntax.Prog
	anchored bool // matches at the beginning of the text alone
	classes  *classes
	table    atomic.Pointer[table]
	pool     sync.Pool // of *set
}

// mostBytes is what the states of one pattern may take, about. When it is reached, all are
// forgotten: a text of nonsense makes states that no other needs.
const mostBytes = 1 << 20

// table is the states made so far.
type table struct {
	begin *state

	mu     sync.Mutex
	states map[string]*state // by key
	bytes  int
}

// state is where a text may have led to.
type state struct {
	set  []uint32 // places in the program, before what needs no rune is followed
	prev rune     // one of the kind that came before; -1 is the beginning
	next []atomic.Pointer[state]
}

// matched and failed are the ends: they do not change any more.
var matched, failed = new(state), new(state)

// newAutomaton makes that of a parsed expression.
func newAutomaton(re *syntax.Regexp) *automaton {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil { // it says so of nothing that was parsed
		panic(err)
	}
	a := &automaton{prog: prog, anchored: prog.StartCond()&syntax.EmptyBeginText != 0, classes: classesOf(prog)}
	a.pool.New = func() any { return &set{at: make([]uint32, len(prog.Inst))} }
	a.table.Store(a.newTable())
	return a
}

func (a *automaton) newTable() *table {
	t := &table{states: map[string]*state{}}
	t.begin = &state{set: []uint32{uint32(a.prog.Start)}, prev: -1, next: make([]atomic.Pointer[state], a.classes.n)}
	return t
}

func (a *automaton) matches(s string) bool {
	t := a.table.Load()
	at := t.begin
	for i := 0; i < len(s); {
		var class uint16
		if c := s[i]; c < utf8.RuneSelf {
			class = a.classes.ascii[c]
			i++
		} else {
			r, n := utf8.DecodeRuneInString(s[i:])
			class = a.classes.of(r)
			i += n
		}
		next := at.next[class].Load()
		if next == nil {
			next = a.step(t, at, class)
		}
		if next == matched || next == failed {
			return next == matched
		}
		at = next
	}
	next := at.next[ending].Load()
	if next == nil {
		next = a.step(t, at, ending)
	}
	return next == matched
}

// step gives the state that a rune of a class leads to.
func (a *automaton) step(t *table, from *state, class uint16) *state {
	to := a.reach(t, from, a.classes.like[class])
	from.next[class].Store(to)
	return to
}

func (a *automaton) reach(t *table, from *state, r rune) *state {
	now := a.pool.Get().(*set)
	defer a.pool.Put(now)
	now.clear()
	given := syntax.EmptyOpContext(from.prev, r)
	for _, pc := range from.set {
		now.add(pc)
	}
	var out []uint32
	for i := 0; i < len(now.list); i++ {
		pc := now.list[i]
		switch in := &a.prog.Inst[pc]; in.Op {
		case syntax.InstMatch:
			return matched
		case syntax.InstAlt, syntax.InstAltMatch:
			now.add(in.Out)
			now.add(in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			now.add(in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^given == 0 {
				now.add(in.Out)
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if r >= 0 && in.MatchRune(r) {
				out = append(out, in.Out)
			}
		}
	}
	if r < 0 {
		return failed
	}
	if !a.anchored {
		out = append(out, uint32(a.prog.Start))
	}
	if len(out) == 0 {
		return failed
	}
	slices.Sort(out)
	return a.keep(t, slices.Compact(out), kind(r))
}

// keep gives the one state of a set.
func (a *automaton) keep(t *table, places []uint32, prev rune) *state {
	key := binary.AppendVarint(nil, int64(prev))
	last := uint32(0)
	for _, pc := range places {
		key = binary.AppendUvarint(key, uint64(pc-last))
		last = pc
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.states[string(key)]; s != nil {
		return s
	}
	s := &state{set: slices.Clip(places), prev: prev, next: make([]atomic.Pointer[state], a.classes.n)}
	t.states[string(key)] = s
	t.bytes += 4*len(places) + 8*a.classes.n + len(key) + 150
	if t.bytes > mostBytes { // who is in the midst of it goes on with it
		a.table.CompareAndSwap(t, a.newTable())
	}
	return s
}

// set is places of the program, each once.
type set struct {
	list []uint32
	at   []uint32 // where in list a place stands, if it does
}

func (s *set) clear() { s.list = s.list[:0] }

func (s *set) add(pc uint32) {
	if i := s.at[pc]; int(i) < len(s.list) && s.list[i] == pc {
		return
	}
	s.at[pc] = uint32(len(s.list))
	s.list = append(s.list, pc)
}

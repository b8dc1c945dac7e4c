package insight

import (
	"encoding/json"
	"math"
	"slices"

	"parley/dialog"
	"parley/dialog/store"
)

// Grade is how well a criterion was met, and the turn that shows it.
type Grade struct {
	Criterion Criterion `json:"criterion" enum:"greeting,understanding,correctness,tone,resolution,compliance"`
	Score     int64     `json:"score" doc:"0 to 100; -1: there was nothing to judge"`
	Seq       int64     `json:"seq,omitempty" doc:"of the turn that shows it"`
	Fault     string    `json:"fault,omitempty" doc:"what went wrong"`
	Overruled bool      `json:"overruled,omitempty" doc:"a person said so"`
	Note      string    `json:"note,omitempty" doc:"why the person said so"`
	By        string    `json:"by,omitempty" enum:"model" doc:"who gave it, when the rules did not"`
}

// Line is one turn as it is scored: its words alone, never a voice.
type Line struct {
	Seq   int64
	From  dialog.Party
	Via   dialog.Via
	Text  string
	Cut   bool
	Cites []dialog.Citation
}

// Script is a conversation as it is scored.
type Script struct {
	Lines    []Line
	Language string // "en", "zh"
	Call     bool
	Lost     bool // the customer left while waiting for a person
	Failed   bool // nobody came
}

// Finding is a fault that the rules have found.
type Finding struct {
	Fault     string
	Criterion Criterion
	Seq       int64
	Cost      int64 // points of 100
}

// Trust is how far people uphold a fault, 0 to 1; what they have not looked at is trusted.
type Trust map[string]float64

// upheldBefore is as many verdicts for a fault as are taken for granted, so that one person
// alone does not abolish it.
const upheldBefore = 3

// trustOf calibrates the faults by what people have said.
func trustOf(vs []store.Verdicts) Trust {
	t := Trust{}
	for _, v := range vs {
		t[v.Fault] = float64(v.Upheld+upheldBefore) / float64(v.Upheld+v.Gone+upheldBefore)
	}
	return t
}

// Grades scores a conversation by the rules.
func Grades(s Script, r Rubric, t Trust) []Grade {
	found := Findings(s, r)
	out := make([]Grade, 0, len(criteria))
	for _, c := range criteria {
		if r.Weights[c] == 0 {
			continue
		}
		g := Grade{Criterion: c, Score: 100, Seq: s.shows(c)}
		if g.Seq == 0 {
			g.Score = -1
		}
		worst := int64(0)
		for _, f := range found {
			if f.Criterion != c {
				continue
			}
			cost := f.Cost
			if trust, ok := t[f.Fault]; ok {
				cost = int64(math.Round(float64(cost) * trust))
			}
			if g.Score < 0 {
				g.Score = 100
			}
			g.Score = max(g.Score-cost, 0)
			if cost > worst || g.Fault == "" {
				worst, g.Fault, g.Seq = cost, f.Fault, f.Seq
			}
		}
		out = append(out, g)
	}
	return out
}

// shows is the turn that a criterion without a fault is judged by; 0: there is none.
func (s Script) shows(c Criterion) int64 {
	first, last := int64(0), int64(0)
	cited := int64(0)
	for _, l := range s.Lines {
		if l.From != dialog.Bot && l.From != dialog.Agent {
			continue
		}
		if first == 0 {
			first = l.Seq
		}
		last = l.Seq
		if len(l.Cites) > 0 {
			cited = l.Seq
		}
	}
	switch c {
	case Greeting:
		return first
	case Correctness:
		return cited
	}
	return last
}

// total is the weighted mean of the grades that apply; -1: none does.
func total(gs []Grade, r Rubric) int64 {
	sum, weight := int64(0), int64(0)
	for _, g := range gs {
		if w := int64(r.Weights[g.Criterion]); g.Score >= 0 {
			sum += g.Score * w
			weight += w
		}
	}
	if weight == 0 {
		return -1
	}
	return (sum + weight/2) / weight
}

// scorer scores what is over.
type scorer struct {
	rubric Rubric
	trust  Trust
}

// score gives the row of a conversation that is over; nil: there is nothing to score.
func (x scorer) score(m store.Material, flags, turns int64) *store.Score {
	if flags&Over == 0 {
		return nil
	}
	gs := Grades(scriptOf(m, flags), x.rubric, x.trust)
	if m.Judged.Body != "" && m.Judged.Turns == turns {
		withModel(gs, m.Judged.Body, x.trust)
	}
	for _, o := range m.Overrules {
		k := slices.IndexFunc(gs, func(g Grade) bool { return string(g.Criterion) == o.Criterion })
		if k >= 0 {
			gs[k].Score, gs[k].Overruled, gs[k].Note = o.Score, true, o.Body
		}
	}
	out := store.Score{Total: total(gs, x.rubric), Greeting: -1, Understanding: -1, Correctness: -1, Tone: -1, Resolution: -1, Compliance: -1}
	if out.Total < 0 {
		return nil
	}
	for _, g := range gs {
		*map[Criterion]*int64{Greeting: &out.Greeting, Understanding: &out.Understanding, Correctness: &out.Correctness, Tone: &out.Tone, Resolution: &out.Resolution, Compliance: &out.Compliance}[g.Criterion] = g.Score
		if g.Fault != "" && g.Score < 100 && !slices.ContainsFunc(out.Faults, func(f store.Fault) bool { return f.Fault == g.Fault }) {
			out.Faults = append(out.Faults, store.Fault{Fault: g.Fault, Criterion: string(g.Criterion)})
		}
	}
	b, err := json.Marshal(gs)
	if err != nil {
		return nil
	}
	out.Body = string(b)
	return &out
}

// scriptOf reads a conversation's turns.
func scriptOf(m store.Material, flags int64) Script {
	s := Script{Language: languageOf(flags), Call: flags&Voice != 0, Lost: flags&Lost != 0, Failed: flags&Failed != 0}
	for _, r := range m.Records {
		var d dialog.MessageData
		if r.Type != dialog.MessageCreated || json.Unmarshal(r.Data, &d) != nil {
			continue
		}
		s.Lines = append(s.Lines, Line{Seq: r.Seq, From: d.From, Via: d.Via, Text: clip(d.Text), Cut: d.Cut, Cites: d.Citations})
	}
	s.Lines = ends(s.Lines)
	return s
}

// What is read of a conversation, so that none takes long however much is said in it.
const (
	mostRunes = 1000 // of a line
	firstRead = 100  // lines
	lastRead  = 300
)

// clip is the beginning of a line.
func clip(text string) string {
	n := 0
	for i := range text {
		if n == mostRunes {
			return text[:i]
		}
		n++
	}
	return text
}

// ends are the first and the last of a conversation's lines; all, when they are not many.
func ends[T any](lines []T) []T {
	if len(lines) <= firstRead+lastRead {
		return lines
	}
	return slices.Delete(lines, firstRead, len(lines)-lastRead)
}

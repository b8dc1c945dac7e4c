package insight

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"parley/dialog/store"
)

// Keywords is what customers speak of.
type Keywords struct {
	Items   []Statistic `json:"items" doc:"the figures, each with its definition"`
	Words   []Word      `json:"words" doc:"most said first"`
	Rising  []Rise      `json:"rising" doc:"said much more on the last day with conversations than on the days before"`
	Matters []Subject   `json:"matters" doc:"procedures that were begun, and sources that answers rested on"`
	Heat    []Heat      `json:"heat" doc:"by weekday and hour: of the word that is asked for, else of all conversations"`
	Days    []WordDay   `json:"days,omitempty" doc:"of the word that is asked for"`
}

// Word is a keyword, counted in conversations.
type Word struct {
	Word   string `json:"word"`
	N      int64  `json:"n" doc:"conversations in which the customer said it"`
	Angry  int64  `json:"angry" doc:"of these, in which the customer was angry"`
	Before int64  `json:"before" doc:"in the time before, equally long"`
}

// Rise is a word that is said much more.
type Rise struct {
	Word     string  `json:"word"`
	Day      string  `json:"day" format:"date"`
	N        int64   `json:"n" doc:"conversations of that day"`
	Expected float64 `json:"expected" doc:"mean of the days before"`
	Times    float64 `json:"times" doc:"how many times as often"`
}

// Subject is what conversations were about.
type Subject struct {
	Matter    string `json:"matter"`
	N         int64  `json:"n"`
	Person    int64  `json:"with_person"`
	CameBack  int64  `json:"came_back"`
	Angry     int64  `json:"angry"`
	Confirmed int64  `json:"confirmed"`
}

// WordDay is how often a word was said on a day.
type WordDay struct {
	Day   string `json:"day" format:"date"`
	N     int64  `json:"n"`
	Angry int64  `json:"angry"`
}

// Bounds of what the report shows.
const (
	shownWords    = 100
	shownRising   = 20
	shownMatters  = 50
	readRising    = 5000 // the most said words of a day, among which the rising are looked for
	leastSaid     = 3    // conversations in which a word must be said to be shown: fewer may tell who it was
	leastRise     = 5    // conversations of a day
	rises         = 4    // standard deviations of a Poisson count above what is expected
	riseDays      = 14   // that tell what is expected
	knownRiseDays = 3    // of them in which anything was said at all
)

// Keywords makes the report; of a word its days and hours, "": of all.
func (i *Insight) Keywords(ctx context.Context, p Period, word string) (Keywords, error) {
	first, last := i.days(p)
	length := last - first + 1
	sums, err := i.o.Store.WordSums(ctx, first-length, first, last, p.Practice, leastSaid, 4*shownWords)
	if err != nil {
		return Keywords{}, err
	}
	rising, err := i.rising(ctx, min(first-length, last-riseDays), last, p.Practice)
	if err != nil {
		return Keywords{}, err
	}
	cells, err := i.cells(ctx, p)
	if err != nil {
		return Keywords{}, err
	}
	matters, err := i.o.Store.Matters(ctx, p.span(), p.filter())
	if err != nil {
		return Keywords{}, err
	}
	out := Keywords{Words: wordsOf(sums), Rising: rising, Matters: subjects(matters)}
	out.Items = keywordFigures(out, cells)
	if word == "" {
		out.Heat = i.heat(cells)
		return out, nil
	}
	slots, err := i.o.Store.WordSlots(ctx, p.span(), word, p.Practice)
	if err != nil {
		return Keywords{}, err
	}
	out.Heat, out.Days = week(), make([]WordDay, length)
	for d := range out.Days {
		out.Days[d].Day = dayName(first + int64(d))
	}
	for _, s := range slots {
		day, weekday, hour := i.at(s.Slot)
		if day < first || day > last {
			continue
		}
		h, d := &out.Heat[(weekday-1)*24+hour], &out.Days[day-first]
		h.Conversations += s.N
		d.N += s.N
		h.Angry += s.N * s.Flags
		d.Angry += s.N * s.Flags
	}
	return out, nil
}

func keywordFigures(k Keywords, cells []cell) []Statistic {
	return append(figures(cells, "conversations", "angry"),
		Statistic{Name: "keywords", Unit: Count, Value: number(float64(len(k.Words))), Definition: say(
			"Keywords: what customers say, less the words that everybody says, counted in conversations by the days of the company’s zone; those of at least 3 conversations, the 100 most said.",
			"关键词：客户所说的话去掉常用虚词后的词，按会话数统计，日期以公司时区为准；至少在 3 个会话中出现，最多列出 100 个。")},
		Statistic{Name: "rising", Unit: Count, Value: number(float64(len(k.Rising))), Definition: say(
			"Rising: on the last day with conversations in at least 5 conversations, at least twice as often as the mean of the 14 days before, and by more than 4 standard deviations of chance (Poisson).",
			"上升：有会话的最后一天至少在 5 个会话中出现，不少于之前 14 天平均值的 2 倍，且超出随机波动（泊松）4 个标准差以上。")})
}

func wordsOf(sums []store.WordSum) []Word {
	out := make([]Word, len(sums))
	for k, w := range sums {
		out[k] = Word{w.Word, w.N, w.Angry, w.Before}
	}
	slices.SortFunc(out, func(a, b Word) int { // databases differ in how they sort words
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(len(b.Word), len(a.Word)), cmp.Compare(a.Word, b.Word))
	})
	return distinct(out, func(w Word) (string, int64) { return w.Word, w.N }, shownWords)
}

// distinct leaves out words that are nearly always said as a part of a longer one.
func distinct[T any](list []T, of func(T) (word string, n int64), most int) []T {
	out := make([]T, 0, min(len(list), most))
	for _, x := range list {
		w, n := of(x)
		part := slices.ContainsFunc(list, func(y T) bool {
			longer, m := of(y)
			return len(longer) > len(w) && 10*m >= 8*n && strings.Contains(longer, w)
		})
		if !part && len(out) < most {
			out = append(out, x)
		}
	}
	return out
}

// rising are the words that are said much more on the last day on which anything was said,
// from first to last, than on those before it.
func (i *Insight) rising(ctx context.Context, first, last int64, practice bool) ([]Rise, error) {
	out := []Rise{}
	said, err := i.o.Store.SaidDays(ctx, first, last, practice)
	if err != nil || len(said) == 0 {
		return out, err
	}
	last = said[len(said)-1]
	known := 0
	for _, d := range said {
		if d < last && d >= last-riseDays {
			known++
		}
	}
	if known < knownRiseDays {
		return out, nil
	}
	words, err := i.o.Store.WordSums(ctx, last-riseDays, last, last, practice, leastRise, readRising)
	if err != nil {
		return out, err
	}
	for _, w := range words {
		mean := float64(w.Before) / float64(known)
		if n := float64(w.N); n >= 2*mean && n-mean > rises*math.Sqrt(max(mean, 1)) {
			out = append(out, Rise{Word: w.Word, Day: dayName(last), N: w.N, Expected: round(mean, 1), Times: round(n/max(mean, 0.5), 1)})
		}
	}
	slices.SortFunc(out, func(a, b Rise) int {
		return cmp.Or(cmp.Compare(float64(b.N)-b.Expected, float64(a.N)-a.Expected), cmp.Compare(len(b.Word), len(a.Word)), cmp.Compare(a.Word, b.Word))
	})
	return distinct(out, func(r Rise) (string, int64) { return r.Word, r.N }, shownRising), nil
}

func subjects(rows []store.MatterTally) []Subject {
	at := map[string]*Subject{}
	for _, r := range rows {
		if r.Matter == "" {
			continue
		}
		s := at[r.Matter]
		if s == nil {
			s = &Subject{Matter: r.Matter}
			at[r.Matter] = s
		}
		s.N += r.N
		s.Person += r.N * one(r.Flags&Person)
		s.CameBack += r.N * one(r.Flags&CameBack)
		s.Angry += r.N * one(r.Flags&Angry)
		s.Confirmed += r.N * one(r.Flags&Confirmed)
	}
	out := make([]Subject, 0, len(at))
	for _, s := range at {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Subject) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Matter, b.Matter)) })
	return out[:min(len(out), shownMatters)]
}

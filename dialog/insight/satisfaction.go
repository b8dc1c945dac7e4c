package insight

import (
	"cmp"
	"context"
	"slices"

	"parley/dialog/store"
)

// Satisfaction is what customers say of how they were served.
type Satisfaction struct {
	Items   []Statistic `json:"items" doc:"the figures, each with its definition"`
	Scores  []ScoreN    `json:"scores"`
	Days    []ScoreDay  `json:"days"`
	Matters []ScoreOf   `json:"matters" doc:"by what the conversation was about"`
	By      []ScoreOf   `json:"by" doc:"bot alone, or with a person"`
	Agents  []AgentWork `json:"agents"`
}

// ScoreN is how many gave a score.
type ScoreN struct {
	Score int64 `json:"score"`
	N     int64 `json:"n"`
}

// ScoreDay is a day's ratings.
type ScoreDay struct {
	Day  string   `json:"day" format:"date"`
	N    int64    `json:"n"`
	Good int64    `json:"good"`
	Mean *float64 `json:"mean"`
}

// ScoreOf are the ratings of something.
type ScoreOf struct {
	Of   string   `json:"of"`
	N    int64    `json:"n"`
	Good int64    `json:"good"`
	Mean *float64 `json:"mean"`
	sum  int64
}

// add counts a rating.
func (s *ScoreOf) add(score, flags int64) {
	s.N++
	s.Good += one(flags & Good)
	s.sum += score
	s.Mean = number(round(float64(s.sum)/float64(s.N), 2))
}

// Satisfaction makes the report.
func (i *Insight) Satisfaction(ctx context.Context, p Period) (Satisfaction, error) {
	cells, err := i.cells(ctx, p)
	if err != nil {
		return Satisfaction{}, err
	}
	rows, err := i.o.Store.TalkRows(ctx, p.span(), and(p.filter(), having(Rated, 0)))
	if err != nil {
		return Satisfaction{}, err
	}
	first, last := i.days(p)
	out := Satisfaction{Items: figures(cells, "satisfied", "rated"), Scores: make([]ScoreN, 5), Agents: agents(slices.DeleteFunc(slices.Clone(rows), func(r store.TalkRow) bool { return r.Flags&Answered == 0 }))}
	days := make([]ScoreOf, last-first+1)
	all, matters, by := ScoreOf{}, map[string]*ScoreOf{}, map[string]*ScoreOf{}
	for _, r := range rows {
		if r.Score < 1 || r.Score > 5 {
			continue
		}
		all.add(r.Score, r.Flags)
		out.Scores[r.Score-1].N++
		if day, _, _ := i.at(r.Slot); day >= first && day <= last {
			days[day-first].add(r.Score, r.Flags)
		}
		if r.Matter != "" {
			scoreOf(matters, r.Matter).add(r.Score, r.Flags)
		}
		who := "bot"
		if r.Flags&Answered != 0 {
			who = "agent"
		}
		scoreOf(by, who).add(r.Score, r.Flags)
	}
	for k := range out.Scores {
		out.Scores[k].Score = int64(k + 1)
	}
	for k, d := range days {
		out.Days = append(out.Days, ScoreDay{dayName(first + int64(k)), d.N, d.Good, d.Mean})
	}
	out.Matters, out.By = scored(matters), scored(by)
	out.Items = append(out.Items, Statistic{Name: "mean_score", Unit: Score, Value: all.Mean, Of: all.N, Behind: "rated", Definition: say(
		"The mean of the customers’ ratings, 1 to 5.", "客户评分的平均值，1 到 5 分。")})
	return out, nil
}

func scoreOf(m map[string]*ScoreOf, name string) *ScoreOf {
	s := m[name]
	if s == nil {
		s = &ScoreOf{Of: name}
		m[name] = s
	}
	return s
}

func scored(m map[string]*ScoreOf) []ScoreOf {
	out := make([]ScoreOf, 0, len(m))
	for _, s := range m {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b ScoreOf) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Of, b.Of)) })
	return out
}

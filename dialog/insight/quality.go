package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/dialog"
	"parley/dialog/store"
)

// Quality is how well conversations went by the rubric.
type Quality struct {
	Items  []Statistic  `json:"items" doc:"the figures, each with its definition"`
	Faults []FaultSum   `json:"faults"`
	Days   []QualityDay `json:"days"`
	Agents []QualityOf  `json:"agents" doc:"by who had the conversation last; empty: the bot alone"`
}

// FaultSum is how many conversations have a fault.
type FaultSum struct {
	Fault     string  `json:"fault"`
	Criterion string  `json:"criterion"`
	N         int64   `json:"n"`
	Trust     float64 `json:"trust" doc:"0 to 1: how far people have upheld it; it costs so much of its points"`
}

// QualityDay is a day's mean score.
type QualityDay struct {
	Day  string   `json:"day" format:"date"`
	N    int64    `json:"n"`
	Mean *float64 `json:"mean"`
	Low  int64    `json:"low" doc:"below 60"`
}

// QualityOf is the mean score of a person, by criterion.
type QualityOf struct {
	Agent         string   `json:"agent" doc:"user id"`
	Name          string   `json:"name,omitempty"`
	N             int64    `json:"n"`
	Mean          *float64 `json:"mean"`
	Greeting      *float64 `json:"greeting"`
	Understanding *float64 `json:"understanding"`
	Correctness   *float64 `json:"correctness"`
	Tone          *float64 `json:"tone"`
	Resolution    *float64 `json:"resolution"`
	Compliance    *float64 `json:"compliance"`
}

// scoreSums adds up.
type scoreSums struct {
	n, total, low int64
	sums, ns      [len(criteria)]int64
}

func (x *scoreSums) add(r store.ScoreSum) {
	sums, ns := r.Sums()
	x.n, x.total, x.low = x.n+r.N, x.total+r.Total, x.low+r.Low
	for i := range sums {
		x.sums[i] += sums[i]
		x.ns[i] += ns[i]
	}
}

func mean(sum, n int64) *float64 {
	if n == 0 {
		return nil
	}
	return number(round(float64(sum)/float64(n), 1))
}

// Quality makes the report.
func (i *Insight) Quality(ctx context.Context, p Period) (Quality, error) {
	rows, err := i.o.Store.ScoreSums(ctx, p.span(), p.filter())
	if err != nil {
		return Quality{}, err
	}
	counts, err := i.o.Store.FaultCounts(ctx, p.span(), p.filter())
	if err != nil {
		return Quality{}, err
	}
	verdicts, err := i.o.Store.Verdicts(ctx)
	if err != nil {
		return Quality{}, err
	}
	first, last := i.days(p)
	var all scoreSums
	days := make([]scoreSums, last-first+1)
	by := map[string]*scoreSums{}
	for _, r := range rows {
		all.add(r)
		if r.Day >= first && r.Day <= last {
			days[r.Day-first].add(r)
		}
		if by[r.Agent] == nil {
			by[r.Agent] = &scoreSums{}
		}
		by[r.Agent].add(r)
	}
	out := Quality{Items: qualityFigures(all), Faults: []FaultSum{}, Days: make([]QualityDay, 0, len(days)), Agents: qualityBy(by)}
	trust := trustOf(verdicts)
	for _, c := range counts {
		f := FaultSum{c.Fault, c.Criterion, c.N, 1}
		if t, ok := trust[c.Fault]; ok {
			f.Trust = round(t, 2)
		}
		out.Faults = append(out.Faults, f)
	}
	for k, d := range days {
		out.Days = append(out.Days, QualityDay{dayName(first + int64(k)), d.n, mean(d.total, d.n), d.low})
	}
	return out, nil
}

// criterionWords say what each criterion looks at.
var criterionWords = map[Criterion][2]string{
	Greeting:      {"a person’s first words greet the customer or say who speaks", "人工的第一句话向客户问好或说明身份"},
	Understanding: {"nothing had to be said or asked twice", "不需要客户重复，也不重复询问已给出的号码"},
	Correctness:   {"amounts and times that are said are those of the sources, and nothing is affirmed that they deny", "所说的金额与时限与资料一致，不与资料矛盾"},
	Tone:          {"polite, calm, and sorry when the customer is upset", "礼貌、平和，客户不满时有歉意"},
	Resolution:    {"the last question was answered, no wait for a person was in vain, and nobody was handed over without a reason", "最后的问题得到答复，等待人工没有落空，没有无故转接"},
	Compliance:    {"the bot says what it is in calls, nothing is promised that cannot be, no card number, password or code is asked for, and the rubric’s own phrases are kept", "通话中说明自己是 AI，不作无法兑现的承诺，不索取卡号、密码或验证码，并遵守评分表中的必说与禁语"},
}

func qualityFigures(all scoreSums) []Statistic {
	out := []Statistic{{Name: "quality", Unit: Score, Value: mean(all.total, all.n), Of: all.n, Definition: say(
		"Quality: the mean score, 0 to 100, of conversations that are closed, asleep or whose last call has ended. A conversation’s score is the mean of the criteria that apply to it, by the weights of the rubric; faults that rules find in the text cost points, as far as people have upheld them.",
		"质量：已关闭、已休眠或最后一通电话已挂断的会话的平均分（0–100）。每个会话的得分是适用标准按评分表权重的平均；规则在文字中发现的问题会扣分，扣多少取决于人工复核的认可程度。")}}
	for k, c := range criteria {
		w := criterionWords[c]
		out = append(out, Statistic{Name: Name(c), Unit: Score, Value: mean(all.sums[k], all.ns[k]), Of: all.ns[k], Definition: say(
			fmt.Sprintf("The mean of this criterion, 0 to 100, over the conversations that it applies to: %s.", w[0]), fmt.Sprintf("该标准在适用会话中的平均分（0–100）：%s。", w[1]))})
	}
	low := Statistic{Name: "low_quality", Unit: Percent, Of: all.n, Definition: say("Share of scored conversations with a score below 60.", "得分低于 60 的会话比例。")}
	if all.n > 0 {
		low.Value = number(round(100*float64(all.low)/float64(all.n), 1))
	}
	return append(out, low)
}

func qualityBy(by map[string]*scoreSums) []QualityOf {
	out := make([]QualityOf, 0, len(by))
	for agent, x := range by {
		q := QualityOf{Agent: agent, N: x.n, Mean: mean(x.total, x.n)}
		for k, to := range []**float64{&q.Greeting, &q.Understanding, &q.Correctness, &q.Tone, &q.Resolution, &q.Compliance} {
			*to = mean(x.sums[k], x.ns[k])
		}
		out = append(out, q)
	}
	sortBy(out, func(q QualityOf) (int64, string) { return q.N, q.Agent })
	return out
}

// Review is a conversation's score.
type Review struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Total        int64                 `json:"total" doc:"0 to 100; -1: it is not scored, for it is not over"`
	Grades       []Grade               `json:"grades"`
}

// Review gives the score of a conversation.
func (i *Insight) Review(ctx context.Context, id dialog.ConversationID) (Review, error) {
	row, err := i.o.Store.ScoreOf(ctx, id)
	if errors.Is(err, dialog.ErrNotFound) {
		return Review{Conversation: id, Total: -1, Grades: []Grade{}}, nil
	}
	if err != nil {
		return Review{}, err
	}
	r := Review{Conversation: id, Total: row.Total}
	if err := json.Unmarshal([]byte(row.Body), &r.Grades); err != nil {
		return Review{}, fmt.Errorf("insight: score of %s: %w", id, err)
	}
	return r, nil
}

// Preview gives the score that a conversation would have by a rubric. Nothing is kept.
func (i *Insight) Preview(ctx context.Context, id dialog.ConversationID, r Rubric) (Review, error) {
	m, err := i.o.Store.MaterialOf(ctx, id)
	if err != nil {
		return Review{}, err
	}
	x, err := i.scorer(ctx)
	if err != nil {
		return Review{}, err
	}
	x.rubric = r
	d := i.make.digest(m)
	out := Review{Conversation: id, Total: -1, Grades: []Grade{}}
	if d.Nothing {
		return out, nil
	}
	row := x.score(m, d.Flags, d.Turns)
	if row == nil {
		return out, nil
	}
	out.Total = row.Total
	if err := json.Unmarshal([]byte(row.Body), &out.Grades); err != nil {
		return Review{}, fmt.Errorf("insight: score of %s: %w", id, err)
	}
	return out, nil
}

// Overrule keeps what a person says of a criterion instead, and scores the conversation anew.
func (i *Insight) Overrule(ctx context.Context, id dialog.ConversationID, c Criterion, score int64, who, note string) error {
	r, err := i.Review(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range r.Grades {
		if g.Criterion == c {
			was := g.Score
			if g.Overruled {
				was = 100 - faultCosts[g.Fault].cost
			}
			return i.o.Store.PutOverrule(ctx, store.Overrule{Conversation: id, Criterion: string(c), Fault: g.Fault, Score: score, Was: was, Who: who, Body: note})
		}
	}
	return fmt.Errorf("insight: criterion %s: %w", c, dialog.ErrNotFound)
}

// Rubric gives the company's, and its version; 0: it is the default.
func (i *Insight) Rubric(ctx context.Context) (Rubric, int64, error) {
	b, version, err := i.o.Store.Rubric(ctx)
	return readRubric(b), version, err
}

// PutRubric keeps a further version, which is based on a former one; dialog.ErrConflict when
// somebody was quicker.
func (i *Insight) PutRubric(ctx context.Context, who string, based int64, r Rubric) (version int64, err error) {
	b, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("insight: rubric: %w", err)
	}
	return i.o.Store.PutRubric(ctx, who, based, b)
}

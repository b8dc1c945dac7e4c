package brain

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/form"
	"parley/dialog/verify"
)

// memo is what a brain knows of a conversation beside what was said. It travels as
// dialog.Known.Memo and dialog.Delta.Memo.
type memo struct {
	Version   int                   `json:"v"`
	At        time.Time             `json:"at,omitzero"`        // of the last reply
	Seen      time.Time             `json:"seen,omitzero"`      // of the customer's last words
	Failures  int                   `json:"failures,omitempty"` // answers in a row that were none
	Offered   bool                  `json:"offered,omitempty"`  // the last reply offered a person: "yes" takes it
	Handoffs  []handoff             `json:"handoffs,omitempty"`
	Mood      []float64             `json:"mood,omitempty"`  // anger of the last turns, oldest first
	Grave     int                   `json:"grave,omitempty"` // turns for which danger is taken to last
	Crash     bool                  `json:"crash,omitempty"` // it was asked whether anybody is hurt
	Worst     string                `json:"worst,omitempty"`
	Opening   string                `json:"opening,omitempty"`  // the first matter, in the customer's words
	Intent    string                `json:"intent,omitempty"`   // the procedure begun last
	Form      *form.State           `json:"form,omitempty"`     // under way
	Next      []task                `json:"next,omitempty"`     // what comes after it
	Known     map[string]form.Value `json:"known,omitempty"`    // what former ones found out
	Proposal  *proposal             `json:"proposal,omitempty"` // of a model, that was put to the customer
	Verify    verify.State          `json:"verify"`
	Key       string                `json:"key,omitempty"`    // of the change that is being confirmed or run
	KeyOf     string                `json:"key_of,omitempty"` // the tool and arguments that it was minted for
	Asked     string                `json:"asked,omitempty"`  // the question that waits for a yes; "" when something was said after it
	Done      []Done                `json:"done,omitempty"`
	Read      []dialog.Identifier   `json:"read,omitempty"` // what the pictures before showed
	ReadAge   int                   `json:"read_age,omitempty"`
	ReadAsked bool                  `json:"read_asked,omitempty"` // whether they are right, which is the question that stands
	ReadSure  bool                  `json:"read_sure,omitempty"`  // the customer has said so of the first
	Pictures  []string              `json:"pictures,omitempty"`   // what pictures were asked for, and why
	Sources   []dialog.Citation     `json:"sources,omitempty"`
	Gaps      []string              `json:"gaps,omitempty"`
	Summary   string                `json:"summary,omitempty"` // of the turns that the model is no longer shown
	Upto      dialog.TurnID         `json:"upto,omitempty"`    // the last turn that it tells of
	Tip       *tip                  `json:"tip,omitempty"`     // the product that the customer was told of
	NoTips    bool                  `json:"no_tips,omitempty"` // the customer wants to hear of none
}

// handoff is a person that was asked for or sent for.
type handoff struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Bounds of what is remembered.
const (
	memoVersion = 1
	maxMood     = 6
	maxSources  = 12
	maxGaps     = 8
	maxDone     = 20
	maxQuote    = 300 // bytes of a remembered source
	maxKnown    = 100
	maxMemo     = 128 << 10 // bytes
)

// recall reads the memory; one that cannot be read is begun anew.
func recall(c dialog.Context) memo {
	var m memo
	if json.Unmarshal(c.Known.Memo, &m) != nil || m.Version > memoVersion {
		m = memo{}
	}
	m.Version = memoVersion
	if m.Opening == "" {
		for _, t := range append(slices.Clone(c.History), c.Question...) {
			if t.From == dialog.Customer && substantial(t.Text) {
				m.Opening = clip(t.Text, maxQuote)
				break
			}
		}
	}
	return m
}

func (m *memo) encode() json.RawMessage {
	for _, lighten := range []func(){
		func() { m.Sources, m.Gaps = nil, nil },
		func() { m.Known, m.Next = nil, nil },
		func() { m.Proposal = nil },
		func() { m.Form = nil },
		func() { m.Done = nil },
		func() {
			*m = memo{Version: m.Version, At: m.At, Seen: m.Seen, Handoffs: m.Handoffs[:min(len(m.Handoffs), maxDone)], Verify: m.Verify}
		},
	} {
		b, err := json.Marshal(m)
		if err != nil { // nothing in it can fail; a memory that did would be lost, not the reply
			return nil
		}
		if len(b) <= maxMemo {
			return b
		}
		lighten()
	}
	b, err := json.Marshal(m)
	if err != nil || len(b) > maxMemo {
		return nil
	}
	return b
}

// feel notes how a turn sounds.
func (m *memo) feel(s care.Signal) {
	m.Mood = append(m.Mood, s.Anger)
	if n := len(m.Mood); n > maxMood {
		m.Mood = m.Mood[n-maxMood:]
	}
	if w := dangerName(s.Danger); w != "" && (m.Worst == "" || s.Danger > care.Distress) {
		m.Worst = w
	}
}

// angry is how many of the last four turns were.
func (m *memo) angry() (n int) {
	for _, a := range m.Mood[max(0, len(m.Mood)-4):] {
		if a >= angryFrom {
			n++
		}
	}
	return n
}

// Sentiment is from -1, furious or in despair, to 0.
func (m *memo) sentiment() float64 {
	worst, weight := 0.0, 1.0
	for _, a := range slices.Backward(m.Mood) {
		worst = max(worst, a*weight)
		weight *= 0.8
	}
	if m.Worst != "" {
		worst = max(worst, 0.8)
	}
	return 0 - worst // never −0
}

func (m *memo) cite(c dialog.Citation) {
	c.Quote = clip(c.Quote, maxQuote)
	m.Sources = slices.DeleteFunc(m.Sources, func(o dialog.Citation) bool { return o.Passage == c.Passage })
	m.Sources = append(m.Sources, c)
	if n := len(m.Sources); n > maxSources {
		m.Sources = m.Sources[n-maxSources:]
	}
}

func (m *memo) lack(question string) {
	m.Gaps = append(m.Gaps, clip(question, maxQuote))
	if n := len(m.Gaps); n > maxGaps {
		m.Gaps = m.Gaps[n-maxGaps:]
	}
}

func dangerName(d care.Danger) string {
	switch d {
	case care.Lethal:
		return "emergency"
	case care.SelfHarm:
		return "self-harm"
	case care.Distress:
		return "distress"
	}
	return ""
}

// substantial reports whether a text says more than a courtesy.
func substantial(text string) bool {
	p := plain(text)
	for _, t := range talk {
		if slices.Contains(t.words, p) {
			return false
		}
	}
	return len(strings.Fields(p)) > 2 || len([]rune(p)) > 5
}

// clip cuts a text at most n bytes long, between characters.
func clip(text string, n int) string {
	text = strings.TrimSpace(text)
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}

package brain

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/form"
)

// Slot is something that the customer has told, or that was found out.
type Slot struct {
	Name       string  `json:"name"`
	Label      string  `json:"label,omitempty"` // for people, in the conversation's language
	Value      string  `json:"value"`
	Confidence float64 `json:"confidence,omitempty"` // 0 to 1; 0 is unknown
	Verified   bool    `json:"verified,omitempty"`   // read back, typed, or confirmed by a business system
}

// Done is something that was done in a business system.
type Done struct {
	Tool   string `json:"tool"`
	State  string `json:"state"` // done, failed, unknown
	Result string `json:"result,omitempty"`
	ID     string `json:"id,omitempty"` // of the change
}

// Verification is who the customer has been shown to be.
type Verification struct {
	Level    int    `json:"level"` // 0 unknown, 1 facts, 2 signed identity or one-time code
	Customer string `json:"customer,omitempty"`
	Method   string `json:"method,omitempty"`
}

// Packet is what a person who takes over is given to know. It is made from what is
// remembered, with or without a model.
type Packet struct {
	Reason       string            `json:"reason"`
	Summary      string            `json:"summary"`
	Intent       string            `json:"intent,omitempty"`       // a procedure's name, or the customer's words
	IntentTitle  string            `json:"intent_title,omitempty"` // of a procedure, in the conversation's language
	Language     string            `json:"language,omitempty"`
	Sentiment    float64           `json:"sentiment"` // -1 to 0
	Danger       string            `json:"danger,omitempty"`
	Name         string            `json:"name,omitempty"`
	Slots        []Slot            `json:"slots"`
	Verification Verification      `json:"verification"`
	Actions      []Done            `json:"actions"`
	Citations    []dialog.Citation `json:"citations"`
	Unanswered   []string          `json:"unanswered"`
	Last         string            `json:"last,omitempty"` // what the customer said last
	Back         *time.Time        `json:"back,omitempty"` // nobody was there; when the customer was told that people are
}

// packet of a conversation as it stands.
func (t *turn) packet(reason string) Packet {
	m := &t.mem
	p := Packet{Reason: reason, Language: t.c.Language, Sentiment: m.sentiment(), Danger: m.Worst, Name: t.c.Known.Name,
		Intent: cmp.Or(t.intent, m.Intent), Slots: m.slots(), Actions: append([]Done{}, m.Done...), Citations: append([]dialog.Citation{}, m.Sources...),
		Unanswered: append([]string{}, m.Gaps...), Last: clip(t.text, maxQuote), Verification: t.verification()}
	if p.Intent == "" {
		p.Intent = m.Opening
	}
	if f := t.m.o.Forms; f != nil && p.Intent != "" {
		if x, ok := f.Form(p.Intent); ok {
			p.IntentTitle = x.Title.In(t.c.Language, dialog.ViaChat)
		}
	}
	if at, ok := t.m.o.Hours.Back(t.c.Now); ok && !t.m.o.Hours.Open(t.c.Now) {
		at = at.UTC()
		p.Back = &at
	}
	p.Summary = t.summary(p)
	return p
}

// slots are what the customer has told so far, by name.
func (m *memo) slots() []Slot {
	all := maps.Clone(m.Known)
	if all == nil {
		all = map[string]form.Value{}
	}
	if m.Form != nil {
		maps.Copy(all, m.Form.Known())
	}
	out := []Slot{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name]
		out = append(out, Slot{Name: name, Value: v.Value, Confidence: v.Confidence, Verified: v.Sure})
	}
	return out
}

// reasons in words, by language.
var reasons = map[string][2]string{
	"customer":  {"The customer asks for a person.", "客户要求人工服务。"},
	"emergency": {"The customer may be in danger.", "客户可能处于危险之中。"},
	"self-harm": {"The customer may be thinking of self-harm.", "客户可能有轻生的念头。"},
	"distress":  {"The customer is in distress.", "客户情绪低落，处境困难。"},
	"anger":     {"The customer is angry.", "客户很生气。"},
	"failures":  {"The bot could not help several times in a row.", "机器人连续几次没能帮上忙。"},
	"topic":     {"The matter is one that people take care of.", "此事项由人工处理。"},
	"vip":       {"The customer is looked after by people.", "该客户由专人服务。"},
	"unknown":   {"It is not known whether a change was carried out.", "一项操作的结果未知。"},
	"tool":      {"A business system failed.", "业务系统出错。"},
	LeftForm:    {"The customer left a message while nobody was there.", "客户在无人值守时留了言。"},
	"callback":  {"The customer waited, asked to be called back, and was called.", "客户之前排队，要求回电，现已回拨。"},
	"offered":   {"The customer accepts the offer of a person.", "客户同意转人工。"},
}

// summary in a few sentences, of what is known.
func (t *turn) summary(p Packet) string {
	l := t.c.Language
	var b strings.Builder
	add := func(s string) {
		if b.Len() > 0 && !chinese(l) {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	if r, ok := reasons[p.Reason]; ok {
		add(pick(l, r[0], r[1]))
	}
	if t.mem.Summary != "" {
		add(t.mem.Summary)
	}
	if m := t.mem.Opening; m != "" {
		add(pick(l, "It began with: “"+m+"”", "最初的问题：“"+m+"”"))
	}
	if p.Last != "" && p.Last != t.mem.Opening {
		add(pick(l, "Last said: “"+p.Last+"”", "最后说：“"+p.Last+"”"))
	}
	for _, d := range p.Actions {
		add(pick(l, "Done: "+d.Tool+" ("+d.State+").", "已执行："+d.Tool+"（"+d.State+"）。"))
	}
	if n := len(p.Unanswered); n > 0 {
		add(pick(l, "Not answered: “"+p.Unanswered[n-1]+"”", "未能回答：“"+p.Unanswered[n-1]+"”"))
	}
	return b.String()
}

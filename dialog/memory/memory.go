// Package memory is what is known of a customer beyond one conversation: what the
// customer has stated, how the customer wants to be served, and what is open. It is
// kept for customers alone who are verified, and every fact tells where it is from.
//
// It knows no store and no model: a Profile is a value.
package memory

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/regexp"
)

// Profile of a verified customer.
type Profile struct {
	Name     string   `json:"name,omitempty"`
	Language string   `json:"language,omitempty"` // BCP 47, of the last conversation
	Facts    []Fact   `json:"facts,omitempty"`    // oldest first
	Open     []Matter `json:"open,omitempty"`     // oldest first
}

// Fact is something that the customer stated.
type Fact struct {
	Kind         string                `json:"kind"` // "name", "preference", "contact", "note"
	Text         string                `json:"text"` // in the customer's words
	Conversation dialog.ConversationID `json:"conversation"`
	Turn         dialog.TurnID         `json:"turn"`
	At           time.Time             `json:"at"`
}

// Matter is something that the company owes the customer.
type Matter struct {
	Text         string                `json:"text"`
	Conversation dialog.ConversationID `json:"conversation"`
	At           time.Time             `json:"at"`
}

// Bounds of a profile.
const (
	maxFacts = 40
	maxOpen  = 10
	maxText  = 300 // bytes
)

// Parse reads a kept profile; nil is an empty one.
func Parse(b json.RawMessage) (Profile, error) {
	var p Profile
	if len(b) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return Profile{}, fmt.Errorf("memory: %w", err)
	}
	return p, nil
}

// stated are sentences in which a customer says something to be remembered.
var stated = []struct {
	kind string
	of   *regexp.Regexp
}{
	{"contact", regexp.MustCompile(`(?i)\b(?:best|easiest) (?:way|time) to (?:reach|contact|call)|\b(?:reach|contact|email|e-mail|text|message) me (?:at|by|on|only|instead|after|before|in)|\b(?:don't|do not|never|please don't) (?:call|phone|ring|text|email) me|\bcall me (?:after|before|in the|only|on|at)|(?:联系|打电话|打给|发短信|发邮件)(?:给)?我[^。！？]*(?:就行|即可|比较好|最好)|(?:别|不要|请勿)(?:给我)?(?:打电话|打给我|发短信)|(?:上午|下午|晚上|周末|中午)(?:别|不要|再|才)?(?:联系|打|找我)`)},
	{"name", regexp.MustCompile(`(?i)\b(?:my name is|my name's|you can call me|please call me|call me) [\p{L}][\p{L}' -]{1,40}|(?:我叫|我的名字是|我姓|叫我|称呼我)\p{Han}{1,4}`)},
	{"preference", regexp.MustCompile(`(?i)\bi (?:always |usually |much |would always )?prefer\b|\bi(?:'d| would) rather (?:have|get|use|always)|\bplease always\b|\bfrom now on\b|\bi(?:'m| am) (?:deaf|blind|hard of hearing|colou?r.?blind|in a wheelchair|allergic)|\bi (?:can't|cannot) (?:hear|see|read)|(?:以后|今后|下次)(?:请|都|就|别|不要)|我(?:更|比较|一般|习惯|只)(?:喜欢|偏好|用|爱)|我(?:听不见|看不见|听力不好|眼睛不好|耳朵不好|色盲|过敏)`)},
	{"note", regexp.MustCompile(`(?i)\b(?:please |do )?(?:remember|note|keep in mind|make a note) (?:that|of|down)\b|(?:请)?(?:记住|记一下|记下|备注)`)},
}

// Stated gives what a customer's turn says that is to be remembered.
func Stated(id dialog.ConversationID, t dialog.Turn) (out []Fact) {
	for _, s := range sentences(t.Text) {
		for _, x := range stated {
			if x.of.MatchString(s) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "？") {
				out = append(out, Fact{Kind: x.kind, Text: clip(s), Conversation: id, Turn: t.ID, At: t.At})
				break
			}
		}
	}
	return out
}

// Know adds facts: what is known already stays once, and a new name or way to be
// reached comes in place of the old.
func (p *Profile) Know(facts ...Fact) {
	for _, f := range facts {
		f.Text = clip(f.Text)
		p.Facts = slices.DeleteFunc(p.Facts, func(o Fact) bool {
			return strings.EqualFold(o.Text, f.Text) || f.Kind == "name" && o.Kind == "name"
		})
		p.Facts = append(p.Facts, f)
	}
	if n := len(p.Facts); n > maxFacts {
		p.Facts = slices.Clone(p.Facts[n-maxFacts:])
	}
}

// Owe notes an open matter of a conversation; a later one of the same conversation
// comes in its place, and "" closes it.
func (p *Profile) Owe(m Matter) {
	p.Open = slices.DeleteFunc(p.Open, func(o Matter) bool { return o.Conversation == m.Conversation })
	if m.Text = clip(m.Text); m.Text != "" {
		p.Open = append(p.Open, m)
	}
	if n := len(p.Open); n > maxOpen {
		p.Open = slices.Clone(p.Open[n-maxOpen:])
	}
}

// Before gives the open matters of other conversations than this, newest first.
func (p Profile) Before(id dialog.ConversationID) (out []Matter) {
	for _, m := range slices.Backward(p.Open) {
		if m.Conversation != id {
			out = append(out, m)
		}
	}
	return out
}

// Notes are the profile in sentences, for whoever is to know the customer.
func (p Profile) Notes(id dialog.ConversationID) (out []string) {
	for _, f := range p.Facts {
		out = append(out, fmt.Sprintf("%s (stated %s): %s", f.Kind, f.At.UTC().Format(time.DateOnly), f.Text))
	}
	for _, m := range p.Before(id) {
		out = append(out, fmt.Sprintf("open since %s: %s", m.At.UTC().Format(time.DateOnly), m.Text))
	}
	return out
}

func sentences(text string) (out []string) {
	start := 0
	for i, r := range text {
		if strings.ContainsRune(".!?。！？\n", r) {
			end := i + len(string(r))
			if s := strings.TrimSpace(text[start:end]); s != "" {
				out = append(out, s)
			}
			start = end
		}
	}
	if s := strings.TrimSpace(text[start:]); s != "" {
		out = append(out, s)
	}
	return out
}

func clip(s string) string {
	if s = strings.TrimSpace(s); len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

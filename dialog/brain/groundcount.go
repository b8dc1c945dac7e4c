package brain

import (
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/regexp"
)

// Evidence is a text that a reply may rest on.
type Evidence struct {
	Cite dialog.Citation
	Text string
	Own  bool // from a business system, about this customer's own matter
}

// Sourced judges a finished reply as a model's is judged while it grows: it gives the
// sentences that state something, and those among them that no evidence carries. asked
// is what the customer has said; handed tells that a person was sent for, which carries
// the sentences that say so. Questions state nothing.
func Sourced(reply, asked, names string, now time.Time, handed bool, evidence []Evidence) (factual, loose []string) {
	g := &ground{question: asked, asked: asked, names: names, now: now}
	for _, e := range evidence {
		g.sources = append(g.sources, newSource(e.Cite, e.Cite.Title, e.Text, e.Own))
	}
	for reply != "" {
		n := boundary(reply, true)
		if n < 0 {
			n = len(reply)
		}
		s, _ := uncite(reply[:n])
		reply = reply[n:]
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		switch v := g.judge(s, nil).verdict; {
		case question.MatchString(s), ignorant.MatchString(s) && g.factsFrom(s), handed && deeds(s) && g.factsFrom(s) && fetches.MatchString(s):
		case v == free, v == asks, v == unknows, v == held:
		case v == carried:
			factual = append(factual, s)
		default:
			factual, loose = append(factual, s), append(loose, s)
		}
	}
	return factual, loose
}

// fetches are the words of sending for a person.
var fetches = regexp.MustCompile(`(?i)\b(?:colleague|person|someone|somebody)\b|同事|人工|专人`)

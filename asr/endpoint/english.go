package endpoint

import "strings"

// clause is what a short look at an English sentence finds: no parser, but enough to
// tell "the party you are" from "the party is over".
type clause struct {
	groups    int  // of verbs, an infinitive not counted
	openings  int  // clauses begun by a conjunction or relative, that need a verb of their own
	after     int  // words since the last verb
	copula    bool // the last verb links: an adjective completes it
	wants     bool // the last verb has no object yet
	pending   bool // a clause began and its verb is to come
	imperfect bool // only a part of the main clause: its verb is to come
}

// scan reads the words from left to right.
func scan(ws []string) clause {
	var c clause
	prev, inVerb, nominal, fresh := "", false, false, true // fresh: a sentence may begin here
	question := len(ws) > 0 && questions[ws[0]]
	for i, w := range ws {
		afterNoun := nominal
		isVerb := verb(w) && !determiners[prev] && !modifier(prev) && !(prepositions[prev] && prev != "to")
		if !inVerb && afterNoun && !auxiliaries[w] && !strings.HasSuffix(w, "ed") && !pastIrregular(w) && c.groups > 0 && !subjects[prev] {
			isVerb = false // "the pound key", "your party"
		}
		switch {
		case isVerb:
			if !inVerb && prev != "to" {
				c.groups++
				c.pending = false
			}
			c.after, inVerb = 0, true
			c.copula = copulas[w]
			c.wants = transitives[w] && !(auxiliaries[prev] && (strings.HasSuffix(w, "ed") || w == "called" || w == "eaten") && copulas[prev])
			nominal = subjects[w]
			fresh = false
		case subordinates[w] && !(w == "that" && (i == 0 || inVerb)) && !(i == 0 && asks(ws)):
			c.openings++
			c.pending, inVerb, nominal = true, false, false
			c.after++
		case subjects[w] && afterNoun && !fresh && !question:
			c.openings++ // "the number you have dialed"
			c.pending, inVerb, nominal = true, false, true
			c.after++
		case joins[w]:
			inVerb, nominal, fresh = false, false, true
			c.after++
		default:
			c.after++
			if w != "not" && w != "already" && w != "currently" && w != "then" && w != "now" && w != "please" && !strings.HasSuffix(w, "ly") {
				inVerb = false
			}
			nominal = !determiners[w] && !prepositions[w] && !modifier(w) && w != "please" && w != "then"
			if nominal || determiners[w] {
				fresh = false
			}
		}
		if c.after > 0 && w != "to" {
			c.wants = c.wants && (determiners[w] || modifier(w))
		}
		prev = w
	}
	c.imperfect = c.groups <= c.openings
	return c
}

// asks reports whether a sentence begins as a question: "where is", not "when you".
func asks(ws []string) bool {
	return questions[ws[0]] && (len(ws) < 2 || auxiliaries[ws[0]] || auxiliaries[ws[1]] || ws[0] != "when" && !subjects[ws[1]])
}

func pastIrregular(w string) bool {
	switch w {
	case "saw", "came", "went", "ran", "tore", "hurt", "took", "gave", "made", "got", "put", "cut", "sang", "rose", "fell", "stood", "sat", "lay", "flew", "grew",
		"runs", "feels", "looks", "comes", "goes", "makes", "takes", "has", "had", "will", "was":
		return true
	}
	return false
}

// judgeEnglish reads what was said in words of Latin script.
func judgeEnglish(ws []string, text string) state {
	all := true
	for _, w := range ws {
		all = all && short[w]
	}
	last := ws[len(ws)-1]
	switch {
	case fillerTail[last]:
		return hanging
	case all && len(ws) <= 4:
		return answer
	case strings.HasSuffix(strings.TrimSpace(text), "?"):
		return whole
	case len(ws) >= 3 && questions[ws[0]] && (last == "it" || last == "there"):
		return whole
	case openers[last] || determiners[last] && len(ws) < 3:
		return hanging
	}
	c := scan(ws)
	switch {
	case modifier(last) && !(c.copula && c.groups > 0):
		return modified
	case c.groups == 0:
		return open
	case c.pending:
		return begun
	case c.imperfect:
		return begun
	case c.wants:
		return wanting
	case c.after == 0 && c.copula:
		return wanting
	case c.after == 0 && c.groups == 1 && len(ws) < 4:
		return open
	case prepositions[last]:
		return open
	}
	return whole
}

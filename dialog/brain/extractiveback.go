package brain

import (
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/rag"
	"parley/dialog/regexp"
)

// headingOf is what a passage is asked by.
func headingOf(h rag.Hit) string {
	if h.Question != "" {
		return strings.TrimSpace(h.Question)
	}
	path := strings.Split(h.Title, " › ")
	return strings.TrimSpace(path[len(path)-1])
}

// unmarked is a question without its mark.
func unmarked(q string) string { return strings.TrimRight(q, "?？ ") }

// askBack asks whether one is meant, or which of two.
func askBack(s finding, language string) dialog.Delta {
	q := unmarked(headingOf(s.hit))
	if s.how == either {
		o := unmarked(headingOf(s.other))
		return dialog.Delta{Text: pick(language, "Do you mean “"+q+"”, or “"+o+"”?", "您是想问“"+q+"”，还是“"+o+"”？")}
	}
	return dialog.Delta{Text: pick(language, "Do you mean “"+q+"”?", "您是想问“"+q+"”吗？"), Expect: dialog.ExpectYesNo}
}

var backs = regexp.MustCompile(`(?:Do you mean |您是想问)“([^”]+)”(?:(?:, or |，还是)“([^”]+)”)?(?:\?|吗？|？)`)

// askedBack gives what the last reply asked whether it is meant.
func askedBack(c dialog.Context) (options []string, ok bool) {
	for _, t := range slices.Backward(c.History) {
		switch t.From {
		case dialog.Customer, dialog.Agent:
			return nil, false
		case dialog.Bot:
			m := backs.FindStringSubmatch(t.Text)
			if m == nil {
				return nil, false
			}
			if m[2] != "" {
				return m[1:3], true
			}
			return m[1:2], true
		}
	}
	return nil, false
}

var (
	yeses = strings.Fields("yes yeah yep yup right correct exactly sure please ok okay 是 是的 是啊 对 对的 对啊 嗯 没错 好 好的")
	noes  = strings.Fields("no nope nah neither wrong 不 不是 不对 没有 都不是 不是的 否")
	// Which of two.
	firsts  = regexp.MustCompile(`\b(?:first|former|1)\b|第一|前一?[个者]`)
	seconds = regexp.MustCompile(`\b(?:second|latter|last|2)\b|第二|后一?[个者]`)
	noFirst = regexp.MustCompile(`(?i)^\s*(?:(?:no|nope|nah|neither|not that)\b|不是的?|不对|不|都不是)[,，.。!！ ]*`)
)

// chosen is which of what we asked the customer means, "" when that is not said.
func chosen(options []string, text string) string {
	if len(options) == 0 {
		return ""
	}
	p := plain(text)
	words := strings.Fields(p)
	if len(options) == 2 {
		switch a, b := firsts.MatchString(p), seconds.MatchString(p); {
		case len([]rune(p)) > 24:
		case a && !b:
			return options[0]
		case b && !a:
			return options[1]
		}
		a, b := same(text, options[0]), same(text, options[1])
		for i, o := range []float64{a, b} {
			if o > 0.3 && o > 1.5*[]float64{b, a}[i] {
				return options[i]
			}
		}
		if m := about(text); len(m) > 0 && len(words) <= 4 {
			a, b := within(m, about(options[0])), within(m, about(options[1]))
			switch {
			case a > b:
				return options[0]
			case b > a:
				return options[1]
			}
		}
	}
	if len(words) > 0 && len(words) <= 3 && slices.Contains(yeses, words[0]) && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(noes, w) }) {
		return options[0]
	}
	return ""
}

// declined reports whether the customer says no to what we asked back, and no more.
func declined(c dialog.Context, text string) bool {
	_, back := askedBack(c)
	p := plain(text)
	return back && (slices.Contains(noes, p) || slices.Contains(noes, strings.ReplaceAll(p, " ", "")) ||
		slices.Contains([]string{"no thanks", "no thank you", "not that", "none of them", "no neither", "neither of them", "no i do not", "no i don't", "不是这个", "都不对"}, p))
}

// withoutNo is a question without the no to ours before it.
func withoutNo(text string) string {
	if s := strings.TrimSpace(noFirst.ReplaceAllString(text, "")); s != "" {
		return s
	}
	return text
}

// lastAsked is the customer's question before the last reply.
func lastAsked(c dialog.Context) string {
	for _, t := range slices.Backward(c.History) {
		if t.From == dialog.Customer {
			return t.Text
		}
	}
	return asked(c)
}

// headed finds the passage of a heading.
func headed(hits []rag.Hit, heading string) (rag.Hit, bool) {
	for _, h := range hits {
		if unmarked(headingOf(h)) == unmarked(heading) {
			return h, true
		}
	}
	return rag.Hit{}, false
}

var ellipsis = regexp.MustCompile(`(?i)^(?:(?:ok(?:ay)?|so|hm+|oh|and|but),? )*(?:what about|how about|and (?:for|if|with|in|on|the|what|how|when)|also|same for|even|for|with|if|is that|does that|is it|does it|what if|why)\b|^(?:那|那么|还有|如果|要是|换成)|呢[？?。!！]?$`)

// elliptic reports whether a question lives from the one before it.
func elliptic(text string) bool {
	text = strings.TrimSpace(text)
	return ellipsis.MatchString(text) && (len(strings.Fields(text)) <= 9 && len(runs(text)) == 0 || len(runs(text)) > 0 && len([]rune(text)) <= 16)
}

// brings reports whether a passage has what an elliptic question adds.
func brings(text string, h rag.Hit) bool {
	sh := shelve(h)
	for _, w := range contentOf(text) {
		if !w.known && !w.in(sh.words, sh.text) {
			return false
		}
	}
	return covers(sh.matters, about(text))
}

// covers reports whether the first set has all of the second.
func covers(has, want map[int]bool) bool { return len(want) == 0 || within(want, has) == 1 }

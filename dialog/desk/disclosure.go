package desk

import (
	"maps"
	"slices"
	"strings"

	"parley/dialog"
)

// Disclosure is something that the company must tell its customers.
type Disclosure struct {
	Name   string
	Queues []string          // where it holds; none: everywhere
	When   []string          // words of anybody's that make it due; none: it is due from the start
	Said   []string          // words that tell it, any of them is enough
	Say    map[string]string // what to say, by language
}

// Due is a disclosure that has not been made.
type Due struct {
	Name string `json:"name"`
	Say  string `json:"say"`
}

// Missing are the disclosures that are due in what was said and that neither bot nor person
// has made. What the customer was cut off from hearing was not made.
func Missing(rules []Disclosure, queue, language string, turns []dialog.Turn) []Due {
	out := []Due{}
	for _, r := range rules {
		if len(r.Queues) > 0 && !slices.Contains(r.Queues, queue) {
			continue
		}
		due, made := len(r.When) == 0, false
		for _, t := range turns {
			text := strings.ToLower(t.Text)
			has := func(w string) bool { return strings.Contains(text, strings.ToLower(w)) }
			due = due || slices.ContainsFunc(r.When, has)
			made = made || t.From != dialog.Customer && slices.ContainsFunc(r.Said, has)
		}
		if due && !made {
			out = append(out, Due{r.Name, inLanguage(r.Say, language)})
		}
	}
	return out
}

// inLanguage is a text for a tag: its own, another of the same language, English, or any.
func inLanguage(texts map[string]string, language string) string {
	if s, ok := texts[language]; ok {
		return s
	}
	for _, tag := range []string{language, "en"} {
		for _, k := range slices.Sorted(maps.Keys(texts)) {
			if speaks(k, tag) {
				return texts[k]
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(texts)) {
		return texts[k]
	}
	return ""
}

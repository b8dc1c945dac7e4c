package rag

import "strings"

// stopWords carry no subject. Words that tell what kind of answer is wanted (how
// long, how much) are the answerer's matter, not the search's.
var stopWords = set(`a about above after again against all also am an and any are aren't as at be because been
before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
down during each few for from further had hadn't has hasn't have haven't having he her here hers herself him
himself his how i i'd i'll i'm i've if in into is isn't it it's its itself just let let's me more most my myself
no nor not now of off on once only or other our ours ourselves out over own please same shall she should
shouldn't so some such than that that's the their theirs them themselves then there there's these they they're
this those through to too under until up us very was wasn't we we'd we'll we're we've were weren't what what's
when where which while who whom why will with won't would wouldn't you you'd you'll you're you've your yours
yourself ok okay um uh er hmm yeah yes hi hello hey thanks thank tell know want wanna gonna need like got get
does's im ive id ill dont doesnt didnt cant wont isnt arent whats thats`)

// stopHan are characters that carry no subject by themselves; their pairs are kept.
var stopHan = runes("的了吗呢吧啊呀嘛么是我你您他她它们这那个和与或在就都也很有请问一不还要能会可以怎什哪把被给让到从对为之而其")

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func runes(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

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

// stopPairs are pairs that people ask with, whatever they ask about.
var stopPairs = pairs(`如何 怎样 怎么 什么 请问 想问 想知 知道 现在 时候 这样 那样 情况 一直 已经 但是 因为 所以 如果 然后 或者 还是 可以 能够
应该 需要 可能 一个 一下 一些 一样 这种 那种 这个 那个 就是 不是 没有 有没 是否 是不 能不 不能 我想 想要 您好 你好 谢谢 麻烦 告诉 了解 帮我
大家 他们 我们 你们 自己 之后 以后 以前 之前 后来 这些 那些 哪些 为什 多少 关于 对于 这段 段时 时间 好了 据说 听说 觉得 感觉 发现 建议 比较
非常 特别 经常 总是 时常 就会 会不 不会 这是 还有 都是 并且 而且 不过 为了 由于 其他 其它 有什 是什 是怎 要怎 该怎 怎办 么办 请教`)

func pairs(s string) map[term]bool {
	m := map[term]bool{}
	for _, w := range strings.Fields(s) {
		r := []rune(w)
		m[pairOf(r[0], r[1])] = true
	}
	return m
}

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

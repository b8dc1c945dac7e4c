package insight

import (
	"parley/dialog/regexp"
	"strings"
)

// settles are last words that say that the matter is settled; unsettled are such that take it
// back.
var (
	settles = regexp.MustCompile(`(?i)\b(thanks|thank you|thx|cheers|that'?s all|that is all|solved|resolved|fixed|perfect|works now|that helps?|that helped|all good|got it|great|brilliant|wonderful)\b` +
		`|谢谢|多谢|感谢|谢了|解决了|明白了|知道了|清楚了|没问题了|搞定|没有别的|没有其他|就这些|太好了|可以了`)
	unsettled = regexp.MustCompile(`(?i)\b(but|not|n't|never|still|useless|no help|nothing|person|human|agent|great,? another|thanks for nothing)\b|n't\b` +
		`|但是|可是|不过|还是不|还没|没解决|没有解决|没用|不明白|不清楚|不知道|人工|投诉`)
)

// confirms reports whether a customer's last words say that the matter is settled. A question
// does not.
func confirms(text string) bool {
	if strings.ContainsAny(text, "?？") {
		return false
	}
	return settles.MatchString(text) && !unsettled.MatchString(strings.ReplaceAll(text, "’", "'"))
}

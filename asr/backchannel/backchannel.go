// Package backchannel knows the sounds that say "I am listening", which must not
// stop a speaker, and the words that must. English and Chinese.
package backchannel

import (
	"strings"

	"parley/asr/words"
)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

var (
	// nods are words that alone, or among themselves, say no more than "go on".
	nods = set(`uh huh uhhuh um umm uhm mm mmm mhm mmhm hm hmm hmmm ah aha oh ooh ok okay okey yeah yea yep yup yes right sure
		cool great good fine alright gotcha wow er erm eh ha haha`)
	phrases = []string{"i see", "got it", "go on", "all right", "of course", "i know", "makes sense", "thank you", "thanks", "uh huh", "mm hm"}
	hanNods = set(`嗯 哦 噢 喔 啊 呃 额 唔 诶 欸 唉 好 对 是 行 呀 哈 的 吧 嘛 了`)

	stops = set(`stop wait excuse no hold quiet enough pause cancel help agent human person operator representative listen excuse sorry hello actually`)
	han   = []string{"停", "等", "不对", "不是", "别说", "闭嘴", "打住", "人工", "算了", "够了", "听我说", "打断", "不要", "喂"}
)

// Is reports whether text is a backchannel and nothing more, or the beginning of
// one that is not yet told from anything else.
func Is(text, _ string) bool {
	ws := words.Split(text)
	if len(ws) == 0 || len(ws) > 6 {
		return false
	}
	joined := " " + strings.Join(ws, " ") + " "
	for _, p := range phrases {
		joined = strings.ReplaceAll(joined, " "+p+" ", " ")
	}
	rest := strings.Fields(joined)
	for len(rest) > 0 && (nods[rest[0]] || hanNods[rest[0]]) {
		rest = rest[1:]
	}
	return len(rest) == 0 || begins(strings.Join(rest, " "))
}

// begins reports whether words may yet become a phrase that is a nod: "I" may be
// on its way to "I see".
func begins(words string) bool {
	for _, p := range phrases {
		if strings.HasPrefix(p, words+" ") {
			return true
		}
	}
	return false
}

// Stop reports whether text asks the speaker to stop, whatever else it says.
func Stop(text, _ string) bool {
	for _, w := range words.Split(text) {
		if stops[w] {
			return true
		}
	}
	for _, p := range han {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

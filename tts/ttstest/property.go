package ttstest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/tts"
)

var pieces = map[string][]string{
	"en":    {"Hello,", "the **order** BW-4815", "costs $1,299.50.", "Call +1 (555) 010-9999!", "3-5 days", "[here](https://x.example/a)", "😀", "café", "e.g. 10 °C", "on 2026-11-24", "\n- one\n", "重庆", "\u200b", "it’s"},
	"zh-CN": {"您好，", "订单**BW-48**", "共¥1,299.50。", "请拨打400-820-8820！", "3到5天", "[帮助](https://x.example/a)", "😀", "VIP客户", "25℃", "2026年11月24日", "\n- 一\n", "10%", "两个，", "“好”"},
}

// HeardProperties checks on n random texts of each language, at random places, that
// what was heard only grows, ends between runes and within the text, and is all of
// it at the end. Each call makes the same texts.
func HeardProperties(t *testing.T, s tts.Synthesizer, n int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 11))
	for _, language := range []string{"en", "zh-CN"} {
		for range n {
			var b strings.Builder
			b.WriteString(pieces[language][0]) // something to be said
			for range 1 + rng.IntN(6) {
				b.WriteString(pieces[language][rng.IntN(len(pieces[language]))])
				if language == "en" {
					b.WriteByte(' ')
				}
			}
			text := b.String()
			sp, pcm := speak(t, s, text, tts.Voice{Language: language})
			at := []int64{0, int64(len(pcm))}
			for range 60 {
				at = append(at, rng.Int64N(int64(len(pcm))+1))
			}
			slices.Sort(at)
			last := 0
			for _, k := range at {
				h := sp.Heard(k)
				if h.Start != 0 || h.End < last || h.End > len(text) || h.End < len(text) && !utf8.RuneStart(text[h.End]) {
					t.Fatalf("%q: heard %+v of %d bytes at sample %d, after %d", text, h, len(text), k, last)
				}
				last = h.End
			}
			if last != len(text) {
				t.Fatalf("%q: at the end %d of %d bytes are heard", text, last, len(text))
			}
		}
	}
}

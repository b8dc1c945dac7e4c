package bargein

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"

	"parley/asr/words"
	"parley/dialog/demo"
	"parley/dialog/rag"
	"parley/media"
	"parley/tts"
	"parley/tts/sentence"
)

// sentences are the demo's own, of a language: what the bot has to say.
func sentences(language string) []string {
	ix := rag.New()
	for _, d := range demo.Documents() {
		ix.Put(d)
	}
	var out []string
	seen := map[string]bool{}
	for _, s := range ix.Sentences(language) {
		if n := len([]rune(s)); n > 25*lengthOf(language)/100 && n < 2*lengthOf(language) && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// lengthOf a usual sentence, in characters.
func lengthOf(language string) int {
	if language == "zh" {
		return 40
	}
	return 100
}

// reply is some sentences in a row.
func reply(from []string, language string, n int, rng *rand.Rand) string {
	var b strings.Builder
	for range n {
		s := strings.TrimSpace(from[rng.IntN(len(from))])
		b.WriteString(s)
		if last := s[len(s)-1]; last != '.' && last != '?' && last != '!' && !strings.HasSuffix(s, "。") && !strings.HasSuffix(s, "？") && !strings.HasSuffix(s, "！") {
			b.WriteString(map[string]string{"en": ".", "zh": "。"}[language])
		}
		if language == "en" {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// said is a word of a reply and the sample of the reply at which it ends.
type said struct {
	word string
	end  int64
}

// timetable says when each word of a reply is over, as the voice itself knows it.
func (m *memo) timetable(text, language string, v tts.Voice) ([]said, error) {
	split := sentence.New(language)
	var out []said
	var base int64
	for _, s := range append(split.Push(text), split.Flush()...) {
		if strings.TrimSpace(s) == "" {
			continue
		}
		sp, err := m.Synthesize(context.Background(), s, v)
		if err != nil {
			return nil, fmt.Errorf("bargein: %q: %w", s, err)
		}
		r := sp.(*replay)
		n := int64(len(r.pcm))
		known := 0
		for at := int64(0); at <= n; at += media.TickSamples / 4 {
			if at+media.TickSamples/4 > n {
				at = n
			}
			for ws := words.Split(s[:r.Heard(at).End]); known < len(ws); known++ {
				out = append(out, said{ws[known], base + at})
			}
			if at == n {
				break
			}
		}
		base += n
	}
	return out, nil
}

// garble is what a recogniser makes of a text: of ten words, two wrong.
func garble(ws []said, rng *rand.Rand) []said {
	out := make([]said, len(ws))
	for i, w := range ws {
		if out[i] = w; rng.IntN(5) == 0 {
			out[i].word = ws[rng.IntN(len(ws))].word
			if rng.IntN(3) == 0 {
				out[i].word = ""
			}
		}
	}
	return out
}

package knowledge

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/dialog"
	"parley/dialog/english"
	"parley/dialog/rag"
	"parley/dialog/store"
)

// ErrTooMuch: the knowledge is too large for this.
var ErrTooMuch = errors.New("the knowledge is too large to try a draft beside it")

// Group is a question that found no answer, with those that are like it.
type Group struct {
	ID            string // of its oldest
	Question      string // the newest wording
	Language      string
	Count         int
	Last          time.Time
	Conversations []dialog.ConversationID // the newest, each once, at most maxListed
	all           []string
	features      []map[string]float64 // of some wordings
}

// Bounds of the list.
const (
	maxGaps   = 5000
	maxListed = 50
	wordings  = 8 // of a group that others are compared with
	alike     = 0.5
)

// Gaps groups the questions that found no answer, the most frequent first.
func (s *Service) Gaps(ctx context.Context) ([]Group, error) {
	gs, err := s.o.Store.Gaps(ctx, store.GapKind, maxGaps)
	if err != nil {
		return nil, err
	}
	var out []*Group
	for _, g := range gs { // newest first
		if strings.TrimSpace(g.Body) == "" {
			continue
		}
		f := features(g.Body)
		at := nearest(out, f)
		if at == nil {
			at = &Group{Question: strings.TrimSpace(g.Body), Language: rag.LanguageOf(g.Body), Last: when(g.At)}
			out = append(out, at)
		}
		at.ID = g.ID
		at.Count++
		at.all = append(at.all, g.ID)
		if len(at.features) < wordings {
			at.features = append(at.features, f)
		}
		if len(at.Conversations) < maxListed && !slices.Contains(at.Conversations, g.Conversation) {
			at.Conversations = append(at.Conversations, g.Conversation)
		}
	}
	slices.SortStableFunc(out, func(a, b *Group) int { return cmp.Or(b.Count-a.Count, b.Last.Compare(a.Last)) })
	groups := make([]Group, len(out))
	for i, g := range out {
		groups[i] = *g
	}
	return groups, nil
}

// CloseGap takes a group off the list.
func (s *Service) CloseGap(ctx context.Context, id string) error {
	gs, err := s.Gaps(ctx)
	if err != nil {
		return err
	}
	for _, g := range gs {
		if g.ID == id {
			return s.o.Store.CloseGaps(ctx, g.all)
		}
	}
	return dialog.ErrNotFound
}

// nearest is the group that has a wording alike.
func nearest(gs []*Group, f map[string]float64) (at *Group) {
	best := alike
	for _, g := range gs {
		for _, have := range g.features {
			if l := likeness(f, have); l >= best {
				best, at = l, g
			}
		}
	}
	return at
}

// likeness is twice the weight that two questions share, by their weights together: 0 to 1.
func likeness(a, b map[string]float64) float64 {
	var both, sum float64
	for k, w := range a {
		sum += w
		if _, ok := b[k]; ok {
			both += w
		}
	}
	for _, w := range b {
		sum += w
	}
	if sum == 0 {
		return 0
	}
	return 2 * both / sum
}

// features are what a question is compared by: stems of words, pairs of Han characters.
// Words that most questions have weigh little.
func features(text string) map[string]float64 {
	f := map[string]float64{}
	var word []rune
	var last rune // a Han character
	end := func() {
		if len(word) > 0 {
			w := english.Stem(string(word))
			if f[w] = 1; light[w] {
				f[w] = 0.1
			}
			word = word[:0]
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			end()
			if last != 0 {
				pair := string([]rune{last, r})
				if f[pair] = 1; lightHan[last] || lightHan[r] {
					f[pair] = 0.2
				}
			}
			last = r
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		case r == '\'' || r == '’':
			continue
		default:
			end()
		}
		last = 0
	}
	end()
	return f
}

func stems(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[english.Stem(w)] = true
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

var (
	light = stems(`a an the i you we they it is are was be do does did can could would will shall may might have has had my your our me us to of in on at for from
		with by and or if so what how when where which who why there this that these those please want like need tell about any some get know hello hi im
		id ive dont cant thanks`)
	lightHan = runes("的了吗呢吧啊我你您他她们是在有和与就都也很请问想要能可以怎么什么哪多少个这那")
)

// plain is a question without what does not matter to it: case, space and punctuation.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

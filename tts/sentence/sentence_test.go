package sentence

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Each piece of want ends at a |.
func TestSplit(t *testing.T) {
	for _, want := range []string{
		"Hello there. |How are you? |Fine!",
		"Dr. Smith called e.g. yesterday. |OK.",
		"It costs $1,299.50, or 3.5 percent. |Good.",
		"Mail help@example.com or see www.example.com. |Bye.",
		"See https://example.com/a.b?c=d. |Then go.",
		"See [our page. It is new.](https://example.com/x. y) for more. |Done.",
		"No. |I cannot.",
		"Item No. 5 is here. |Good.",
		"Open at 9 a.m. today. |Closed at 5 p.m. |Then we sleep.",
		"He lives in the U.S. and works. |She too.",
		"In St. Louis, on Nov. 24. |Yes.",
		"J. R. Smith is here. |So am I. |Good.",
		"1. First thing\n|2. Second thing\n|- third\n|Done.",
		"# Title\n|Text here. |More.",
		"Wait... |What?! |\"Really?\" |Yes.",
		"**Bold sentence.** |Next.",
		"您好。|我是小帕！|请问？|好的",
		"他说：“好的。”|然后走了。",
		"价格是3.5元。|大约1,000个。",
		"版本v1.2.3已发布。|请更新。",
		"好的.|请稍等.",
		"请访问example.com。|谢谢",
		"真的吗？！|是的……|对。",
		"```go\na := 1. b\n```\n|Then this.",
		"| a | b. c |\n|--|--|\n| 1. 2 | 3 |\n",
		"Use `a. b` here. |OK.",
		"Yes.\n|No.\n|Dr.\n|End",
	} {
		text := strings.ReplaceAll(want, "|", "")
		pieces := strings.Split(want, "|")
		if strings.HasPrefix(want, "| a") { // a table is one piece
			text, pieces = want, []string{want}
		}
		for _, step := range []int{1, 3, len(text)} {
			if got := split(text, step); !slices.Equal(got, pieces) {
				t.Errorf("by %d:\n got %q\nwant %q", step, got, pieces)
			}
		}
	}
}

// split pushes text step bytes at a time.
func split(text string, step int) []string {
	s := New("en")
	var out []string
	for i := 0; i < len(text); i += step {
		out = append(out, s.Push(text[i:min(len(text), i+step)])...)
	}
	return append(out, s.Flush()...)
}

func TestFirstClauseIsEarly(t *testing.T) {
	for text, want := range map[string]string{
		"Thank you for waiting so long, I have found your order, and it is on its way.":  "Thank you for waiting so long, ",
		"Yes, that is right, and you can also return it within thirty days, for free.":   "Yes, that is right, and you can also return it within thirty days, ",
		"感谢您的耐心等待，您的订单已经找到，明天送达。":                                                        "感谢您的耐心等待，",
		"好的，感谢您的耐心等待，您的订单已经找到。":                                                          "好的，感谢您的耐心等待，",
		"It costs about twelve or so 1,299 euros and that is not too much money for it.": "It costs about twelve or so 1,299 euros and that is not too much money for it.",
	} {
		got := split(text, 1)
		if got[0] != want {
			t.Errorf("%q: first %q", text, got[0])
		}
	}
}

func TestLongTextsAreBounded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("word ", 2000), strings.Repeat("好", 3000), strings.Repeat("a", 9000), strings.Repeat("[", 5000),
		strings.Repeat("`", 9000), "```" + strings.Repeat("x\n", 9000), strings.Repeat("| a |\n", 3000), "[a](" + strings.Repeat("b", 9000),
		strings.Repeat("a,b", 3000),
	} {
		got := split(text, 7)
		for _, p := range got {
			if len(p) > block+10 {
				t.Errorf("%.10q: a piece of %d bytes", text, len(p))
			}
		}
		if strings.Join(got, "") != text {
			t.Errorf("%.10q: not the text", text)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"Hello. Dr. X", "好。的", "[a](b", "```\n|a|\n", "1. a\n", "a\xffb", "\xe5\xa5", "|\n|", "No. 5"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, step int) {
		step = min(max(step, 1), 100)
		got := split(text, step)
		if strings.Join(got, "") != text {
			t.Fatalf("%q gave %q", text, got)
		}
		for _, p := range got {
			if p == "" || utf8.ValidString(text) && !utf8.ValidString(p) {
				t.Fatalf("piece %q of %q", p, text)
			}
		}
	})
}

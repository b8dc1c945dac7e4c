package rag

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSplitAtHeadings(t *testing.T) {
	until := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	doc := Document{ID: "d", Title: "Help", Version: 3, Source: "help.pdf", Audience: "staff", Until: until, Asked: map[string][]string{"Returns › How long?": {"by when?"}},
		Text: "<!-- page 1 -->\nBefore all.\n## Returns\n### How long?\n> how many days\nWithin 30 days.\n<!-- page 2 -->\n### Refunds\n> Refunds\nIn five days.\n## Other\n```\n# not a heading\n```\n"}
	ps := Split(doc)
	type want struct{ title, question, asked, text string }
	for i, w := range []want{
		{"Help", "", "", "Before all."},
		{"Returns › How long?", "How long?", "how many days|by when?", "Within 30 days."},
		{"Returns › Refunds", "Refunds", "", "In five days."},
		{"Other", "", "", "```\n# not a heading\n```"},
	} {
		if i >= len(ps) {
			t.Fatalf("%d passages", len(ps))
		}
		p := ps[i]
		if got := (want{p.Title, p.Question, strings.Join(p.Asked, "|"), p.Text}); got != w {
			t.Errorf("%d: %+v, expected %+v", i, got, w)
		}
		if doc.Text[p.Start:p.End] != p.Text {
			t.Errorf("%d: %q is not where it says: %q", i, p.Text, doc.Text[p.Start:p.End])
		}
		if page := []int{1, 1, 2, 2}[i]; p.Page != page || p.Version != 3 || p.Source != "help.pdf" || p.Audience != "staff" || !p.Until.Equal(until) {
			t.Errorf("%d: %+v", i, p)
		}
	}
	if len(ps) != 4 {
		t.Errorf("%d passages", len(ps))
	}
}

func TestQuotedTextIsNotLost(t *testing.T) {
	ps := Split(Document{ID: "d", Text: "## Opening hours\n> Monday to Friday, 9 to 18\n\n## Next\ntext\n"})
	if len(ps) != 2 || ps[0].Text != "Monday to Friday, 9 to 18" || len(ps[0].Asked) != 0 {
		t.Errorf("%+v", ps)
	}
}

func TestTablesAreReadable(t *testing.T) {
	ps := Split(Document{ID: "d", Text: "## Prices\n\n| Model | Price |\n| --- | --- |\n| Air | $99 |\n| Pro \\| X | |\n\n## 价格\n\n| 型号 | 价格 |\n|---|---|\n| 耳机 | 799 |\n"})
	if len(ps) != 2 || ps[0].Text != "Model: Air; Price: $99\nModel: Pro | X" || !strings.Contains(ps[1].Text, "型号：耳机；价格：799。") {
		t.Errorf("%+v", ps)
	}
	var b strings.Builder
	b.WriteString("# List\n\nSome words.\n\n| Name | Price |\n| --- | --- |\n")
	for range 200 {
		b.WriteString("| A thing with a name of some length | 100 |\n")
	}
	long := Split(Document{ID: "d", Text: b.String()})
	rows := 0
	for _, p := range long {
		for l := range strings.Lines(p.Text) {
			if strings.Contains(l, "thing") {
				if rows++; !strings.HasPrefix(l, "Name: A thing") {
					t.Errorf("a row without its header: %q", l)
				}
			}
		}
		if len(p.Text) > maxPassage+100 {
			t.Errorf("a passage of %d bytes", len(p.Text))
		}
	}
	if rows != 200 || len(long) < 5 {
		t.Errorf("%d rows in %d passages", rows, len(long))
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("# a\n> b\nc\n| x | y |\n|--|--|\n| 1 | 2 |\n<!-- page 3 -->\n" + strings.Repeat("长", 2000))
	f.Add("###### \n#\n|\n||\n|-|\n\\|\n```\n> \n> x")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		ids := []string{}
		for _, p := range Split(Document{ID: "d", Text: text}) {
			if p.Start < 0 || p.End < p.Start || p.End > len(text) || strings.TrimSpace(p.Text) == "" || !utf8.ValidString(p.Text) || len(p.Text) > 3*longest+len(p.Title) && !strings.Contains(p.Text, "|") {
				t.Errorf("%d–%d of %d: %q", p.Start, p.End, len(text), p.Text)
			}
			ids = append(ids, p.ID)
		}
		if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Error("two passages have one ID")
		}
	})
}

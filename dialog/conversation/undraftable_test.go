package conversation

import (
	"context"
	"iter"
	"testing"

	"parley/dialog"
)

// What a draft has said is not said again when it turns out that none can be made.
func TestWhatADraftHasSaidIsSaidOnce(t *testing.T) {
	reply := func(err error, texts ...string) dialog.Reply {
		return func(context.Context) iter.Seq2[dialog.Delta, error] {
			return func(yield func(dialog.Delta, error) bool) {
				for _, s := range texts {
					if !yield(dialog.Delta{Text: s}, nil) {
						return
					}
				}
				if err != nil {
					yield(dialog.Delta{}, err)
				}
			}
		}
	}
	for _, x := range []struct {
		draft, fresh []string
		want         string
	}{
		{[]string{"I can ", "do that."}, []string{"I can do", " that.", " It is done."}, "I can do that. It is done."},
		{[]string{"I can do that."}, []string{"I can do that.", " Done."}, "I can do that. Done."},
		{[]string{"I can"}, []string{"I can do that."}, "I can do that."},
		{nil, []string{"Done."}, "Done."},
		{[]string{"One. "}, []string{"Two."}, "One. Two."},
	} {
		got := ""
		for d, err := range unlessUndraftable(reply(dialog.ErrNoDraft, x.draft...), func() dialog.Reply { return reply(nil, x.fresh...) })(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got += d.Text
		}
		if got != x.want {
			t.Errorf("%q, expected %q", got, x.want)
		}
	}
}

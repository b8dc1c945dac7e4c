package care_test

import (
	"os"
	"strings"
	"testing"

	"parley/dialog/care"
)

// The examples teach the learnt ear, so that these tests hold what was learnt; how it
// does on sentences that it has not seen is measured with files of the same form that
// PARLEY_CARE names (a folder).
func examples(t testing.TB, name string) (out [][2]string) {
	t.Helper()
	folder := "examples"
	if f := os.Getenv("PARLEY_CARE"); f != "" {
		folder = f
	}
	b, err := os.ReadFile(folder + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for l := range strings.Lines(string(b)) {
		if n++; folder == "examples" && n%4 != 0 { // a quarter shows it, and the race detector is slow
			continue
		}
		if label, s, ok := strings.Cut(strings.TrimSpace(l), "\t"); ok {
			out = append(out, [2]string{label, s})
		}
	}
	return out
}

func TestAskingForAPersonIsHeard(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	for _, name := range []string{"person_en.tsv", "person_zh.tsv"} {
		asked, heard, brought, others, wrong, offered := 0, 0, 0, 0, 0, 0
		for _, x := range examples(t, name) {
			w := care.Read(x[1]).Person
			if x[0] == "ask" {
				asked++
				switch w {
				case care.Wishes:
					heard, brought = heard+1, brought+1
				case care.MayWish:
					heard++
				default:
					t.Logf("not heard: %s", x[1])
				}
				continue
			}
			others++
			switch w {
			case care.Wishes:
				wrong++
				t.Logf("wrongly heard: %s", x[1])
			case care.MayWish:
				offered++
			}
		}
		t.Logf("%s: of %d who ask %d are brought a person, %d more are offered one; of %d others %d are brought one, %d offered", name, asked, brought, heard-brought, others, wrong, offered)
		if heard*100 < asked*98 || wrong*100 > others*2 {
			t.Errorf("%s: %d of %d are heard, %d of %d are brought a person unasked", name, heard, asked, wrong, others)
		}
	}
}

func label(s care.Signal) string {
	switch {
	case s.Danger == care.Lethal:
		return "emergency"
	case s.Danger == care.SelfHarm, s.Danger == care.Distress:
		return "distress"
	case s.Anger >= 0.5:
		return "anger"
	}
	return "normal"
}

func TestDangerDistressAnger(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	for _, name := range []string{"care_en.tsv", "care_zh.tsv"} {
		n, right := map[string]int{}, map[string]int{}
		for _, x := range examples(t, name) {
			n[x[0]]++
			if got := label(care.Read(x[1])); got == x[0] {
				right[x[0]]++
			} else {
				t.Logf("%s heard as %s: %s", x[0], got, x[1])
			}
		}
		t.Logf("%s: %v of %v", name, right, n)
		for l := range n {
			if right[l]*100 < n[l]*95 {
				t.Errorf("%s: %s: %d of %d", name, l, right[l], n[l])
			}
		}
	}
}

func TestAPersonThatIsNotWanted(t *testing.T) {
	for _, s := range []string{"I don't need a human, you're doing fine.", "No need to transfer me, thanks.", "please don't put me through to anyone, I just want the tracking number", "不用转人工，你说就行", "别给我转人，我就要个单号"} {
		if w := care.Read(s).Person; w != care.Refuses {
			t.Errorf("%q: %d", s, w)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("put me thru to a hue man!!")
	f.Add("我要转人工。")
	f.Fuzz(func(t *testing.T, s string) {
		if g := care.Read(s); g.Anger < 0 || g.Anger > 1 {
			t.Error(g.Anger)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	care.Warm()
	for b.Loop() {
		care.Read("I bought headphones last week and they have not arrived, can you tell me where they are please")
	}
}

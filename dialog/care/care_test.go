package care_test

import (
	"os"
	"strings"
	"testing"

	"parley/dialog/care"
)

// The sentences in testdata were written by people who had not seen the rules; those of
// the first set have been seen since, those of the second (held_*) only counted.
func lines(t *testing.T, name string) (out []string) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func TestAskingForAPersonIsHeard(t *testing.T) {
	for _, name := range []string{"person_en.txt", "person_zh.txt"} {
		all, unheard := lines(t, name), 0
		for _, s := range all {
			if w := care.Read(s).Person; w != care.Wishes && w != care.MayWish {
				unheard++
				t.Logf("not heard: %s", s)
			}
		}
		if unheard*50 > len(all) {
			t.Errorf("%s: %d of %d are not heard", name, unheard, len(all))
		}
	}
}

func TestSpeakingOfPeopleBringsNone(t *testing.T) {
	for _, name := range []string{"notperson_en.txt", "notperson_zh.txt"} {
		all, wrong := lines(t, name), 0
		for _, s := range all {
			if care.Read(s).Person == care.Wishes {
				wrong++
				t.Logf("wrongly heard: %s", s)
			}
		}
		if wrong*20 > len(all) {
			t.Errorf("%s: %d of %d", name, wrong, len(all))
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
	for _, name := range []string{"care_en.tsv", "care_zh.tsv"} {
		all, wrong := lines(t, name), 0
		for _, line := range all {
			want, s, _ := strings.Cut(line, "\t")
			if got := label(care.Read(s)); got != want && want != "vip" {
				wrong++
				t.Logf("%s heard as %s: %s", want, got, s)
			}
		}
		if wrong*20 > len(all) {
			t.Errorf("%s: %d of %d", name, wrong, len(all))
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

package care_test

import (
	"testing"

	"parley/dialog/care"
	"parley/dialog/demo"
	"parley/dialog/rag"
)

// What customers ask every day is neither danger nor anger: nobody is told to get to safety
// because a headphone does not respond. The examples know none of these.
func TestEverydayQuestionsAreCalm(t *testing.T) {
	var asked []string
	for _, d := range demo.Documents() {
		for _, p := range rag.Split(d) {
			asked = append(append(asked, p.Question), p.Asked...)
		}
	}
	n, anger, danger, wishes := 0, 0, 0, 0
	for _, q := range asked {
		if q == "" {
			continue
		}
		n++
		s := care.Read(q)
		if s.Anger > 0 || s.Danger != care.NoDanger || s.Person == care.Wishes {
			t.Logf("%+v: %s", s, q)
		}
		if s.Anger > 0 {
			anger++
		}
		if s.Danger != care.NoDanger {
			danger++
		}
		if s.Person == care.Wishes {
			wishes++
		}
	}
	t.Logf("of %d: %d angry, %d in danger, %d wish for a person", n, anger, danger, wishes)
	// "I am not satisfied with your service", "I had an accident on holiday" are what they are.
	if n < 300 || anger > 3 || danger > 1 || wishes > 0 {
		t.Errorf("of %d: %d angry, %d in danger, %d wish for a person", n, anger, danger, wishes)
	}
}

func TestThingsAreNotInDanger(t *testing.T) {
	for _, s := range []string{"The box was crushed.", "the corner of the package got crushed", "耳机没反应", "充电盒按了没有反应", "手机充了电还是没反应"} {
		if d := care.Read(s).Danger; d != care.NoDanger {
			t.Errorf("%q: %d", s, d)
		}
	}
	for _, s := range []string{"my leg is crushed under the shelf", "老人没反应", "孩子被电了一下没反应", "他碰了音箱，人没反应了"} {
		if d := care.Read(s).Danger; d != care.Lethal {
			t.Errorf("%q: %d", s, d)
		}
	}
}

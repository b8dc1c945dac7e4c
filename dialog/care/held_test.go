package care_test

import (
	"strings"
	"testing"

	"parley/dialog/care"
)

func TestHeld(t *testing.T) {
	for _, l := range []string{"en", "zh"} {
		n := map[care.Wish]int{}
		for _, s := range lines(t, "held_person_"+l+".txt") {
			n[care.Read(s).Person]++
		}
		t.Log(l, "ask:", n)
		n = map[care.Wish]int{}
		for _, s := range lines(t, "held_notperson_"+l+".txt") {
			n[care.Read(s).Person]++
		}
		t.Log(l, "others:", n)
		got := map[string]map[string]int{}
		for _, line := range lines(t, "held_care_"+l+".tsv") {
			want, s, _ := strings.Cut(line, "\t")
			if got[want] == nil {
				got[want] = map[string]int{}
			}
			got[want][label(care.Read(s))]++
		}
		t.Log(l, got)
	}
}

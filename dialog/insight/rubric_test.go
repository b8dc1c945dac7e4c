package insight

import "testing"

// Two faults of one name could not be kept, and would stop all reports.
func TestPhrasesHaveNamesOfTheirOwn(t *testing.T) {
	phrase := func(name string) Phrase { return Phrase{Name: name, Any: map[string][]string{"en": {"for sure"}}} }
	base := func() Rubric { return Rubric{Weights: map[Criterion]int{Tone: 1}} }
	r := base()
	r.Forbidden = []Phrase{phrase("sure")}
	if field, _ := r.Check(); field != "" {
		t.Fatal(field)
	}
	r = base()
	r.Forbidden = []Phrase{phrase("rude")}
	if field, _ := r.Check(); field != "forbidden[0].name" {
		t.Error("a rule's name: ", field)
	}
	r = base()
	r.Forbidden, r.Required = []Phrase{phrase("x")}, []Phrase{phrase("x")}
	if field, _ := r.Check(); field == "" {
		t.Error("one name for two")
	}
}

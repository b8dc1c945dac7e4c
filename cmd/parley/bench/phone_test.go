package bench

import (
	"strings"
	"testing"
)

// Calls are set up one upon another, and none fails; the table lays the figures beside the bars.
func TestPhoneSetups(t *testing.T) {
	r := Rung{Rate: 20, Calls: 2, Audio: dist([]float64{12, 140})}
	if err := r.setUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.Setups.Failed != 0 || r.Setups.PerSecond <= 0 || r.Setups.PerCore <= 0 {
		t.Errorf("%+v", r.Setups)
	}
	var out strings.Builder
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.Contains(line, "first audio") && !strings.Contains(line, "missed") {
			t.Error(line)
		}
		if strings.Contains(line, "without audio") && !strings.Contains(line, "met") {
			t.Error(line)
		}
	}
}

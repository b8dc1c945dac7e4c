package figure

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSave(t *testing.T) {
	f := Figure{Title: "t", X: "ms", Y: "%", Lines: []Line{Distribution("a", []float64{3, 1, 2}),
		{Name: "b", X: []float64{0, 1}, Y: []float64{0, 50}, Low: []float64{0, 40}, High: []float64{0, 60}}}, Marks: []Mark{{"bar", 2, 50}}}
	file := filepath.Join(t.TempDir(), "a.svg")
	if err := f.Save(file); err != nil {
		t.Fatal(err)
	}
	if s, err := os.Stat(file); err != nil || s.Size() < 1000 {
		t.Error(s, err)
	}
	if err := f.Save(filepath.Join(t.TempDir(), "a.docx")); err == nil {
		t.Error("a .docx was saved")
	}
}

func TestQuantile(t *testing.T) {
	v := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 5, 1: 5, 0.4: 2} {
		if got := Quantile(v, q); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if Quantile(nil, 0.5) != 0 {
		t.Error("of nothing")
	}
}

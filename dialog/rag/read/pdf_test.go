package read

import (
	"strings"
	"testing"
)

func TestCheckPDF(t *testing.T) {
	if err := CheckPDF(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), "x", []byte(smallPDF), Limits{})
	if err != nil || r.Kind != "pdf" || r.Pages != 1 || !strings.Contains(r.Text, "<!-- page 1 -->\n") {
		t.Errorf("%+v %v", r, err)
	}
}

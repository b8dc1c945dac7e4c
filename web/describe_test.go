package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// Every type of event that there is, is described.
func TestEveryEventIsDescribed(t *testing.T) {
	known := map[string]bool{}
	for _, e := range eventTypes {
		known[e.name] = true
	}
	f, err := parser.ParseFile(token.NewFileSet(), "../dialog/record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(f, func(x ast.Node) bool {
		if l, ok := x.(*ast.BasicLit); ok && regexp.MustCompile(`^"[a-z]+\.[a-z]+"$`).MatchString(l.Value) {
			if n++; !known[strings.Trim(l.Value, `"`)] {
				t.Errorf("%s is not described", l.Value)
			}
		}
		return true
	})
	if n < 10 {
		t.Errorf("only %d types were found", n)
	}
}

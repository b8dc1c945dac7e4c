package demo

import (
	"embed"

	"parley/dialog/form"
)

//go:embed procedures/*.yaml
var procedures embed.FS

// Procedures gives the demo company's procedures.
func Procedures() []*form.Form {
	entries, err := procedures.ReadDir("procedures")
	if err != nil {
		panic(err) // embedded above
	}
	var out []*form.Form
	for _, e := range entries {
		b, err := procedures.ReadFile("procedures/" + e.Name())
		if err != nil {
			panic(err)
		}
		fs, err := form.Load(b)
		if err != nil {
			panic(err) // a test loads them all
		}
		out = append(out, fs...)
	}
	return out
}

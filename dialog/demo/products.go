package demo

import (
	_ "embed"

	"parley/dialog/recommend"
)

//go:embed products.csv
var products string

// Products gives what the demo shop sells, in English and Chinese.
func Products() []recommend.Product {
	ps, err := recommend.Parse(products)
	if err != nil {
		panic(err) // embedded above; a test reads it
	}
	return ps
}

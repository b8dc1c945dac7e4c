// Package demo is the demo company's knowledge: a shop and a small insurer, in
// English and Chinese, embedded.
package demo

import "parley/dialog/rag"

// Companies of the demo.
const (
	Shop    = "shop"    // Brightwood Audio, 明木音响
	Insurer = "insurer" // Fairhaven Insurance, 安港保险
)

// Documents gives the knowledge of the companies named, of all when none is.
func Documents(companies ...string) []rag.Document { return nil }

// Package demo is the demo company's knowledge: a shop and a small insurer, in
// English and Chinese, embedded.
package demo

import (
	"embed"
	"slices"
	"strings"

	"parley/dialog/rag"
)

// Companies of the demo.
const (
	Shop    = "shop"    // Brightwood Audio, 明木音响
	Insurer = "insurer" // Fairhaven Insurance, 安港保险
)

//go:embed knowledge/*.md
var files embed.FS

// prefix of the documents' IDs.
const prefix = "demo:"

// Is reports whether a document's ID is of the demo.
func Is(id string) bool { return strings.HasPrefix(id, prefix) }

// Documents gives the knowledge of the companies named, of all when none is.
func Documents(companies ...string) []rag.Document {
	var out []rag.Document
	for _, company := range []string{Shop, Insurer} {
		if len(companies) > 0 && !slices.Contains(companies, company) {
			continue
		}
		for _, l := range []struct{ file, tag string }{{"en", "en"}, {"zh", "zh-CN"}} {
			b, err := files.ReadFile("knowledge/" + company + "." + l.file + ".md")
			if err != nil {
				panic(err) // embedded above
			}
			out = append(out, rag.Document{ID: prefix + company + "." + l.file, Text: string(b), Language: l.tag})
		}
	}
	return out
}

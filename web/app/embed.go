// Package app holds the built pages: TypeScript beside this file, built by
// `make pages` into dist, committed, and embedded here.
package app

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Pages are the files as the browser asks for them; index.html is the shop.
func Pages() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

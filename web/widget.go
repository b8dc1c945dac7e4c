package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// widget is the one script that puts the chat on any page, as it is sent.
type widget struct {
	plain, packed []byte
	tag           string // of its content
}

// newWidget reads the script among the built pages; nil: there is none.
func newWidget(pages fs.FS) *widget {
	b, err := fs.ReadFile(pages, "widget.js")
	if err != nil {
		return nil
	}
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression) // the level is one
	_, _ = w.Write(b)                                     // a Buffer takes all
	_ = w.Close()
	sum := sha256.Sum256(b)
	return &widget{plain: b, packed: z.Bytes(), tag: hex.EncodeToString(sum[:12])}
}

// ServeHTTP sends the script to any page: browsers ask for it without an origin, and keep it
// for ten minutes.
func (x *widget) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=600, stale-while-revalidate=86400")
	h.Add("Vary", "Accept-Encoding")
	body, tag := x.plain, x.tag
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body, tag = x.packed, x.tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

package web

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"testing"

	"parley/web/app"
)

// most is how large the widget may be on the wire, in bytes.
const most = 60_000

// The committed script is small, comes compressed to whoever takes that, and is not sent again
// to whoever has it.
func TestTheWidgetIsSmall(t *testing.T) {
	w := newWidget(app.Pages())
	if w == nil {
		t.Fatal("there is no widget.js; run make pages")
	}
	t.Logf("%d bytes, %d compressed", len(w.plain), len(w.packed))
	if len(w.packed) > most {
		t.Errorf("the widget has %d bytes compressed, %d are allowed", len(w.packed), most)
	}
	ask := func(headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/widget.js", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		a := httptest.NewRecorder()
		w.ServeHTTP(a, r)
		return a
	}
	plain, packed := ask(), ask("Accept-Encoding", "br, gzip")
	if plain.Body.String() != string(w.plain) || plain.Header().Get("Content-Encoding") != "" {
		t.Error("the plain script is another")
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != string(w.plain) {
		t.Error("the compressed script is another: ", err)
	}
	if tag := packed.Header().Get("ETag"); tag == plain.Header().Get("ETag") || ask("Accept-Encoding", "gzip", "If-None-Match", tag).Code != 304 {
		t.Error("a browser that has it gets it again")
	}
	if packed.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Error("isolated pages cannot load it")
	}
}

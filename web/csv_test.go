package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTables(t *testing.T) {
	for in, want := range map[string]string{
		`{"items":[{"b":1.50,"a":"x,y"},{"a":"=1+1","c":["p","q"],"b":null}],"next":"n"}`: "b,a,c\r\n1.50,\"x,y\",\r\n,'=1+1,p; q\r\n",
		`{"items":[{"o":{"k":true},"t":false}]}`:                                          "o,t\r\n\"{\"\"k\"\":true}\",false\r\n",
	} {
		out, next, ok := csvOf([]byte(in), "items")
		if !ok || string(out) != want || (next == "n") != (len(in) > 60) {
			t.Errorf("%s: %q %q %v", in, out, next, ok)
		}
	}
	for _, in := range []string{`{"id":"x"}`, `[]`, `{"items":[1]}`, `{`} {
		if _, _, ok := csvOf([]byte(in), "items"); ok {
			t.Errorf("%s is no table", in)
		}
	}
	for accept, want := range map[string]bool{"text/csv": true, "text/csv;q=1, */*": true, "application/json": false, "*/*": false, "": false, "text/html, text/csv": false} {
		if wantsCSV(accept) != want {
			t.Errorf("Accept: %s", accept)
		}
	}
}

// What is no list is refused as a table at its first byte, however long it is.
func TestARecordingIsNoTable(t *testing.T) {
	s := &Server{}
	wrote := 0
	h := s.tables(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusOK
		if r.Header.Get("Range") != "" {
			code = http.StatusPartialContent
		}
		w.Header().Set("Content-Type", "audio/wav")
		w.WriteHeader(code)
		for range 1000 {
			n, err := io.WriteString(w, "RIFF")
			if wrote += n; err != nil {
				return
			}
		}
	}))
	r := httptest.NewRequest(http.MethodGet, "/v1/calls/c/recording", nil)
	r.Header.Set("Accept", "text/csv")
	r.Header.Set("Range", "bytes=0-")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotAcceptable || wrote != 0 {
		t.Errorf("%d, and %d bytes were kept", w.Code, wrote)
	}
}

package web

import "testing"

func TestTables(t *testing.T) {
	for in, want := range map[string]string{
		`{"items":[{"b":1.50,"a":"x,y"},{"a":"=1+1","c":["p","q"],"b":null}],"next":"n"}`: "b,a,c\r\n1.50,\"x,y\",\r\n,'=1+1,p; q\r\n",
		`{"items":[{"o":{"k":true},"t":false}]}`:                                          "o,t\r\n\"{\"\"k\"\":true}\",false\r\n",
	} {
		out, next, ok := csvOf([]byte(in))
		if !ok || string(out) != want || (next == "n") != (len(in) > 60) {
			t.Errorf("%s: %q %q %v", in, out, next, ok)
		}
	}
	for _, in := range []string{`{"id":"x"}`, `[]`, `{"items":[1]}`, `{`} {
		if _, _, ok := csvOf([]byte(in)); ok {
			t.Errorf("%s is no table", in)
		}
	}
	for accept, want := range map[string]bool{"text/csv": true, "text/csv;q=1, */*": true, "application/json": false, "*/*": false, "": false, "text/html, text/csv": false} {
		if wantsCSV(accept) != want {
			t.Errorf("Accept: %s", accept)
		}
	}
}

package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// tables answers "Accept: text/csv" for whatever answers with a list of items: a column
// for each of their fields, in their order. The next page is in a Link header.
func (s *Server) tables(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !wantsCSV(r.Header.Get("Accept")) || r.Header.Get("Upgrade") != "" || !strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, exportPath) { // an export writes its own
			next.ServeHTTP(w, r)
			return
		}
		q := r.Clone(r.Context())
		q.Header.Set("Accept", "application/json")
		q.Header.Del("Range")
		rec := &listed{recorder: recorder{head: http.Header{}}}
		next.ServeHTTP(rec, q)
		if rec.code != http.StatusOK {
			rec.replay(w)
			return
		}
		table := "items"
		if t := r.URL.Query().Get("table"); t != "" {
			table = t
		}
		b, cursor, ok := csvOf(rec.body.Bytes(), table)
		if !ok {
			refuse(w, http.StatusNotAcceptable, "this is no table: ask for application/json")
			return
		}
		if cursor != "" {
			u := *r.URL
			v := u.Query()
			v.Set("cursor", cursor)
			u.RawQuery = v.Encode()
			w.Header().Set("Link", "<"+u.RequestURI()+`>; rel="next"`)
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_, _ = w.Write(b)
	})
}

// listed keeps an answer that may be a list, and takes no more of one that is none: a
// recording is long.
type listed struct{ recorder }

var errNoList = errors.New("web: no list")

// Write implements http.ResponseWriter.
func (l *listed) Write(b []byte) (int, error) {
	l.WriteHeader(http.StatusOK)
	if kind, _, _ := mime.ParseMediaType(l.head.Get("Content-Type")); l.code == http.StatusOK && kind != "application/json" {
		return 0, errNoList
	}
	return l.recorder.Write(b)
}

// wantsCSV reports whether a request prefers a table to JSON.
func wantsCSV(accept string) bool {
	first, _, _ := strings.Cut(accept, ",")
	kind, _, err := mime.ParseMediaType(strings.TrimSpace(first))
	return err == nil && kind == "text/csv"
}

// csvOf turns {"items":[…],"next":…} into CSV, where table is items; false: it is something
// else.
func csvOf(body []byte, table string) (out []byte, next string, ok bool) {
	var (
		all   map[string]json.RawMessage
		items []json.RawMessage
	)
	if json.Unmarshal(body, &all) != nil || len(all[table]) == 0 || all[table][0] != '[' || json.Unmarshal(all[table], &items) != nil {
		return nil, "", false
	}
	if n, ok := all["next"]; ok && json.Unmarshal(n, &next) != nil {
		return nil, "", false
	}
	var columns []string
	at := map[string]int{}
	rows := make([][]string, len(items))
	for i, raw := range items {
		names, values, err := fields(raw)
		if err != nil {
			return nil, "", false
		}
		for j, n := range names {
			c, known := at[n]
			if !known {
				c = len(columns)
				at[n], columns = c, append(columns, n)
			}
			for len(rows[i]) <= c {
				rows[i] = append(rows[i], "")
			}
			rows[i][c] = values[j]
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	_ = w.Write(columns)
	for _, r := range rows {
		for len(r) < len(columns) {
			r = append(r, "")
		}
		_ = w.Write(r)
	}
	w.Flush()
	return b.Bytes(), next, len(columns) > 0 || len(rows) == 0
}

// fields are an object's names and values, in their order.
func fields(raw json.RawMessage) (names, values []string, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, fmt.Errorf("no object: %v %w", t, err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, nil, err
		}
		names, values = append(names, fmt.Sprint(t)), append(values, cell(v))
	}
	return names, values, nil
}

// cell is a value as a table shows it.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return harmless(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, cell(x))
		}
		return strings.Join(parts, "; ")
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// harmless keeps a text of others from being a formula where the table is opened.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

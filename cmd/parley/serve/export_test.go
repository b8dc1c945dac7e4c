package serve

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the reports count comes out whole, in both forms and equal, for supervisors, with
// who took it noted.
func TestExports(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	for _, s := range []string{"=1+1 how long does delivery take", "two\nlines, \"quoted\""} {
		x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, string(jsonOf(t, map[string]string{"text": s})))
	}
	x.watch(k, 0).says("bot", "2 to 4 working days")
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/rating", k.Token, `{"score":4,"comment":"+good"}`)
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/handoff", k.Token, `{}`)
	admin := x.admin()
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/close", admin, `{"disposition":"solved"}`); a.code/100 != 2 {
		t.Fatal(a)
	}
	least := map[string]int{"conversations": 1, "turns": 3, "transfers": 1, "ratings": 1, "scores": 1}
	for kind, n := range least {
		c := x.do("GET", "/v1/exports/"+kind, admin, "", "Accept", "text/csv")
		l := x.do("GET", "/v1/exports/"+kind+"?format=jsonl", admin, "")
		if c.code != 200 || l.code != 200 || !strings.HasPrefix(c.head.Get("Content-Type"), "text/csv") || !strings.Contains(l.head.Get("Content-Disposition"), kind) {
			t.Fatal(kind, c, l)
		}
		table, err := csv.NewReader(strings.NewReader(c.body)).ReadAll()
		lines := strings.Split(strings.TrimSpace(l.body), "\n")
		if err != nil || len(table) != len(lines)+1 || len(lines) < n || c.head.Get("Parley-Rows") != l.head.Get("Parley-Rows") || l.head.Get("Parley-Rows") != strconv.Itoa(len(lines)) {
			t.Fatalf("%s: %v, %d rows of CSV, %d lines, told %s: %s", kind, err, len(table), len(lines), l.head.Get("Parley-Rows"), c.body)
		}
		at := slices.Index(table[0], "conversation")
		for i, line := range lines {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil || row["conversation"] != table[i+1][at] || len(row) != len(table[0]) {
				t.Errorf("%s: %v in %s beside %v", kind, err, line, table[i+1])
			}
			for name, v := range row {
				if s, _ := v.(string); name == "at" || strings.HasSuffix(name, "_at") {
					if when, err := time.Parse(time.RFC3339, s); err != nil || when.Location() != time.UTC {
						t.Errorf("%s.%s: %s", kind, name, s)
					}
				}
			}
		}
		for token, code := range map[string]int{"": 401, k.Token: 403, x.staff("agent@local", x.password("agent@local")): 403} {
			if a := x.do("GET", "/v1/exports/"+kind, token, ""); a.code != code {
				t.Errorf("%s: %d, not %d", kind, a.code, code)
			}
		}
		if a := x.do("GET", "/v1/audit?what=export."+kind, admin, ""); strings.Count(a.body, `"export.`+kind) != 2 {
			t.Errorf("%s is not noted: %s", kind, a.body)
		}
	}
	if a := x.do("GET", "/v1/exports/turns", admin, ""); !strings.Contains(a.body, "'=1+1 how") {
		t.Error("a formula: ", a.body)
	}
	if a := x.do("GET", "/v1/exports/ratings", admin, ""); !strings.Contains(a.body, "'+good") {
		t.Error("a formula: ", a.body)
	}
	if a := x.do("GET", "/v1/exports/turns?from=2020-01-01&to=2020-02-01", admin, ""); a.code != 200 || a.head.Get("Parley-Rows") != "0" || !strings.HasPrefix(a.body, "conversation,seq,at,from,") {
		t.Error(a)
	}
	for path, code := range map[string]int{"/v1/exports/secrets": http.StatusNotFound, "/v1/exports/turns?format=xml": 422, "/v1/exports/turns?from=yesterday": 422, "/v1/exports/turns?via=pigeon": 422} {
		if a := x.do("GET", path, admin, ""); a.code != code || !strings.HasPrefix(a.head.Get("Content-Type"), "application/problem+json") {
			t.Error(path, a)
		}
	}
}

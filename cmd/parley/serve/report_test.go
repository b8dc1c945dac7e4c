package serve

import (
	"strings"
	"testing"
)

// Reports tell of what has just happened, to supervisors alone, and as tables.
func TestReports(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	x.says(k, "how long does delivery take")
	x.watch(k, 0).says("bot", "2 to 4 working days")
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/rating", k.Token, `{"score":5}`); a.code != 204 {
		t.Fatal(a)
	}
	if a := x.do("GET", "/v1/reports/summary", k.Token, ""); a.code != 403 {
		t.Error(a)
	}
	admin := x.admin()
	for _, name := range []string{"summary", "quality", "satisfaction", "keywords", "transfers", "latency"} {
		a := x.do("GET", "/v1/reports/"+name, admin, "")
		var r struct {
			Items []struct {
				Name          string
				Value         *float64
				Definition    map[string]string
				Conversations string
			}
		}
		if a.code != 200 {
			t.Error(name, a)
			continue
		}
		a.json(t, &r)
		if len(r.Items) == 0 {
			t.Error(name, " has no figures")
		}
		for _, f := range r.Items {
			if f.Definition["en"] == "" || f.Definition["zh-CN"] == "" {
				t.Error(name, f.Name, " is not defined")
			}
			if f.Conversations == "" {
				continue
			}
			if a := x.do("GET", f.Conversations, admin, ""); a.code != 200 {
				t.Error(f.Name, a)
			} else if f.Name == "satisfied" && !strings.Contains(a.body, string(k.ID)) {
				t.Error("the conversation behind a figure is not listed: ", a)
			}
		}
		if a := x.do("GET", "/v1/reports/"+name, admin, "", "Accept", "text/csv"); a.code != 200 || !strings.HasPrefix(a.body, "name,value,unit") {
			t.Error(a)
		}
	}
	if a := x.do("GET", "/v1/reports/summary?table=days", admin, "", "Accept", "text/csv"); a.code != 200 || !strings.HasPrefix(a.body, "day,conversations,") {
		t.Error(a)
	}
	// Closed, it is scored; a supervisor says otherwise, and it is scored anew.
	c := "/v1/conversations/" + string(k.ID)
	if a := x.do("GET", c+"/quality", admin, ""); a.code != 200 || !strings.Contains(a.body, `"total":-1`) {
		t.Error("scored before it is over: ", a)
	}
	if a := x.do("POST", c+"/close", admin, `{"disposition":"done"}`); a.code >= 300 {
		t.Fatal(a)
	}
	if a := x.do("GET", c+"/quality", admin, ""); a.code != 200 || !strings.Contains(a.body, `"total":100`) {
		t.Error(a)
	}
	if a := x.do("PUT", c+"/quality/tone", admin, `{"score":0,"note":"cold"}`); a.code != 200 || !strings.Contains(a.body, `"overruled":true,"note":"cold"`) || strings.Contains(a.body, `"total":100`) {
		t.Error(a)
	}
	if a := x.do("POST", c+"/quality/preview", admin, `{"weights":{"compliance":100},"required":[],"forbidden":[{"name":"slogan","any":{"en":["working days"]}}],"off":[]}`); a.code != 200 || !strings.Contains(a.body, `"slogan"`) {
		t.Error("a preview: ", a)
	}
	if a := x.do("POST", "/v1/conversations/none/quality/preview", admin, `{"weights":{"tone":1},"required":[],"forbidden":[],"off":[]}`); a.code != 404 {
		t.Errorf("a preview of no conversation: %d %s", a.code, a.body)
	}
	if a := x.do("POST", "/v1/conversations/none/quality/preview", admin, `{"weights":{"tone":0},"required":[],"forbidden":[],"off":[]}`); a.code != 422 {
		t.Errorf("a preview by a rubric that counts nothing: %d %s", a.code, a.body)
	}
	if a := x.do("PUT", "/v1/quality/rubric", admin, `{"version":0,"weights":{"tone":100},"required":[],"forbidden":[{"name":"slogan","any":{"en":["working days"]}}],"off":[]}`); a.code != 200 || !strings.Contains(a.body, `"version":1`) {
		t.Error(a)
	}
	if a := x.do("PUT", "/v1/quality/rubric", admin, `{"version":0,"weights":{"tone":1},"required":[],"forbidden":[],"off":[]}`); a.code != 409 {
		t.Error("somebody was quicker: ", a)
	}
	if a := x.do("PUT", "/v1/quality/rubric", admin, `{"version":1,"weights":{"tone":0},"required":[],"forbidden":[],"off":[]}`); a.code != 422 {
		t.Error(a)
	}
	for _, bad := range []string{"summary?from=yesterday", "summary?from=2026-10-02&to=2026-10-01", "latency?from=2020-01-01", "conversations?figure=x", "conversations?cursor=x", "summary?via=pigeon", "conversations?from=tomorrow", "keywords?from=tomorrow"} {
		if a := x.do("GET", "/v1/reports/"+bad, admin, ""); a.code != 422 {
			t.Error(bad, a)
		}
	}
	if a := x.do("GET", "/v1/reports/summary?table=nothing", admin, "", "Accept", "text/csv"); a.code != 406 {
		t.Error(a)
	}
}

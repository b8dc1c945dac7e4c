package serve

import (
	"strings"
	"testing"

	"parley/dialog"
)

// transcripts checks what can be downloaded of a conversation in which a picture was sent and
// a person asked for.
func (x *site) transcripts(t *testing.T, k, stranger talk) {
	t.Helper()
	at := "/v1/conversations/" + string(k.ID) + "/transcript"
	a := x.do("GET", at, k.Token, "")
	if a.code != 200 || !strings.Contains(a.body, "] You\n  this\n  [Picture 1") || !strings.Contains(a.body, "  let me talk to a person\n") || !strings.HasPrefix(a.head.Get("Content-Type"), "text/plain") {
		t.Error(a)
	}
	a = x.do("GET", at+"?format=html&zone=Asia/Shanghai&language=zh-CN", k.Token, "")
	if a.code != 200 || !strings.Contains(a.body, "Asia/Shanghai (UTC+08:00)") || !strings.Contains(a.body, "您") || !strings.Contains(a.body, "data:image/jpeg;base64,") {
		t.Error(a.code, a.body[:min(len(a.body), 4000)])
	}
	if d, p := a.head.Get("Content-Disposition"), a.head.Get("Content-Security-Policy"); !strings.HasPrefix(d, `attachment; filename="conversation-20`) || !strings.Contains(d, `filename*=UTF-8''%E5`) || !strings.Contains(p, "sandbox; default-src 'none'") {
		t.Error(d, p)
	}
	var all struct {
		Complete bool
		Items    []dialog.Record
	}
	x.do("GET", at+"?format=json", x.admin(), "").json(t, &all)
	if !all.Complete || len(all.Items) < 3 {
		t.Errorf("%+v", all)
	}
	refused(t, "another format", x.do("GET", at+"?format=pdf", k.Token, ""), 422)
	refused(t, "no such zone", x.do("GET", at+"?zone=Mars", k.Token, ""), 422)
	refused(t, "a stranger's transcript", x.do("GET", at, stranger.Token, ""), 403)
	refused(t, "nobody's transcript", x.do("GET", at, "", ""), 401)
	refused(t, "a transcript of nothing", x.do("GET", "/v1/conversations/conv_none/transcript", x.admin(), ""), 404)
}

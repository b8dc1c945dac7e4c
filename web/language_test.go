package web

import (
	"net/http/httptest"
	"testing"
)

func TestThePagesLanguage(t *testing.T) {
	for header, want := range map[string]string{"": "", "zh-CN": "zh-CN", "en, zh-CN": "en", " yue ": "yue", "zh_CN": "", "<script>": "", "a-very-long-tag-that-no-language-was-ever-given": ""} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Content-Language", header)
		if got := spokenIn(r); got != want {
			t.Errorf("%q: %q", header, got)
		}
	}
}

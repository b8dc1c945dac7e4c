package local

import "testing"

func TestSpell(t *testing.T) {
	for text, want := range map[string]string{
		"银行行长": "yin2 hang2 hang2 zhang3", "您好，请问有什么可以帮您？": "nin2 hao3, qing3 wen4 you3 shen2 me5 ke3 yi3 bang1 nin2?",
		"音乐很快乐": "yin1 yue4 hen3 kuai4 le4", "女": "nv3", "退还": "tui4 huan2",
	} {
		if got := spell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestByScript(t *testing.T) {
	rs := byScript("您的Brightwood One耳机，好。", "zh-CN")
	if len(rs) != 3 || rs[0].text != "您的" || rs[1].han || rs[2].text != "耳机，好。" {
		t.Errorf("%+v", rs)
	}
	if rs := byScript("...", "en"); rs != nil {
		t.Errorf("%+v", rs)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("RIFF$d\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80>\x00\x00\x00}\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x01\x00\x02\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { _, _, _ = wav(b) })
}

package doctor

import (
	"strings"
	"testing"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
)

// Every recogniser is looked for as it will be used, and what is wrong is said with what mends it.
func TestRecognisersAreLookedFor(t *testing.T) {
	v, f, r, o := asrtest.NewVosk(asrtest.Script{}), asrtest.NewFunASR(asrtest.Script{}, false), asrtest.NewRealtime(asrtest.Script{}), asrtest.NewOpenAI(asrtest.Script{})
	defer v.Close()
	defer f.Close()
	defer r.Close()
	defer o.Close()
	bad := asrtest.NewVosk(asrtest.Script{Refuse: true})
	defer bad.Close()
	c := config.Default()
	c.ASR = []config.Engine{{Engine: "vosk", URL: v.URL}, {Engine: "funasr", URL: f.URL}, {Engine: "realtime", URL: r.URL}, {Engine: "openai", URL: o.URL}, {Engine: "vosk", URL: bad.URL}}
	got := providers(t.Context(), c)
	if len(got) != 5 {
		t.Fatalf("%+v", got)
	}
	for _, x := range got[:4] {
		if x.err != nil {
			t.Errorf("%s: %v", x.what, x.err)
		}
	}
	if x := got[4]; x.err == nil || x.what != "asr vosk-2" || !strings.Contains(x.err.Error(), "503") || x.mend == "" {
		t.Errorf("%+v", x)
	}
}

func TestLanguagesThatNothingHears(t *testing.T) {
	c := config.Default()
	c.Bot.Languages = []string{"en", "zh-CN", "yue", "fr"}
	c.ASR = []config.Engine{{Engine: "funasr", URL: "ws://x", Languages: []string{"zh-CN"}}}
	heard := map[string]string{}
	for _, f := range languages(c) {
		heard[f.what] = f.detail
		if (f.detail == "") != (f.err != nil) || f.err != nil && f.mend == "" || !f.minor {
			t.Errorf("%+v", f)
		}
	}
	if heard["hearing en"] != "sphinx" || heard["hearing zh-CN"] != "funasr" || heard["hearing yue"] != "" || heard["hearing fr"] != "" {
		t.Errorf("%v", heard)
	}
}

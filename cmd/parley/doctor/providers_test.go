package doctor

import (
	"strings"
	"testing"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
	"parley/dialog/llm/llmtest"
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

func TestAnEmbeddingEngineIsTried(t *testing.T) {
	e := llmtest.NewServer(llmtest.Script{Embed: func(texts []string) ([][]float32, error) { return [][]float32{{1, 2, 3}}, nil }})
	defer e.Close()
	c := config.Default()
	c.Embed = []config.Engine{{Engine: "openai", URL: e.URL, Model: "m"}}
	if got := providers(t.Context(), c); len(got) != 1 || got[0].err != nil || !strings.Contains(got[0].detail, "3 dimensions") {
		t.Errorf("%+v", got)
	}
	e.Set(llmtest.Script{})
	if got := providers(t.Context(), c); got[0].err == nil || got[0].mend == "" {
		t.Errorf("%+v", got)
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

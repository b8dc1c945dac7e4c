package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func env(kv ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return func(k string) string { return m[k] }
}

func file(t *testing.T, s string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(p, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMistakesNameLineAndWhatWasExpected(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown key":       {"listen: :1\nlisten_on: :2\n", `line 2: unknown key "listen_on"`},
		"unknown, nested":   {"rtc:\n  adr: :1\n", `line 2: unknown key "adr"`},
		"wrong type":        {"\nlimits: {calls: many}\n", "line 2"},
		"unknown engine":    {"asr: [{engine: siri}]\n", `engine "siri" is unknown; expected one of sphinx`},
		"missing variable":  {"llm: [{engine: openai, key: \"${NOPE}\"}]\n", "line 1: ${NOPE} is not set"},
		"vosk without url":  {"asr: [{engine: vosk}]\n", "needs a url"},
		"funasr by http":    {"asr: [{engine: funasr, url: http://x}]\n", "neither ws:// nor wss://"},
		"openai by socket":  {"asr: [{engine: openai, url: wss://x}]\n", "neither http:// nor https://"},
		"no address":        {"asr: [{engine: vosk, url: vosk.example.com}]\n", "is no address"},
		"no language":       {"asr: [{engine: vosk, url: ws://x, languages: [chinese!]}]\n", "no BCP 47 tag"},
		"half of tls":       {"tls: {cert: a.pem}\n", "go together"},
		"a zone of none":    {"hours: {zone: Mars}\n", "IANA zone"},
		"no word":           {"speech: {pronounce: {en: {\"-\": dash}}}\n", `"-" is no word`},
		"said as nothing":   {"speech: {pronounce: {en: {Brightwood: \" \"}}}\n", `how "Brightwood" is said`},
		"no such tag":       {"speech: {pronounce: {english!: {a: b}}}\n", "no BCP 47 tag"},
		"closed, not slept": {"listen: :1\nconversations: {sleep_hours: 0, close_days: 3}\n", "line 2: conversations: sleep_hours comes before"},
		"bad yaml":          {"a: [\n", "line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(file(t, c.yaml), env())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestEnvironmentOverridesFile(t *testing.T) {
	p := file(t, "listen: :1\nllm: [{engine: openai, url: http://file, key: \"${K}\"}]\nrecording: {on: false}\n")
	c, err := Load(p, env("PARLEY_LISTEN", ":2", "K", "secret", "PARLEY_RTC_TCP", "off"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":2" || c.LLM[0].Key != "secret" || c.RTC.TCP || c.Recording.On {
		t.Fatalf("%+v", c)
	}
	if !c.Recording.Notice {
		t.Error("a key that is not named keeps its default")
	}
}

func TestProviderServesEveryRole(t *testing.T) {
	c, err := Load("", env("OPENAI_API_KEY", "k", "OPENAI_BASE_URL", "http://x/v1", "PARLEY_ASR_ENGINE", "vosk", "PARLEY_ASR_URL", "ws://v", "PARLEY_ASR_LANGUAGES", "en,zh-CN"))
	if err != nil {
		t.Fatal(err)
	}
	if c.LLM[0].Engine != "openai" || c.LLM[0].URL != "http://x/v1" || c.TTS[0].Key != "k" {
		t.Errorf("%+v %+v", c.LLM, c.TTS)
	}
	if c.ASR[0].Engine != "vosk" || c.ASR[0].Key != "" || len(c.ASR[0].Languages) != 2 {
		t.Errorf("%+v", c.ASR)
	}
	if c, _ = Load("", env()); len(c.LLM)+len(c.ASR)+len(c.TTS) != 0 {
		t.Error("no provider, no engines: the offline ones come by themselves")
	}
}

func TestExampleIsComplete(t *testing.T) {
	if _, err := Load("../../../parley.example.yaml", env("OPENAI_API_KEY", "k")); err != nil {
		t.Fatal(err)
	}
}

// What the example shows of business systems is right.
func TestExampleToolsAreRight(t *testing.T) {
	b, err := os.ReadFile("../../../parley.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "\n# tools:\n")
	block, _, ok2 := strings.Cut(rest, "\n\n")
	if !ok || !ok2 {
		t.Fatal("the example shows no tools")
	}
	var lines []string
	for _, l := range strings.Split(block, "\n") {
		lines = append(lines, strings.TrimPrefix(l, "# "))
	}
	yaml := "tools:\n" + strings.Join(lines, "\n") + "\n"
	c, err := Load(file(t, yaml), env("SHOP_KEY", "secret one", "CALENDAR_KEY", "k", "CRM_KEY", "k", "LOYALTY_KEY", "k"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tools) != 4 || c.Tools[0].MCP.Env["SHOP_KEY"] != "secret one" || *c.Tools[0].Tools["cancel_order"].Level != 1 || c.Tools[3].HTTP["redeem"].Method != "POST" {
		t.Errorf("%+v", c.Tools)
	}
	for what, want := range map[string]string{
		strings.Replace(yaml, "effect: change", "effect: chagne", 1):           `effect "chagne"`,
		strings.Replace(yaml, "idempotent: natural", "idempotnet: natural", 1): `unknown key "idempotnet"`,
		strings.Replace(yaml, "{{.args.order}}?", "{{.args.order}?", 1):        "confirm",
		strings.Replace(yaml, "https://calendar", "calendar", 1):               "expected http://",
		strings.Replace(yaml, "{phone}/points", "{fone}/points", 1):            "{fone}",
		strings.Replace(yaml, "type: integer", "type: integr", 1):              "args",
		strings.Replace(yaml, "name: crm", "name: shop", 1):                    "two of the name",
	} {
		if _, err := Load(file(t, what), env("SHOP_KEY", "s", "CALENDAR_KEY", "k", "CRM_KEY", "k", "LOYALTY_KEY", "k")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}

func TestSeveralNodesShareADatabase(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	c, err := Load("", env("REDIS_URL", "redis://127.0.0.1:6379/0", "DATABASE_URL", "postgres://x/y"))
	if err != nil || c.Redis != "redis://127.0.0.1:6379/0" {
		t.Error(c.Redis, err)
	}
	if _, err := Load("", env("REDIS_URL", "redis://127.0.0.1:6379/0")); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Error(err)
	}
	if _, err := Load("", env("REDIS_URL", "http://u:secret@x", "DATABASE_URL", "postgres://x/y")); err == nil || !strings.Contains(err.Error(), "REDIS_URL") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
)

func load(t *testing.T, yaml string, env map[string]string) (config.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(file, func(k string) string { return env[k] })
}

func TestModels(t *testing.T) {
	c, err := load(t, `
llm:
  - {engine: openai, preset: deepseek, key: k, price: {in: 2, cached: 0.2, out: 3, currency: CNY}, waits: {connect_ms: 500, first_token_ms: 2500, between_ms: 1500}}
  - {engine: openai, preset: ollama, model: "qwen3:8b"}
embed:
  - {engine: openai, preset: qwen, key: k}
`, map[string]string{"PARLEY_EMBED_URL": "http://127.0.0.1:9/v1", "PARLEY_EMBED_MODEL": "bge-m3"})
	if err != nil {
		t.Fatal(err)
	}
	o, p := c.LLM[0].ModelOptions(), c.LLM[0].ModelPrice()
	if o.Preset != "deepseek" || o.ConnectTimeout != 500*time.Millisecond || o.FirstToken != 2500*time.Millisecond || o.BetweenChunks != 1500*time.Millisecond || p.Cached != 0.2 || p.Currency != "CNY" {
		t.Errorf("%+v %+v", o, p)
	}
	if len(c.Embed) != 2 || c.Embed[0].Model != "bge-m3" || c.Embed[1].Preset != "qwen" {
		t.Errorf("%+v", c.Embed)
	}
	for yaml, want := range map[string]string{
		"llm: [{engine: openai, preset: deepsek}]":                      `preset "deepsek" is unknown`,
		"llm: [{engine: openai, preset: vllm}]":                         "a model must be named",
		"embed: [{engine: openai, url: \"http://x/v1\"}]":               "a model must be named",
		"embed: [{engine: openai, preset: moonshot}]":                   "a model must be named",
		"embed: [{engine: offline}]":                                    `engine "offline" is unknown`,
		"llm: [{engine: openai, preset: glm, price: {in: -1}}]":         "below 0",
		"llm: [{engine: openai, preset: glm, waits: {between_ms: -1}}]": "not between",
		"tts: [{engine: openai, preset: glm}]":                          "belong to llm and embed",
	} {
		if _, err := load(t, yaml, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", yaml, err)
		}
	}
	if c, err := load(t, "", map[string]string{"OPENAI_API_KEY": "k"}); err != nil || len(c.LLM) != 1 || len(c.Embed) != 0 {
		t.Errorf("%+v, %v", c.Embed, err)
	}
}

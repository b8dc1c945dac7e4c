package llm

import "strings"

// Preset is what is known of one kind of OpenAI-compatible server.
type Preset struct {
	Name  string
	URL   string // with its version
	Model string // when none is named; "": one must be named
	Local bool   // of one's own: no key is needed
	Docs  string // the page that documents the protocol
	Embed string // the model for embeddings when none is named; "": it has none, or one must be named
	Batch int    // texts in one request for embeddings; 0 is 64

	quirks func(model string) Quirks
}

// Quirks are where a server differs from OpenAI's description. The zero value is a
// server that differs in nothing.
type Quirks struct {
	Omit       []string       // top-level parameters that it refuses
	MaxTokens  string         // what it calls the limit of a reply; "" is max_tokens
	Extra      map[string]any // set where the request does not set them: thinking off, for the wait is the customer's
	FilledText bool           // refuses messages with empty content
	Hottest    float64        // the highest temperature; 0 is 2
}

// Quirks of one of its models.
func (p Preset) Quirks(model string) Quirks {
	if p.quirks == nil {
		return Quirks{}
	}
	return p.quirks(model)
}

func quirks(q Quirks) func(string) Quirks { return func(string) Quirks { return q } }

// noTemplate are the switches of the servers that render a model's own template.
var noTemplate = map[string]any{"chat_template_kwargs": map[string]any{"enable_thinking": false}}

// presets, in the order in which they are listed to people. Each was read from the page
// under Docs; what a page does not say is left as OpenAI has it, and learned from the
// server's refusal (see Mend).
var presets = []Preset{
	{Name: "openai", URL: "https://api.openai.com/v1", Model: "gpt-4o-mini", Embed: "text-embedding-3-small", Batch: 256,
		Docs: "https://platform.openai.com/docs/api-reference/chat/create", quirks: openAIQuirks},
	// Thinking is on unless switched off; keep-alive comments come while it queues; usage
	// tells the cache as prompt_cache_hit_tokens.
	{Name: "deepseek", URL: "https://api.deepseek.com", Model: "deepseek-flash",
		Docs: "https://api-docs.deepseek.com/guides/thinking_mode", quirks: quirks(Quirks{Extra: thinkingOff})},
	// The hybrid models think unless told not to.
	{Name: "qwen", URL: "https://dashscope.aliyuncs.com/compatible-mode/v1", Model: "qwen-plus", Embed: "text-embedding-v4", Batch: 10,
		Docs: "https://help.aliyun.com/en/model-studio/deep-thinking", quirks: quirks(Quirks{Extra: map[string]any{"enable_thinking": false}})},
	// Content must not be empty.
	{Name: "ernie", URL: "https://qianfan.baidubce.com/v2", Model: "ernie-4.5-turbo-128k", Embed: "embedding-v1", Batch: 16,
		Docs: "https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb", quirks: ernieQuirks},
	// Usage rides in the last choice; sampling is fixed but for moonshot-v1.
	{Name: "moonshot", URL: "https://api.moonshot.cn/v1", Model: "kimi-k3",
		Docs: "https://platform.kimi.ai/docs/api/models-overview", quirks: moonshotQuirks},
	// Usage comes without being asked for; temperature ends at 1.
	{Name: "glm", URL: "https://open.bigmodel.cn/api/paas/v4", Model: "glm-4.7", Embed: "embedding-3",
		Docs: "https://docs.bigmodel.cn/cn/guide/start/concept-param", quirks: quirks(Quirks{Omit: []string{"stream_options"}, Hottest: 1, Extra: thinkingOff})},
	{Name: "ollama", URL: "http://127.0.0.1:11434/v1", Local: true, Batch: 32,
		Docs: "https://docs.ollama.com/api/openai-compatibility", quirks: quirks(Quirks{Extra: map[string]any{"reasoning_effort": "none"}})},
	// What it thinks comes as reasoning, formerly reasoning_content.
	{Name: "vllm", URL: "http://127.0.0.1:8000/v1", Local: true, Batch: 64,
		Docs: "https://docs.vllm.ai/en/latest/features/reasoning_outputs/", quirks: quirks(Quirks{Extra: noTemplate})},
	// It answers 500 to a message without content; it has one model, whatever the request says.
	{Name: "llamacpp", URL: "http://127.0.0.1:8080/v1", Model: "default", Local: true, Embed: "default", Batch: 32,
		Docs: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md", quirks: quirks(Quirks{Extra: noTemplate})},
}

var thinkingOff = map[string]any{"thinking": map[string]any{"type": "disabled"}}

// openAIQuirks: max_tokens is deprecated for all and refused by those that reason, which
// refuse temperatures too.
func openAIQuirks(model string) Quirks {
	q := Quirks{MaxTokens: "max_completion_tokens"}
	switch m := strings.ToLower(model); {
	case strings.HasPrefix(m, "o1"), strings.HasPrefix(m, "o3"), strings.HasPrefix(m, "o4"):
		q.Omit, q.Extra = []string{"temperature"}, map[string]any{"reasoning_effort": "low"}
	case m == "gpt-5", strings.HasPrefix(m, "gpt-5-"):
		q.Omit, q.Extra = []string{"temperature"}, map[string]any{"reasoning_effort": "minimal"}
	case strings.HasPrefix(m, "gpt-5."):
		q.Omit, q.Extra = []string{"temperature"}, map[string]any{"reasoning_effort": "none"}
	}
	return q
}

// ernieQuirks: the flash preview takes no temperature.
func ernieQuirks(model string) Quirks {
	q := Quirks{FilledText: true}
	if strings.HasPrefix(strings.ToLower(model), "ernie-5.5-flash") {
		q.Omit = []string{"temperature"}
	}
	return q
}

// moonshotQuirks: K2.5 and K2.6 can be kept from thinking, K3 only made to think little,
// the coding models neither.
func moonshotQuirks(model string) Quirks {
	q := Quirks{MaxTokens: "max_completion_tokens", Omit: []string{"temperature"}}
	switch m := strings.ToLower(model); {
	case strings.HasPrefix(m, "moonshot-v1"):
		q.Omit, q.Hottest = nil, 1
	case strings.HasPrefix(m, "kimi-k2.5"), strings.HasPrefix(m, "kimi-k2.6"):
		q.Extra = thinkingOff
	case strings.HasPrefix(m, "kimi-k3"):
		q.Extra = map[string]any{"reasoning_effort": "low"}
	}
	return q
}

// FindPreset finds one by its name, and "" is the one without quirks, by address: the
// preset of that host, if there is one.
func FindPreset(name, url string) (Preset, bool) {
	name = strings.ToLower(name)
	for _, p := range presets {
		if p.Name == name || name == "" && url != "" && !p.Local && hostOf(p.URL) == hostOf(url) {
			return p, true
		}
	}
	if name == "" && url == "" {
		return presets[0], true
	}
	return Preset{}, name == ""
}

// PresetNames lists all.
func PresetNames() (out []string) {
	for _, p := range presets {
		out = append(out, p.Name)
	}
	return out
}

func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(host)
}

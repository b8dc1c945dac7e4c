package llm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/dialog/llm"
)

// answers is a transport of fixed answers, which keeps what it was sent.
type answers struct {
	sent []string
	give func(n int, body string) (status int, kind, text string)
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a.sent = append(a.sent, string(b))
	status, kind, text := a.give(len(a.sent), string(b))
	h := http.Header{"Content-Type": {kind}}
	if status == 429 {
		h.Set("Retry-After", "7")
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func events(text string) *answers {
	return &answers{give: func(int, string) (int, string, string) { return 200, "text/event-stream", text }}
}

func ended(text string) string {
	return `data: {"choices":[{"index":0,"delta":{"content":"` + text + `"},"finish_reason":"stop"}]}` + "\n\n"
}

// What a server streams, and what becomes of it.
func TestResponsesAreMended(t *testing.T) {
	long := strings.Repeat(": keep-alive\n\n", 400)
	for name, c := range map[string]struct{ stream, text, fails string }{
		"no [DONE], but finished":          {ended("yes"), "yes", ""},
		"no [DONE] and not finished":       {`data: {"choices":[{"index":0,"delta":{"content":"ye"}}]}` + "\n\n", "ye", "broke off"},
		"the last event has no newline":    {strings.TrimSpace(ended("yes")), "yes", ""},
		"no blank after data:":             {strings.ReplaceAll(ended("yes"), "data: ", "data:"), "yes", ""},
		"no blank line between events":     {strings.ReplaceAll(ended("a"), "\n\n", "\n") + ended("b"), "ab", ""},
		"carriage returns":                 {strings.ReplaceAll(ended("yes"), "\n", "\r\n"), "yes", ""},
		"400 keep-alive lines":             {long + ended("yes"), "yes", ""},
		"an event in two data lines":       {"data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}\n\n", "yes", ""},
		"an error with a blank":            {`data: { "error": {"message":"out of memory"}}` + "\n\n", "", "out of memory"},
		"an error after some text":         {`data: {"choices":[{"index":0,"delta":{"content":"ye"}}]}` + "\n\n" + `data: { "error" : {"message":"out of memory"}}` + "\n\n", "ye", "out of memory"},
		"event: error":                     {"event: error\ndata: {\"message\":\"overloaded\",\"code\":529}\n\n", "", "overloaded"},
		"event: error in words":            {"event: error\ndata: the worker died\n\n", "", "the worker died"},
		"an error that is a string":        {`data: {"error":"model not loaded"}` + "\n\n", "", "model not loaded"},
		"an error without data:":           {`{"error":{"message":"quota"}}` + "\n", "", "quota"},
		"empty choices":                    {"data: {\"choices\":[]}\n\n" + ended("yes"), "yes", ""},
		"content in parts":                 {`data: {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"yes"}]},"finish_reason":"stop"}]}` + "\n\n", "yes", ""},
		"content null":                     {`data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}` + "\n\n" + ended("yes"), "yes", ""},
		"thoughts in the text":             {`data: {"choices":[{"index":0,"delta":{"content":"<thi"}}]}` + "\n\n" + ended(`nk>Hm, no.</think>\n\nyes`), "yes", ""},
		"what only begins like thoughts":   {ended("<th"), "<th", ""},
		"usage that is null until the end": {`data: {"choices":[{"index":0,"delta":{"content":"y"}}],"usage":null}` + "\n\n" + ended("es"), "yes", ""},
		"no JSON":                          {"data: {\"choices\": [{\"del\n\n", "", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			text, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: events(c.stream)}), hello)
			if text != c.text || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

var hello = llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "hello"}}}

func TestUsageWhereverItRides(t *testing.T) {
	end := `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"%s}]%s}` + "\n\n"
	for name, s := range map[string]string{
		"at the top":           fmt.Sprintf(end, "", `,"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}`),
		"in the last choice":   fmt.Sprintf(end, `,"usage":{"prompt_tokens":9,"completion_tokens":2,"cached_tokens":4}`, ""),
		"with its cache's hit": fmt.Sprintf(end, "", `,"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_cache_hit_tokens":4}`),
		"in an event of its own": fmt.Sprintf(end, "", "") +
			`data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}` + "\n\n",
	} {
		_, last, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: events(s)}), hello)
		if err != nil || last.Usage == nil || *last.Usage != (llm.Usage{Prompt: 9, Cached: 4, Reply: 2}) {
			t.Errorf("%s: %+v, %v", name, last.Usage, err)
		}
	}
}

func TestToolCallsOfPickyServers(t *testing.T) {
	for name, s := range map[string]string{
		"no index":                `{"tool_calls":[{"id":"a","type":"function","function":{"name":"order","arguments":"{}"}}]}`,
		"no id":                   `{"tool_calls":[{"index":0,"function":{"name":"order","arguments":"{}"}}]}`,
		"arguments are an object": `{"tool_calls":[{"index":0,"id":"a","function":{"name":"order","arguments":{}}}]}`,
		"the name comes twice":    `{"tool_calls":[{"index":0,"id":"a","function":{"name":"order","arguments":""}},{"index":0,"id":"a","function":{"name":"order","arguments":"{}"}}]}`,
	} {
		stream := `data: {"choices":[{"index":0,"delta":` + s + `,"finish_reason":"tool_calls"}]}` + "\n\n"
		_, last, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: events(stream)}), hello)
		if err != nil || len(last.Calls) != 1 || last.Calls[0].Name != "order" || last.Calls[0].Arguments != "{}" || last.Calls[0].ID == "" {
			t.Errorf("%s: %+v, %v", name, last.Calls, err)
		}
	}
}

// A server that ignores "stream", or reports an error with status 200.
func TestAWholeReplyIsUnfolded(t *testing.T) {
	for body, want := range map[string]string{
		`{"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`: "yes",
		`{"code":1301,"message":"content not allowed"}`: "content not allowed",
		`{"error_code":17,"error_msg":"daily limit"}`:   "daily limit",
		`[]`: "neither a stream nor a reply",
	} {
		a := &answers{give: func(int, string) (int, string, string) { return 200, "application/json", body }}
		text, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: a}), hello)
		if got := text + fmt.Sprint(err); !strings.Contains(got, want) {
			t.Errorf("%s: %s", body, got)
		}
	}
}

// Refusals of any shape carry their reason, status and wait.
func TestRefusalsOfAnyShape(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"no such model","type":"invalid_request_error"}}`: "no such model",
		`{"error":"no such model"}`:                               "no such model",
		`{"object":"error","message":"no such model","code":404}`: "no such model",
		`{"detail":[{"msg":"no such model"}]}`:                    "no such model",
		`<html>no such model</html>`:                              "no such model",
		``:                                                        "Too Many Requests",
	} {
		a := &answers{give: func(int, string) (int, string, string) { return 429, "application/json", body }}
		_, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: a}), hello)
		e := (*llm.StatusError)(nil)
		if !errors.As(err, &e) || e.Status != 429 || e.RetryAfter != 7*time.Second || !strings.Contains(e.Message, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// Requests as they leave: what the client library leaves out or sends as null.
func TestRequestsAreMended(t *testing.T) {
	zero := 0.0
	r := llm.Request{Temperature: &zero, Tools: []llm.Tool{{Name: "nothing"}, {Name: "odd", Parameters: json.RawMessage(`{"type":"object"}`)}}, Messages: []llm.Message{
		{Role: llm.User, Text: "where is it"},
		{Role: llm.Assistant, Calls: []llm.Call{{ID: "a", Name: "nothing", Arguments: "{}"}}},
		{Role: llm.ToolRole, CallID: "a"}}}
	a := events(ended("yes"))
	if _, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: a}), r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"temperature 0 is sent":              `"temperature":0,`,
		"a turn of calls has content":        `{"content":"","role":"assistant"`,
		"an empty result has content":        `{"content":"","role":"tool"`,
		"a tool without parameters has some": `"parameters":{"type":"object","properties":{}}`,
		"an object has properties":           `"parameters":{"properties":{},"type":"object"}`,
	} {
		if !strings.Contains(a.sent[0], want) {
			t.Errorf("%s: %s", name, a.sent[0])
		}
	}
	a = events(ended("yes"))
	if _, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Preset: "ernie", Transport: a}), r); err != nil || !strings.Contains(a.sent[0], `{"content":"null","role":"tool"`) {
		t.Errorf("an empty result for one that refuses it: %s", a.sent)
	}
}

// What a model thought is never sent back, whoever put it there.
func TestThoughtsAreNotSentBack(t *testing.T) {
	a := &answers{give: func(int, string) (int, string, string) { return 200, "application/json", "{}" }}
	body := `{"model":"m","messages":[{"role":"assistant","content":"x","reasoning_content":"y","reasoning":"z"}],"user":null}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x/v1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := llm.Mend(a, llm.Quirks{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if s := a.sent[0]; strings.Contains(s, "reasoning") || strings.Contains(s, "null") {
		t.Error(s)
	}
}

// A parameter that is refused by name is left out, then and from then on.
func TestRefusedParametersAreLearned(t *testing.T) {
	a := &answers{}
	a.give = func(_ int, body string) (int, string, string) {
		switch {
		case strings.Contains(body, `"max_tokens"`):
			return 400, "application/json", `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}`
		case strings.Contains(body, `"temperature"`):
			return 400, "application/json", `{"error":{"message":"invalid temperature: only 1 is allowed for this model"}}`
		case strings.Contains(body, `"stream_options"`):
			return 422, "application/json", `{"detail":"stream_options: extra fields not permitted"}`
		}
		return 200, "text/event-stream", ended("yes")
	}
	m := llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: a})
	warm := 0.2
	r := llm.Request{Messages: hello.Messages, MaxTokens: 10, Temperature: &warm}
	for i, want := range []int{4, 5} {
		if text, _, err := collect(t, m, r); err != nil || text != "yes" || len(a.sent) != want {
			t.Errorf("%d: %q, %v after %d requests", i, text, err, len(a.sent))
		}
	}
	if !strings.Contains(a.sent[4], `"max_completion_tokens":10`) {
		t.Error(a.sent[4])
	}
	stubborn := &answers{give: func(int, string) (int, string, string) {
		return 400, "application/json", `{"error":{"message":"temperature, again"}}`
	}}
	if _, _, err := collect(t, llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: stubborn}), r); err == nil || len(stubborn.sent) != 2 {
		t.Errorf("%v after %d requests", err, len(stubborn.sent))
	}
}

func FuzzMend(f *testing.F) {
	f.Add([]byte(ended("yes")), true)
	f.Add([]byte("event: error\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{}]}}]}\n"), true)
	f.Add([]byte(`{"choices":[{"message":null}],"usage":[]}`), false)
	f.Fuzz(func(t *testing.T, b []byte, stream bool) {
		kind := "application/json"
		if stream {
			kind = "text/event-stream"
		}
		a := &answers{give: func(int, string) (int, string, string) { return 200, kind, string(b) }}
		for range llm.NewOpenAI(llm.Options{URL: "http://x/v1", Model: "m", Transport: a}).Stream(t.Context(), hello) {
		}
	})
}

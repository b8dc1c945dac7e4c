package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Imitate answers as the documentation of a preset's server says that it does: what it
// refuses, and how its events look. It is no proof that the server does so.
func Imitate(preset string) http.RoundTripper { return imitation(preset) }

type imitation string

type imitated struct {
	Model    string            `json:"model"`
	Input    []string          `json:"input"`
	Messages []map[string]any  `json:"messages"`
	Tools    []json.RawMessage `json:"tools"`
	Stream   bool              `json:"stream"`
}

// RoundTrip implements http.RoundTripper.
func (i imitation) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	var q imitated
	var all map[string]any
	if json.Unmarshal(body, &q) != nil || json.Unmarshal(body, &all) != nil {
		i.refuse(w, 400, "malformed JSON", "")
	} else if strings.HasSuffix(r.URL.Path, "/embeddings") {
		i.embed(w, q)
	} else if why, param := i.objection(all, q); why != "" {
		i.refuse(w, 400, why, param)
	} else {
		i.stream(w, q)
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// objection is what the server says to a request that it does not take.
func (i imitation) objection(all map[string]any, q imitated) (why, param string) {
	has := func(k string) bool { _, ok := all[k]; return ok }
	for _, m := range q.Messages {
		if _, ok := m["content"]; !ok && i == "llamacpp" {
			return "All non-assistant messages must contain 'content'", ""
		}
		if m["content"] == "" && i == "ernie" && m["role"] != "assistant" {
			return "the content of message can not be empty", ""
		}
	}
	switch {
	case i == "openai" && has("max_tokens"):
		return "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens"
	case i == "moonshot" && has("temperature"):
		return "invalid temperature: only 1 is allowed for this model", ""
	case i == "glm" && has("stream_options"):
		return "unknown parameter stream_options", ""
	}
	return "", ""
}

func (i imitation) refuse(w http.ResponseWriter, status int, message, param string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	switch i {
	case "vllm":
		_ = json.NewEncoder(w).Encode(map[string]any{"object": "error", "message": message, "type": "BadRequestError", "code": status})
	case "glm":
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": "1210", "message": message}})
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error", "param": param, "code": nil}})
	}
}

func (i imitation) embed(w http.ResponseWriter, q imitated) {
	w.Header().Set("Content-Type", "application/json")
	var data []any
	for n, t := range q.Input {
		data = append(data, map[string]any{"object": "embedding", "index": n, "embedding": []float64{float64(len(t)), 3, 4}})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": q.Model, "data": data, "usage": map[string]int{"prompt_tokens": 7, "total_tokens": 7}})
}

// stream answers a question with a call when there are tools and no result yet.
func (i imitation) stream(w http.ResponseWriter, q imitated) {
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(v string) { fmt.Fprintf(w, "data: %s\n\n", v) }
	if i == "deepseek" {
		fmt.Fprint(w, ": keep-alive\n\n: keep-alive\n\n")
	}
	switch i {
	case "moonshot":
		send(`{"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"They ask how long."}}]}`)
	case "vllm":
		send(`{"choices":[{"index":0,"delta":{"role":"assistant","reasoning":"They ask how long."}}]}`)
	default:
		send(`{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`)
	}
	last := q.Messages[len(q.Messages)-1]
	if len(q.Tools) > 0 && last["role"] == "user" {
		i.call(send)
		i.end(w, "tool_calls")
		return
	}
	text := "Two to four days."
	if last["role"] == "tool" {
		text = "It is on its way."
	}
	for _, word := range strings.SplitAfter(text, " ") {
		b, _ := json.Marshal(word)
		send(`{"choices":[{"index":0,"delta":{"content":` + string(b) + `},"finish_reason":null}]}`)
	}
	i.end(w, "stop")
}

func (i imitation) call(send func(string)) {
	if i == "ollama" { // whole, in one piece
		send(`{"choices":[{"index":0,"delta":{"content":"","tool_calls":[{"id":"call_a1","index":0,"type":"function","function":{"name":"order","arguments":"{\"id\":\"4815\"}"}}]}}]}`)
		return
	}
	send(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a1","type":"function","function":{"name":"order","arguments":""}}]}}]}`)
	send(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\":"}}]}}]}`)
	send(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"4815\"}"}}]}}]}`)
}

func (i imitation) end(w io.Writer, finish string) {
	const usage = `{"prompt_tokens":40,"completion_tokens":5,"total_tokens":45`
	switch i {
	case "moonshot":
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":%q,\"usage\":%s,\"cached_tokens\":30}}]}\n\n", finish, usage)
	case "deepseek":
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":%q}],\"usage\":%s,\"prompt_cache_hit_tokens\":30,\"prompt_cache_miss_tokens\":10}}\n\n", finish, usage)
	case "glm":
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":%q}],\"usage\":%s,\"prompt_tokens_details\":{\"cached_tokens\":30}}}\n\n", finish, usage)
	default:
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":%q}]}\n\ndata: {\"choices\":[],\"usage\":%s,\"prompt_tokens_details\":{\"cached_tokens\":30}}}\n\n", finish, usage)
	}
	fmt.Fprint(w, "data: [DONE]\n\n")
}

package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// mendResponse gives a streamed reply clean events, and a whole one that was asked for as
// a stream the shape of one.
func mendResponse(stream bool, res *http.Response) (*http.Response, error) {
	if !stream {
		return res, nil
	}
	src := res.Body
	res.ContentLength = -1
	res.Header.Del("Content-Length")
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		res.Body = &mended{src: src, r: bufio.NewReaderSize(src, 16<<10)}
		return res, nil
	}
	defer src.Close()
	b, err := io.ReadAll(io.LimitReader(src, maxWhole))
	if err != nil {
		return nil, err
	}
	res.Header.Set("Content-Type", "text/event-stream")
	var out bytes.Buffer
	for _, e := range unfold(b) {
		out.WriteString("data: ")
		out.Write(e)
		out.WriteString("\n\n")
	}
	res.Body = io.NopCloser(&out)
	return res, nil
}

// unfold makes events of a whole reply: its message as one piece, then the end.
func unfold(b []byte) [][]byte {
	if f, ok := failure(b, true); ok {
		return [][]byte{f.event()}
	}
	var v object
	var choices []object
	if json.Unmarshal(b, &v) != nil || json.Unmarshal(v["choices"], &choices) != nil {
		return [][]byte{fault{message: "neither a stream nor a reply: " + shorten(string(b), 200)}.event()}
	}
	for _, c := range choices {
		rename(c, "message", "delta")
	}
	v["choices"], _ = json.Marshal(choices)
	whole, _ := json.Marshal(v)
	return [][]byte{piece(whole), []byte("[DONE]")}
}

// mended is an event stream with clean lines.
type mended struct {
	src  io.ReadCloser
	r    *bufio.Reader
	out  bytes.Buffer
	held []byte // data of an event that is not whole yet
	bad  bool   // the event is named "error"
	err  error
}

// Read implements io.Reader.
func (m *mended) Read(p []byte) (int, error) {
	for m.out.Len() == 0 {
		if m.err != nil {
			return 0, m.err
		}
		m.line()
	}
	return m.out.Read(p)
}

// Close implements io.Closer.
func (m *mended) Close() error { return m.src.Close() }

func (m *mended) line() {
	var line []byte
	for {
		part, err := m.r.ReadSlice('\n')
		line = append(line, part...)
		if err == bufio.ErrBufferFull && len(line)+len(m.held) < maxLine {
			continue
		}
		if err == bufio.ErrBufferFull {
			err = bufio.ErrTooLong
		}
		m.err = err
		break
	}
	if m.err == bufio.ErrTooLong {
		return
	}
	line = bytes.TrimSpace(line)
	if name, ok := bytes.CutPrefix(line, []byte("event:")); ok {
		m.bad = string(bytes.TrimSpace(name)) == "error"
	}
	data, ok := bytes.CutPrefix(line, []byte("data:"))
	switch {
	case ok && len(bytes.TrimSpace(data)) > 0:
		m.held = append(m.held, bytes.TrimSpace(data)...)
		if string(m.held) == "[DONE]" || json.Valid(m.held) || len(m.held) > maxLine {
			m.give()
		}
	case len(line) == 0 || m.err != nil:
		if len(m.held) > 0 {
			m.give()
		}
	case !ok && len(m.held) == 0 && line[0] == '{': // an error without its "data:"
		if f, is := failure(line, false); is {
			m.event(f.event())
		}
	}
}

// give hands on the event that is held.
func (m *mended) give() {
	data := m.held
	m.held = nil
	bad := m.bad
	m.bad = false
	switch f, ok := failure(data, bad); {
	case ok:
		m.event(f.event())
	case bad:
		m.event(fault{message: shorten(string(data), 300)}.event())
	case string(data) == "[DONE]":
		m.event(data)
	default:
		m.event(piece(data))
	}
}

func (m *mended) event(data []byte) {
	m.out.WriteString("data: ")
	m.out.Write(data)
	m.out.WriteString("\n\n")
}

// fault is an error that a server reports in JSON.
type fault struct{ message, kind, code string }

func (f fault) text() string {
	out := f.message
	for _, s := range []string{f.kind, f.code} {
		if s != "" && !strings.Contains(out, s) {
			out += " (" + s + ")"
		}
	}
	return shorten(out, 300)
}

// event is the shape in which the client library understands it.
func (f fault) event() []byte {
	b, _ := json.Marshal(map[string]any{"error": map[string]string{"message": f.text(), "type": "server_error"}})
	return b
}

// failure reads an error in any of the shapes that servers give it: {"error":{…}},
// {"error":"…"}, {"message":…,"code":…}, {"error_msg":…}, {"detail":…}. sure says that it is
// one by what came with it.
func failure(b []byte, sure bool) (fault, bool) {
	if !slices.ContainsFunc(faulty, func(k []byte) bool { return bytes.Contains(b, k) }) {
		return fault{}, false // as nearly every piece of a reply
	}
	var v object
	if json.Unmarshal(b, &v) != nil {
		return fault{}, false
	}
	if e := v["error"]; e != nil && string(e) != "null" {
		var in object
		if json.Unmarshal(e, &in) == nil && in != nil {
			f := fault{message: word(in["message"]), kind: word(in["type"]), code: word(in["code"])}
			if p := word(in["param"]); p != "" {
				f.message += " [" + p + "]"
			}
			return f, true
		}
		return fault{message: word(e), code: word(v["code"])}, true
	}
	if v["choices"] != nil && !sure || v["choices"] != nil && v["message"] == nil && v["detail"] == nil {
		return fault{}, false
	}
	for _, k := range []string{"error_msg", "message", "msg", "detail", "errors"} {
		if v[k] != nil && (sure || v["code"] != nil || v["error_code"] != nil || k == "detail" || k == "error_msg") {
			return fault{message: word(v[k]), code: word(v["code"]) + word(v["error_code"])}, true
		}
	}
	return fault{}, false
}

// faulty begin the names by which failure goes.
var faulty = [][]byte{[]byte(`"error`), []byte(`"message"`), []byte(`"msg"`), []byte(`"detail"`)}

// word is a JSON value as people read it.
func word(b json.RawMessage) string {
	var s string
	if json.Unmarshal(b, &s) == nil {
		return s
	}
	if string(b) == "null" {
		return ""
	}
	return string(b)
}

// piece mends one chunk: usage that rides in a choice or tells the cache under another
// name, content in parts, arguments that are no string.
func piece(data []byte) []byte {
	if !bytes.Contains(data, []byte(`"usage"`)) && !bytes.Contains(data, []byte(`"content":[`)) && !bytes.Contains(data, []byte(`"content": [`)) &&
		!bytes.Contains(data, []byte(`"arguments"`)) {
		return data
	}
	var v object
	if json.Unmarshal(data, &v) != nil || v == nil {
		return data
	}
	var choices []object
	if json.Unmarshal(v["choices"], &choices) == nil {
		for _, c := range choices {
			if u := c["usage"]; u != nil && (v["usage"] == nil || string(v["usage"]) == "null") {
				v["usage"] = u
			}
			c["delta"] = delta(c["delta"])
		}
		v["choices"], _ = json.Marshal(choices)
	}
	v["usage"] = cached(v["usage"])
	if v["usage"] == nil {
		delete(v, "usage")
	}
	if b, err := json.Marshal(v); err == nil {
		return b
	}
	return data
}

// cached puts the tokens that were in a server's cache where OpenAI has them.
func cached(usage json.RawMessage) json.RawMessage {
	var u object
	if json.Unmarshal(usage, &u) != nil || u == nil {
		return nil
	}
	if d := u["prompt_tokens_details"]; d != nil && string(d) != "null" {
		return usage
	}
	for _, k := range []string{"cached_tokens", "prompt_cache_hit_tokens"} {
		if n := u[k]; n != nil {
			u["prompt_tokens_details"] = json.RawMessage(`{"cached_tokens":` + string(n) + `}`)
			b, _ := json.Marshal(u)
			return b
		}
	}
	return usage
}

func delta(b json.RawMessage) json.RawMessage {
	var d object
	if json.Unmarshal(b, &d) != nil || d == nil {
		return json.RawMessage(`{}`)
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if c := d["content"]; len(c) > 0 && c[0] == '[' && json.Unmarshal(c, &parts) == nil {
		var text strings.Builder
		for _, p := range parts {
			if p.Type == "text" || p.Type == "output_text" {
				text.WriteString(p.Text)
			}
		}
		d["content"], _ = json.Marshal(text.String())
	}
	var calls []struct {
		Index    *int   `json:"index,omitempty"`
		ID       string `json:"id,omitempty"`
		Type     string `json:"type,omitempty"`
		Function object `json:"function"`
	}
	if d["tool_calls"] != nil && json.Unmarshal(d["tool_calls"], &calls) == nil {
		for _, c := range calls {
			if a := c.Function["arguments"]; len(a) > 0 && a[0] == '{' {
				c.Function["arguments"], _ = json.Marshal(string(a))
			}
		}
		d["tool_calls"], _ = json.Marshal(calls)
	}
	out, err := json.Marshal(d)
	if err != nil {
		return b
	}
	return out
}

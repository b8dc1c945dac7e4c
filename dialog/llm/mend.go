package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// maxLine bounds a line of an event stream.
const maxLine = 1 << 20

// Mend wraps a transport, and mends what OpenAI-compatible servers get wrong in
// their event streams: comment lines and "event:" lines, "data:" without a blank,
// errors inside a stream that began with 200, and usage that rides in the last
// choice.
func Mend(next http.RoundTripper) http.RoundTripper { return mender{next} }

type mender struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (m mender) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res, err
	}
	res.Body = &mended{src: res.Body, r: bufio.NewReaderSize(res.Body, 16<<10)}
	res.ContentLength = -1
	return res, nil
}

// mended is an event stream with clean lines.
type mended struct {
	src io.ReadCloser
	r   *bufio.Reader
	out bytes.Buffer
	err error
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
		if err == bufio.ErrBufferFull && len(line) < maxLine {
			continue
		}
		if err == bufio.ErrBufferFull {
			m.err = bufio.ErrTooLong
			return
		}
		m.err = err
		break
	}
	data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:"))
	if !ok {
		return // comments, event names, empty lines
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return
	}
	m.out.WriteString("data: ")
	m.out.Write(lift(data))
	m.out.WriteString("\n\n")
}

// lift takes usage out of the choice that it rides in.
func lift(data []byte) []byte {
	if !bytes.Contains(data, []byte(`"usage"`)) || !bytes.Contains(data, []byte(`"choices"`)) {
		return data
	}
	var v map[string]json.RawMessage
	var choices []map[string]json.RawMessage
	if json.Unmarshal(data, &v) != nil || json.Unmarshal(v["choices"], &choices) != nil || len(choices) == 0 {
		return data
	}
	if u, there := v["usage"]; there && string(u) != "null" || choices[0]["usage"] == nil {
		return data
	}
	v["usage"] = choices[0]["usage"]
	if b, err := json.Marshal(v); err == nil {
		return b
	}
	return data
}

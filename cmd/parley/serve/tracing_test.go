package serve

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"parley/dialog"
)

// A collector is told how a message was answered: the request, and the reply with what the model
// was asked in it. Neither tokens nor what was said are in a trace.
func TestTracesGoToTheCollector(t *testing.T) {
	var mu sync.Mutex
	var spans []*otlp.Span
	var raw bytes.Buffer
	c := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = z
		}
		b, err := io.ReadAll(body)
		var e collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(b, &e) != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		raw.Write(b)
		for _, of := range e.GetResourceSpans() {
			for _, s := range of.GetScopeSpans() {
				spans = append(spans, s.GetSpans()...)
			}
		}
	}))
	defer c.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	if _, err := tracing(t.Context()); err == nil || !strings.Contains(err.Error(), "http/protobuf") {
		t.Errorf("a protocol that is not spoken: %v", err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
	stop, err := tracing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	x.says(k, "How long does standard delivery take?")
	w.says(dialog.Bot, "working days")
	x.do("GET", "/v1/conversations/"+string(k.ID)+"?token="+k.Token, "", "", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	eventually(t, "the reply's span", func() bool { // it ends after its message is shown
		mu.Lock()
		defer mu.Unlock()
		return slices.ContainsFunc(spans, func(s *otlp.Span) bool { return s.GetName() == "reply" })
	})
	stop()

	mu.Lock()
	defer mu.Unlock()
	find := func(name string) *otlp.Span {
		for _, s := range spans {
			if s.GetName() == name {
				return s
			}
		}
		t.Fatalf("no span %q of %d", name, len(spans))
		return nil
	}
	reply, chat, get := find("reply"), find("chat m"), find("GET /v1/conversations/{id}")
	if !bytes.Equal(chat.GetTraceId(), reply.GetTraceId()) || len(chat.GetParentSpanId()) == 0 {
		t.Error("the model's request is not in the reply's trace")
	}
	if len(get.GetLinks()) != 1 || len(get.GetParentSpanId()) != 0 {
		t.Errorf("a caller's trace is to be linked, not joined: %v", get)
	}
	for _, secret := range []string{k.Token, "standard delivery", "working days"} {
		if bytes.Contains(bytes.ToLower(raw.Bytes()), []byte(strings.ToLower(secret))) {
			t.Errorf("traces carry %q", secret)
		}
	}
}

package web

import (
	"net/http"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	oteltrace "go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("parley/web")

// trace serves a request as a span named by its route: never by its path, which may carry the
// token of a link. A trace that the caller is in is linked, not joined: customers' browsers do not
// decide what is sampled here.
func trace(mux *http.ServeMux, next http.Handler, w *status, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		next.ServeHTTP(w, r)
		return
	}
	_, pattern := mux.Handler(r)
	method, route, ok := strings.Cut(pattern, " ")
	if !ok {
		method, route = r.Method, pattern
	}
	asked := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := tracer.Start(r.Context(), method+" "+route, oteltrace.WithNewRoot(), oteltrace.WithSpanKind(oteltrace.SpanKindServer),
		oteltrace.WithLinks(spanLinks(oteltrace.SpanContextFromContext(asked))...),
		oteltrace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", route)))
	defer span.End()
	next.ServeHTTP(w, r.WithContext(ctx))
	code := w.code
	if code == 0 {
		code = http.StatusOK
	}
	span.SetAttributes(attribute.Int("http.response.status_code", code))
	if code >= 500 {
		span.SetStatus(codes.Error, http.StatusText(code))
	}
}

func spanLinks(c oteltrace.SpanContext) []oteltrace.Link {
	if !c.IsValid() {
		return nil
	}
	return []oteltrace.Link{{SpanContext: c}}
}

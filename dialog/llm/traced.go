package llm

import (
	"context"
	"iter"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("parley/dialog/llm")

// Traced is m whose requests are spans, named and described as OpenTelemetry's conventions for
// generative AI ask (opentelemetry.io/docs/specs/semconv/gen-ai). What is said is in none of them.
func Traced(m Model, name string) Model {
	return Func(func(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
		return func(yield func(Chunk, error) bool) {
			ctx, span := tracer.Start(ctx, "chat "+name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
				attribute.String("gen_ai.operation.name", "chat"), attribute.String("gen_ai.request.model", name)))
			defer span.End()
			first := true
			for c, err := range m.Stream(ctx, r) {
				switch {
				case err != nil && ctx.Err() == nil:
					span.SetStatus(codes.Error, err.Error())
				case first && c.Text != "":
					first = false
					span.AddEvent("first token")
				}
				if c.FinishReason != "" {
					span.SetAttributes(attribute.StringSlice("gen_ai.response.finish_reasons", []string{c.FinishReason}))
				}
				if c.Usage != nil {
					span.SetAttributes(attribute.Int("gen_ai.usage.input_tokens", c.Usage.Prompt), attribute.Int("gen_ai.usage.output_tokens", c.Usage.Reply))
				}
				if !yield(c, err) {
					return
				}
			}
		}
	})
}

package tool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mcpTool is one tool of a server.
type mcpTool struct {
	s       *server
	remote  string
	spec    Spec
	refuses bool
	print   string // what it was made from
}

// tool takes a server's hints where the company says nothing. They are hints: what is
// not said to be harmless is a change that runs twice.
func (s *server) tool(x *mcp.Tool) (*mcpTool, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("%.80q: %w", x.Name, err)
	}
	t := &mcpTool{s: s, remote: x.Name, print: string(b)}
	sp := &t.spec
	sp.Name = unnamed.ReplaceAllString(x.Name, "_")
	sp.Title, sp.Description, sp.Source = texts(x.Title), texts(x.Description), s.c.Name
	if x.InputSchema != nil {
		if sp.Schema, err = json.Marshal(x.InputSchema); err != nil {
			return nil, fmt.Errorf("%.80q: %w", x.Name, err)
		}
	}
	sp.Effect, sp.Idempotent, sp.Level = Changes, Never, 1
	if a := x.Annotations; a != nil {
		if sp.Title == nil {
			sp.Title = texts(a.Title)
		}
		switch {
		case a.ReadOnlyHint:
			sp.Effect, sp.Level = Reads, 0
		case a.DestructiveHint != nil && *a.DestructiveHint:
			sp.Level = 2
		}
		if a.IdempotentHint {
			sp.Idempotent = Naturally
		}
	}
	if o, ok := s.c.Tools[x.Name]; ok {
		o.apply(sp)
		t.refuses = o.Errors == "refused"
	}
	return t, nil
}

// Spec implements Tool.
func (t *mcpTool) Spec() Spec { return t.spec }

// Call implements Tool.
func (t *mcpTool) Call(ctx context.Context, c Call) (Result, error) {
	session, err := t.s.up(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	p := &mcp.CallToolParams{Name: t.remote, Arguments: c.Args}
	if c.Key != "" {
		p.Meta = mcp.Meta{keyMeta: c.Key}
	}
	r, err := session.CallTool(ctx, p)
	if err != nil {
		return Result{}, t.failed(ctx, session, err)
	}
	return t.result(r)
}

// failed says what an error of a call means, and gives up a session that is gone.
func (t *mcpTool) failed(ctx context.Context, session *mcp.ClientSession, err error) error {
	var wire *jsonrpc.Error
	if errors.As(err, &wire) {
		switch wire.Code {
		case jsonrpc.CodeInvalidParams, jsonrpc.CodeMethodNotFound, jsonrpc.CodeInvalidRequest:
			return fmt.Errorf("%w: %.300s", ErrUnsent, wire.Message)
		}
		return fmt.Errorf("%w: %.300s", ErrUnsure, wire.Message)
	}
	if ctx.Err() == nil {
		t.s.mu.Lock()
		lost := t.s.session == session
		t.s.mu.Unlock()
		if lost {
			t.s.set(nil, fmt.Errorf("a call failed: %w", err))
			select {
			case t.s.again <- struct{}{}:
			default:
			}
		}
	}
	if errors.Is(err, mcp.ErrSessionMissing) { // 404: it was not taken
		return fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	return fmt.Errorf("%w: %w", ErrUnsure, err)
}

// result takes the structured content, or else the text.
func (t *mcpTool) result(x *mcp.CallToolResult) (Result, error) {
	if x == nil {
		return Result{}, fmt.Errorf("%w: an empty answer", ErrUnsure)
	}
	r := content(x)
	switch {
	case !x.IsError:
		return r, nil
	case t.refuses || t.spec.Effect == Reads:
		r.Refused = true
		return r, nil
	}
	return Result{}, fmt.Errorf("%w: it reports an error: %.300s", ErrUnsure, r.JSON())
}

// content is the structured content, or else the text, which may be JSON. Of two that
// are the same the text has the numbers as they were.
func content(x *mcp.CallToolResult) (r Result) {
	var parts []string
	for _, c := range x.Content {
		switch c := c.(type) {
		case *mcp.TextContent:
			parts = append(parts, c.Text)
		case *mcp.ImageContent:
			parts = append(parts, "[image]")
		}
	}
	r.Text = strings.Join(parts, "\n")
	var exact, loose any
	if exact = parseJSON([]byte(r.Text)); exact != nil {
		_ = json.Unmarshal([]byte(r.Text), &loose)
	}
	switch _, isList := exact.([]any); {
	case x.StructuredContent != nil && exact != nil && same(loose, x.StructuredContent):
		return Result{Data: exact}
	case x.StructuredContent != nil:
		if b, err := json.Marshal(x.StructuredContent); err == nil {
			return Result{Data: parseJSON(b)}
		}
	case isList || object(exact) != nil:
		return Result{Data: exact}
	}
	return r
}

// same reports whether two values are the same JSON.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

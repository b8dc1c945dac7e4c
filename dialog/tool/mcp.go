package tool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

const (
	maxTools     = 200
	maxMessage   = 4 << 20 // bytes of one message of a server
	upWithin     = 20 * time.Second
	waitForIt    = 3 * time.Second // of a call, for a server that comes up again
	firstAgain   = 500 * time.Millisecond
	longestAgain = 30 * time.Second
	refreshEvery = time.Minute // of a server that may forget to say that its tools changed
	goodbye      = 3 * time.Second
	keyMeta      = "parley/idempotency-key"
)

// dialer makes a transport to a server, and what ends it.
type dialer func(ctx context.Context) (mcp.Transport, func(), error)

// server is an MCP server that is kept connected.
type server struct {
	c      Config
	dial   dialer
	log    *slog.Logger
	hide   secrets
	client *mcp.Client
	ctx    context.Context
	stop   context.CancelFunc
	done   chan struct{}
	again  chan struct{} // its tools have changed

	mu      sync.Mutex
	session *mcp.ClientSession
	tools   []Tool
	err     error
	changed chan struct{} // closed and renewed when session changes
}

// Connect gives the tools of an MCP server that dial reaches, as Open does of one in
// the settings.
func Connect(c Config, dial func(ctx context.Context) (mcp.Transport, error), log *slog.Logger) Source {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return connect(c, func(ctx context.Context) (mcp.Transport, func(), error) {
		t, err := dial(ctx)
		return t, func() {}, err
	}, log)
}

func connect(c Config, dial dialer, log *slog.Logger) *server {
	s := &server{c: c, dial: dial, log: log, done: make(chan struct{}), again: make(chan struct{}, 1), changed: make(chan struct{}), err: errors.New("it has not answered yet")}
	if m := c.MCP; m != nil {
		values := []string{m.Key}
		for _, v := range m.Headers {
			values = append(values, v)
		}
		for _, v := range m.Env {
			values = append(values, v)
		}
		s.hide = secretsOf(values...)
	}
	s.client = mcp.NewClient(&mcp.Implementation{Name: "parley", Version: "1"}, &mcp.ClientOptions{
		Capabilities: &mcp.ClientCapabilities{},
		ToolListChangedHandler: func(context.Context, *mcp.ToolListChangedRequest) {
			select {
			case s.again <- struct{}{}:
			default:
			}
		}})
	s.ctx, s.stop = context.WithCancel(context.Background())
	go s.keep()
	return s
}

// Name implements Source.
func (s *server) Name() string { return s.c.Name }

// Tools implements Source: those that it had when it answered last.
func (s *server) Tools() []Tool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tools
}

// Err implements Source.
func (s *server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close implements Source.
func (s *server) Close() error {
	s.stop()
	<-s.done
	return nil
}

// keep keeps the server connected until Close.
func (s *server) keep() {
	defer close(s.done)
	wait := firstAgain
	for s.ctx.Err() == nil {
		began := time.Now()
		err := s.once()
		if s.ctx.Err() != nil {
			return
		}
		if time.Since(began) > longestAgain {
			wait = firstAgain
		}
		s.set(nil, errors.New(s.hide.hide(err.Error())))
		s.log.Warn("MCP server is away", "tools", s.c.Name, "err", s.hide.hide(err.Error()), "again", wait.String())
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-s.ctx.Done():
			t.Stop()
		}
		wait = min(2*wait, longestAgain)
	}
}

func (s *server) set(session *mcp.ClientSession, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session, s.err = session, err
	close(s.changed)
	s.changed = make(chan struct{})
}

// once connects, and returns why the connection has ended.
func (s *server) once() error {
	ctx, cancel := context.WithTimeout(s.ctx, upWithin)
	defer cancel()
	t, end, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer end()
	session, err := s.client.Connect(ctx, t, nil)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	gone := make(chan error, 1)
	go func() { gone <- session.Wait() }()
	defer func() {
		_ = session.Close()
		end()
		<-gone
	}()
	if err := s.list(ctx, session); err != nil {
		return err
	}
	s.set(session, nil)
	s.log.Info("MCP server is there", "tools", s.c.Name, "count", len(s.Tools()))
	refresh := time.NewTicker(refreshEvery)
	defer refresh.Stop()
	for {
		select {
		case err := <-gone:
			gone <- err
			return fmt.Errorf("the connection ended: %w", errors.Join(err, mcp.ErrConnectionClosed))
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-s.again:
		case <-refresh.C:
		}
		if s.current() != session {
			return errors.New("a call found it gone")
		}
		ctx, cancel := context.WithTimeout(s.ctx, upWithin)
		err := s.list(ctx, session)
		cancel()
		if err != nil {
			return err
		}
	}
}

func (s *server) current() *mcp.ClientSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session
}

// list asks for the tools. A tool that is as it was stays the same.
func (s *server) list(ctx context.Context, session *mcp.ClientSession) error {
	was := map[string]Tool{}
	for _, t := range s.Tools() {
		if q, ok := t.(*quiet); ok {
			was[q.Tool.(*mcpTool).print] = t
		}
	}
	var tools []Tool
	for x, err := range session.Tools(ctx, nil) {
		if err != nil {
			return fmt.Errorf("its tools are not known: %w", err)
		}
		if len(tools) == maxTools {
			s.log.Warn("too many tools", "tools", s.c.Name, "most", maxTools)
			break
		}
		if x == nil || !s.c.takes(x.Name) {
			continue
		}
		t, err := s.tool(x)
		if err != nil {
			s.log.Warn("tool not usable", "tools", s.c.Name, "err", err)
			continue
		}
		if same := was[t.print]; same != nil {
			tools = append(tools, same)
			continue
		}
		tools = append(tools, &quiet{t, s.hide})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tools = tools
	return nil
}

// up gives the session, and waits a little for one that is coming up.
func (s *server) up(ctx context.Context) (*mcp.ClientSession, error) {
	t := time.NewTimer(waitForIt)
	defer t.Stop()
	for {
		s.mu.Lock()
		session, err, changed := s.session, s.err, s.changed
		s.mu.Unlock()
		if session != nil {
			return session, nil
		}
		select {
		case <-changed:
		case <-t.C:
			return nil, err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-s.ctx.Done():
			return nil, errors.New("it is closed")
		}
	}
}

// http reaches a server by streamable HTTP.
func (m *MCP) http() dialer {
	headers := map[string]string{}
	for k, v := range m.Headers {
		headers[k] = v
	}
	if m.Key != "" {
		headers["Authorization"] = "Bearer " + m.Key
	}
	return func(context.Context) (mcp.Transport, func(), error) {
		c := client(func(t http.RoundTripper) http.RoundTripper { return &bounded{t, headers} })
		return &mcp.StreamableClientTransport{Endpoint: m.URL, HTTPClient: c, MaxRetries: -1, DisableStandaloneSSE: true, MaxEventSize: maxMessage},
			c.CloseIdleConnections, nil
	}
}

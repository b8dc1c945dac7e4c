// Package web is Parley's HTTP surface: what customers' pages, staff tools and
// other programs rely on. It sees conversations, calls and records through
// interfaces, and knows no audio.
package web

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/dialog"
	"parley/dialog/store"
)

// What can be wrong with a call, besides the errors of dialog.
var (
	ErrBusy    = errors.New("all lines are taken")
	ErrTooMany = errors.New("too many calls")
	ErrBadSDP  = errors.New("malformed SDP")
	ErrNoAudio = errors.New("the offer has no audio")
	ErrNoCodec = errors.New("no common audio codec")
	ErrNoMatch = errors.New("another ICE session")
)

// CallRequest is an SDP offer for a conversation.
type CallRequest struct {
	Conversation dialog.ConversationID
	Offer        string
	Language     string
	RemoteIP     string
}

// CallAnswer is the call that was begun, and its SDP answer.
type CallAnswer struct {
	Call dialog.CallID
	SDP  string
}

// Calls takes and steers calls.
type Calls interface {
	Start(ctx context.Context, r CallRequest) (CallAnswer, error)
	Patch(ctx context.Context, id dialog.CallID, fragment string) (answer string, err error)
	Playout(ctx context.Context, id dialog.CallID, d time.Duration) error
	Record(ctx context.Context, id dialog.CallID, on bool) error
	Hangup(ctx context.Context, id dialog.CallID) error
	Busy() bool
}

// Hub wakes conversations.
type Hub interface {
	Post(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
}

// Records are what is kept; *store.Store is one.
type Records interface {
	dialog.Log
	Create(ctx context.Context, n store.NewConversation) (dialog.ConversationID, string, error)
	Conversation(ctx context.Context, id dialog.ConversationID) (store.Conversation, error)
	ByToken(ctx context.Context, token string) (store.Conversation, error)
	Call(ctx context.Context, id dialog.CallID) (store.Call, error)
	CallsOf(ctx context.Context, id dialog.ConversationID) ([]store.Call, error)
	Rate(ctx context.Context, id dialog.ConversationID, score int, comment string) error
	Login(ctx context.Context, email, password string) (string, store.User, error)
	Session(ctx context.Context, token string) (store.User, error)
	Begin(ctx context.Context, key, request string) (*store.Answer, error)
	Finish(ctx context.Context, key string, status int, body string) error
}

// Site is a site whose pages may carry the widget.
type Site struct {
	Key, Secret string
	Origins     []string
}

// Language is what can be done in one.
type Language struct {
	Tag    string `json:"tag"`
	Hears  bool   `json:"hears" doc:"an engine here understands it spoken"`
	Speaks bool   `json:"speaks"`
}

// Capabilities tell a page what to offer.
type Capabilities struct {
	Languages []Language `json:"languages"`
	Recording bool       `json:"recording" doc:"calls are recorded, after the notice"`
	Company   string     `json:"company,omitempty"`
}

// ICEServer is for an RTCPeerConnection.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Options of the surface. Records, Hub, Bus and Calls are required.
type Options struct {
	Records      Records
	Hub          Hub
	Bus          dialog.Bus
	Calls        Calls
	Recording    func(name string) (io.ReadSeekCloser, error) // a call's audio by its blob's name
	Pages        fs.FS                                        // nil: no pages
	ICE          func() ([]ICEServer, error)
	Capabilities func() Capabilities
	Sites        []Site
	Ready        func(ctx context.Context) (reasons []string) // why no call can be taken; nil is ready
	Metrics      http.Handler
	Now          func() time.Time
	Secure       bool // served by HTTPS
	Logger       *slog.Logger
}

// Server is the surface. Close ends its sockets.
type Server struct {
	o       Options
	handler http.Handler
	limit   *limiter
	ctx     context.Context
	stop    context.CancelFunc
	wg      sync.WaitGroup // sockets
}

// New returns the surface.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ICE == nil {
		o.ICE = func() ([]ICEServer, error) { return []ICEServer{}, nil }
	}
	if o.Capabilities == nil {
		o.Capabilities = func() Capabilities { return Capabilities{Languages: []Language{}} }
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) []string { return nil }
	}
	s := &Server{o: o, limit: newLimiter(o.Now)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Parley", "1")
	config.DocsPath = "" // ours needs no other server
	config.OpenAPIPath = "/openapi"
	config.CreateHooks = nil // no $schema in answers
	api := humago.New(mux, config)
	s.customers(api)
	s.messages(api)
	s.staff(api)
	s.media(mux, api)
	s.events(mux, api)
	s.operators(mux)
	s.handler = s.wrap(mux)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the sockets and waits for them.
func (s *Server) Close() {
	s.stop()
	s.wg.Wait()
}

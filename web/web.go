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
	"github.com/gorilla/websocket"

	"parley/dialog"
	"parley/dialog/rag"
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
	// ErrStaleSession: the entity tag is of an ICE session that a restart ended.
	ErrStaleSession = errors.New("a former ICE session")
)

// CallRequest is an SDP offer for a conversation.
type CallRequest struct {
	Conversation dialog.ConversationID
	Offer        string
	Language     string
	RemoteIP     string
}

// CallAnswer is the call that was begun or steered, and our SDP. Session names its
// ICE session (the entity tag of RFC 9725 section 4.3.1); a restart makes a new one.
type CallAnswer struct {
	Call    dialog.CallID
	SDP     string
	Session string
}

// Calls takes and steers calls.
type Calls interface {
	Start(ctx context.Context, r CallRequest) (CallAnswer, error)
	// Conversation is whose a call is that runs or connects; false: no such call does.
	Conversation(id dialog.CallID) (dialog.ConversationID, bool)
	// Patch takes a fragment for the ICE session that match names: "" and "*" are any.
	// Without SDP in the answer there is nothing to say.
	Patch(ctx context.Context, id dialog.CallID, fragment, match string) (CallAnswer, error)
	Playout(ctx context.Context, id dialog.CallID, d time.Duration) error
	Record(ctx context.Context, id dialog.CallID, on bool) error
	Hangup(ctx context.Context, id dialog.CallID) error
	Busy() bool
}

// Hub wakes conversations.
type Hub interface {
	Post(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
	// Tell is Post to those that are awake.
	Tell(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
}

// Records are what is kept; *store.Store is one.
type Records interface {
	dialog.Log
	Create(ctx context.Context, n store.NewConversation) (dialog.ConversationID, string, error)
	Resume(ctx context.Context, n store.NewConversation) (id dialog.ConversationID, token string, resumed bool, err error)
	Conversation(ctx context.Context, id dialog.ConversationID) (store.Conversation, error)
	ByToken(ctx context.Context, token string) (store.Conversation, error)
	Call(ctx context.Context, id dialog.CallID) (store.Call, error)
	CallsOf(ctx context.Context, id dialog.ConversationID) ([]store.Call, error)
	Rate(ctx context.Context, id dialog.ConversationID, score int, comment string) error
	Login(ctx context.Context, email, password string) (string, store.User, error)
	Enter(ctx context.Context, email, name, role string, create bool) (token string, u store.User, before string, err error)
	Session(ctx context.Context, token string) (store.User, error)
	Keys
	Administration
	Outgoing
	Promises
	Barring
	Working
	Gap(ctx context.Context, id dialog.ConversationID, kind, text string) error
	Find(ctx context.Context, f store.Finding) ([]store.Found, error)
	CloseConversation(ctx context.Context, id dialog.ConversationID, by store.Closing) (dialog.Record, error)
	HandoffOf(ctx context.Context, id dialog.ConversationID) (store.Handoff, error)
	Forget(ctx context.Context, id dialog.ConversationID, by string, keep ...string) (store.Certificate, error)
	Together(ctx context.Context, id dialog.ConversationID) ([]dialog.ConversationID, error)
	CertificateOf(ctx context.Context, id string) (store.Certificate, error)
	// Once runs do once for a key; what do writes with its context is kept with the answer.
	Once(ctx context.Context, key, request string, do func(ctx context.Context) (store.Answer, error)) (a store.Answer, again bool, err error)
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
	SignOn    string     `json:"sign_on,omitempty" doc:"what the company's own sign-in is called: /v1/login/oidc"`
	Phones    bool       `json:"phones,omitempty" doc:"phones can be called"`
	Practice  bool       `json:"practice,omitempty" doc:"a demo: supervisors can have a practice customer come"`
}

// ICEServer is for an RTCPeerConnection.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Options of the surface. Records, Hub, Bus, Calls, Desk, Wall, Packet, Suggest and WrapUp are required.
type Options struct {
	Records      Records
	Hub          Hub
	Bus          dialog.Bus
	Calls        Calls
	Desk         Desk
	Packet       func(ctx context.Context, id dialog.ConversationID, asked string) (any, error) // what who takes over is given to know
	Suggest      Suggest
	WrapUp       func(ctx context.Context, id dialog.ConversationID) (WrapUp, error)
	Legs         Legs // nil: nobody of the company joins calls
	Wall         Wall
	Insight      Insight                                      // nil: there are no reports
	Practice     Practice                                     // nil: no customer is one for practice
	Callbacks    Callbacks                                    // nil: nobody is called back
	Phones       Phones                                       // nil: no phone is called
	Links        Links                                        // nil: nobody is sent one
	Pictures     Pictures                                     // nil: none are taken
	Cards        Cards                                        // nil: cards' numbers alone are taken out of what is written
	Recording    func(name string) (io.ReadSeekCloser, error) // a call's audio by its blob's name
	Knowledge    Knowledge                                    // nil: it has no address
	Search       func(q rag.Query) []rag.Hit                  // needed with Knowledge
	Vectors      func() *Vectors                              // how far the vectors of passages are; nil, or gives nil: there are none
	Setup        Setup                                        // nil: bot and engines have no address
	Pages        fs.FS                                        // nil: no pages
	ICE          func() ([]ICEServer, error)
	Capabilities func() Capabilities
	SignOn       SignOn // nil: staff have passwords alone
	PublicURL    string // under which browsers reach this server, for SignOn; "": as each asks
	Sites        []Site
	Ready        func(ctx context.Context) (reasons []string) // why no call can be taken; nil is ready
	Degraded     func(ctx context.Context) (what []string)    // what is away without which it serves all the same; nil: nothing
	Forgotten    func(id dialog.ConversationID)               // tells other nodes; nil: there is one
	Metrics      http.Handler
	Hooks        Hooks    // nil: nobody is told of events
	Contacts     Contacts // nil: nothing can be left
	Shelf        Shelf    // nil: nothing is recommended
	Advise       Advise   // needed with Shelf
	Tools        Tools    // nil: there are none
	Changes      Changes  // needed with Tools
	// ShowListening lets people see which supervisor listens to their call; who whispers or
	// speaks is shown in any case.
	ShowListening bool
	Requests      int // of one address a second, after a burst of ten times as many; 0: 60
	Now           func() time.Time
	Secure        bool // served by HTTPS
	Logger        *slog.Logger
}

// Server is the surface. Close ends its sockets.
type Server struct {
	o       Options
	handler http.Handler
	limit   *limiter
	guessed *lockout

	arriving  arrivals
	here      attendances
	writers   gate
	exporting chan struct{} // holds one for each export that runs
	doing     running       // beside transactions, with an Idempotency-Key
	buffers   sync.Pool     // that sockets write with
	ctx       context.Context
	stop      context.CancelFunc

	mu     sync.Mutex // of what Close must wait for
	closed bool
	wg     sync.WaitGroup // sockets, and what they do
}

// New returns the surface.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Requests == 0 {
		o.Requests = 60
	}
	if o.ICE == nil {
		o.ICE = func() ([]ICEServer, error) { return []ICEServer{}, nil }
	}
	if o.Capabilities == nil {
		o.Capabilities = func() Capabilities { return Capabilities{Languages: []Language{}} }
	}
	if o.Degraded == nil {
		o.Degraded = func(context.Context) []string { return nil }
	}
	if o.Forgotten == nil {
		o.Forgotten = func(dialog.ConversationID) {}
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) []string { return nil }
	}
	s := &Server{o: o, limit: newLimiter(o.Now, float64(o.Requests)), guessed: newLockout(o.Now), writers: newGate(maxWriters), exporting: make(chan struct{}, maxExports)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Parley", "1")
	config.DocsPath = "" // ours needs no other server
	config.OpenAPIPath = "/openapi"
	config.CreateHooks = nil // no $schema in answers
	config.Transformers = append(config.Transformers, typed)
	api := humago.New(mux, config)
	api.UseMiddleware(peopleOnly(api))
	s.customers(api)
	s.messages(api)
	s.forgetting(api)
	s.staff(api)
	s.signOn(api)
	s.knowledge(api)
	s.tools(api)
	s.webhooks(api)
	s.promises(api)
	s.callbacks(api)
	s.me(api)
	s.users(api)
	s.keys(api)
	s.desk(mux, api)
	s.suggesting(api)
	s.recommending(api)
	s.contacts(api)
	s.wrapping(api)
	s.canned(api)
	s.mentioning(api)
	s.audit(api)
	s.usage(api)
	s.bot(api)
	s.engines(api)
	s.phone(api)
	s.media(mux, api)
	s.legs(mux, api)
	s.wall(api)
	s.reports(api)
	s.exports(mux, api)
	s.images(mux, api)
	s.transcripts(mux, api)
	s.events(mux, api)
	s.operators(mux)
	s.describe(api)
	s.handler = s.wrap(mux)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// enter counts a socket; false: the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.wg.Add(1)
	}
	return !s.closed
}

// Close ends the sockets and waits for them.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	var wg sync.WaitGroup
	for _, k := range s.here.all() {
		wg.Go(func() { k.dismiss(websocket.CloseGoingAway) })
	}
	wg.Wait()
	s.wg.Wait()
}

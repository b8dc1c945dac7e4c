package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
	"parley/asr/endpoint"

	"parley/asr/sphinx"
	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/bus"
	"parley/dialog/card"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/desk"
	"parley/dialog/insight"
	"parley/dialog/knowledge"
	"parley/dialog/rag"
	"parley/dialog/sight"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/verify"
	"parley/dialog/voice"
	"parley/dialog/wall"
	"parley/dialog/webhook"
	"parley/media/record"
	"parley/media/room"
	"parley/media/rtc"
	"parley/web"
	"parley/web/app"
	"parley/web/oidc"
)

// hintWords is how many words of the knowledge recognisers are told.
const hintWords = 200

// server is every part of a running Parley, in the order in which they are made.
type server struct {
	c      config.Config
	log    *slog.Logger
	store  *store.Store
	index  *rag.Index
	find   finding
	know   *knowledge.Service
	ears   hearing
	pool   *sphinx.Pool // nil: not installed
	mouth  speaking
	mind   thinking
	drafts singleflight.Group // of what is suggested to people
	cards  card.Vault         // what customers gave of their cards, until a tool is called with it
	forms  atomic.Pointer[brain.Forms]
	guard  verify.Guard // of claimed numbers, whatever brain asks
	live   applied
	faults faults
	spend  *spending
	nodes  *nodes     // nil: there is one
	bus    dialog.Bus // shows the feed what it carries
	feed   *desk.Feed
	desk   *desk.Desk
	wall   *wall.Wall
	looks  *insight.Insight
	box    *tool.Box
	outbox *tool.Outbox
	hub    *conversation.Hub
	rtc    *rtc.Endpoint
	clock  *room.Clock
	calls  *voice.Calls
	guests *guests
	shelf  shelf      // what the company sells
	acts   *practices // nil: no demo
	lines  *calls
	phones *phones    // nil: there are none
	backs  *callbacks // nil: nobody is called back
	sight  *sight.Sight
	hooks  *webhook.Sender
	web    *web.Server

	handler http.Handler
	fresh   []login // staff that were made just now
	// What other nodes say may come before there is who hears it.
	hubs     atomic.Pointer[conversation.Hub]
	desks    atomic.Pointer[desk.Desk]
	stopping chan struct{}
	tasks    sync.WaitGroup // what goes on beside the calls, until stopping
}

// open makes a server. What was opened before an error is closed again.
func open(ctx context.Context, c config.Config, log *slog.Logger) (s *server, err error) {
	s = &server{c: c, log: log, spend: newSpending(), stopping: make(chan struct{})}
	s.shelf.s = s
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
			s = nil
		}
	}()
	if s.store, err = store.Open(ctx, store.Options{URL: c.Database, Folder: c.Data}); err != nil {
		return s, err
	}
	if err := s.join(ctx); err != nil {
		return s, err
	}
	if err := s.subscribe(ctx); err != nil {
		return s, err
	}
	alive, err := s.alive(ctx)
	if err != nil {
		return s, err
	}
	turns, calls, err := s.store.Recover(ctx, alive...)
	if err != nil {
		return s, err
	}
	if turns+calls > 0 {
		log.Warn("the last run ended in a crash", "turns_closed", turns, "calls_ended", calls)
	}
	if err := s.people(ctx); err != nil {
		return s, err
	}
	if err := s.recallSettings(ctx); err != nil {
		return s, err
	}
	if err := s.knowledge(ctx); err != nil {
		return s, err
	}
	if err := s.speech(ctx); err != nil {
		return s, err
	}
	s.openBus()
	if err := s.systems(); err != nil {
		return s, err
	}
	if err := s.conversations(); err != nil {
		return s, err
	}
	if err := s.media(); err != nil {
		return s, err
	}
	if err := s.openPhones(ctx); err != nil { // the desk may want them at once
		return s, err
	}
	if err := s.openDesk(ctx); err != nil {
		return s, err
	}
	if err := s.outbox.Start(ctx); err != nil { // what it tells may fetch a person
		return s, err
	}
	s.sight = sight.New(sight.Options{Store: s.store, Blobs: s.store.Blobs, Bus: s.bus, Post: s.hub.Post, Reader: readers(s.live.c), Shared: s.nodes != nil, Logger: log})
	if err := s.sight.Resume(ctx); err != nil {
		return s, err
	}
	s.phones.answer()
	s.surface()
	s.hooks.Start()
	s.find.embed(s.live.c, s.store, s.spend, s.log)
	if s.backs != nil {
		s.tasks.Go(s.backs.keep)
	}
	began := time.Now()
	s.tasks.Go(func() { s.answerLeft(began) })
	s.tasks.Go(s.sweep)
	s.tasks.Go(s.rest)
	s.tasks.Go(s.followWords)
	s.tasks.Go(s.followSettings)
	s.tasks.Go(s.followKnowledge)
	if s.nodes != nil {
		s.tasks.Go(s.followNodes)
	}
	s.tasks.Go(func() { s.spend.keep(s.store, s.stopping, s.log) })
	return s, nil
}

// speech opens ears and mouth.
func (s *server) speech(ctx context.Context) error {
	offline := sphinx.Options{Logger: s.log}
	s.ears.change = s.know.Change()
	m, later, err := s.languageModel(ctx)
	if later != nil { // the follower of the knowledge makes the new one
		s.ears.change = -1
	}
	if err != nil {
		s.log.Warn("the recogniser does not know the company's words", "err", err)
	}
	offline.LanguageModel, offline.Words = m.Sentences, m.Words
	if s.pool, err = sphinx.New(offline); err != nil {
		s.log.Warn("offline recogniser is not available", "err", err)
		s.pool = nil
	}
	if err := s.hear(s.live.c); err != nil {
		return err
	}
	if deaf := unheard(s.live.c, s.ears.Hears); len(deaf) > 0 {
		s.log.Warn("no recogniser hears these languages: their customers are asked to type (parley doctor says how to mend it)", "languages", deaf)
	}
	return s.speak(ctx, s.live.c)
}

// conversations opens brain and hub.
func (s *server) conversations() error {
	if err := s.think(s.live.c, s.live.handoff); err != nil {
		return err
	}
	o := conversation.Options{Log: s.store, Bus: s.bus, Brain: &s.mind, Chat: chat.New(), Action: s.act, Told: s.told, Logger: s.log, Floor: s.floor(s.live.c)}
	if s.nodes != nil {
		o.Elsewhere = s.elsewhere
		o.Claimed = func(id dialog.ConversationID, epoch int64) {
			s.tellNodes(bus.Note{Kind: noteClaimed, Conversation: id, Number: epoch})
		}
	}
	s.hub = conversation.NewHub(o)
	s.hubs.Store(s.hub)
	return nil
}

// media opens the sockets, the clock and the calls.
func (s *server) media() error {
	c := s.c
	o := rtc.Options{Addr: c.RTC.Addr, TCP: c.RTC.TCP, TURNAddr: c.RTC.TURN, TURNHost: turnHost(c), MaxLegs: c.Limits.Calls + 50, Logger: s.log}
	for _, ip := range strings.FieldsFunc(c.RTC.PublicIP, func(r rune) bool { return r == ',' || r == ' ' }) {
		a, err := netip.ParseAddr(ip)
		if err != nil {
			return fmt.Errorf("serve: rtc.public_ip: %w", err)
		}
		o.PublicIPs = append(o.PublicIPs, a)
	}
	var err error
	if o.TURNTLS, err = tlsConfig(c); err != nil {
		return err
	}
	if s.rtc, err = rtc.New(o); err != nil {
		return fmt.Errorf("serve: media address %s: %w (choose another with PARLEY_RTC_ADDR)", c.RTC.Addr, err)
	}
	s.clock = room.NewClock(room.ClockOptions{})
	s.learnHints()
	vo := voice.Options{Hub: s.hub, Clock: s.clock, TTS: &s.mouth, ASR: &s.ears, Hears: s.ears.Hears,
		Hints: s.ears.Hints, Journal: (*journal)(s), Overheard: s.overhear, Cards: &s.cards, Seated: s.seated, Parted: s.parted, MaxCalls: c.Limits.Calls, Logger: s.log,
		Endpoint: func(l string) endpoint.Options {
			return endpoint.Options{Language: l, Patient: c.Speech.Patient, Fixed: time.Duration(c.Speech.EndpointMS) * time.Millisecond,
				Doubtful: s.ears.First(l) == "sphinx"}
		}}
	if c.Recording.On {
		vo.Record = newRecorder
	}
	s.calls = voice.New(vo)
	s.guests = newGuests(s.rtc, s.calls, func(user string) { s.desk.Heard(user, "") }, s.tuned)
	s.lines = newCalls(s.rtc, s.calls, s.c.Limits.CallsPerAddress)
	return nil
}

// surface opens the HTTP side.
func (s *server) surface() {
	var sites []web.Site
	for _, x := range s.c.Sites {
		sites = append(sites, web.Site{Key: x.Key, Secret: x.Secret, Origins: x.Origins})
	}
	o := web.Options{Records: s.store, Hub: s.hub, Bus: s.bus, Desk: s.desk, Wall: s.wall, Insight: s.looks, Packet: s.packet, Suggest: s.suggest, Shelf: s.store, Advise: &s.shelf, Contacts: (*contacts)(s), WrapUp: s.wrapUp, Calls: s.lines, Legs: s.guests, Cards: (*cards)(s),
		Recording: s.store.Blobs.Open, Pictures: pictures{s.sight}, Knowledge: s.know, Search: s.find.Search, Vectors: s.find.progress, Setup: (*setup)(s), Pages: app.Pages(), ShowListening: s.c.Desk.Listening, ICE: s.ice, Capabilities: s.capabilities, Sites: sites,
		Ready: s.ready, Hooks: s.hooks, Links: s.links(), Tools: s.box, Changes: s.outbox, Metrics: s.metrics(), Requests: s.c.Limits.RequestsPerAddress, Secure: s.c.TLS.On(), Logger: s.log}
	if x := s.c.OIDC; x.On() {
		o.PublicURL = x.URL
		o.SignOn = oidc.New(oidc.Options{Issuer: x.Issuer, ClientID: x.ClientID, ClientSecret: x.ClientSecret, Scopes: x.Scopes, Claim: x.Claim,
			Roles: x.Roles, Create: x.Create, Unverified: x.Unverified})
	}
	if s.phones != nil {
		o.Phones = s.phones
	}
	if s.backs != nil {
		o.Callbacks = s.backs
	}
	if s.c.Demo {
		s.acts = newPractices(s)
		o.Practice = s.acts
	}
	if s.nodes != nil {
		o.Degraded = s.degraded
		o.Forgotten = func(id dialog.ConversationID) { s.tellNodes(bus.Note{Kind: noteForgotten, Conversation: id}) }
	}
	s.web = web.New(o)
	s.handler = s.web
}

func (s *server) ice() ([]web.ICEServer, error) {
	servers, err := s.rtc.ICEServers()
	out := make([]web.ICEServer, 0, len(servers))
	for _, x := range servers {
		out = append(out, web.ICEServer(x))
	}
	return out, err
}

func (s *server) capabilities() web.Capabilities {
	c := s.live.config()
	out := web.Capabilities{Languages: []web.Language{}, Recording: c.Recording.On, Company: companyOf(c), SignOn: s.c.OIDC.Name, Practice: s.c.Demo, Phones: s.phones != nil}
	for _, l := range c.Bot.Languages {
		out.Languages = append(out.Languages, web.Language{Tag: l, Hears: s.ears.Hears(l), Speaks: true})
	}
	return out
}

// ready gives the reasons why no call can be taken.
func (s *server) ready(ctx context.Context) (reasons []string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.store.Ping(ctx); err != nil {
		reasons = append(reasons, "store: "+err.Error())
	}
	if s.calls.Busy() {
		reasons = append(reasons, "all lines are taken, or the server is draining")
	}
	return reasons
}

// drain lets running calls go on up to the limit, and takes no new ones.
func (s *server) drain(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.calls.Drain(ctx)
	s.calls.Close()
}

// close ends everything, last made first.
func (s *server) close() error {
	var errs []error
	close(s.stopping)
	s.tasks.Wait()
	if s.acts != nil {
		s.acts.close()
	}
	if s.calls != nil {
		s.calls.Close()
	}
	if s.phones != nil {
		errs = append(errs, s.phones.close())
	}
	if s.web != nil {
		s.web.Close()
	}
	if s.sight != nil {
		s.sight.Close()
	}
	if s.looks != nil {
		s.looks.Close()
	}
	if s.wall != nil {
		s.wall.Close()
	}
	if s.desk != nil {
		s.desk.Close()
	}
	s.find.close()
	if s.hub != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		errs = append(errs, s.hub.Close(ctx))
		cancel()
		s.spend.keep(s.store, s.stopping, s.log) // what the last replies cost
	}
	s.mind.close()
	errs = append(errs, s.closeSystems())
	if s.guests != nil {
		s.guests.close()
	}
	if s.rtc != nil {
		errs = append(errs, s.rtc.Close())
	}
	if s.clock != nil {
		s.clock.Close()
	}
	if s.pool != nil {
		errs = append(errs, s.pool.Close())
	}
	if s.hooks != nil {
		s.hooks.Close()
	}
	if s.nodes != nil {
		s.nodes.leave(s.log)
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

var _ voice.Recorder = (*record.Recorder)(nil)

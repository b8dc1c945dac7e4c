package sip

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Server takes and makes calls on one address.
type Server struct {
	o        Options
	trunks   map[string]*trunk
	order    []*trunk
	roams    bool // whether a trunk is let in by digest
	secret   [32]byte
	bound    netip.AddrPort // of UDP and TCP
	boundTLS netip.AddrPort
	deaf     atomic.Bool // nothing is taken any more

	checkTime time.Duration

	tp *gosip.TransportLayer
	tx *gosip.TransactionLayer

	sources   atomic.Pointer[sources]
	calls     *calls
	phones    *phones
	line      line
	guard     guard
	strangers strangers
	conns     connections
	nonces    cache[string, int]
	ways      cache[netip.Addr, netip.Addr]
	n         counters

	ctx    context.Context // the server's life
	cancel context.CancelFunc
	socks  []interface{ Close() error }

	mu       sync.Mutex
	closed   bool
	draining bool
	grace    time.Duration  // what far ends have to answer our goodbyes when the server closes
	wg       sync.WaitGroup // everything but readers
	readers  sync.WaitGroup // of the sockets
}

// tune sets what the stack has for all of a process. UDP messages of more than 1300 bytes
// are sent: in fragments they arrive, where carriers offer nothing but UDP; an error never
// does. And its own log says nothing that ours does not.
var tune = sync.OnceFunc(func() {
	gosip.UDPMTUSize = 65507 + 200
	gosip.SetDefaultLogger(slog.New(slog.DiscardHandler))
})

// New opens the sockets and begins: registrations, keep-alive, calls. Close it again.
func New(o Options) (*Server, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	tune()
	s := &Server{o: o, trunks: map[string]*trunk{}, calls: newCalls(), grace: time.Second,
		nonces: cache[string, int]{max: 100_000}, checkTime: checkTime, ways: cache[netip.Addr, netip.Addr]{max: 10_000}}
	rand.Read(s.secret[:])
	s.line = line{calls: o.Calls, rate: o.Rate}
	for i := range o.Trunks {
		t := &trunk{Trunk: &o.Trunks[i], log: o.Logger.With("trunk", o.Trunks[i].Name)}
		t.line = line{calls: t.Calls, rate: t.Rate}
		s.trunks[t.Name] = t
		s.order = append(s.order, t)
		s.roams = s.roams || t.InboundUser != ""
	}
	s.phones = newPhones(o.Users)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(); err != nil {
		s.cancel()
		for _, c := range s.socks {
			c.Close()
		}
		s.wg.Wait()
		s.readers.Wait()
		return nil, err
	}
	return s, nil
}

// open listens, and starts what runs as long as the server.
func (s *Server) open() error {
	quiet := slog.New(slog.DiscardHandler)
	s.tp = gosip.NewTransportLayer(net.DefaultResolver, gosip.NewParser(), s.clientTLS(),
		gosip.WithTransportLayerLogger(quiet))
	s.tx = gosip.NewTransactionLayer(s.tp, gosip.WithTransactionLayerLogger(quiet),
		gosip.WithTransactionLayerUnhandledResponseHandler(func(*gosip.Response) {}))
	s.tx.OnRequest(s.dispatch)

	udp, tcp, err := listenBoth(s.o.Addr)
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	s.socks = append(s.socks, udp, tcp)
	s.bound = udp.LocalAddr().(*net.UDPAddr).AddrPort()
	s.bound = netip.AddrPortFrom(s.bound.Addr(), s.bound.Port())
	var secure net.Listener
	if s.o.TLSAddr != "" {
		l, err := net.Listen("tcp", s.o.TLSAddr)
		if err != nil {
			return fmt.Errorf("sip: %w", err)
		}
		s.socks = append(s.socks, l)
		s.boundTLS = l.Addr().(*net.TCPAddr).AddrPort()
		secure = gatedListener{tls.NewListener(l, s.o.TLS), s}
	}
	s.learn(s.ctx)
	ready := make(chan struct{})
	s.readers.Go(func() { s.tp.ServeUDP(gatedPacketConn{udp, s.gate, sync.OnceFunc(func() { close(ready) })}) })
	<-ready
	s.readers.Go(func() { s.tp.ServeTCP(gatedListener{tcp, s}) })
	if secure != nil {
		s.readers.Go(func() { s.tp.ServeTLS(secure) })
	}
	s.run(func() { s.relearn(s.ctx) })
	s.run(func() { s.phones.expire(s.ctx) })
	for _, t := range s.order {
		if t.Register {
			s.run(func() { s.keepRegistered(s.ctx, t) })
		}
		if t.KeepAlive > 0 && t.Host != "" {
			s.run(func() { s.keepAlive(s.ctx, t) })
		}
	}
	return nil
}

// listenBoth opens one port for UDP and TCP; port 0 takes any that is free for both.
func listenBoth(addr string) (*net.UDPConn, net.Listener, error) {
	var last error
	for range 10 {
		u, err := net.ResolveUDPAddr("udp", addr)
		if err != nil {
			return nil, nil, err
		}
		udp, err := net.ListenUDP("udp", u)
		if err != nil {
			return nil, nil, err
		}
		udp.SetReadBuffer(4 << 20) // a storm of calls waits here; what the system grants
		host, _, _ := net.SplitHostPort(addr)
		tcp, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(udp.LocalAddr().(*net.UDPAddr).Port)))
		if err == nil {
			return udp, tcp, nil
		}
		udp.Close()
		last = err
		if !strings.HasSuffix(addr, ":0") {
			break
		}
	}
	return nil, nil, last
}

// Addr is where UDP and TCP are listened for.
func (s *Server) Addr() netip.AddrPort { return s.bound }

// TLSAddr is where TLS is listened for; invalid: nowhere.
func (s *Server) TLSAddr() netip.AddrPort { return s.boundTLS }

// run starts a goroutine that Close waits for; false: the server is closed.
func (s *Server) run(f func()) bool {
	if !s.enter() {
		return false
	}
	go func() {
		defer s.wg.Done()
		f()
	}()
	return true
}

func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	return true
}

// Drain takes no more calls and waits until those that are up have ended, or ctx does.
func (s *Server) Drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	select {
	case <-s.calls.drained():
	case <-ctx.Done():
	}
}

func (s *Server) full503() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining || s.closed
}

// lastWords is how long the stack may take for a message that it has.
const lastWords = 50 * time.Millisecond

// Close ends all calls with BYE, all registrations, and everything that was started.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.draining = true
	s.mu.Unlock()
	for _, c := range s.calls.list() {
		c.Hangup(CauseNormal)
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.wg.Wait() // who says BYE or unregisters still has the sockets, for grace
	for _, c := range s.calls.list() {
		c.finish(End{By: "local", Err: ErrClosed})
	}
	s.deaf.Store(true)
	s.tx.Close() // what would be sent again would open sockets of its own
	var err error
	for _, c := range s.socks {
		if e := c.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = e
		}
	}
	s.tp.Close()
	s.readers.Wait()
	// The stack takes each message in a goroutine of its own that nobody can wait for; one that came
	// last of all may open a socket to answer.
	time.Sleep(lastWords)
	s.tx.Close()
	s.tp.Close()
	return err
}

// Block switches a trunk off for new calls, both ways, and on again. Calls that are up go on;
// hangUp ends them too.
func (s *Server) Block(name string, on, hangUp bool) error {
	t := s.trunks[name]
	if t == nil {
		return ErrTrunk
	}
	t.blocked.Store(on)
	t.log.Warn("trunk switched", "blocked", on, "hang_up", hangUp)
	if on && hangUp {
		for _, c := range s.calls.list() {
			if c.trunk == t {
				c.Hangup(CauseNormal)
			}
		}
	}
	return nil
}

// do sends a request of a trunk (nil: of a phone of our own) that is no INVITE, and gives its
// final answer.
func (s *Server) do(ctx context.Context, t *trunk, r *gosip.Request) (*gosip.Response, error) {
	s.addVia(r)
	if err := s.meets(ctx, t, r); err != nil {
		return nil, fmt.Errorf("sip: %s: %w", r.Method, err)
	}
	tx, err := s.tx.Request(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("sip: %s: %w", r.Method, err)
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			select { // the answer may have come with the end of its transaction
			case res := <-tx.Responses():
				if !res.IsProvisional() {
					return res, nil
				}
			default:
			}
			return nil, fmt.Errorf("sip: %s: %w", r.Method, tx.Err())
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// dispatch takes every request that passed the gate, on a goroutine of the stack's.
func (s *Server) dispatch(r *gosip.Request, tx *gosip.ServerTx) {
	defer tx.TerminateGracefully()
	if !s.enter() {
		return
	}
	defer s.wg.Done()
	if err := check(r); err != nil { // came by a connection that we made
		s.n.malformed.Add(1)
		return
	}
	if c := s.callOf(r); c != nil {
		c.receive(r, tx)
		return
	}
	s.outside(r, tx)
}

// outside takes requests that belong to no call.
func (s *Server) outside(r *gosip.Request, tx *gosip.ServerTx) {
	if h := r.MaxForwards(); h != nil && h.Val() == 0 && !r.IsAck() {
		s.refuse(r, tx, 483)
		return
	}
	switch r.Method {
	case gosip.ACK:
	case gosip.INVITE:
		if tagOf(r.To().Params) != "" {
			s.refuse(r, tx, 481)
			return
		}
		s.incoming(r, tx)
	case gosip.REGISTER:
		s.register(r, tx)
	case gosip.OPTIONS:
		res := s.response(r, 200, "")
		if s.full503() {
			res = s.response(r, 503, "")
		}
		res.AppendHeader(gosip.NewHeader("Allow", allowed))
		res.AppendHeader(gosip.NewHeader("Supported", supported))
		res.AppendHeader(gosip.NewHeader("Accept", "application/sdp"))
		tx.Respond(res)
	case gosip.BYE, gosip.CANCEL, gosip.INFO, gosip.UPDATE, gosip.NOTIFY, gosip.PRACK, gosip.REFER:
		s.refuse(r, tx, 481)
	default:
		res := s.response(r, 405, "")
		res.AppendHeader(gosip.NewHeader("Allow", allowed))
		tx.Respond(res)
	}
}

// refuse answers with an error; an INVITE's is counted.
func (s *Server) refuse(r *gosip.Request, tx *gosip.ServerTx, code int) {
	if r.IsInvite() {
		s.n.refused.Add(1)
	}
	if !r.IsAck() {
		tx.Respond(s.response(r, code, ""))
	}
}

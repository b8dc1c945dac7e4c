package audio

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// Pool gives sessions their ports.
type Pool struct {
	o    PoolOptions
	mu   sync.Mutex
	next int // port to try first
	used map[int]bool
}

// NewPool returns a pool of the ports from o.Low to o.High. It holds no socket.
func NewPool(o PoolOptions) *Pool {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if !o.Public.IsValid() {
		o.Public = o.Bind
	}
	o.Low += o.Low & 1
	return &Pool{o: o, next: o.Low, used: map[int]bool{}}
}

// Size is how many sessions there may be at once.
func (p *Pool) Size() int { return max(0, (p.o.High-p.o.Low+1)/2) }

// Used is how many sessions are open.
func (p *Pool) Used() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.used)
}

// Open takes a pair of ports and listens: what arrives from now on is kept until the
// leg is polled. The session is the caller's to close. ErrFull: no pair is free.
func (p *Pool) Open(o Options) (*Session, error) {
	if !o.Public.IsValid() {
		o.Public = p.o.Public
	}
	if !o.Public.IsValid() || o.Public.IsUnspecified() {
		return nil, errors.New("audio: no address of ours that a phone could send to")
	}
	for range p.Size() {
		port, ok := p.take()
		if !ok {
			break
		}
		rtp, rtcp, err := p.listen(port)
		if err != nil { // somebody else has it
			p.give(port)
			continue
		}
		return newSession(p, port, rtp, rtcp, o), nil
	}
	return nil, fmt.Errorf("%w: %d to %d", ErrFull, p.o.Low, p.o.High)
}

// take finds a port that no session has, going round so that one that was just given
// back rests: late packets of the call before would find the next one.
func (p *Pool) take() (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.Size() {
		port := p.next
		if p.next += 2; p.next+1 > p.o.High {
			p.next = p.o.Low
		}
		if !p.used[port] {
			p.used[port] = true
			return port, true
		}
	}
	return 0, false
}

func (p *Pool) give(port int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, port)
}

func (p *Pool) listen(port int) (rtp, rtcp *net.UDPConn, err error) {
	rtp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.o.Bind, uint16(port))))
	if err != nil {
		return nil, nil, err
	}
	rtcp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.o.Bind, uint16(port+1))))
	if err != nil {
		return nil, nil, errors.Join(err, rtp.Close())
	}
	return rtp, rtcp, nil
}

package room

import (
	"sync"
	"time"

	"parley/media"
)

// Ticker calls rooms every 20 ms. Clock and Manual are the two there are.
type Ticker interface {
	attach(r *Room)
	detach(r *Room)
}

const (
	phases    = 4
	phaseStep = media.Tick / phases
)

// ClockOptions of a Clock. The zero value works.
type ClockOptions struct {
	// CatchUp is how many ticks that were missed are made up for; more are
	// dropped and counted. 0 is 5.
	CatchUp int
}

// Clock ticks rooms in four phases of 5 ms, so that they do not all want the
// processor at once. Deadlines are absolute: lateness does not add up.
type Clock struct {
	o      ClockOptions
	stop   chan struct{}
	wg     sync.WaitGroup
	phases [phases]phase
}

type phase struct {
	wake chan struct{} // one token: a room has come

	mu     sync.Mutex
	rooms  []*Room
	work   []*Room // a copy for the tick that runs, so that rooms may come and go meanwhile
	late   Histogram
	ticks  int64
	missed int64
}

// NewClock starts a clock. Close stops it.
func NewClock(o ClockOptions) *Clock {
	if o.CatchUp <= 0 {
		o.CatchUp = 5
	}
	c := &Clock{o: o, stop: make(chan struct{})}
	// On the wall clock's multiples, with the sockets that gather packets: one waking for both.
	start := time.Now()
	start = start.Add(-time.Duration(start.UnixNano()) % media.Tick)
	for i := range c.phases {
		c.phases[i].wake = make(chan struct{}, 1)
		c.wg.Go(func() { c.run(&c.phases[i], start.Add(time.Duration(i)*phaseStep)) })
	}
	return c
}

// Close stops all ticking and returns when no tick runs any more.
func (c *Clock) Close() {
	close(c.stop)
	c.wg.Wait()
}

func (c *Clock) run(p *phase, deadline time.Time) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		if p.len() == 0 { // an idle server sleeps
			select {
			case <-p.wake:
			case <-c.stop:
				return
			}
			deadline = deadline.Add(time.Since(deadline).Truncate(media.Tick))
		}
		deadline = deadline.Add(media.Tick)
		behind := time.Since(deadline)
		if skip := behind/media.Tick - time.Duration(c.o.CatchUp); skip > 0 {
			deadline = deadline.Add(skip * media.Tick)
			p.mu.Lock()
			p.missed += int64(skip)
			p.mu.Unlock()
		}
		if wait := time.Until(deadline); wait > 0 {
			t.Reset(wait)
			select {
			case <-t.C:
			case <-c.stop:
				return
			}
		} else {
			select {
			case <-c.stop:
				return
			default:
			}
		}
		p.tick(deadline)
	}
}

func (p *phase) tick(deadline time.Time) {
	p.mu.Lock()
	p.work = append(p.work[:0], p.rooms...)
	p.ticks++
	p.mu.Unlock()
	for _, r := range p.work {
		late := time.Since(deadline)
		r.tick()
		p.mu.Lock()
		p.late.Add(late)
		p.mu.Unlock()
	}
}

func (c *Clock) attach(r *Room) {
	best := &c.phases[0]
	for i := range c.phases {
		if c.phases[i].len() < best.len() {
			best = &c.phases[i]
		}
	}
	best.mu.Lock()
	best.rooms = append(best.rooms, r)
	best.mu.Unlock()
	select {
	case best.wake <- struct{}{}:
	default:
	}
}

func (p *phase) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.rooms)
}

func (c *Clock) detach(r *Room) {
	for i := range c.phases {
		if c.phases[i].remove(r) {
			return
		}
	}
}

func (p *phase) remove(r *Room) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, x := range p.rooms {
		if x == r {
			n := len(p.rooms) - 1
			p.rooms[i], p.rooms[n] = p.rooms[n], nil
			p.rooms = p.rooms[:n]
			return true
		}
	}
	return false
}

// ClockStats say how a clock keeps time.
type ClockStats struct {
	Rooms  int
	Ticks  int64 // of all phases
	Missed int64 // ticks that were given up, 20 ms each
	// Late is how long after its deadline each room's tick began.
	Late Histogram
}

// Stats of the clock since it began.
func (c *Clock) Stats() ClockStats {
	var s ClockStats
	for i := range c.phases {
		p := &c.phases[i]
		p.mu.Lock()
		s.Rooms += len(p.rooms)
		s.Ticks += p.ticks
		s.Missed += p.missed
		s.Late.merge(&p.late)
		p.mu.Unlock()
	}
	return s
}

// Manual ticks its rooms when it is told to: the clock of tests and benches.
type Manual struct {
	mu    sync.Mutex
	rooms []*Room
}

// NewManual returns a clock that stands.
func NewManual() *Manual { return &Manual{} }

// Tick ticks every room once.
func (m *Manual) Tick() {
	m.mu.Lock()
	rooms := m.rooms[:len(m.rooms):len(m.rooms)]
	m.mu.Unlock()
	for _, r := range rooms {
		r.tick()
	}
}

func (m *Manual) attach(r *Room) {
	m.mu.Lock()
	m.rooms = append(m.rooms, r)
	m.mu.Unlock()
}

func (m *Manual) detach(r *Room) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rest []*Room
	for _, x := range m.rooms {
		if x != r {
			rest = append(rest, x)
		}
	}
	m.rooms = rest
}

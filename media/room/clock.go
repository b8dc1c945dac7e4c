package room

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

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
//
// Each of its shards ticks on a thread of its own, which sleeps in the system and goes
// before others where that is allowed: a timer of the runtime is seen only when some
// other thread gets the processor.
type Clock struct {
	o      ClockOptions
	sleep  func(time.Duration)
	stop   chan struct{}
	wg     sync.WaitGroup
	shards []shard
}

type shard struct {
	wake   chan struct{} // one token: a room has come
	phases [phases]phase
}

type phase struct {
	mu     sync.Mutex
	rooms  []*Room
	work   []*Room // a copy for the tick that runs, so that rooms may come and go meanwhile
	late   Histogram
	ticks  int64
	missed int64
}

// urgent is the priority that clocks ask for, as nice(1) counts.
const urgent = -15

// perShard is how many processors there are for each shard, of those that this process may use:
// a thread is enough for some 300 calls.
const perShard = 2

// NewClock starts a clock. Close stops it.
func NewClock(o ClockOptions) *Clock { return newClock(o, nap) }

func newClock(o ClockOptions, sleep func(time.Duration)) *Clock {
	if o.CatchUp <= 0 {
		o.CatchUp = 5
	}
	c := &Clock{o: o, sleep: sleep, stop: make(chan struct{}), shards: make([]shard, max(1, runtime.GOMAXPROCS(0)/perShard))}
	// On the wall clock's multiples: sockets that gather packets hand them over just before.
	start := time.Now()
	start = start.Add(-time.Duration(start.UnixNano()) % media.Tick)
	for i := range c.shards {
		c.shards[i].wake = make(chan struct{}, 1)
		c.wg.Go(func() { c.run(&c.shards[i], start) })
	}
	return c
}

// nap sleeps in the system, not in the runtime.
func nap(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil) // a signal ends it early; its user looks at the time again
}

// Close stops all ticking and returns when no tick runs any more.
func (c *Clock) Close() {
	close(c.stop)
	c.wg.Wait()
}

func (c *Clock) run(s *shard, deadline time.Time) {
	runtime.LockOSThread() // and never unlocked: the thread ends with its priority
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, urgent)
	for i := 0; ; i = (i + 1) % phases {
		if s.len() == 0 { // an idle server sleeps
			select {
			case <-s.wake:
			case <-c.stop:
				return
			}
			deadline = deadline.Add(time.Since(deadline).Truncate(media.Tick))
		}
		deadline = deadline.Add(phaseStep)
		behind := time.Since(deadline)
		if skip := behind/media.Tick - time.Duration(c.o.CatchUp); skip > 0 {
			deadline = deadline.Add(skip * media.Tick)
			s.miss(int64(skip))
		}
		for wait := time.Until(deadline); wait > 0; wait = time.Until(deadline) {
			c.sleep(wait)
		}
		select {
		case <-c.stop:
			return
		default:
		}
		s.phases[i].tick(deadline)
	}
}

// miss counts ticks that every phase gives up.
func (s *shard) miss(n int64) {
	for i := range s.phases {
		p := &s.phases[i]
		p.mu.Lock()
		p.missed += n
		p.mu.Unlock()
	}
}

func (s *shard) len() (n int) {
	for i := range s.phases {
		n += s.phases[i].len()
	}
	return n
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
	clear(p.work) // a room that is over is not held, however long the clock sleeps then
}

func (c *Clock) attach(r *Room) {
	in := &c.shards[0]
	for i := range c.shards {
		if c.shards[i].len() < in.len() {
			in = &c.shards[i]
		}
	}
	best := &in.phases[0]
	for i := range in.phases {
		if in.phases[i].len() < best.len() {
			best = &in.phases[i]
		}
	}
	best.mu.Lock()
	best.rooms = append(best.rooms, r)
	best.mu.Unlock()
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

func (p *phase) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.rooms)
}

func (c *Clock) detach(r *Room) {
	for i := range c.shards {
		for k := range c.shards[i].phases {
			if c.shards[i].phases[k].remove(r) {
				return
			}
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
	for i := range c.shards {
		for k := range c.shards[i].phases {
			p := &c.shards[i].phases[k]
			p.mu.Lock()
			s.Rooms += len(p.rooms)
			s.Ticks += p.ticks
			s.Missed += p.missed
			s.Late.merge(&p.late)
			p.mu.Unlock()
		}
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

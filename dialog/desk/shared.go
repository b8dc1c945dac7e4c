package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/dialog"
)

// Times of a shared registry.
const (
	nodeBeat  = 5 * time.Second  // how often a node says that it lives
	nodeAgain = time.Second      // how soon it tries again when it could not
	nodeDead  = 15 * time.Second // a node that has not is dead, and its sockets with it
	nodeGrace = 30 * time.Second // for people whose node died to come back
	maxRaces  = 100              // times that others may be faster before it is an error
	slow      = time.Second      // whoever waits so long for nothing asks no more for a while
)

// errAway: Redis was asked a moment ago, and did not answer in time.
var errAway = errors.New("desk: redis does not answer")

// Shared is a registry that several nodes share through Redis. People and entries are hashes
// of JSON; a change is made here and put in place if what it came from still stands, by one
// script, in which an entry goes from those that wait into a person's place.
//
// What a node knows by itself, its sockets and how people stood when it last looked, it
// keeps in memory. When Redis has forgotten the node, as after a fault or a long pause, it
// puts that back before it does anything else.
type Shared struct {
	r    redis.UniversalClient
	node string
	keys struct{ agents, waiting, nodes string }
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	own    map[string]int         // sockets of this node, by person
	seen   map[string]sharedAgent // people as they were read last
	behind bool                   // Redis does not have own as it is
	quiet  time.Time              // until then it is not asked, for it is slow
	lived  map[string]bool        // the nodes that lived when it was looked last
	spared map[string]bool        // those that are not taken for dead until spare: they had no
	spare  time.Time              // time yet to say that they live
}

var _ Registry = (*Shared)(nil)

// NewShared returns the view of a node, which every node names itself by: another name at
// each start. The client stays the caller's. Close it.
func NewShared(ctx context.Context, r redis.UniversalClient, tenant dialog.TenantID, node string) (*Shared, error) {
	s := &Shared{r: r, node: node, own: map[string]int{}, seen: map[string]sharedAgent{}}
	prefix := fmt.Sprintf("parley:{%s:desk}:", tenant) // one slot of a cluster, for the script
	s.keys.agents, s.keys.waiting, s.keys.nodes = prefix+"agents", prefix+"waiting", prefix+"nodes"
	if err := s.beat(ctx); err != nil {
		return nil, err
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.wg.Go(func() { s.live(ctx) })
	return s, nil
}

// live says that the node lives, until ctx ends.
func (s *Shared) live(ctx context.Context) {
	t := time.NewTimer(nodeBeat)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		if s.beat(ctx) == nil {
			t.Reset(nodeBeat)
		} else {
			t.Reset(nodeAgain)
		}
	}
}

// Close ends the node's life: who is connected through it alone is waited for.
func (s *Shared) Close() error {
	s.stop()
	s.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return failed(lease.Run(ctx, s.r, []string{s.keys.nodes}, s.node, 0).Err())
}

func failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("desk: redis: %w", err)
}

// lease says until when the node lives, by the clock of the server, and forgets nodes that
// have been dead for a day. It answers 1 when the node was known to live.
var lease = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local was = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
redis.call('HSET', KEYS[1], ARGV[1], now + ARGV[2])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if tonumber(all[i + 1]) < now - 86400000 then redis.call('HDEL', KEYS[1], all[i]) end
end
return was > now and 1 or 0`)

// beat says that the node lives, and puts back what Redis does not have of it.
func (s *Shared) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, nodeBeat)
	defer cancel()
	lived, err := lease.Run(ctx, s.r, []string{s.keys.nodes}, s.node, nodeDead.Milliseconds()).Int()
	if err != nil {
		return failed(err)
	}
	s.mu.Lock()
	behind := s.behind || lived == 0
	s.behind = behind
	if lived == 0 { // nobody could say that they live, or this node could not
		s.spared, s.spare = s.lived, time.Now().Add(nodeDead)
	}
	s.mu.Unlock()
	if !behind {
		return nil
	}
	return s.restore(ctx)
}

// restore puts this node's sockets where Redis lacks them, and people as they were read
// last where Redis has nobody.
func (s *Shared) restore(ctx context.Context) error {
	all, err := s.r.HGetAll(ctx, s.keys.agents).Result()
	if err != nil {
		return failed(err)
	}
	s.mu.Lock()
	s.behind = false // what changes from here on is written after this
	people := map[string]bool{}
	for id := range s.own {
		people[id] = true
	}
	for id := range s.seen {
		if all[id] == "" {
			people[id] = true
		}
	}
	for id, b := range all { // those who have a socket here that is none
		var a sharedAgent
		if json.Unmarshal([]byte(b), &a) == nil && a.Nodes[s.node] > 0 {
			people[id] = true
		}
	}
	s.mu.Unlock()
	for id := range people {
		err := s.change(ctx, id, "", true, func(a *sharedAgent) error {
			if a.ID == "" {
				s.mu.Lock()
				was, ok := s.seen[id]
				s.mu.Unlock()
				if !ok {
					return dialog.ErrNotFound // whoever needs them makes them known
				}
				a.Agent = was.Agent
				a.Seats = slices.Clone(was.Seats)
			}
			s.settle(a, id, time.Now(), time.Now().Add(nodeGrace))
			return nil
		})
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			s.mu.Lock()
			s.behind = true
			s.mu.Unlock()
			return err
		}
	}
	return nil
}

// settle gives a person as many sockets at this node as there are.
func (s *Shared) settle(a *sharedAgent, id string, now, grace time.Time) {
	s.mu.Lock()
	n := s.own[id]
	s.mu.Unlock()
	before := a.Sockets
	if n > 0 {
		a.Nodes[s.node] = n
	} else {
		delete(a.Nodes, s.node)
	}
	a.Sockets = 0
	for _, n := range a.Nodes {
		a.Sockets += n
	}
	switch {
	case a.Sockets > 0:
		a.Lost, a.Grace = time.Time{}, time.Time{}
		if a.Idle.IsZero() {
			a.Idle = now
		}
	case before > 0:
		a.Lost, a.Grace = now, grace
	}
}

// place puts a person's new state in the place of the old one, and takes an entry, if one is
// named, out of those that wait: both or nothing. What it answers is what happened.
var place = redis.NewScript(`
local old = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if old ~= ARGV[2] then return 'changed' end
if ARGV[4] ~= '' and redis.call('HDEL', KEYS[2], ARGV[4]) == 0 then return 'taken' end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 'done'`)

// sharedAgent is a person as Redis has it.
type sharedAgent struct {
	Agent
	Nodes map[string]int // sockets, by node
}

// left works out what is left of a person's sockets when those of dead nodes are gone.
func (a *sharedAgent) left(nodes map[string]time.Time, now time.Time) {
	var died time.Time
	before := len(a.Nodes) > 0
	a.Sockets, a.At = 0, nil
	for _, n := range slices.Sorted(maps.Keys(a.Nodes)) {
		if end := nodes[n]; now.Before(end) {
			a.Sockets += a.Nodes[n]
			a.At = append(a.At, n)
		} else {
			delete(a.Nodes, n)
			if end.After(died) {
				died = end
			}
		}
	}
	if before && len(a.Nodes) == 0 {
		if died.IsZero() { // nobody knows when
			died = now
		}
		a.Lost, a.Grace = died, died.Add(nodeGrace)
	}
}

// asked keeps those who wait from waiting long for a Redis that does not answer.
func (s *Shared) asked(f func() error) error {
	began := time.Now()
	s.mu.Lock()
	quiet := s.quiet
	s.mu.Unlock()
	if began.Before(quiet) {
		return errAway
	}
	err := f()
	if err != nil && !errors.Is(err, redis.Nil) {
		if now := time.Now(); now.Sub(began) > slow {
			s.mu.Lock()
			s.quiet = now.Add(nodeAgain)
			s.mu.Unlock()
		}
	}
	return err
}

// nodesOf reads until when each node lives.
func nodesOf(all map[string]string) (map[string]time.Time, error) {
	nodes := map[string]time.Time{}
	for n, ms := range all {
		end, err := strconv.ParseInt(ms, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("desk: redis: node %s lives until %q: %w", n, ms, err)
		}
		nodes[n] = time.UnixMilli(end)
	}
	return nodes, nil
}

// learn notes which nodes live, and spares those that had no time to say so.
func (s *Shared) learn(nodes map[string]time.Time, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.spare) {
		for n := range s.spared {
			if !now.Before(nodes[n]) {
				nodes[n] = now.Add(time.Second)
			}
		}
	}
	s.lived = map[string]bool{}
	for n, end := range nodes {
		if now.Before(end) {
			s.lived[n] = true
		}
	}
}

// look reads what read asks for, then until when each node lives: whoever is read with the
// sockets of a node that has come back is read after that node said so. A node that Redis
// has forgotten puts back what it knows first.
func (s *Shared) look(ctx context.Context, read func(p redis.Pipeliner)) (nodes map[string]time.Time, now time.Time, err error) {
	for try := 0; ; try++ {
		var all *redis.MapStringStringCmd
		var clock *redis.TimeCmd
		err := s.asked(func() error {
			_, err := s.r.Pipelined(ctx, func(p redis.Pipeliner) error {
				read(p)
				all, clock = p.HGetAll(ctx, s.keys.nodes), p.Time(ctx)
				return nil
			})
			if errors.Is(err, redis.Nil) { // of what was read
				err = errors.Join(all.Err(), clock.Err())
			}
			return err
		})
		if err != nil {
			return nil, now, failed(err)
		}
		if nodes, err = nodesOf(all.Val()); err != nil {
			return nil, now, err
		}
		if now = clock.Val(); now.Before(nodes[s.node]) || try > 0 {
			s.learn(nodes, now)
			return nodes, now, nil
		}
		if err := s.beat(ctx); err != nil {
			return nil, now, err
		}
	}
}

// change lets f change a person, again when somebody else was faster, and takes the entry
// of a transfer out of those that wait, unless that is "". A person who is not there is
// given to f when missing allows it.
func (s *Shared) change(ctx context.Context, agent, transfer string, missing bool, f func(a *sharedAgent) error) error {
	for try := range maxRaces {
		var was *redis.StringCmd
		nodes, now, err := s.look(ctx, func(p redis.Pipeliner) { was = p.HGet(ctx, s.keys.agents, agent) })
		if err != nil {
			return err
		}
		old, err := was.Result()
		if errors.Is(err, redis.Nil) {
			if !missing {
				return fmt.Errorf("desk: person %s: %w", agent, dialog.ErrNotFound)
			}
			old, err = "", nil
		}
		if err != nil {
			return failed(err)
		}
		var a sharedAgent
		if old != "" {
			if err := json.Unmarshal([]byte(old), &a); err != nil {
				return fmt.Errorf("desk: redis: person %s: %w", agent, err)
			}
		}
		if a.Nodes == nil {
			a.Nodes = map[string]int{}
		}
		a.left(nodes, now)
		if err := f(&a); err != nil {
			return err
		}
		b, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("desk: redis: %w", err)
		}
		if string(b) == old && transfer == "" {
			return nil
		}
		var done string
		err = s.asked(func() (err error) {
			done, err = place.Run(ctx, s.r, []string{s.keys.agents, s.keys.waiting}, agent, old, string(b), transfer).Text()
			return err
		})
		switch {
		case err != nil:
			return failed(err)
		case done == "done":
			return nil
		case done == "taken":
			return ErrTaken
		}
		select { // others get on too
		case <-time.After(time.Duration(rand.IntN(1+min(try, 20))) * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("desk: redis: person %s: others were faster %d times", agent, maxRaces)
}

// Know implements Registry.
func (s *Shared) Know(ctx context.Context, p Profile) error {
	return s.change(ctx, p.ID, "", true, func(a *sharedAgent) error { a.know(p); return nil })
}

// Forget implements Registry.
func (s *Shared) Forget(ctx context.Context, agent string) error {
	s.mu.Lock()
	delete(s.own, agent)
	delete(s.seen, agent)
	s.mu.Unlock()
	return s.asked(func() error { return failed(s.r.HDel(ctx, s.keys.agents, agent).Err()) })
}

// Wish implements Registry.
func (s *Shared) Wish(ctx context.Context, agent string, w Status, now, grace time.Time) error {
	return s.change(ctx, agent, "", false, func(a *sharedAgent) error { a.wish(w, now, grace); return nil })
}

// Connect implements Registry. While Redis is away it is counted here, and told later.
func (s *Shared) Connect(ctx context.Context, agent string, now time.Time) error {
	return s.socket(ctx, agent, 1, now, now)
}

// Disconnect implements Registry, as Connect does.
func (s *Shared) Disconnect(ctx context.Context, agent string, now, grace time.Time) error {
	return s.socket(ctx, agent, -1, now, grace)
}

func (s *Shared) socket(ctx context.Context, agent string, more int, now, grace time.Time) error {
	s.mu.Lock()
	s.own[agent] += more
	if s.own[agent] <= 0 {
		delete(s.own, agent)
	}
	s.mu.Unlock()
	err := s.change(ctx, agent, "", false, func(a *sharedAgent) error {
		s.settle(a, agent, now, grace)
		return nil
	})
	switch {
	case errors.Is(err, dialog.ErrNotFound):
		s.mu.Lock()
		delete(s.own, agent)
		s.mu.Unlock()
		return err
	case err != nil:
		s.mu.Lock()
		s.behind = true
		s.mu.Unlock()
	}
	return nil
}

// Wrap implements Registry.
func (s *Shared) Wrap(ctx context.Context, agent string, until time.Time) error {
	return s.change(ctx, agent, "", false, func(a *sharedAgent) error { a.Agent.Wrap = until; return nil })
}

// Agents implements Registry.
func (s *Shared) Agents(ctx context.Context) ([]Agent, error) {
	var all *redis.MapStringStringCmd
	nodes, now, err := s.look(ctx, func(p redis.Pipeliner) { all = p.HGetAll(ctx, s.keys.agents) })
	if err != nil {
		return nil, err
	}
	out, seen := make([]Agent, 0, len(all.Val())), make(map[string]sharedAgent, len(all.Val()))
	for _, id := range slices.Sorted(maps.Keys(all.Val())) {
		var a sharedAgent
		if err := json.Unmarshal([]byte(all.Val()[id]), &a); err != nil {
			return nil, fmt.Errorf("desk: redis: person %s: %w", id, err)
		}
		a.left(nodes, now)
		seen[id] = a
		out = append(out, a.Agent)
	}
	s.mu.Lock()
	s.seen = seen
	s.mu.Unlock()
	return out, nil
}

// Lives implements Registry.
func (s *Shared) Lives(ctx context.Context) (map[string]bool, error) {
	nodes, now, err := s.look(ctx, func(redis.Pipeliner) {})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for n, end := range nodes {
		if now.Before(end) {
			out[n] = true
		}
	}
	return out, nil
}

// Wait implements Registry.
func (s *Shared) Wait(ctx context.Context, e Entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("desk: redis: %w", err)
	}
	return s.asked(func() error { return failed(s.r.HSet(ctx, s.keys.waiting, e.Transfer, b).Err()) })
}

// Unwait implements Registry.
func (s *Shared) Unwait(ctx context.Context, transfer string) error {
	return s.asked(func() error { return failed(s.r.HDel(ctx, s.keys.waiting, transfer).Err()) })
}

// Waiting implements Registry.
func (s *Shared) Waiting(ctx context.Context) ([]Entry, error) {
	var all []string
	if err := s.asked(func() (err error) { all, err = s.r.HVals(ctx, s.keys.waiting).Result(); return failed(err) }); err != nil {
		return nil, err
	}
	out := make([]Entry, len(all))
	for i, b := range all {
		if err := json.Unmarshal([]byte(b), &out[i]); err != nil {
			return nil, fmt.Errorf("desk: redis: entry: %w", err)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Transfer, b.Transfer))
	})
	return out, nil
}

// Assign implements Registry. When the answer of an assignment was lost, the same one again
// says how it went.
func (s *Shared) Assign(ctx context.Context, transfer, agent, offer string, now time.Time) error {
	b, err := s.r.HGet(ctx, s.keys.waiting, transfer).Result()
	var e Entry
	switch {
	case errors.Is(err, redis.Nil):
		e.Transfer = "" // it may be ours since a moment ago
	case err != nil:
		return failed(err)
	default:
		if err := json.Unmarshal([]byte(b), &e); err != nil {
			return fmt.Errorf("desk: redis: entry: %w", err)
		}
	}
	ours := false
	err = s.change(ctx, agent, e.Transfer, false, func(a *sharedAgent) error {
		if ours = a.holds(offer); ours {
			return nil
		}
		if e.Transfer == "" {
			return ErrTaken
		}
		return a.reserve(e, offer, now)
	})
	if ours && errors.Is(err, ErrTaken) {
		return nil
	}
	return err
}

// Keep implements Registry.
func (s *Shared) Keep(ctx context.Context, agent string, id dialog.ConversationID, k Kind) error {
	return s.change(ctx, agent, "", false, func(a *sharedAgent) error { a.keep(id, k); return nil })
}

// Free implements Registry.
func (s *Shared) Free(ctx context.Context, agent string, id dialog.ConversationID, now time.Time) error {
	err := s.change(ctx, agent, "", false, func(a *sharedAgent) error { a.free(id, now); return nil })
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	return err
}

package serve

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/desk"
)

// nodes is what this server shares with others through Redis.
type nodes struct {
	name     string
	client   redis.UniversalClient
	bus      *bus.Redis
	registry *desk.Shared
	missed   chan struct{} // holds one
	forgot   chan dialog.ConversationID
}

// What nodes tell one another.
const (
	noteLook      = "look"      // at the desk
	noteClaimed   = "claimed"   // a conversation, under the epoch Number
	noteForgotten = "forgotten" // a conversation
)

// join opens what is shared, when REDIS_URL is set; a server that cannot get at it does not
// start.
func (s *server) join(ctx context.Context) error {
	if s.c.Redis == "" {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	redis.SetLogger(faint{s.log})
	n := &nodes{name: host + "-" + rand.Text()[:10], missed: make(chan struct{}, 1), forgot: make(chan dialog.ConversationID, 256)}
	if n.client, err = bus.Connect(s.c.Redis); err != nil {
		return err
	}
	s.nodes = n
	if n.registry, err = desk.NewShared(ctx, n.client, dialog.DefaultTenant, n.name); err != nil {
		return fmt.Errorf("serve: REDIS_URL: %w", err)
	}
	s.log.Info("one of several nodes", "node", n.name)
	return nil
}

// faint has what the library complains of in our log, in detail alone: whoever asked is told.
type faint struct{ log *slog.Logger }

// Printf implements redis's logger.
func (f faint) Printf(_ context.Context, format string, v ...interface{}) {
	f.log.Debug("redis: " + fmt.Sprintf(format, v...))
}

// node is this one's name; "" when there is one.
func (s *server) node() string {
	if s.nodes == nil {
		return ""
	}
	return s.nodes.name
}

// alive names the nodes whose calls go on.
func (s *server) alive(ctx context.Context) ([]string, error) {
	if s.nodes == nil {
		return nil, nil
	}
	lives, err := s.nodes.registry.Lives(ctx)
	var out []string
	for n := range lives {
		out = append(out, n)
	}
	return out, err
}

// openBus opens what carries events: within this process, or between the nodes.
func (s *server) openBus() {
	now := time.Now()
	if s.nodes == nil {
		s.feed = desk.NewFeed(now)
		s.bus = s.feed.Tap(bus.NewLocal())
		return
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.nodes.name))
	s.feed = desk.NewFeed(now.Add(time.Duration(h.Sum32()) * time.Millisecond)) // no other node's numbers are taken for ours
	n := s.nodes
	n.bus = bus.NewRedis(bus.RedisOptions{Client: n.client, Tenant: dialog.DefaultTenant, Node: n.name, Stamp: s.feed.Stamp, Heard: s.heard, Noted: s.noted,
		Missed: func() {
			select {
			case n.missed <- struct{}{}:
			default:
			}
		}, Logger: s.log})
	s.bus = s.feed.Tap(n.bus)
}

// heard takes what another node has kept.
func (s *server) heard(r dialog.Record, stamp json.RawMessage) {
	s.feed.Hear(r, stamp)
	if h := s.hubs.Load(); h != nil {
		h.Heard(r)
	}
}

// noted takes what another node says.
func (s *server) noted(n bus.Note) {
	switch n.Kind {
	case noteLook:
		if d := s.desks.Load(); d != nil {
			d.Nudged()
		}
	case noteClaimed:
		if h := s.hubs.Load(); h != nil {
			h.Claimed(n.Conversation, n.Number)
		}
	case noteForgotten:
		select {
		case s.nodes.forgot <- n.Conversation:
		default:
			s.log.Error("too much at once: what goes on in a forgotten conversation is not ended here", "conversation", n.Conversation)
		}
	}
}

func (s *server) tellNodes(n bus.Note) {
	if s.nodes != nil {
		s.nodes.bus.Note(n)
	}
}

// where names the living node that has a conversation's call.
func (s *server) where(ctx context.Context, id dialog.ConversationID) (string, error) {
	node, err := s.store.NodeOf(ctx, id)
	if err != nil || node == "" || node == s.node() {
		return node, err
	}
	lives, err := s.nodes.registry.Lives(ctx)
	if err == nil && !lives[node] {
		node = ""
	}
	return node, err
}

// elsewhere reports whether another node has the call of a conversation. Whether that node
// lives is not known while Redis is away.
func (s *server) elsewhere(ctx context.Context, id dialog.ConversationID) (bool, error) {
	node, err := s.where(ctx, id)
	if err != nil {
		return false, fmt.Errorf("not known whether another node has the call of %s: %w", id, err)
	}
	return node != "" && node != s.node(), nil
}

// buryEvery is how often it is looked for what dead nodes have left.
const buryEvery = 10 * time.Second

// followNodes ends the calls of dead nodes, and looks anew after something was missed.
func (s *server) followNodes() {
	t := time.NewTicker(buryEvery)
	defer t.Stop()
	again := false
	for {
		ctx, cancel := context.WithTimeout(context.Background(), buryEvery)
		select {
		case <-t.C:
			if err := s.bury(ctx); err != nil {
				s.log.Warn("what dead nodes have left is not looked for", "err", err)
			}
			if again { // what was on its way at the first look
				again = !s.reread(ctx)
			}
		case <-s.nodes.missed:
			s.feed.Reset()
			s.desk.Nudged()
			s.reread(ctx)
			again = true
		case id := <-s.nodes.forgot:
			s.web.Forgotten(ctx, id)
		case <-s.stopping:
			cancel()
			return
		}
		cancel()
	}
}

// reread looks anew at the conversations that are awake; false: it could not.
func (s *server) reread(ctx context.Context) bool {
	err := s.hub.Missed(ctx)
	if err != nil {
		s.log.Warn("conversations are not looked at anew", "err", err)
	}
	return err == nil
}

func (s *server) bury(ctx context.Context) error {
	alive, err := s.alive(ctx)
	if err != nil {
		return err
	}
	turns, calls, err := s.store.Recover(ctx, alive...)
	if turns+calls > 0 {
		s.log.Warn("a node has died", "turns_closed", turns, "calls_ended", calls)
	}
	if err != nil {
		return err
	}
	return s.store.FollowSubscriptions(ctx)
}

// degraded says that Redis is away, without which this node serves alone.
func (s *server) degraded(ctx context.Context) []string {
	if s.nodes == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.nodes.client.Ping(ctx).Err(); err != nil {
		return []string{"redis: " + err.Error() + ": nobody is asked for those who wait until it is back"}
	}
	return nil
}

// leave ends what is shared. Others who are not told find out in a while.
func (n *nodes) leave(log *slog.Logger) {
	if n.bus != nil {
		n.bus.Close()
	}
	if n.registry != nil {
		if err := n.registry.Close(); err != nil {
			log.Warn("the other nodes are not told that this one goes", "err", err)
		}
	}
	_ = n.client.Close()
}

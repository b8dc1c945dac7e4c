package serve

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/bus"
	"parley/dialog/desk"
	"parley/dialog/hours"
	"parley/dialog/insight"
	"parley/dialog/wall"
)

// openDesk opens where people are brought into conversations.
func (s *server) openDesk(ctx context.Context) error {
	queues, err := queuesOf(s.c)
	if err != nil {
		return err
	}
	o := desk.Options{Store: s.store, Bus: s.bus, Feed: s.feed, Post: s.hub.Post, Tell: s.hub.Tell, Packet: s.packet, Calls: control{s}, Phones: s.outside,
		Queues: queues, Targets: desk.Targets{Call: time.Duration(s.c.Wall.Call) * time.Second, Chat: time.Duration(s.c.Wall.Chat) * time.Second}, Rules: desk.Rules{Grace: time.Duration(s.c.Desk.Grace) * time.Second}, Logger: s.log}
	if s.backs != nil {
		o.Back, o.CallbackAfter = s.backs, time.Duration(s.c.SIP.Callbacks.After)*time.Second
	}
	if s.nodes != nil {
		o.Registry, o.Node, o.Where = s.nodes.registry, s.nodes.name, s.where
		o.Nudge = func() { s.tellNodes(bus.Note{Kind: noteLook}) }
	}
	if s.desk, err = desk.New(ctx, o); err != nil {
		return err
	}
	s.desks.Store(s.desk)
	return s.openWall()
}

// openWall opens what supervisors watch, and what they look back at.
func (s *server) openWall() error {
	zone, err := s.c.Location()
	if err != nil {
		return err
	}
	second := func(n int) time.Duration { return time.Duration(n) * time.Second }
	a := s.c.Alerts
	s.wall = wall.New(wall.Options{Store: s.store, Desk: s.desk, Call: second(s.c.Wall.Call), Chat: second(s.c.Wall.Chat), Zone: zone, Logger: s.log, Listeners: s.listeners,
		Limits: wall.Limits{Waiting: a.Waiting, Longest: second(a.Longest), ServiceLevel: a.ServiceLevel, Abandoned: a.Abandoned, Risk: a.Risk}})
	o := insight.Options{Store: s.store, Targets: insight.Targets{Call: second(s.c.Wall.Call), Chat: second(s.c.Wall.Chat)}, Zone: zone, Logger: s.log, Judging: insight.Judging{Model: s.chatModel}}
	if s.c.Demo {
		o.Generate = s.practiceMonth(zone)
	}
	s.looks = insight.New(o)
	return nil
}

// demoQueues are the demo company's.
var demoQueues = []config.Queue{
	{Name: "service", Default: true, Languages: []string{"en"}, Mode: "optional"},
	{Name: "zhongwen", Languages: []string{"zh"}, Overflow: "service", After: 120, Mode: "optional"},
}

// queuesOf are the lines of the settings.
func queuesOf(c config.Config) ([]desk.Queue, error) {
	list := c.Queues
	if len(list) == 0 && c.Demo {
		list = demoQueues
	}
	var out []desk.Queue
	second := func(n int) time.Duration { return time.Duration(n) * time.Second }
	for _, q := range list {
		x := desk.Queue{Name: q.Name, Languages: q.Languages, Skills: q.Skills, Default: q.Default, Team: q.Team, Priority: q.Priority, Overflow: q.Overflow,
			After: second(q.After), WrapUp: second(q.WrapUp), Rules: desk.Rules{Offer: second(q.Offer), Wait: second(q.Wait)}}
		if x.Mode = desk.WrapMode(q.Mode); x.Mode == "" && x.WrapUp > 0 {
			x.Mode = desk.WrapTimed
		}
		endings := q.Endings
		if len(endings) == 0 {
			endings = usualEndings
		}
		for _, e := range endings {
			x.Endings = append(x.Endings, desk.Disposition(e))
		}
		if h := q.Hours; h != nil {
			var err error
			if x.Hours, err = hours.New(h.Zone, h.Open, h.Holidays); err != nil {
				return nil, fmt.Errorf("queue %s: hours: %w", q.Name, err)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// packetTurns is how much of what was said goes into a packet.
const packetTurns = 60

// packet is what a person is given to know of a conversation.
func (s *server) packet(ctx context.Context, id dialog.ConversationID, asked string) (any, error) {
	c, err := s.sofar(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.withLeft(ctx, id, s.mind.packet(c, asked))
}

// withLeft adds to a packet what the customer left by a form while nobody was there.
func (s *server) withLeft(ctx context.Context, id dialog.ConversationID, packet any) (any, error) {
	p, ok := packet.(brain.Packet)
	if !ok {
		return packet, nil
	}
	h, err := s.store.HandoffFor(ctx, id, brain.LeftForm)
	if errors.Is(err, dialog.ErrNotFound) {
		return packet, nil
	}
	var left brain.Packet
	if err == nil {
		err = json.Unmarshal([]byte(h.Body), &left)
	}
	if err != nil {
		return nil, err
	}
	p.Name = cmp.Or(p.Name, left.Name)
	for _, slot := range left.Slots {
		if slices.Contains(leftSlots, slot.Name) && !slices.ContainsFunc(p.Slots, func(x brain.Slot) bool { return x.Name == slot.Name }) {
			p.Slots = append(p.Slots, slot)
		}
	}
	return p, nil
}

// leftSlots are what a form holds.
var leftSlots = []string{"message", "email", "phone"}

// sofar is a conversation as a brain sees it, with nothing that waits for an answer.
func (s *server) sofar(ctx context.Context, id dialog.ConversationID) (dialog.Context, error) {
	known, err := s.store.Known(ctx, id)
	if err != nil {
		return dialog.Context{}, err
	}
	c := dialog.Context{Tenant: dialog.DefaultTenant, Conversation: id, Via: dialog.ViaChat, Language: known.Locale, Known: known, Now: time.Now()}
	for after := int64(0); ; {
		rs, err := s.store.Since(ctx, id, after, 500)
		if err != nil {
			return dialog.Context{}, err
		}
		for _, r := range rs {
			after = r.Seq
			var m dialog.MessageData
			if r.Type != dialog.MessageCreated || json.Unmarshal(r.Data, &m) != nil {
				continue
			}
			if m.Language != "" && m.From == dialog.Customer {
				c.Language = m.Language
			}
			c.History = append(c.History, m.Turn(r.At))
		}
		if len(rs) < 500 {
			break
		}
	}
	c.History = c.History[max(0, len(c.History)-packetTurns):]
	return c, nil
}

// colleagues is the desk as the brain sees it.
type colleagues struct{ s *server }

var _ brain.Desk = colleagues{}

// Staffed implements brain.Desk. The desk is opened after the first brain.
func (c colleagues) Staffed(via dialog.Via, language string) bool {
	kind := desk.Chat
	if via == dialog.ViaVoice {
		kind = desk.Call
	}
	return c.s.desk != nil && c.s.desk.Staffed(kind, language)
}

// Place implements brain.Desk.
func (c colleagues) Place(id dialog.ConversationID) (position int, wait time.Duration, ok bool) {
	if c.s.desk == nil {
		return 0, 0, false
	}
	return c.s.desk.Place(id)
}

// Words implements brain.Desk.
func (c colleagues) Words(language string, position int, wait time.Duration) string {
	return desk.Words(language, position, wait)
}

// followWords keeps what conversations are found by near what was said in them.
func (s *server) followWords() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // ends with ctx
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	s.store.FollowWords(ctx, 5*time.Second, func(err error) { s.log.Warn("what was said is not noted for the search", "err", err) })
}

package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// WrapMode is how a person's work after a conversation goes.
type WrapMode string

// The modes.
const (
	WrapNone      WrapMode = "none"      // the next customer comes at once
	WrapOptional  WrapMode = "optional"  // it is asked how it ended, and the next comes meanwhile
	WrapTimed     WrapMode = "timed"     // nobody comes for a while, or until the person is done
	WrapMandatory WrapMode = "mandatory" // nobody comes until the person has said how it ended
)

// WrapModes are all of them.
var WrapModes = []WrapMode{WrapNone, WrapOptional, WrapTimed, WrapMandatory}

// longestWrap is how long a mandatory wrap-up keeps a person who never ends it: a shift.
const longestWrap = 12 * time.Hour

// Disposition is a way for a conversation to end.
type Disposition struct {
	Code  string            `json:"code"`
	Names map[string]string `json:"names" doc:"by language"`
}

// Ends reports whether a conversation of a queue can end so. "" is nothing said.
func (q Queue) Ends(code string) bool {
	return code == "" || len(q.Endings) == 0 || slices.ContainsFunc(q.Endings, func(d Disposition) bool { return d.Code == code })
}

// Queue is one of the lines; with its name alone when there is none.
func (d *Desk) Queue(name string) Queue { return find(d.o.Queues, name) }

// wrap begins a person's work after a conversation, as its queue has it.
func (d *Desk) wrap(ctx context.Context, id dialog.ConversationID, h holding, now time.Time) error {
	q := find(d.o.Queues, h.queue)
	if OutsideNumber(h.agent) != "" {
		return nil
	}
	var until time.Time
	switch q.Mode {
	case WrapOptional:
	case WrapTimed:
		until = now.Add(q.WrapUp)
	case WrapMandatory:
		until = now.Add(longestWrap)
	default:
		return nil
	}
	w := store.WrapUp{Conversation: id, Agent: h.agent, Queue: h.queue, Mode: string(q.Mode), Began: now.UnixMicro()}
	if !until.IsZero() {
		w.Until = until.UnixMicro()
	}
	begun, err := d.o.Store.BeginWrapUp(ctx, w)
	if errors.Is(err, dialog.ErrNotFound) { // forgotten: there is nothing to say of it
		return nil
	}
	if err != nil || !begun || until.IsZero() {
		return err
	}
	return d.o.Registry.Wrap(ctx, h.agent, until)
}

// rewrap keeps people from being asked who were at it when the server went down.
func (d *Desk) rewrap(ctx context.Context) error {
	ws, err := d.o.Store.OpenWrapUps(ctx, "")
	for _, w := range ws {
		if until := time.UnixMicro(w.Until); err == nil && until.After(d.o.Now()) {
			err = d.o.Registry.Wrap(ctx, w.Agent, until)
			if errors.Is(err, dialog.ErrNotFound) { // who has left since, or a phone outside
				err = nil
			}
		}
	}
	return err
}

// Wrapped lets a person be asked again who has said how all ended.
func (d *Desk) Wrapped(ctx context.Context, agent string) error {
	return d.ask(ctx, func(ctx context.Context) error {
		ws, err := d.o.Store.OpenWrapUps(ctx, agent)
		if err != nil {
			return err
		}
		now := d.o.Now()
		until := now
		for _, w := range ws {
			if at := time.UnixMicro(w.Until); at.After(until) {
				until = at
			}
		}
		return d.o.Registry.Wrap(ctx, agent, until)
	})
}

// Mention tells people that a note calls them.
func (d *Desk) Mention(id dialog.ConversationID, note any, agents []string) {
	d.o.Feed.tell(MentionCreated, id, note, d.o.Now(), Audience{Agents: agents})
}

// Listened says that who of the supervisors is in a call has changed: to the person who has it,
// when that may be known. It does not wait.
func (d *Desk) Listened(id dialog.ConversationID, call dialog.CallID, known bool) {
	d.later(func(context.Context) error {
		to := Audience{}
		if known {
			to.Agents = d.o.Feed.audience(id).Agents
		}
		d.o.Feed.tell(CallListened, id, Listening{call}, d.o.Now(), to)
		return nil
	})
}

// Listening is the data of CallListened.
type Listening struct {
	Call dialog.CallID `json:"call"`
}

// Warn tells a customer that people are not spoken to like that.
func (d *Desk) Warn(ctx context.Context, p Person, id dialog.ConversationID) error {
	return d.ask(ctx, func(ctx context.Context) error {
		h, held := d.held[id]
		if !held || h.agent != p.ID && !p.Senior {
			return ErrNotYours
		}
		c, err := d.o.Store.Conversation(ctx, id)
		if err != nil {
			return err
		}
		return d.o.Post(ctx, id, dialog.Held{By: dialog.HeldByAgent, Language: c.Locale, Say: words(LineWarned, c.Locale, 0, 0)})
	})
}

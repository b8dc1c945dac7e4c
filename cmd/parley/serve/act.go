package serve

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/desk"
	"parley/dialog/memory"
	"parley/dialog/recommend"
)

// act keeps what a reply wants done by others than its channel, in the transaction of its
// turn: what fails is noted and takes nothing else with it.
func (s *server) act(ctx context.Context, id dialog.ConversationID, a dialog.Action) {
	ctx = context.WithoutCancel(ctx)
	var err error
	switch a.Kind {
	case brain.Remember:
		if err = s.store.Remembers(ctx, id); err == nil {
			err = s.remember(ctx, a)
		}
	case brain.Identified:
		customer, _ := a.Args["customer"].(dialog.Person)
		err = s.store.Identify(ctx, id, customer)
	case "handoff":
		var b []byte
		if b, err = json.Marshal(a.Args["packet"]); err == nil {
			err = errors.Join(s.store.AddHandoff(ctx, id, a.Reason, b, promised(a)), s.store.Gap(ctx, id, a.Kind, a.Reason), s.fetch(ctx, id, a))
		}
	case dialog.AskPicture:
		err = s.sendLink(ctx, id, a)
	case brain.Stay:
		s.desk.NeverMind(id)
	case dialog.Rated:
		score, _ := a.Args["score"].(int)
		err = s.store.Rate(ctx, id, score, "")
	case brain.Recommended:
		product, _ := a.Args["product"].(string)
		name, _ := a.Args["name"].(string)
		state, _ := a.Args["state"].(recommend.State)
		err = s.store.Recommended(ctx, id, product, name, "", state)
	case brain.CallBack:
		err = s.callBack(ctx, id, a)
	case brain.CallOff:
		s.backs.over(id, "customer")
	default:
		err = s.store.Gap(ctx, id, a.Kind, a.Reason)
	}
	if err != nil {
		s.log.Error("not noted", "kind", a.Kind, "conversation", id, "err", err)
	}
}

// promised is when the customer was told that people are back; zero: nothing was.
func promised(a dialog.Action) time.Time {
	if p, ok := a.Args["packet"].(brain.Packet); ok && p.Back != nil {
		return *p.Back
	}
	return time.Time{}
}

// remember adds to a customer's profile.
func (s *server) remember(ctx context.Context, a dialog.Action) error {
	customer, _ := a.Args["customer"].(dialog.Person)
	facts, _ := a.Args["facts"].([]memory.Fact)
	open, owes := a.Args["open"].(memory.Matter)
	return s.store.UpdateProfile(ctx, customer, func(old json.RawMessage) (json.RawMessage, error) {
		p, err := memory.Parse(old)
		if err != nil {
			return nil, err
		}
		p.Know(facts...)
		if owes {
			p.Owe(open)
		}
		return json.Marshal(p)
	})
}

// profile recalls a customer.
func (s *server) profile(ctx context.Context, customer dialog.Person) (memory.Profile, error) {
	b, err := s.store.Profile(ctx, customer)
	if err != nil {
		return memory.Profile{}, err
	}
	return memory.Parse(b)
}

// fetch has a person come: with the reply's turn, or not at all.
func (s *server) fetch(ctx context.Context, id dialog.ConversationID, a dialog.Action) error {
	q := desk.Request{Conversation: id, Asked: a.Reason, ByBot: true}
	if s.backs.called(id) {
		q.First, q.Queue = true, s.backs.queueOf(id)
	}
	if p, ok := a.Args["packet"].(brain.Packet); ok {
		q.Language, q.About = p.Language, []string{p.Intent}
	}
	_, err := s.desk.Ask(ctx, q)
	s.desk.Look()
	return err
}

// callBack keeps that a customer is to be called when it is their turn: they wait no more.
func (s *server) callBack(ctx context.Context, id dialog.ConversationID, a dialog.Action) error {
	if s.backs == nil {
		return nil // the brain asks no number where nobody is called
	}
	number, _ := a.Args["phone"].(string)
	when, _ := a.Args["when"].(string)
	language, _ := a.Args["language"].(string)
	if err := s.backs.promise(ctx, id, number, when, language); err != nil {
		return err
	}
	s.desk.NeverMind(id)
	return nil
}

package serve

import (
	"context"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/desk"
	"parley/web"
)

// suggestTime is how long a person waits for a draft before it is worth nothing.
const suggestTime = 15 * time.Second

// suggest drafts what could be said next. Several windows that ask at once for the same
// are given one draft.
func (s *server) suggest(ctx context.Context, id dialog.ConversationID, words string) (web.Suggestion, error) {
	c, err := s.sofar(ctx, id)
	if err != nil {
		return web.Suggestion{}, err
	}
	upto := ""
	if n := len(c.History); n > 0 {
		upto = string(c.History[n-1].ID)
	}
	x, err, _ := s.drafts.Do(string(id)+"\n"+upto+"\n"+words, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), suggestTime) // another may wait for it
		defer cancel()
		return s.draft(ctx, c, words)
	})
	if err != nil {
		return web.Suggestion{}, err
	}
	return x.(web.Suggestion), nil
}

func (s *server) draft(ctx context.Context, c dialog.Context, words string) (web.Suggestion, error) {
	talk, err := s.store.Conversation(ctx, c.Conversation)
	if err != nil {
		return web.Suggestion{}, err
	}
	x, err := s.mind.suggest(ctx, c, words)
	if err != nil {
		s.log.Warn("nothing is suggested", "conversation", c.Conversation, "err", err)
		x = brain.Suggestion{} // what must be told is known all the same
	}
	out := web.Suggestion{To: x.To, Text: x.Text, Citations: x.Citations, Gap: x.Gap, Disclosures: desk.Missing(disclosuresOf(s.c), talk.Queue, c.Language, c.History)}
	if out.Citations == nil {
		out.Citations = []dialog.Citation{}
	}
	if p := x.Procedure; p != nil {
		out.Procedure = &web.NextStep{Name: p.Name, Title: p.Title, Running: p.Running, Say: p.Say, Stage: string(p.Stage), Slots: []web.KnownSlot{}}
		for _, slot := range p.Slots {
			out.Procedure.Slots = append(out.Procedure.Slots, web.KnownSlot{Name: slot.Name, Value: slot.Value, Sure: slot.Verified})
		}
	}
	return out, nil
}

// wrapUp proposes how a conversation ended.
func (s *server) wrapUp(ctx context.Context, id dialog.ConversationID) (web.WrapUp, error) {
	c, err := s.sofar(ctx, id)
	if err != nil {
		return web.WrapUp{}, err
	}
	talk, err := s.store.Conversation(ctx, id)
	if err != nil {
		return web.WrapUp{}, err
	}
	var endings []brain.Ending
	for _, e := range s.desk.Queue(talk.Queue).Endings {
		endings = append(endings, brain.Ending{Code: e.Code, Name: e.Names["en"]})
	}
	if len(endings) == 0 {
		for _, e := range usualEndings {
			endings = append(endings, brain.Ending{Code: e.Code, Name: e.Names["en"]})
		}
	}
	summary, code, by := s.mind.wrapUp(ctx, c, endings)
	return web.WrapUp{Summary: summary, Disposition: code, By: by}, nil
}

// usualEndings are how conversations end where a queue has no list of its own.
var usualEndings = []config.Ending{
	{Code: "solved", Names: map[string]string{"en": "Solved", "zh-CN": "已解决"}},
	{Code: "unsolved", Names: map[string]string{"en": "Not solved", "zh-CN": "未解决"}},
	{Code: "followup", Names: map[string]string{"en": "Needs follow-up", "zh-CN": "需要跟进"}},
	{Code: "spam", Names: map[string]string{"en": "Abuse or spam", "zh-CN": "辱骂或骚扰"}},
}

// disclosuresOf are what customers must be told.
func disclosuresOf(c config.Config) []desk.Disclosure {
	var out []desk.Disclosure
	for _, d := range c.Desk.Disclosures {
		out = append(out, desk.Disclosure(d))
	}
	return out
}

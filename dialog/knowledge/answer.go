package knowledge

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/rag"
	"parley/dialog/store"
)

// Answered is what a person told a customer whom the bot could not answer.
type Answered struct {
	ID                                string
	Question, Answer, Language, Agent string
	Conversation                      dialog.ConversationID
	At                                time.Time
}

// maxAnswers bounds the list of answers that wait.
const maxAnswers = 500

// personal is what is one customer's alone: numbers, addresses of mail, and whoever is greeted.
var personal = regexp.MustCompile(`\d{5,}|\S+@\S+\.\S+|(?i)\b(?:mr|mrs|ms|dear)\b\.? \p{Lu}`)

// ProposeAnswers looks in a conversation that people had for their answers to questions that
// the bot had none for, and keeps them for approval.
func (s *Service) ProposeAnswers(ctx context.Context, id dialog.ConversationID, agent string) error {
	gs, err := s.o.Store.GapsOf(ctx, id)
	if err != nil || len(gs) == 0 {
		return err
	}
	rs, err := s.o.Store.Since(ctx, id, 0, recordsOf)
	if err != nil {
		return err
	}
	for _, g := range gs {
		if m, ok := answerTo(g, rs); ok {
			x := store.Answered{Question: strings.TrimSpace(g.Body), Answer: strings.TrimSpace(m.Text), Language: rag.LanguageOf(m.Text), Turn: string(m.ID)}
			if err := s.o.Store.ProposeAnswer(ctx, id, agent, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// leastAlike is how much an answer shares with its question, at least: likeness.
const leastAlike = 0.08

// answerTo is what a person said after a question that is most like it: a statement that
// holds nothing of the one customer's own.
func answerTo(g store.Gap, rs []dialog.Record) (best dialog.MessageData, ok bool) {
	most, asked := leastAlike, features(g.Body)
	for _, r := range rs {
		var m dialog.MessageData
		if r.Type != dialog.MessageCreated || micro(r.At) < g.At || json.Unmarshal(r.Data, &m) != nil || m.From != dialog.Agent || m.Private {
			continue
		}
		text := strings.TrimSpace(m.Text)
		if utf8.RuneCountInString(text) < 8 || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || personal.MatchString(text) {
			continue
		}
		if l := likeness(asked, features(text)); l > most {
			best, most, ok = m, l, true
		}
	}
	return best, ok
}

// Answers are those that wait for approval, the newest first.
func (s *Service) Answers(ctx context.Context) ([]Answered, error) {
	as, err := s.o.Store.ProposedAnswers(ctx, maxAnswers)
	out := make([]Answered, len(as))
	for i, a := range as {
		x := a.Said()
		out[i] = Answered{ID: a.ID, Question: x.Question, Answer: x.Answer, Language: x.Language, Agent: a.Agent, Conversation: a.Conversation, At: when(a.At)}
	}
	return out, err
}

// ApproveAnswer publishes one, worded as given, and takes its question off the list of gaps.
// It is found after Look.
func (s *Service) ApproveAnswer(ctx context.Context, id, question, answer, who string) (store.Document, error) {
	a, err := s.o.Store.ProposedAnswer(ctx, id)
	if err != nil {
		return store.Document{}, err
	}
	language := a.Said().Language
	text := "# " + question + "\n\n" + answer // a question with its answer, to whoever splits it
	d, _, err := s.Put(ctx, IDOf("answer:"+id), Input{Title: &question, Text: &text, Language: &language, Who: who, Source: "conversation"})
	if err != nil {
		return d, err
	}
	if err := s.o.Store.DecideAnswer(ctx, id, store.Approved); err != nil {
		return d, err
	}
	gs, err := s.Gaps(ctx)
	if err != nil {
		return d, err
	}
	f := features(a.Said().Question)
	for _, g := range gs {
		for _, have := range g.features {
			if likeness(f, have) >= alike {
				return d, s.o.Store.CloseGaps(ctx, g.all)
			}
		}
	}
	return d, nil
}

// RejectAnswer forgets one; the same is not proposed again.
func (s *Service) RejectAnswer(ctx context.Context, id, _ string) error {
	return s.o.Store.DecideAnswer(ctx, id, store.Rejected)
}

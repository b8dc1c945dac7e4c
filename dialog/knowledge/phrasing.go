package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/rag"
	"parley/dialog/store"
)

// ErrNoWriter: there is no chat model that could write.
var ErrNoWriter = errors.New("there is no chat model here that could write phrasings")

// How much is written for one document.
const (
	writtenEach = 3
	writtenMost = 100 // passages
)

// Proposal is a way that customers may ask for a passage, for somebody to approve.
type Proposal struct {
	ID, Document, Passage, Title, Text, From string
	Conversation                             dialog.ConversationID
	At                                       time.Time
}

// How conversations are looked through.
const (
	goodScore    = 4 // and above: the customer was content
	firstLook    = 30 * 24 * time.Hour
	touchedOnce  = 500 // conversations at once
	recordsOf    = 500 // of a conversation
	longestWords = 160 // bytes of a phrasing
)

// Proposals lists what waits for approval, by ID, those after one, at most limit. It
// looks through the conversations since the last time first.
func (s *Service) Proposals(ctx context.Context, after string, limit int) ([]Proposal, error) {
	if after == "" {
		if err := s.learn(ctx); err != nil {
			return nil, err
		}
	}
	ps, err := s.o.Store.Phrasings(ctx, "", store.Proposed, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Proposal, len(ps))
	for i, p := range ps {
		out[i] = Proposal{ID: p.ID, Document: p.Document, Passage: p.Passage, Title: p.Title, Text: p.Body, From: p.Origin, Conversation: p.Conversation, At: when(p.At)}
	}
	return out, nil
}

// Approve adds a proposal to its passage; it is searched after Look.
func (s *Service) Approve(ctx context.Context, id, who string) error {
	_, err := s.o.Store.Decide(ctx, id, store.Approved, who)
	return err
}

// Reject forgets a proposal; it is not made again.
func (s *Service) Reject(ctx context.Context, id, who string) error {
	_, err := s.o.Store.Decide(ctx, id, store.Rejected, who)
	return err
}

// learn proposes questions of conversations that ended well.
func (s *Service) learn(ctx context.Context) error {
	s.mu.Lock()
	since := s.seen
	s.mu.Unlock()
	if since.IsZero() {
		since = time.Now().Add(-firstLook)
	}
	for {
		cs, err := s.o.Store.Touched(ctx, since, touchedOnce)
		if err != nil {
			return err
		}
		for _, c := range cs {
			rs, err := s.o.Store.Since(ctx, c.ID, 0, recordsOf)
			if err != nil {
				return err
			}
			if _, err := s.o.Store.Propose(ctx, s.resolved(ctx, c, rs)); err != nil {
				return err
			}
			since = when(c.Updated)
		}
		s.mu.Lock()
		s.seen = since
		s.mu.Unlock()
		if len(cs) < touchedOnce {
			return nil
		}
	}
}

// resolved finds the customer's questions whose answers cited a passage, and which the
// customer was content with: by the score at the end, or by saying so next.
func (s *Service) resolved(ctx context.Context, c store.Conversation, rs []dialog.Record) (out []store.Phrasing) {
	var ms []dialog.MessageData
	for _, r := range rs {
		var m dialog.MessageData
		if r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil {
			ms = append(ms, m)
		}
	}
	for i := 0; i+1 < len(ms); i++ {
		q, a := ms[i], ms[i+1]
		if q.From != dialog.Customer || a.From != dialog.Bot || a.Cut || len(a.Citations) != 1 {
			continue // of several passages it is not known which one answered
		}
		content := c.Score >= goodScore || c.Score == 0 && i+2 < len(ms) && ms[i+2].From == dialog.Customer && Content(ms[i+2].Text)
		if content && usable(q.Text) {
			if p, ok := s.passage(ctx, a.Citations[0]); ok && !knows(p, q.Text) {
				out = append(out, proposal(p, q.Text, "conversation", c.ID))
			}
		}
	}
	return out
}

func proposal(p rag.Passage, text, from string, c dialog.ConversationID) store.Phrasing {
	text = strings.TrimSpace(text)
	return store.Phrasing{ID: "phr_" + hash(p.Document, p.Title, plain(text))[:26], Document: p.Document, Passage: p.ID, Title: p.Title,
		Origin: from, Conversation: c, Body: text}
}

// passage is the one that was cited, if it is still there.
func (s *Service) passage(ctx context.Context, c dialog.Citation) (rag.Passage, bool) {
	d, err := s.shown(ctx, c.Document)
	if err != nil || d.Body == "" {
		return rag.Passage{}, false
	}
	doc, err := s.document(ctx, d)
	if err != nil {
		return rag.Passage{}, false
	}
	for _, p := range rag.Split(doc) {
		if p.ID == c.Passage {
			return p, true
		}
	}
	return rag.Passage{}, false
}

func knows(p rag.Passage, text string) bool {
	want := plain(text)
	for _, have := range append([]string{p.Question, p.Title}, p.Asked...) {
		if plain(have) == want {
			return true
		}
	}
	return false
}

// private is what says more about a customer than about the question.
var private = regexp.MustCompile(`[0-9０-９]{4,}|[^\s@]+@[^\s@]+|(?i)\b(my name is|i am called)\b|我(叫|姓|的名字)`)

// usable tells a question that may become part of the knowledge.
func usable(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) > longestWords || strings.ContainsAny(text, "\n\r") || private.MatchString(text) || Content(text) {
		return false
	}
	letters, han := 0, 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	return (han >= 4 || letters >= 8) && utf8.ValidString(text)
}

// contentWords are what customers say who have what they wanted.
var contentWords = regexp.MustCompile(`(?i)^\W*(ok(ay)?|great|perfect|good|cool|nice|wonderful|got it|i see|thanks|thank you|thx|that('s| is)? ?(helps?|helped|great|perfect|all|what i needed|clear)|` +
	`yes,? (thanks|thank you|that helps)|understood|cheers)\b[^?？]*$|^[\s，。！!]*(好的?|谢谢|多谢|感谢|明白|知道了|了解|清楚|可以了|解决了|没问题|行)[^?？吗呢]*$`)

// Content reports whether a customer says that this was the answer, in English or Chinese.
func Content(text string) bool {
	return utf8.RuneCountInString(text) <= 60 && contentWords.MatchString(strings.TrimSpace(text))
}

// Write lets the writer propose phrasings for a document's passages, in the background
// until Close, one document at a time.
func (s *Service) Write(ctx context.Context, id string) error {
	var w Writer
	if s.o.Writer != nil {
		w = s.o.Writer()
	}
	if w == nil {
		return ErrNoWriter
	}
	if _, err := s.shown(ctx, id); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing || s.ctx.Err() != nil {
		return ErrBusy
	}
	s.writing = true
	s.tasks.Go(func() {
		n, err := s.write(s.ctx, w, id)
		s.mu.Lock()
		s.writing = false
		s.mu.Unlock()
		if err != nil {
			s.o.Logger.Warn("phrasings not written", "document", id, "err", err)
			return
		}
		s.o.Logger.Info("phrasings written", "document", id, "proposed", n)
	})
	return nil
}

// write proposes phrasings for the passages that customers ask for in few ways, and
// gives how many are new.
func (s *Service) write(ctx context.Context, w Writer, id string) (n int, err error) {
	d, err := s.shown(ctx, id)
	if err != nil {
		return 0, err
	}
	doc, err := s.document(ctx, d)
	if err != nil {
		return 0, err
	}
	tried := 0
	for _, p := range rag.Split(doc) {
		if len(p.Asked) >= writtenEach || tried == writtenMost {
			continue
		}
		tried++
		texts, err := w.Phrasings(ctx, p, writtenEach)
		if err != nil {
			return n, err
		}
		var ps []store.Phrasing
		for _, t := range texts[:min(len(texts), writtenEach)] {
			if usable(t) && !knows(p, t) {
				ps = append(ps, proposal(p, t, "model", ""))
			}
		}
		added, err := s.o.Store.Propose(ctx, ps)
		if n += added; err != nil {
			return n, err
		}
	}
	return n, nil
}

package desk

import (
	"slices"
	"time"
)

// step is one Step in the making.
type step struct {
	Transfer
	r   Rules
	now time.Time
	out []Effect
}

// Step takes an event at a time that never goes back, and gives the transfer after it and
// what is to be done, in order. What does not fit the state changes nothing.
func Step(r Rules, t Transfer, e Event, now time.Time) (Transfer, []Effect) {
	s := &step{Transfer: t, r: r.Default(), now: now}
	if t.State.Over() {
		return t, s.late(e)
	}
	switch e := e.(type) {
	case Begin:
		s.begin(e)
	case Routed:
		s.routed(e)
	case Accept:
		s.accept(e)
	case Decline:
		s.refused(e.Agent, DeclinedBy, false)
	case Unanswered:
		s.refused(e.Agent, e.Reason, false)
		if s.State == Consulting && e.Agent == s.Agent { // the phone was taken, and not by a person
			s.part()
			s.requeue(e.Reason, true)
		}
	case Gone:
		s.gone(e.Agent)
	case Brief:
		s.Briefed = s.Briefed || s.State == Consulting && e.Agent == s.Agent
	case Join:
		s.join(e)
	case Complete:
		if s.has(e.Agent) {
			s.complete()
		}
	case Cancel:
		s.end(Returned, "")
		s.tell(LineReturned)
	case Taken:
		s.taken(e.Agent)
	case NeverMind:
		if s.State == Queued || s.State == Offering {
			s.end(Returned, ChangedMind)
		}
	case CustomerLeft:
		if s.State == Conference { // a person was there
			s.complete()
			break
		}
		s.end(Abandoned, LeftBy)
	case Staffed:
		s.staffed(e)
	case Overflow:
		if s.State == Queued && e.Queue != s.Queue {
			s.Queue, s.Queued = e.Queue, now
			s.do(Wait{})
		}
	case Place:
		s.place(e.Position)
	case OfferBack:
		if s.State == Queued && !s.Offered {
			s.Offered, s.Told, s.ToldAt = true, s.now, e.Position
			s.tell(LineBack)
		}
	case Kinded:
		s.kinded(e.Kind)
	case Broken:
		s.broken()
	case Deadline:
		s.deadline()
	}
	return s.Transfer, s.out
}

// late frees what was reserved for a transfer that was over before it could be offered.
func (s *step) late(e Event) []Effect {
	if e, ok := e.(Routed); ok {
		return []Effect{Free{e.Agent}}
	}
	return nil
}

func (s *step) do(e ...Effect) { s.out = append(s.out, e...) }

func (s *step) tell(l Line) { // whoever has the conversation meanwhile speaks for themselves
	if s.From == "" {
		s.do(Tell{l})
	}
}

// begin queues it. After a restart who was asked or being told is asked no more: their
// offers are gone with the process, and the customer is first in line.
func (s *step) begin(e Begin) {
	switch {
	case !e.Restart:
		s.State, s.Queued = Queued, s.now
		s.do(Wait{})
		if s.From == "" { // else the customer is with that person until somebody comes
			s.call(HoldCustomer)
		}
	case s.State == Conference: // they were together: it goes on
		s.do(Keep{s.Agent})
	default:
		s.State, s.Agent, s.Offer, s.Due = Queued, "", "", time.Time{}
		s.First = s.First || s.Tries > 0 || !s.Accepted.IsZero()
		s.Accepted, s.Lone = time.Time{}, time.Time{}
		s.do(Wait{})
	}
}

func (s *step) routed(e Routed) {
	if s.State != Queued {
		if e.Agent != s.Agent {
			s.do(Free{e.Agent})
		}
		return
	}
	s.State, s.Agent, s.Offer = Offering, e.Agent, e.Offer
	s.Due, s.Lone = s.now.Add(s.r.Offer), time.Time{}
}

func (s *step) accept(e Accept) {
	if s.State != Offering || e.Agent != s.Agent {
		return
	}
	s.State, s.Offer, s.Accepted, s.Reason = Consulting, "", s.now, ""
	s.Due = s.now.Add(s.r.Consult)
	if s.Blind {
		s.complete()
		return
	}
	s.do(Keep{s.Agent}) // the place is taken: the person is asked no more, and busy
	s.consult()
}

// consult lets the person be told: by the bot, or by who hands on, for whose sake no time
// runs out.
func (s *step) consult() {
	if !s.Consult || s.From == "" {
		s.call(BriefAgent)
		return
	}
	s.Due = time.Time{}
	s.call(HoldCustomer)
	s.call(SeatAgent)
}

// has reports whether a person is the one who accepted.
func (s *step) has(agent string) bool {
	return (s.State == Consulting || s.State == Conference) && agent == s.Agent
}

func (s *step) join(e Join) {
	if s.State != Consulting || e.Agent != s.Agent {
		return
	}
	s.State, s.Joined, s.Due = Conference, true, s.now.Add(s.r.Conference)
	if s.From != "" { // people say themselves when it is over
		s.Due = time.Time{}
	}
	s.do(Keep{s.Agent})
	s.call(JoinAll)
}

func (s *step) complete() {
	if !s.Joined {
		s.do(Keep{s.Agent})
		s.call(JoinAll)
	}
	if s.From != "" && s.From != s.Agent {
		s.letGo(s.From)
	}
	s.From, s.State, s.Reason, s.Joined = "", Completed, "", true
	s.Due, s.Ended = time.Time{}, s.now
}

// taken ends it in the hands of who took the conversation over.
func (s *step) taken(agent string) {
	s.release()
	if s.From != "" && s.From != agent {
		s.letGo(s.From)
	}
	s.From, s.Agent, s.State, s.Reason = "", agent, Completed, ""
	s.Offer, s.Due, s.Ended = "", time.Time{}, s.now
	if s.Accepted.IsZero() {
		s.Accepted = s.now
	}
	s.do(Keep{agent})
	s.call(JoinAll)
}

// part takes the person out of a call whom the customer does not get: the customer is on
// hold, or with who had the conversation before.
func (s *step) part() {
	s.call(DropAgent)
	if s.From == "" {
		s.call(HoldCustomer)
	} else {
		s.call(BackCustomer)
	}
}

// letGo frees the place of a person who had the conversation.
func (s *step) letGo(agent string) {
	s.do(Free{agent})
	if s.Kind == Call {
		s.do(Move{DropAgent, agent})
	}
}

// release lets go of the queue, or of who was asked.
func (s *step) release() {
	switch s.State {
	case Queued:
		s.do(Unwait{})
	case Offering:
		s.do(Withdraw{Agent: s.Agent, Offer: s.Offer}, Free{s.Agent})
	case Consulting, Conference:
		s.do(Free{s.Agent})
		s.call(DropAgent)
	}
}

// end is every end but a person's.
func (s *step) end(state State, why Reason) {
	s.release()
	s.call(BackCustomer)
	s.State, s.Reason, s.Agent, s.Offer = state, why, "", ""
	s.Due, s.Ended = time.Time{}, s.now
}

// fail gives the conversation back, and says so.
func (s *step) fail(why Reason) {
	s.end(Failed, why)
	if why == Nobody {
		s.tell(LineNobody)
	} else {
		s.tell(LineFailed)
	}
}

// refused asks the next one, first in line, unless too many were asked.
func (s *step) refused(agent string, why Reason, rest bool) {
	if s.State != Offering || agent != s.Agent {
		return
	}
	s.do(Withdraw{Agent: agent, Offer: s.Offer, Reason: why, Rest: rest})
	s.requeue(why, true)
}

// requeue puts it back in front; tried notes that its person said no.
func (s *step) requeue(why Reason, tried bool) {
	s.do(Free{s.Agent})
	if tried {
		s.Not = append(slices.Clip(s.Not), s.Agent)
	}
	s.Agent, s.Offer, s.Due, s.Accepted, s.Briefed = "", "", time.Time{}, time.Time{}, false
	s.Reason, s.First, s.State = why, true, Queued
	if s.Tries++; s.Tries >= s.r.Tries {
		s.call(BackCustomer)
		s.State, s.Ended = Failed, s.now
		s.tell(LineFailed)
		return
	}
	s.do(Wait{})
}

// gone: what a person was asked or was being told goes to the next one.
func (s *step) gone(agent string) {
	if agent == s.From && agent != "" {
		s.letGo(agent)
		s.From = ""
		switch s.State {
		case Queued, Offering:
			s.call(HoldCustomer)
		case Consulting:
			s.Due = s.now.Add(s.r.Consult)
		case Conference:
			s.Due = s.now.Add(s.r.Conference)
		}
	}
	if agent != s.Agent || agent == "" {
		return
	}
	switch s.State {
	case Offering:
		s.do(Withdraw{Agent: agent, Offer: s.Offer, Reason: NoAnswer})
		s.requeue(NoAnswer, false)
	case Consulting, Conference:
		if s.stay(NoAnswer) {
			return
		}
		s.part()
		s.Joined = false
		s.requeue(NoAnswer, false)
		s.tell(LineAgain)
	}
}

// stay ends a conference that its third person has left with the one who began it; false: it
// is none.
func (s *step) stay(why Reason) bool {
	if s.State != Conference || s.From == "" {
		return false
	}
	s.end(Returned, why)
	return true
}

func (s *step) staffed(e Staffed) {
	switch {
	case s.State != Queued:
	case e.Exhausted:
		why := s.Reason
		if why == "" {
			why = NoAnswer
		}
		s.fail(why)
	case e.On:
		s.Lone = time.Time{}
	case s.Lone.IsZero():
		s.Lone = s.now
	}
}

// place tells the customer, not too often, and only what is news.
func (s *step) place(n int) {
	if s.State != Queued && s.State != Offering || n < 1 {
		return
	}
	if s.Told.IsZero() {
		s.Told, s.ToldAt = s.now, n
		if !s.ByBot {
			s.tell(LineWaiting)
		}
		return
	}
	every := s.r.Tell
	if n == s.ToldAt {
		every *= 3
	}
	if s.now.Sub(s.Told) >= every && s.State == Queued {
		s.Told, s.ToldAt = s.now, n
		s.tell(LinePlace)
	}
}

// kinded: who calls is on hold from now on, and who has hung up is found in the chat.
func (s *step) kinded(k Kind) {
	if k == s.Kind {
		return
	}
	s.Kind = k
	switch s.State {
	case Queued:
		s.do(Wait{}) // as what it is now
		if s.From == "" {
			s.call(HoldCustomer)
		}
	case Offering: // who was asked for one is not asked for the other
		s.do(Withdraw{Agent: s.Agent, Offer: s.Offer}, Free{s.Agent})
		s.State, s.Agent, s.Offer, s.Due, s.First = Queued, "", "", time.Time{}, true
		s.do(Wait{})
		if s.From == "" {
			s.call(HoldCustomer)
		}
	case Consulting:
		s.consult()
	case Conference:
		s.do(Keep{s.Agent})
		s.call(JoinAll)
	}
}

// broken: the next one is asked, for what broke was the way to this one.
func (s *step) broken() {
	switch s.State {
	case Queued:
		s.fail(Error)
	case Offering:
		s.refused(s.Agent, Error, false)
	case Consulting, Conference:
		if s.stay(Error) {
			return
		}
		s.part()
		s.Joined = false
		s.requeue(Error, true)
		s.tell(LineAgain)
	}
}

func (s *step) deadline() {
	over := !s.Due.IsZero() && !s.now.Before(s.Due)
	switch s.State {
	case Queued:
		if !s.Lone.IsZero() && s.now.Sub(s.Lone) >= s.r.Lone {
			s.fail(Nobody)
		} else if s.now.Sub(s.Since) >= s.r.Wait {
			s.fail(NoAnswer)
		}
	case Offering:
		if over {
			s.refused(s.Agent, NoAnswer, true)
		}
	case Consulting:
		if over {
			s.part()
			s.requeue(NoAnswer, true)
			s.tell(LineAgain)
		}
	case Conference:
		if over {
			s.complete()
		}
	}
}

// call moves the parties of a call; a chat has none to move.
func (s *step) call(m Movement) {
	if s.Kind == Call {
		s.do(Move{m, s.Agent})
	}
}

// Next is when Step wants a Deadline; zero is never.
func (t Transfer) Next(r Rules) time.Time {
	r = r.Default()
	switch {
	case t.State.Over():
		return time.Time{}
	case t.State != Queued:
		return t.Due
	}
	at := t.Since.Add(r.Wait)
	if !t.Lone.IsZero() && t.Lone.Add(r.Lone).Before(at) {
		at = t.Lone.Add(r.Lone)
	}
	return at
}

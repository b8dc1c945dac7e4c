package voice

import (
	"context"

	"parley/dialog"
	"parley/media"
	"parley/media/record"
	"parley/media/room"
)

// scribe writes down what an agent says to the customer.
type scribe struct {
	ear    *ear
	events *queue
	on     bool
}

// newScribe returns a scribe of the call's language, at work under the call's life.
func (k *call) newScribe(ctx context.Context) *scribe {
	o := k.owner.o
	lang := k.ch.ear.language()
	s := &scribe{ear: newEar(lang, o.Endpoint), events: newQueue()}
	s.ear.rec, s.ear.hears, s.ear.hints = o.ASR, o.Hears, o.Hints
	s.ear.saying = func(media.CallTime) string { return "" }
	s.ear.life, s.ear.call = &k.life, k.id
	guard := k.newGuard(record.Sent, s.events.push) // an agent may repeat a card's number
	s.ear.emit = func(e dialog.Event) {
		switch e.(type) {
		case dialog.Said, dialog.Partial:
			guard.event(e)
		}
	}
	k.life.wg.Go(func() {
		for e := range s.events.listen(ctx) {
			switch e := e.(type) {
			case dialog.Said:
				if e.Turn.Text != "" {
					k.overhear(e.Turn, true)
				}
			case dialog.Partial:
				k.overhear(dialog.Turn{Text: e.Text, Language: e.Language, Via: dialog.ViaVoice, Call: k.id}, false)
			}
		}
	})
	return s
}

func (k *call) overhear(t dialog.Turn, final bool) {
	t.From, t.Timing = dialog.Agent, dialog.Timing{}
	ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
	defer cancel()
	k.owner.o.Overheard(ctx, k.req.Conversation, t, final)
}

// write begins or ends the writing down of a seat.
func (s *scribe) write(seat *room.Seat, on bool) {
	switch {
	case on == s.on:
	case on:
		seat.SetTap(s.ear)
	default:
		seat.SetTap(nil)
		s.ear.stop()
	}
	s.on = on
}

// stop ends it. Call it when the tick no longer calls the ear.
func (s *scribe) stop() {
	s.ear.stop()
	s.events.close()
}

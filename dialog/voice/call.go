package voice

import (
	"context"
	"log/slog"
	"time"

	"parley/asr"
	"parley/dialog"
	"parley/dialog/card"
	"parley/media"
	"parley/media/record"
	"parley/media/room"
)

// call is one call's life: line, room, ear, mouth, recorder.
type call struct {
	owner *Calls
	nth   int // of all calls
	id    dialog.CallID
	req   Request
	line  Line
	ch    *channel
	log   *slog.Logger

	tape     *tape
	noted    bool // in the journal
	life     lifetime
	stage    stage
	briefing chan struct{} // one token
}

func newCall(c *Calls, id dialog.CallID, r Request, line Line) *call {
	k := &call{owner: c, id: id, req: r, line: line, briefing: make(chan struct{}, 1),
		log: c.o.Logger.With("conversation", r.Conversation, "call", id)}
	k.tape = &tape{call: id, make: c.o.Record, journal: c.o.Journal, log: k.log}
	k.ch = &channel{call: id, events: newQueue(), record: k.tape.allow, left: make(chan struct{})}
	k.ch.mouth = newMouth("bot", c.o.TTS)
	k.ch.ear = newEar(r.Language, c.o.Endpoint)
	return k
}

// run is the whole call. It returns when nothing of it is left.
func (k *call) run(ctx context.Context) {
	reason := "error"
	defer k.line.Close()
	if !k.ready(ctx) {
		k.log.Info("call never connected", "err", k.line.Err())
		return
	}
	life := &k.life
	var end context.CancelCauseFunc
	life.ctx, end = context.WithCancelCause(ctx)
	r := room.New(string(k.id), k.owner.o.Clock, room.Options{})
	k.wire(r, life)
	if err := k.stage.open(r, k.line, k.ch.mouth); err != nil {
		k.log.Error("call could not begin", "err", err)
	} else {
		k.stage.customer.SetTap(k.ch.ear)
		k.tape.begin(k.stage.customer)
		life.wg.Go(func() { k.warm(life.ctx) })
		life.wg.Go(func() { k.watch(life.ctx) })
		reason = k.converse(ctx)
		k.stage.close()
	}
	_ = r.Close()
	end(dialog.ErrLeft)
	k.ch.ear.stop()
	life.wg.Wait()
	k.finish(reason)
}

// wire connects the parts, which do not know one another.
func (k *call) wire(r *room.Room, life *lifetime) {
	o, ch := k.owner.o, k.ch
	k.tape.now = r.Now
	ch.mouth.emit, ch.mouth.now, ch.mouth.delay = ch.events.push, r.Now, wayThere(k.line)
	ch.ear.rec, ch.ear.hears, ch.ear.hints = o.ASR, o.Hears, o.Hints
	if d, ok := k.line.(media.DTMF); ok {
		ch.ear.keys = d.Keys
	}
	if k.req.Out != nil {
		ch.ear.machine = &machine{emit: ch.events.push}
	}
	ch.guard = k.newGuard(record.Customer, ch.events.push)
	ch.guard.veil = func(on bool) { k.stage.veil(on) }
	ch.mouth.asks, ch.ear.ticked = ch.guard.asks, ch.guard.tick
	ch.ear.emit, ch.ear.saying, ch.ear.life, ch.ear.call = ch.guard.event, ch.mouth.saying, life, k.id
}

// newGuard keeps card data out of what is said in a lane.
func (k *call) newGuard(lane record.Lane, push func(dialog.Event)) *guard {
	g := &guard{conversation: k.req.Conversation, call: k.id, cards: k.owner.o.Cards, push: push, veil: func(bool) {}}
	if g.cards == nil {
		g.cards = new(card.Vault)
	}
	g.wipe = func(from, to time.Duration) {
		k.life.wg.Go(func() { k.tape.silence(record.Span{Lane: lane, From: media.At(from), To: media.At(to)}) })
	}
	return g
}

// ready waits for the line to carry audio.
func (k *call) ready(ctx context.Context) bool {
	t := time.NewTimer(k.owner.o.Connect)
	defer t.Stop()
	select {
	case <-k.line.Ready():
		return true
	case <-k.line.Done():
	case <-k.ch.left: // hung up before it was up
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// converse hands the call to its conversation until it is over.
func (k *call) converse(ctx context.Context) (reason string) {
	if j := k.owner.o.Journal; j != nil {
		if err := j.CallStarted(ctx, k.req, k.id); err != nil {
			k.log.Error("call not noted", "err", err)
			return "error"
		}
		k.noted = true
	}
	lang := k.req.Language
	k.ch.events.push(dialog.Opened{Via: dialog.ViaVoice, Call: k.id, Language: lang, Phone: k.req.Via == "phone", Caller: k.req.Caller, Out: k.req.Out})
	if !k.owner.o.Hears(lang) {
		k.ch.events.push(dialog.Unheard{Language: lang})
	}
	err := k.owner.o.Hub.Attach(ctx, k.req.Conversation, dialog.ViaVoice, k.ch)
	select {
	case <-k.ch.left:
		return k.ch.reason
	default:
	}
	if err != nil {
		k.log.Warn("call ended", "err", err)
	}
	return "shutdown"
}

// warm readies the recogniser while the greeting is spoken.
func (k *call) warm(ctx context.Context) {
	w, ok := k.owner.o.ASR.(asr.Warmer)
	if !ok || !k.owner.o.Hears(k.req.Language) {
		return
	}
	release, err := w.Warm(ctx, asr.Options{Language: k.req.Language})
	if err != nil {
		if ctx.Err() == nil {
			k.log.Warn("recogniser not warmed", "err", err)
		}
		return
	}
	<-ctx.Done()
	release()
}

// watch turns the line's death into the customer's leaving.
func (k *call) watch(ctx context.Context) {
	select {
	case <-k.line.Done():
		reason := "hangup"
		if err := k.line.Err(); err != nil {
			k.log.Info("line lost", "err", err)
			reason = "network"
		}
		k.ch.leave(reason)
	case <-ctx.Done():
	}
}

// finish closes the recording and notes the end.
func (k *call) finish(reason string) {
	if err := k.tape.end(); err != nil {
		k.log.Error("recording not closed", "err", err)
	}
	if j := k.owner.o.Journal; j != nil && k.noted {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		if err := j.CallEnded(ctx, k.id, reason); err != nil {
			k.log.Error("end of call not noted", "err", err)
		}
	}
}

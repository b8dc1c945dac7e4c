package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"parley/dialog"
	"parley/dialog/floor"
)

// delivery is the reply on its way to the customer; at most one at a time.
type delivery struct {
	id       dialog.ReplyID
	replyTo  dialog.TurnID
	language string
	via      dialog.Via
	adopted  bool
	answer   bool
	fill     chan string   // what to say before the answer's own words
	begun    chan struct{} // closed when those come; nil once it was seen
	audible  dialog.Timing
	cancel   context.CancelCauseFunc
	done     chan dialog.Delivered
	memo     json.RawMessage    // the last that the reply gave; the delivery's until done
	told     []string           // likewise
	ran      []dialog.RunData   // likewise
	acts     []dialog.Action    // likewise
	wants    chan dialog.Action // pictures that the reply asks for
	wanted   []dialog.Action    // of them, what the watchers do not see yet
	heard    bool               // its voice is
}

// answer lets the brain answer, or goes on with the draft.
func (a *actor) answer(f floor.Answer) {
	var last dialog.Turn // of none when something has settled
	if n := len(f.Question); n > 0 {
		last = f.Question[n-1]
	}
	reply, adopted := a.adopt(f)
	if !adopted {
		c := a.context(f.Question, f.Language, false)
		c.Resumed = f.Resumed
		reply = a.hub.o.Brain.Answer(c)
	}
	fill, begun := make(chan string, 1), make(chan struct{})
	if _, via := a.channel(); via == dialog.ViaVoice {
		reply = filled(reply, fill, begun)
	}
	a.deliver(dialog.Message{ID: f.ID, ReplyTo: last.ID, Language: f.Language, Timing: last.Timing}, reply)
	a.job.adopted, a.job.answer, a.job.fill, a.job.begun = adopted, true, fill, begun
}

// context is what the brain is given: the history without the question.
func (a *actor) context(question []dialog.Turn, language string, draft bool) dialog.Context {
	asked := map[dialog.TurnID]bool{}
	for _, q := range question {
		asked[q.ID] = true
	}
	var history []dialog.Turn
	for _, t := range a.history {
		if !asked[t.ID] && t.From != dialog.System {
			history = append(history, t)
		}
	}
	_, via := a.channel()
	return dialog.Context{Tenant: dialog.DefaultTenant, Conversation: a.id, Via: via, Language: language,
		History: history, Question: question, Draft: draft, Known: a.known, Now: time.Now(), Phone: via == dialog.ViaVoice && a.st.Phone, Caller: a.st.Caller, Out: a.st.Out, Notes: about(a.st.Out)}
}

// about is what a model is told of a call that we made.
func about(o *dialog.Out) []string {
	switch {
	case o == nil:
		return nil
	case o.Callback:
		return []string{"We called the customer back, as asked for. It is about: " + o.Purpose}
	}
	return []string{"We called the customer. The call is about: " + o.Purpose}
}

// deliver starts a reply on the channel that reaches the customer now.
func (a *actor) deliver(m dialog.Message, reply dialog.Reply) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(a.hub.ctx))
	ch, via := a.channel()
	j := &delivery{id: m.ID, replyTo: m.ReplyTo, language: m.Language, via: via, cancel: cancel, done: make(chan dialog.Delivered, 1), wants: make(chan dialog.Action, maxWants)}
	a.job = j
	m.Reply = a.watched(j, reply)
	ctx, span := tracer.Start(ctx, "reply", trace.WithNewRoot(), trace.WithAttributes(attribute.String("gen_ai.conversation.id", string(a.id)),
		attribute.String("parley.turn", string(m.ID)), attribute.String("parley.via", string(via)), attribute.String("parley.language", m.Language)))
	a.hub.wg.Go(func() {
		defer span.End()
		t, err := ch.Deliver(ctx, m)
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		described(span, t, err)
		cancel(nil)
		j.done <- dialog.Delivered{Reply: m.ID, Turn: t, Err: err}
	})
}

// grave are the reasons for a person of a conversation in which no mark is asked for.
var grave = map[string]bool{"emergency": true, "self-harm": true, "distress": true, "anger": true}

var tracer = otel.Tracer("parley/dialog/conversation")

// described tells a trace how a reply went: never what was said.
func described(span trace.Span, t dialog.Turn, err error) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.Bool("parley.cut", t.Cut))
	switch {
	case interrupted(err):
		span.SetAttributes(attribute.String("parley.ended", err.Error()))
	case err != nil:
		span.SetStatus(codes.Error, err.Error())
	}
	if t.Timing.Packet > 0 {
		g := t.Timing.Gaps()
		for name, ms := range map[string]int64{"endpoint": g.EndpointMS, "asr": g.ASRMS, "retrieve": g.RetrieveMS, "llm": g.LLMMS, "tts": g.TTSMS, "playout": g.PlayoutMS, "total": g.TotalMS} {
			span.SetAttributes(attribute.Int64("parley."+name+"_ms", ms))
		}
	}
}

// interrupted reports whether a reply ended early as replies do.
func interrupted(err error) bool {
	for _, e := range []error{dialog.ErrYield, dialog.ErrRejoined, dialog.ErrSuperseded, dialog.ErrLeft, dialog.ErrClosing} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// ended takes the outcome of a delivery.
func (a *actor) ended(d dialog.Delivered) {
	j := a.job
	a.job = nil
	d.Turn.ID, d.Turn.From, d.Turn.Via, d.Turn.ReplyTo = dialog.TurnID(j.id), dialog.Bot, j.via, j.replyTo
	if d.Turn.Language == "" {
		d.Turn.Language = j.language
	}
	if d.Err != nil {
		a.log.Debug("reply ended early", "reply", j.id, "err", d.Err)
	}
	for len(j.wants) > 0 {
		j.wanted = append(j.wanted, <-j.wants)
	}
	received := d.Err == nil || strings.TrimSpace(d.Turn.Text) != ""
	if received && j.memo != nil {
		a.known.Memo, a.unkept = j.memo, true
	}
	if received || !answeredAnew(d.Err) {
		a.owed = append(a.owed, j.acts[:min(len(j.acts), maxActs-min(len(a.owed), maxActs))]...)
	}
	for _, x := range j.acts {
		a.st.Unrated = a.st.Unrated || x.Kind == "handoff" && grave[x.Reason]
	}
	a.step(d)
	if received {
		for _, w := range j.wanted {
			a.ask(w)
		}
	}
	a.keep()
	if received {
		for _, r := range j.ran {
			r.Turn = dialog.TurnID(j.id)
			a.store(dialog.ToolRan, r)
		}
	}
	if received && len(j.told) > 0 && !d.Turn.Cut && a.hub.o.Told != nil {
		a.hub.o.Told(context.WithoutCancel(a.hub.ctx), a.id, j.told)
	}
	if j.via == dialog.ViaVoice {
		a.settled()
		if j.answer && strings.TrimSpace(d.Turn.Text) != "" {
			a.measured(d.Turn, j.adopted)
		}
	}
}

// maxActs bounds what is wanted done and not kept yet.
const maxActs = 50

// answeredAnew reports whether a reply that nobody received is made again, with all that
// it wanted done: the question stands.
func answeredAnew(err error) bool {
	return errors.Is(err, dialog.ErrYield) || errors.Is(err, dialog.ErrRejoined) || errors.Is(err, dialog.ErrSuperseded)
}

// watched shows a reply to the watchers as it is made, and remembers what it leaves and
// wants done.
func (a *actor) watched(j *delivery, reply dialog.Reply) dialog.Reply {
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			for d, err := range reply(ctx) {
				if err == nil && d.Text != "" {
					a.pass(dialog.MessageDelta, dialog.DeltaData{ID: j.id, Text: d.Text})
				}
				if d.Memo != nil {
					j.memo = d.Memo
				}
				j.told = append(j.told, d.Told...)
				j.ran = append(j.ran, d.Ran...)
				if d.Action != nil && d.Action.Kind == dialog.AskPicture {
					select {
					case j.wants <- *d.Action:
					default: // one is enough
					}
				} else if d.Action != nil && a.hub.o.Action != nil {
					j.acts = append(j.acts, *d.Action)
				}
				if !yield(d, err) || err != nil {
					return
				}
			}
		}
	}
}

// filled is a reply that closes begun when its own words begin to come, and says
// what fill holds before them.
func filled(reply dialog.Reply, fill <-chan string, begun chan<- struct{}) dialog.Reply {
	type item struct {
		d   dialog.Delta
		err error
	}
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			ctx, cancel := context.WithCancelCause(ctx)
			items := make(chan item)
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				defer close(items)
				for d, err := range reply(ctx) {
					select {
					case items <- item{d, err}:
					case <-ctx.Done():
						return
					}
				}
			}()
			defer func() { cancel(context.Canceled); <-gone }()
			fill := fill
			for {
				select {
				case it, ok := <-items:
					if !ok {
						return
					}
					if it.d.Text != "" && fill != nil {
						fill = nil
						close(begun)
					}
					if !yield(it.d, it.err) || it.err != nil {
						return
					}
				case words := <-fill:
					if !yield(dialog.Delta{Text: words + " "}, nil) {
						return
					}
				}
			}
		}
	}
}

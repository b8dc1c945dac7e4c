package brain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/dialog"
	"parley/dialog/llm"
)

// answering is one reply of a model in the making.
type answering struct {
	g        *generative
	c        dialog.Context
	ground   *ground
	speaker  *speaker
	proposed bool
	model    string
}

// run asks the model until it has answered, reading for it in between.
func (t *answering) run(ctx context.Context, r llm.Request) error {
	if t.g.o.ModelTools != nil {
		r.Tools = t.g.o.ModelTools.List(ctx, t.c)
		if len(r.Tools) > 0 && (!t.c.Phone || t.g.o.Links) { // a server may know no tools at all
			r.Tools = append(r.Tools, requestPicture)
		}
	}
	offered := r.Tools
	for round := 0; ; round++ {
		if round == maxRounds {
			r.Tools = nil
		}
		last, err := t.listen(ctx, r)
		if err != nil || t.speaker.over {
			return err
		}
		if len(last.Calls) == 0 || len(r.Tools) == 0 || round == maxRounds {
			break
		}
		if t.proposed = t.propose(ctx, &r, offered, last.Calls); t.proposed {
			t.end()
			return nil
		}
	}
	t.close()
	t.end()
	return nil
}

func (t *answering) end() {
	if !t.speaker.over {
		t.speaker.emit(dialog.Delta{Model: t.model})
	}
}

// listen lets one answer of the model out, as far as it is carried.
func (t *answering) listen(ctx context.Context, r llm.Request) (last llm.Chunk, err error) {
	for chunk, err := range t.g.o.Model.Stream(ctx, r) {
		if err != nil {
			t.speaker.flush(false)
			return last, err
		}
		if !t.speaker.take(chunk.Text) {
			return last, nil
		}
		if chunk.FinishReason != "" {
			t.model, last = chunk.Model, chunk
			t.speaker.flush(chunk.FinishReason != "length")
		}
	}
	if last.FinishReason == "" {
		return last, llm.ErrCutOff
	}
	return last, nil
}

// propose carries out what the model calls: what reads is read, and its results are put
// into the request; what changes ends the reply with a proposal.
func (t *answering) propose(ctx context.Context, r *llm.Request, offered []llm.Tool, calls []llm.Call) (proposed bool) {
	r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Calls: calls})
	for i, call := range calls {
		text := "refused: too many calls at once"
		if i < maxCalls {
			var p bool
			if text, p = t.call(ctx, offered, call); p {
				return true
			}
		}
		r.Messages = append(r.Messages, llm.Message{Role: llm.ToolRole, CallID: call.ID, Text: text})
	}
	return false
}

// call uses one tool, and gives what the model is told.
func (t *answering) call(ctx context.Context, offered []llm.Tool, call llm.Call) (text string, proposed bool) {
	var tool *llm.Tool
	for i := range offered {
		if offered[i].Name == call.Name {
			tool = &offered[i]
		}
	}
	in, err := args(call)
	if tool != nil && tool.Name == requestPicture.Name && err == nil {
		what, _ := in["what"].(string)
		if _, known := subjects[subject(what)]; !known {
			what = string(ofIt)
		}
		t.speaker.emit(dialog.Delta{Action: &dialog.Action{Kind: dialog.AskPicture, Reason: what}})
		return "", true
	}
	switch {
	case tool == nil:
		return "refused: there is no such tool", false
	case err != nil:
		return "refused: the arguments are not a JSON object", false
	case !given(in, t.known()):
		return "refused: a value is neither from the customer nor from a result; ask the customer for it", false
	}
	text, cite, err := t.g.o.ModelTools.Read(ctx, t.c, call)
	switch {
	case errors.Is(err, ErrChanges):
		if !wanted(*tool, t.ground.question) {
			return "refused: the customer has not asked for that", false
		}
		t.speaker.emit(dialog.Delta{Action: &dialog.Action{Kind: "propose", Reason: call.Name, Args: in}})
		return "", true
	case err != nil:
		t.g.o.Log.Warn("tool failed", "tool", call.Name, "err", err)
		return "failed: the system does not answer now; say so, and offer a person", false
	}
	if text = clean(text); len(text) > maxResult {
		text = strings.ToValidUTF8(text[:maxResult], "")
	}
	t.ground.sources = append(t.ground.sources, newSource(cite, cite.Title, text, true))
	return fmt.Sprintf("[%d] %s\n%s", len(t.ground.sources), cite.Title, text), false
}

// known is what arguments may come from: the customer's words and the results so far.
func (t *answering) known() string {
	var b strings.Builder
	b.WriteString(t.ground.question)
	for _, s := range t.ground.sources {
		if s.own {
			b.WriteString("\n" + s.text)
		}
	}
	return b.String()
}

// close says that it is not known when nothing is left that answers, and what can be done then.
func (t *answering) close() {
	s := t.speaker
	answered := s.tally.carried > 0 || s.tally.asked > 0
	gap := dialog.Action{Kind: "gap", Reason: t.ground.asked}
	switch {
	case s.over:
	case s.tally.unknown > 0 && s.tally.carried == 0:
		if s.over = !s.emit(dialog.Delta{Action: &gap}); !s.over && s.tally.asked == 0 {
			t.offer()
		}
	case answered, s.tally.dropped == 0 && s.said():
	default:
		for _, x := range s.lost {
			t.g.o.Log.Debug("not said, for nothing carries it", "sentence", x)
		}
		lead := ""
		if s.said() {
			lead = pick(t.c.Language, " ", "")
		}
		s.over = !s.emit(dialog.Delta{Action: &gap, Text: lead + pick(t.c.Language, "I do not have that in our information, so I cannot say. ", "我的资料里没有这一项，不能随便回答您。") +
			t.g.o.wayOn(t.c, "I can bring in a person or take a message.", "可以为您转人工，也可以帮您留言。")})
	}
}

// offer adds a way on to an answer that says that it is not known.
func (t *answering) offer() {
	if t.speaker.offered {
		return
	}
	t.speaker.over = !t.speaker.emit(dialog.Delta{Text: pick(t.c.Language, " ", "") + t.g.o.wayOn(t.c, "I can bring in a person or take a message.", "可以为您转人工，也可以帮您留言。")})
}

package brain

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/regexp"
	"parley/dialog/tool"
	"parley/dialog/verify"
)

// Forms are the company's procedures.
type Forms interface {
	// Form gives one by name.
	Form(name string) (*form.Form, bool)
	// Starts tells which procedure an utterance begins; "" is none.
	Starts(text, language string) (name string)
}

// callback is the procedure that takes down whom a person is to call back.
const callback = "callback"

// takers take down how a person reaches the customer: they are no matter of their own.
var takers = map[string]bool{callback: true, leaveMessage: true}

// maxSteps bounds the tools that one turn runs.
const maxSteps = 16

// procedure goes on with the form under way, or begins one, and reports whether the
// turn is taken care of.
func (t *turn) procedure(ctx context.Context) (bool, error) {
	if t.mem.Verify.Running() {
		return true, t.proves(ctx)
	}
	if done, err := t.decide(ctx); done || err != nil {
		return done, err
	}
	if t.m.o.Forms == nil {
		return false, nil
	}
	if s := t.mem.Form; s != nil && s.Running() {
		f, ok := t.m.o.Forms.Form(s.Form)
		if !ok { // the company took it away meanwhile
			t.mem.Form = nil
			return t.begins(ctx)
		}
		return t.goOn(ctx, f)
	}
	return t.begins(ctx)
}

// begins starts the procedure that the words ask for.
func (t *turn) begins(ctx context.Context) (bool, error) {
	rest, _ := verify.Tail(t.text)
	if ts := t.tasks(rest); ts != nil {
		return true, t.beginAll(ctx, ts)
	}
	if f, ok := t.sameFor(rest); ok {
		return true, t.begin(ctx, f, t.text)
	}
	name := t.m.o.Forms.Starts(rest, t.c.Language)
	f, ok := t.m.o.Forms.Form(name)
	if name == "" || !ok {
		if p, ok := t.within(rest); ok {
			f, _ = t.m.o.Forms.Form(p.name)
			return true, t.begin(ctx, f, p.text)
		}
		return false, nil
	}
	return true, t.begin(ctx, f, t.text)
}

func (t *turn) begin(ctx context.Context, f *form.Form, text string) error {
	t.intent = f.Name
	if takers[f.Name] && t.mem.Intent != "" {
		t.intent = t.mem.Intent // what the person is wanted for
	}
	t.mem.Intent = t.intent
	if s := t.mem.Form; s != nil && s.Form != f.Name { // what it has found out is not lost
		t.keepKnown(*s)
	}
	said := t.utterance()
	if text != t.text {
		said.Text = text
	}
	known := t.mem.Known
	if otherOne.MatchString(text) { // not the one that was spoken of
		known = maps.Clone(known)
		for _, n := range f.Numbered() {
			delete(known, n)
		}
	}
	known = t.numberKnown(f, known)
	s, moves := f.Step(form.State{}, form.Begin{Said: said, Known: known, Level: t.verification().Level})
	if len(moves) > 1 && t.opened {
		if _, ok := moves[0].(form.Say); ok {
			moves = moves[1:]
		}
	}
	return t.moves(ctx, f, s, moves)
}

// utterance is the customer's turn as a form takes it, without the last digits of a
// phone, which are a fact for the verification.
func (t *turn) utterance() form.Said {
	rest, tail := verify.Tail(t.text)
	t.tail = tail
	u := form.Said{Text: rest, Read: t.shows(rest), Language: t.c.Language, Via: t.c.Via, Now: t.c.Now, Sealed: t.sealed()}
	for _, q := range t.c.Question {
		u.Confidence = q.Confidence
	}
	if n := len(t.c.History); n > 0 {
		last := t.c.History[n-1]
		u.Cut = last.From == dialog.Bot && last.Cut
	}
	if s := t.mem.Form; s != nil && s.Stage == form.Confirming {
		u.Cut, u.Late = !t.heard(), t.lateYes()
	}
	return u
}

// goOn gives the words to the form under way. What is none of its business is answered
// from the knowledge, and then the open question stands again.
func (t *turn) goOn(ctx context.Context, f *form.Form) (bool, error) {
	before := *t.mem.Form
	if t.keyed() {
		u := t.utterance()
		return true, t.carry(ctx, f, before, form.Keys{Digits: strings.Trim(t.text, "*"), Now: t.c.Now, Cut: u.Cut, Late: u.Late})
	}
	if wordless := strings.TrimSpace(t.text) == ""; blank(t.text) || wordless && (len(t.shown) == 0 || before.Stage != form.Asking) {
		return true, t.carry(ctx, f, before, form.Resume{})
	}
	if other, later, ok := t.turnsTo(f, before); ok {
		if !later {
			t.keepKnown(before)
			return true, t.begin(ctx, other, t.text)
		}
		if len(t.mem.Next) >= maxTasks {
			t.say("That is more than I can keep in mind at once. Please ask me for it again when this is done. ", "事情有点多，这个请等办完眼前的再告诉我一次。")
			return true, t.carry(ctx, f, before, form.Resume{})
		}
		t.mem.Next = append(t.mem.Next, task{Form: other.Name, Text: t.text})
		t.say("I see to that next. ", "这个我接着办。")
		return true, t.carry(ctx, f, before, form.Resume{})
	}
	u := t.utterance()
	if ts := t.enumerated(f, u.Text); ts != nil && len(ts)+len(t.mem.Next) <= maxTasks+1 {
		u.Text = ts[0].Text
		t.mem.Next = append(ts[1:len(ts):len(ts)], t.mem.Next...)
	}
	after, moves := f.Step(before, u)
	if len(moves) != 1 {
		return true, t.moves(ctx, f, after, moves)
	}
	aside, ok := moves[0].(form.NotMine)
	if !ok {
		return true, t.moves(ctx, f, after, moves)
	}
	if name := t.m.o.Forms.Starts(t.text, t.c.Language); name != "" && name != before.Form && before.Stage != form.Confirming {
		if other, ok := t.m.o.Forms.Form(name); ok { // another matter comes first
			t.keepKnown(before)
			return true, t.begin(ctx, other, t.text)
		}
	}
	if before.Stage == form.Confirming && refusing.MatchString(t.text) { // a later yes is not to this
		no := t.utterance()
		no.Text = pick(t.c.Language, "no", "不对")
		return true, t.carry(ctx, f, before, no)
	}
	if !aside.Sure && !t.asksSomething() {
		return true, t.carry(ctx, f, before, form.Missed{})
	}
	if err := t.aside(ctx); err != nil {
		return true, err
	}
	return true, t.carry(ctx, f, before, form.Resume{})
}

// keyed reports whether the customer has typed on the keypad, and said nothing.
func (t *turn) keyed() bool { return len(t.c.Question) == 1 && t.c.Question[0].Keyed() }

// blank reports whether a text says nothing: a lone question mark asks for an answer.
func blank(text string) bool {
	return strings.TrimSpace(text) != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || r > 0x2000 && !unicode.IsPunct(r)
	})
}

// refusing are words that take back what is being confirmed, whatever else is said.
var refusing = regexp.MustCompile(`(?i)(?:^|[.?!,] *)no[,.! ]|\b(?:don['’]?t|do not) (?:do|swap|exchange|send|cancel|change|return|book|want) (?:it|them|that|this)\b|不要|别(?:换|退|改|取消|办|约|寄)`)

// questions are what is asked in so many words, with or without the mark.
var questions = regexp.MustCompile(`(?i)[?？]|[吗呢么][。!！~ ]*$|^(?:what|how|when|where|why|who|is there|are there|do you|does (?:it|the)|can you|could you)\b`)

// asksSomething reports whether the knowledge is likely to have it.
func (t *turn) asksSomething() bool {
	if questions.MatchString(strings.TrimSpace(t.text)) {
		return true
	}
	return t.m.extract.aside(t.c, t.text).how == found
}

// aside answers a question amid a procedure. Without a model only what is certain is said:
// a question back would stand in the way of the procedure's own.
func (t *turn) aside(ctx context.Context) error {
	if t.m.o.Model != nil {
		return t.knowledge(ctx)
	}
	if _, talk := t.m.extract.smallTalk(t.text, t.c.Language); talk {
		return t.knowledge(ctx)
	}
	f := t.m.extract.aside(t.c, t.text)
	if f.how == found {
		t.m.extract.tell(f, t.text, t.c, t.cited)
		return nil
	}
	t.mem.lack(t.text)
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: "gap", Reason: t.text}})
	t.say("I do not have that in our information, so I cannot say.", "我的资料里没有相关内容，不能随便回答您。")
	return nil
}

// cited lets out what rests on the knowledge, and remembers on what.
func (t *turn) cited(d dialog.Delta) bool {
	if d.Citation != nil {
		t.mem.cite(*d.Citation)
	}
	t.said.WriteString(d.Text)
	return t.emit(d)
}

// carry steps a form and does what follows.
func (t *turn) carry(ctx context.Context, f *form.Form, s form.State, in form.Input) error {
	s, moves := f.Step(s, in)
	return t.moves(ctx, f, s, moves)
}

// moves does what a form wants done, in order; what a tool answers goes back into it.
func (t *turn) moves(ctx context.Context, f *form.Form, s form.State, moves []form.Move) error {
	for steps := 0; len(moves) > 0; {
		m := moves[0]
		moves = moves[1:]
		t.remember(s)
		var in form.Input
		switch m := m.(type) {
		case form.Say:
			t.say(m.Text, m.Text)
		case form.Ask:
			t.say(m.Text, m.Text)
			t.misread(f, s, m)
			t.emit(dialog.Delta{Expect: m.Expect})
		case form.Confirm:
			t.key(m.Tool, m.Args)
			t.confirm(m.Text)
		case form.Handoff:
			t.handoff(m.Reason)
			if back, away := t.away(); away {
				t.say(absent(back, t.c.Language)+" Just say so if they are to call you back.", absent(back, t.c.Language)+"需要回电的话请告诉我。")
			}
		case form.Done:
			t.calledBack(s)
			t.keepKnown(s)
			t.mem.Form = nil
		case form.Read:
			in = t.read(ctx, m)
		case form.Change:
			if t.c.Draft {
				return dialog.ErrNoDraft
			}
			var err error
			if in, err = t.change(ctx, m); err != nil {
				return err
			}
		case form.Verify:
			return t.identify(ctx, m.Level)
		}
		if in == nil {
			continue
		}
		if steps++; steps > maxSteps || !t.more {
			return nil
		}
		var more []form.Move
		s, more = f.Step(s, in)
		moves = append(more, moves...)
	}
	t.remember(s)
	return t.next(ctx)
}

// key names the change that is about to be confirmed. The same one asked about again,
// whoever proposes it, has the same key until what became of it is told: it runs once.
func (t *turn) key(name string, args map[string]any) {
	b, err := json.Marshal(args) // keys in order
	sum := sha256.Sum256(b)
	of := name + ":" + hex.EncodeToString(sum[:8])
	if t.mem.Key == "" || t.mem.KeyOf != of || err != nil {
		t.mem.Key, t.mem.KeyOf = newKey(), of
	}
}

// newKey names a change that is about to be confirmed.
func newKey() string { return "chg_" + rand.Text() }

// remember keeps the state of a form that is not over.
func (t *turn) remember(s form.State) {
	if s.Running() {
		t.mem.Form = &s
	} else if t.mem.Form != nil && t.mem.Form.Form == s.Form {
		t.mem.Form = nil
	}
	t.mem.Failures = 0
}

// keepKnown keeps what a form has found out, for others and for people.
func (t *turn) keepKnown(s form.State) {
	if t.mem.Known == nil {
		t.mem.Known = map[string]form.Value{}
	}
	for name, v := range s.Known() {
		t.mem.Known[name] = v
	}
}

// user is on whose behalf tools are used: the one who was verified, whatever was said.
func (t *turn) user() tool.User {
	v := t.verification()
	return tool.User{Role: tool.Customer, Level: v.Level, Customer: v.Customer, Conversation: t.c.Conversation, Language: t.c.Language}
}

// read uses a tool that changes nothing.
func (t *turn) read(ctx context.Context, m form.Read) form.Result {
	out := form.Result{Call: m.Call, Failure: form.Unavailable}
	if t.m.o.Tools == nil {
		return out
	}
	r, err := t.m.o.Tools.Read(ctx, t.user(), m.Tool, m.Args)
	switch {
	case errors.Is(err, tool.ErrLevel), errors.Is(err, tool.ErrForbidden):
		out.Failure = form.Forbidden
	case err != nil:
		t.m.o.Log.Warn("tool failed", "conversation", t.c.Conversation, "tool", m.Tool, "err", err)
	case r.Refused:
		t.sourced(m.Tool)
		out.Failure = form.Refused
		out.Text, _ = t.m.o.Tools.Tell(m.Tool, t.c.Language, m.Args, r)
	default:
		out.Failure, out.Data = form.OK, r.Data
		out.Text, _ = t.m.o.Tools.Tell(m.Tool, t.c.Language, m.Args, r)
		t.sourced(m.Tool)
	}
	return out
}

// sourced says that what follows rests on a business system.
func (t *turn) sourced(name string) {
	s, _ := t.m.o.Tools.Spec(name)
	c := toolSource(name, s, t.c.Language)
	t.mem.cite(c)
	t.emit(dialog.Delta{Citation: &c})
}

// change runs what the customer has confirmed; when nobody waits any more its outcome
// is told later.
func (t *turn) change(ctx context.Context, m form.Change) (form.Input, error) {
	if t.m.o.Outbox == nil {
		return form.Result{Call: m.Call, Failure: form.Unavailable}, nil
	}
	if t.m.o.Tools != nil {
		if err := t.m.o.Tools.Allowed(t.user(), m.Tool); errors.Is(err, tool.ErrForbidden) {
			return form.Result{Call: m.Call, Failure: form.Forbidden}, nil
		}
	}
	o, err := t.m.o.Outbox.Change(ctx, tool.ChangeRequest{User: t.user(), Key: t.mem.Key, Tool: m.Tool, Args: m.Args})
	switch {
	case err == nil:
		t.emit(dialog.Delta{Told: []string{o.ID}})
		t.mem.KeyOf = "" // asked for once more it is another change
		return t.outcome(m.Call, o), nil
	case errors.Is(err, tool.ErrLevel), errors.Is(err, tool.ErrForbidden):
		return form.Result{Call: m.Call, Failure: form.Forbidden}, nil
	case ctx.Err() != nil:
		return nil, err
	}
	t.m.o.Log.Warn("change failed", "conversation", t.c.Conversation, "tool", m.Tool, "err", err)
	return form.Result{Call: m.Call, Failure: form.Unavailable}, nil
}

// outcome is what became of a change, as a form takes it.
func (t *turn) outcome(call string, o tool.Outcome) form.Result {
	out := form.Result{Call: call, Data: o.Result.Data, Text: t.m.o.Outbox.Say(o, t.c.Language)}
	switch o.State {
	case tool.Done:
		t.sourced(o.Tool)
	case tool.Failed:
		out.Failure = form.Unavailable
		if o.Reason == "refused" {
			out.Failure = form.Refused
		}
	default:
		out.Failure = form.Unknown
	}
	t.mem.did(Done{Tool: o.Tool, State: string(o.State), Result: clip(out.Text, maxQuote), ID: o.ID})
	return out
}

// waits reports whether an outcome is what the form under way waits for. One that still
// asks for the yes has had it: the reply was dropped, and its memory with it.
func (t *turn) waits(o tool.Outcome) bool {
	s := t.mem.Form
	return s != nil && (s.Stage == form.Waiting || s.Stage == form.Confirming) && o.Key != "" && o.Key == t.mem.Key
}

// settled gives a form the outcome that it waits for.
func (t *turn) settled(ctx context.Context, o tool.Outcome) error {
	f, ok := t.m.o.Forms.Form(t.mem.Form.Form)
	if !ok {
		t.mem.Form = nil
		t.tellOutcome(o)
		return nil
	}
	t.emit(dialog.Delta{Told: []string{o.ID}})
	t.mem.KeyOf = ""
	s := *t.mem.Form
	t.late, s.Stage = s.Stage == form.Confirming, form.Waiting
	return t.carry(ctx, f, s, t.outcome(s.Call, o))
}

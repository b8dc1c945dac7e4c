package brain

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/form"
	"parley/dialog/memory"
	said "parley/dialog/spoken"
	"parley/dialog/tool"
)

// Handoff says when a person is to be fetched, beside being asked for.
type Handoff struct {
	Failures  int               // answers in a row that were none; 0 is 2
	Topics    map[string]string // words of the customer that are a person's matter, and its name
	VIP       []string          // customers, by the site's signed id, whom people look after
	Emergency map[string]string // what to call first, by language: "999", 「119、120或110」
}

func (h Handoff) filled() Handoff {
	if h.Failures == 0 {
		h.Failures = 2
	}
	return h
}

// number is what to call in an emergency, in words.
func (h Handoff) number(language string) string {
	for tag, n := range h.Emergency {
		if strings.EqualFold(tag, language) || strings.EqualFold(strings.Split(tag, "-")[0], strings.Split(language, "-")[0]) {
			return n
		}
	}
	return pick(language, "the emergency number, 112, 911 or 999", "急救电话120、火警119或报警电话110")
}

// angryFrom is the anger from which a customer counts as angry.
const angryFrom = 0.5

// Manager leads a conversation: it sees to safety, fetches people, does what is to be
// done, and lets another brain answer what is asked.
type Manager struct {
	o       Options
	answer  dialog.Brain // from the knowledge
	extract extractive
	sums    sums
}

var _ dialog.Brain = (*Manager)(nil)

// Close ends what goes on beside the answers.
func (m *Manager) Close() { m.sums.close() }

// Answer implements dialog.Brain.
func (m *Manager) Answer(c dialog.Context) dialog.Reply {
	return func(ctx context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) {
			t := &turn{m: m, c: c, mem: recall(c), text: own(asked(c)), more: true}
			ctx, runs := tool.Noting(ctx)
			emit, end := telling(func(d dialog.Delta) bool {
				d.Ran = append(d.Ran, runs.Take()...)
				t.more = t.more && yield(shaped(d, c.Via, c.Language), nil)
				return t.more
			})
			t.emit = t.listening(emit)
			t.signal = care.Read(t.text)
			t.mem.feel(t.signal)
			was := t.identity()
			err := t.run(ctx)
			if now := t.identity(); err == nil && now.ID != "" && now != was {
				t.emit(dialog.Delta{Action: &dialog.Action{Kind: Identified, Args: map[string]any{"customer": now}}})
			}
			if err == nil {
				end()
				t.emit(dialog.Delta{Memo: t.mem.encode()})
			} else if t.more {
				yield(dialog.Delta{}, err)
			}
		}
	}
}

// turn is one answer in the making.
type turn struct {
	m      *Manager
	c      dialog.Context
	mem    memo
	text   string // the question
	signal care.Signal
	intent string
	tail   string         // last digits of a phone that were told beside something else
	known  memory.Profile // of a verified customer

	emit  func(dialog.Delta) bool
	more  bool // somebody wants more
	said  strings.Builder
	lacks bool // the knowledge had no answer
	vents bool // an outburst that asks nothing
	found bool // it had one
	yesno bool // what was said last wants a yes or a no
	late  bool // a form was given the outcome of a change that ran although its reply was dropped

	opened bool // a form that begins needs no opening words

	answered time.Time // when the customer got the last reply; zero is unknown
	woken    bool      // the customer comes back after a long time

	shown []dialog.Identifier // what the pictures of this turn show that a system may know
}

func (t *turn) say(en, zh string) {
	s := t.honest(pick(t.c.Language, en, zh))
	if t.said.Len() > 0 && !chinese(t.c.Language) && !strings.HasSuffix(t.said.String(), "\n") {
		s = " " + s
	}
	t.said.WriteString(s)
	t.emit(dialog.Delta{Text: s})
}

// run decides what this turn is about. What may hurt comes first, then what the
// customer wants of us as people, then the matter.
func (t *turn) run(ctx context.Context) error {
	switch {
	case len(t.c.Question) > 0:
	case t.c.Resumed:
		return t.takeUp(ctx)
	default: // something has settled
		t.answered, t.mem.At = t.mem.At, t.c.Now
		return t.untold(ctx)
	}
	if t.c.Draft && t.mem.Form != nil && t.mem.Form.Stage == form.Confirming {
		return dialog.ErrNoDraft // the answer may set off a change
	}
	t.wake()
	offered := t.mem.Offered
	t.mem.Offered = false
	tip := t.stands()
	t.vouched()
	t.acquaint(ctx)
	if done := t.crash(); done {
		return nil
	}
	if done, err := t.calledUp(ctx); done || err != nil {
		return err
	}
	switch {
	case t.signal.Danger == care.Lethal:
		n := t.m.o.Handoff.number(t.c.Language)
		us := t.alone("I am telling a colleague at once.", "我现在就通知同事。")
		t.say("Please get to safety first and call "+n+" now, if anybody is hurt or in danger. "+us, "请先确保自身安全。如果有人受伤或有危险，请马上拨打"+n+"。"+us)
		t.mem.Grave = graveTurns
		t.handoff("emergency")
		return nil
	case t.signal.Danger == care.SelfHarm:
		n := t.m.o.Handoff.number(t.c.Language)
		us := t.alone("I am telling a colleague at once.", "我马上请同事联系您。")
		t.say("I am very glad that you told me, and I am sorry that it is so hard. You do not have to be alone with this: please call "+n+", or somebody whom you trust, right now. "+us,
			"谢谢您愿意告诉我，听到您这么难受我很难过。请不要一个人扛着：现在就拨打"+n+"，或者联系您信任的人。"+us)
		t.mem.Grave = graveTurns
		t.handoff("self-harm")
		return nil
	case t.wantsCall():
		return t.callsBack(ctx)
	case t.givesUp():
		return t.unasks()
	case t.takesCall():
		f, _ := t.m.o.Forms.Form(callback)
		return t.begin(ctx, f, t.opens(f))
	case t.signal.Person == care.Wishes:
		if done, err := t.reach(ctx); done || err != nil {
			return err
		}
		return t.person(ctx, "customer")
	case tip != nil && (t.agrees() || t.declines()):
		t.answersTip(ctx, tip)
		return nil
	case offered && t.agrees():
		return t.person(ctx, "offered")
	}
	if reason := t.policy(); reason != "" {
		return t.person(ctx, reason)
	}
	if err := t.untold(ctx); err != nil {
		return err
	}
	if t.grave() {
		return t.stay(ctx)
	}
	if t.late && !substantial(t.text) {
		return nil // it was an answer to the question that had been answered
	}
	t.regret()
	if t.spared() || t.wantsNoTips() {
		return nil
	}
	if t.pictures() || t.confirmsRead() || t.offersPicture() {
		return nil
	}
	if err := t.matter(ctx); err != nil {
		return err
	}
	t.described()
	t.offer()
	if t.open() { // "yes" answers its question, not an offer made in passing
		t.mem.Offered = false
	}
	return t.recommend(ctx)
}

// open reports whether a procedure or a verification waits for an answer.
func (t *turn) open() bool {
	return t.mem.Verify.Running() || t.mem.Form != nil && t.mem.Form.Running() && t.mem.Form.Stage != form.Waiting
}

// reach gives words in which a person is wanted, once one was sent for, to the procedure
// that takes down how to reach the customer: "let him call me at nine".
func (t *turn) reach(ctx context.Context) (bool, error) {
	if t.m.o.Desk != nil && !t.absent() { // somebody can come now: nothing is taken down
		return false, nil
	}
	if !t.handed("") || t.m.o.Forms == nil || t.mem.Form == nil || t.mem.Form.Form != callback || !t.mem.Form.Running() {
		return false, nil
	}
	f, ok := t.m.o.Forms.Form(callback)
	if !ok {
		return false, nil
	}
	before := *t.mem.Form
	after, moves := f.Step(before, t.utterance())
	if strings.ContainsAny(t.text, "0123456789") && len(after.Known()) > len(before.Known()) {
		return true, t.moves(ctx, f, after, moves)
	}
	t.sent("A colleague has been told already, with everything you told me.", "已经通知同事了，您说的情况也都转过去了。")
	return true, t.carry(ctx, f, before, form.Resume{})
}

// policy is why the company wants a person here, "" when it does not.
func (t *turn) policy() string {
	h := t.m.o.Handoff
	switch {
	case t.handed("topic"), t.handed("vip"), t.handed("anger"):
	case t.mem.angry() >= 2 && t.signal.Anger >= angryFrom:
		return "anger"
	case t.listed(h):
		return "topic"
	}
	for _, id := range h.VIP {
		if id != "" && id == t.c.Known.Customer && !t.handed("vip") {
			return "vip"
		}
	}
	return ""
}

// listed reports whether the words are on the company's list.
func (t *turn) listed(h Handoff) bool {
	p := " " + plain(t.text) + " "
	for words, name := range h.Topics {
		w := plain(words)
		if w == "" {
			continue
		}
		if strings.Contains(p, " "+w+" ") || chinese(t.c.Language) && strings.Contains(strings.ReplaceAll(p, " ", ""), strings.ReplaceAll(w, " ", "")) {
			t.intent = name
			return true
		}
	}
	return false
}

// regret says what a person would say first.
func (t *turn) regret() {
	switch {
	case t.signal.Danger == care.Distress:
		t.say("I am so sorry to hear that.", "听到这个消息，我很难过，请您节哀保重。")
	case t.signal.Anger >= angryFrom && t.mem.angry() == 1:
		t.say("I am sorry about this.", "很抱歉给您带来不便。")
	}
}

// matter answers what is asked.
func (t *turn) matter(ctx context.Context) error {
	if t.again() {
		return nil
	}
	if done, err := t.takesUp(ctx); done || err != nil {
		return err
	}
	if t.signal.Danger == care.Distress && t.signal.Anger < angryFrom && !t.open() && !questions.MatchString(strings.TrimSpace(t.text)) {
		return nil // a sad story begins nothing and is no question
	}
	if done, err := t.procedure(ctx); done || err != nil {
		return err
	}
	if t.signal.Anger >= angryFrom && !questions.MatchString(strings.TrimSpace(t.text)) && len(t.shown) == 0 && t.m.extract.look(t.c, t.text).how != found {
		t.vents = true // an outburst is no question that could be unknown
		return nil
	}
	return t.knowledge(ctx)
}

// knowledge lets the brain behind answer, and notes what it did.
func (t *turn) knowledge(ctx context.Context) error {
	t.m.sums.follow(t)
	t.c.Known.Memo = t.mem.encode() // who is verified, for a model's tools
	for d, err := range t.m.answer.Answer(t.c)(ctx) {
		if err != nil {
			return err
		}
		if d.Action != nil && d.Action.Kind == "propose" {
			return t.propose(ctx, d.Action.Reason, d.Action.Args)
		}
		if d.Action != nil && d.Action.Kind == dialog.AskPicture {
			t.wantsPicture(subject(d.Action.Reason))
			return nil
		}
		if d.Action != nil && d.Action.Kind == "gap" {
			t.lacks = true
		}
		if d.Citation != nil {
			t.mem.cite(*d.Citation)
			t.found = true
		}
		if d.Citation == nil && d.Text != "" {
			d.Text = t.honest(d.Text)
		}
		if t.said.Len() > 0 && d.Text != "" && !chinese(t.c.Language) && !strings.HasPrefix(d.Text, " ") && strings.HasSuffix(t.said.String(), ".") {
			d.Text = " " + d.Text
		}
		t.said.WriteString(d.Text)
		if !t.emit(d) {
			return nil
		}
	}
	if t.lacks {
		t.mem.Failures++
		t.mem.Offered = true // the refusal says so
		t.mem.lack(t.text)
	} else {
		t.mem.Failures = 0
	}
	return nil
}

// offer adds the offer of a person where one may be wanted.
func (t *turn) offer() {
	switch {
	case t.yesno: // the next yes is not for a person
		t.mem.Offered = false
		return
	case t.mem.Offered && t.mem.Failures < t.m.o.Handoff.Failures || t.handed(""):
		return
	case t.mem.Failures >= t.m.o.Handoff.Failures:
		if t.open() { // its question stands last
			return
		}
		if s := t.said.String(); strings.Contains(s, "bring in a person") || strings.Contains(s, "为您转人工") || strings.Contains(s, "have you called back") || strings.Contains(s, "登记回电") {
			return // it stands already
		}
		if back, away := t.away(); away {
			t.say(absent(back, t.c.Language)+" Shall they call you back?", absent(back, t.c.Language)+"需要登记回电吗？")
			break
		}
		t.say("Shall I bring in a person?", "需要我为您转人工吗？")
	case t.absent():
		if t.open() || t.signal.Danger != care.Distress && !t.vents {
			return // nobody is there whom to offer
		}
		back, _ := t.away()
		t.say(absent(back, t.c.Language)+" Shall they call you back?", absent(back, t.c.Language)+"需要登记回电，请同事联系您吗？")
	case t.signal.Danger == care.Distress:
		t.say("If you would rather talk to a person, just say so.", "如果您更愿意和同事直接沟通，请告诉我。")
	case t.signal.Anger >= angryFrom, t.signal.Person == care.MayWish:
		t.say("If you would like a person to look at it, just say so.", "如需人工为您处理，请告诉我。")
	default:
		return
	}
	t.mem.Offered = true
}

// handed reports whether a person was sent for in this conversation; "" is for any reason.
func (t *turn) handed(reason string) bool {
	for _, h := range t.mem.Handoffs {
		if reason == "" || h.Reason == reason {
			return true
		}
	}
	return false
}

// handoff sends for a person, with everything that is known; once for each reason.
func (t *turn) handoff(reason string) {
	if t.handed(reason) && (t.m.o.Desk == nil || t.m.o.coming(t.c)) {
		return
	}
	t.mem.Handoffs = append(slices.DeleteFunc(slices.Clone(t.mem.Handoffs), func(h handoff) bool { return h.Reason == reason }), handoff{Reason: reason, At: t.c.Now})
	t.emit(dialog.Delta{Action: &dialog.Action{Kind: "handoff", Reason: reason, Args: map[string]any{"packet": t.packet(reason)}}})
	if c := t.verified(); c.ID != "" {
		t.emit(dialog.Delta{Action: &dialog.Action{Kind: Remember, Args: map[string]any{"customer": c,
			"open": memory.Matter{Text: t.mem.Opening, Conversation: t.c.Conversation, At: t.c.Now}}}})
	}
}

// person brings one: nobody is asked why.
func (t *turn) person(ctx context.Context, reason string) error {
	if t.c.Known.Released { // in danger it is not asked
		t.say("I cannot bring in a colleague after what was said to them. I go on helping you myself: what is it about?",
			"由于刚才对同事的言辞，暂时不能再为您转接人工。我会继续帮您处理，请说说您的问题。")
		return nil
	}
	again := t.handed("")
	if done := t.queued(reason); done {
		return nil
	}
	t.handoff(reason)
	t.drop()
	if reason == "customer" {
		t.besides()
	}
	if back, away := t.away(); away {
		return t.later(ctx, reason, back, again)
	}
	if t.m.o.Desk != nil {
		t.fetches(reason)
		return nil
	}
	if f, ok := t.taker(); ok && !again {
		t.say(personSaid[reason][0], personSaid[reason][1])
		t.opened = true
		return t.begin(ctx, f, t.opens(f))
	}
	switch {
	case again:
		t.say("A colleague has been told already, with everything you told me. What else can I do for you meanwhile?",
			"已经通知同事了，您说的情况也都转过去了。这段时间还有什么我能帮您的吗？")
	case reason == "anger":
		t.say("I am sorry that this has been so annoying. I have asked a colleague to take over, with everything you told me. Please leave your name and how we can reach you.",
			"非常抱歉让您这么不愉快。我已请同事来处理，您说的情况都转过去了。请留下您的称呼和联系方式。")
	case reason == "topic":
		t.say("A colleague takes care of that. I have passed on everything you told me. Please leave your name and how we can reach you.",
			"这件事由同事专门处理，我已把您说的情况都转过去了。请留下您的称呼和联系方式。")
	default:
		t.say("I have asked a colleague to help you, with everything you told me. Please leave your name and how we can reach you.",
			"已为您请人工同事，您说的情况都转过去了。请留下您的称呼和联系方式。")
	}
	return nil
}

// personSaid is what is said before it is asked how the customer can be reached.
var personSaid = map[string][2]string{
	"callback": {"Thank you. I am connecting you with a colleague, who knows everything you told me.", "好的，这就为您接通同事，您之前说的情况同事都了解。"},
	"customer": {"Of course. I have asked a colleague, with everything you told me.", "好的，已为您请人工同事，您说的情况都转过去了。"},
	"offered":  {"I have asked a colleague, with everything you told me.", "已为您请人工同事，您说的情况都转过去了。"},
	"anger":    {"I am sorry that this has been so annoying. I have asked a colleague to take over, with everything you told me.", "非常抱歉让您这么不愉快。我已请同事来处理，您说的情况都转过去了。"},
	"topic":    {"A colleague takes care of that. I have passed on everything you told me.", "这件事由同事专门处理，您说的情况我已转过去了。"},
	"vip":      {"A colleague who knows you will take care of you.", "会有专人为您服务。"},
}

// opens is what of the words that asked for a person is the procedure's already: a message,
// or where to call.
func (t *turn) opens(f *form.Form) string {
	if f.Name == leaveMessage || len(said.Phone(t.text, said.Options{})) > 0 {
		return t.text
	}
	if t.m.o.Forms.Starts(t.text, t.c.Language) == f.Name { // "call me on Friday, I'm Ann Smith"
		return t.text
	}
	return ""
}

// taker is the procedure that takes down how to reach the customer, unless it or a
// question of another one stands already; the one for messages where there is none.
func (t *turn) taker() (*form.Form, bool) {
	if t.m.o.Forms != nil && t.mem.Form == nil {
		if name, sure := t.likeliest(t.text); name == leaveMessage && sure >= surelyOther {
			return t.m.o.Forms.Form(leaveMessage)
		}
	}
	if t.m.o.Forms == nil || t.mem.Form != nil && t.mem.Form.Form == callback {
		return nil, false
	}
	if f, ok := t.m.o.Forms.Form(callback); ok {
		return f, true
	}
	if !t.absent() {
		return nil, false
	}
	return t.m.o.Forms.Form(leaveMessage)
}

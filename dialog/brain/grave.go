package brain

import (
	"context"
	"regexp"
)

// graveTurns is for how many turns of the customer danger is taken to last.
const graveTurns = 5

// allWell ends it.
var allWell = regexp.MustCompile(`(?i)\b(?:false alarm|(?:i|we)(?:'m| am|'re| are) (?:fine|ok|okay|safe|all right|alright)|no(?:body|one)(?:'s| is| was)? (?:hurt|in danger)|it(?:'s| is) (?:out|over|fine)|nothing (?:is )?(?:burning|on fire|wrong)|all (?:is )?(?:well|good)|not what i meant|not an emergency|no emergency|misunderst\w+)\b|没事了|没有危险|没危险|误会|安全了|没着火|已经灭了|不是(?:这个|那个)意思|没人受伤|不是紧急`)

// grave reports whether the customer is in danger: until a person is there, nothing else
// is begun or gone on with.
// That holds for some turns, or until the customer says that all is well: what was heard as
// danger may have been none.
func (t *turn) grave() bool {
	if t.mem.Grave == 0 {
		return false
	}
	t.mem.Grave--
	if allWell.MatchString(t.text) {
		t.mem.Grave = 0
		return false
	}
	return true
}

// stay keeps with somebody in danger: a question is answered where the knowledge has the
// answer, and nothing is asked.
func (t *turn) stay(ctx context.Context) error {
	if t.mem.Form != nil {
		t.keepKnown(*t.mem.Form)
		t.mem.Form = nil
	}
	if _, how := choose(t.m.extract.search(t.c, t.text)); how == found && questions.MatchString(t.text) {
		return t.knowledge(ctx)
	}
	n := t.m.o.Handoff.number(t.c.Language)
	if t.handed("self-harm") {
		us := t.alone("A colleague has been told.", "同事已经收到通知。")
		t.say("I am still here. Please move away from anything that could hurt you, and call "+n+", or have somebody come to you now. "+us,
			"我还在。请先离开可能伤到您的东西，现在就拨打"+n+"，或者请身边的人来陪您。"+us)
		return nil
	}
	us := t.alone("A colleague has been told and has everything you said.", "同事已经收到通知，您说的情况都转过去了。")
	t.say("Please keep at a safe distance; if it gets worse, call "+n+". "+us, "请先保证安全，如果情况变严重，请马上拨打"+n+"。"+us)
	return nil
}

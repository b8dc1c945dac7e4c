package brain

import (
	"context"

	"parley/dialog/care"
	"parley/dialog/regexp"
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
	if questions.MatchString(t.text) && t.m.extract.look(t.c, t.text).how == found {
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

// crashed are accidents of which nothing is said but that they happened just now; hurting
// are signs that somebody is hurt or in danger.
var (
	crashed = regexp.MustCompile(`(?i)\b(?:just|been in|had)\b.{0,30}\b(?:crash(?:ed)?|accident|collision|rear-?ended|ran into|hit (?:a|another|the) (?:car|tree|wall|barrier|deer|pole))\b|\b(?:crashed|rear-?ended)\b.{0,20}\b(?:just now|a minute ago|right now)\b|刚[刚才]?[^，。]{0,6}(?:撞|追尾|剐蹭|刮蹭|蹭)|(?:撞车|出车祸|追尾)了|在[^，。]{0,8}被追尾`)
	hurting = regexp.MustCompile(`(?i)\b(?:hurt|injured|bleeding|blood|trapped|stuck|unconscious|(?:not|isn'?t|won'?t|can'?t) (?:moving|move|breathing|breathe|wake|responding)|ambulance|dying|dead|fire|smoke|smoking|burning|pain|broken|help)\b|受伤|流血|出血|血|叫不醒|昏|没反应|不动|动不了|卡住|困|骨折|救|火|烟|疼|痛|死`)
)

// crash asks first whether anybody is hurt, when no more is known than that there was an
// accident: a yes, or no clear no, is an emergency.
func (t *turn) crash() bool {
	if t.mem.Crash {
		t.mem.Crash = false
		if !allWell.MatchString(t.text) && !refusing.MatchString(t.text+" ") && !noneHurt.MatchString(t.text) {
			t.signal.Danger = care.Lethal
			return false
		}
		if hurting.MatchString(noneHurt.ReplaceAllString(t.text, "")) {
			return false
		}
		t.signal.Danger = care.NoDanger
		if t.m.o.Forms == nil || t.m.o.Forms.Starts(t.text, t.c.Language) == "" || len([]rune(t.text)) < 12 {
			t.say("I am glad of that. What can I do for you?", "人没事就好。请问有什么可以帮您？")
			return true
		}
		return false
	}
	if t.handed("emergency") || !crashed.MatchString(t.text) || hurting.MatchString(noneHurt.ReplaceAllString(t.text, "")) || t.signal.Danger == care.SelfHarm {
		return false
	}
	if noneHurt.MatchString(t.text) { // told in the same breath
		t.signal.Danger = care.NoDanger
		return false
	}
	if t.signal.Danger != care.Lethal {
		return false // long past, or asked about
	}
	n := t.m.o.Handoff.number(t.c.Language)
	t.say("Is anybody hurt or in danger? If so, please call "+n+" first.", "先确认安全：有没有人受伤或有危险？如果有，请马上拨打"+n+"。")
	t.mem.Crash = true
	return true
}

// noneHurt says that nobody was hurt.
var noneHurt = regexp.MustCompile(`(?i)\b(?:no ?(?:body|one)(?:'s| is| was| got)?(?: badly)? (?:hurt|injured)|(?:i|we)(?:'m| am|'re| are) (?:all )?(?:fine|ok(?:ay)?|unhurt|safe|all right)|not hurt|no injuries|everyone(?:'s| is) (?:fine|ok(?:ay)?|all right))\b|(?:没有?|无)(?:人|有人)?(?:受伤|事)|人没事|都没事|(?:大家|人)都?(?:好|还好|平安)`)

package dialog

import (
	"regexp"
	"strings"

	"parley/dialog"
	"parley/dialog/brain"
)

// weigh counts the factual sentences of a talk, and those that nothing carries: neither
// a passage that the reply cites, nor what a business system told in this talk, nor the
// company's own words in its procedures. What the program does itself, which it says as
// it does it, is no fact of that kind.
func (k *talker) weigh(t *Talk) {
	asked, handed := "", false
	own := k.stage.tape.words()
	for i := range t.Exchanges {
		x := &t.Exchanges[i]
		if x.Reply == unheard {
			continue
		}
		asked += x.Said + "\n" + x.Heard + "\n"
		var evidence []brain.Evidence
		for _, c := range x.cites {
			if !strings.HasPrefix(c.Document, "tool:") {
				evidence = append(evidence, brain.Evidence{Cite: c, Text: k.passage(c)})
			}
		}
		rest := x.Reply
		for _, s := range own { // word for word what a system told
			if s = strings.TrimSpace(s); s != "" && strings.Contains(rest, s) {
				t.Factual++
				rest = strings.ReplaceAll(rest, s, "\n")
			}
		}
		evidence = append(evidence, brain.Evidence{Cite: dialog.Citation{Document: "tool:", Title: ""}, Text: strings.Join(own, "\n"), Own: true})
		rest = ofTheTalk.ReplaceAllString(rest, "\n")
		rest = nowTo.ReplaceAllString(rest, "\n")
		for _, s := range k.company {
			rest = strings.ReplaceAll(rest, s, "\n")
		}
		handed = handed || x.Handoff != ""
		factual, loose := brain.Sourced(rest, asked, k.names, k.s.Now, handed, evidence)
		t.Factual += len(factual)
		t.Loose = append(t.Loose, loose...)
	}
}

// ofTheTalk are sentences about the talk itself, and where to call in danger: what the
// program says of what it does, hears, needs or cannot do. None states a fact of the
// company's or the customer's.
var ofTheTalk = regexp.MustCompile(`(?i)[^.!?。！？\n]*(?:colleague has been told|ask(?:ed)? a colleague|telling a colleague|bring in a person|like a person to|rather talk to a person|what else can i do|` +
	`back to where we were|let us begin again|did not get that|cannot make this out|could not confirm who|to be sure that it is you|only this can tell me|do not go together|please tell me the number|` +
	`so annoying|on your keypad|用键盘输入|同事已经收到通知|不客气|told a colleague|with everything you told|keep at a safe distance|move away from anything|没有做任何改动|告诉同事|先离开可能|先保证安全|so glad that you told|very glad that you told|you do not have to be alone|get to safety|have that in our information|ask me something else|` +
	`通知同事|请同事|人工同事|转过去了|转人工|如需人工|和同事直接沟通|还有什么我能帮|接着刚才|没听清|核实身份|凭这个核实|信息对不上|请告诉我订单号、保单号|` +
	`one after the other|you also said|i see to that next|一件一件来|接着办|您还说到|anybody hurt|有没有人受伤|(?:send me|take) a picture of|tap the camera button|拍给我|` +
	`不愉快|愿意告诉我|不要一个人扛|确保自身安全|马上拨打|没有这一项|换个问题问我)[^.!?。！？\n]*[.!?。！？]?`)

// nowTo names the task that comes next.
var nowTo = regexp.MustCompile(`Now: [^.]*\.|接着办：[^。]*。`)

// passage is what a citation's passage says, whole.
func (k *talker) passage(c dialog.Citation) string {
	if s, ok := k.passages[c.Passage]; ok {
		return s
	}
	return c.Quote
}

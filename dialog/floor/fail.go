package floor

import "parley/dialog"

// broken apologises for an answer that failed, and gives up after several.
func (t *step) broken(r Current, turn dialog.Turn) {
	if r.News { // it is told again when the outbox reminds of it
		return
	}
	t.Failures++
	if r.Answer {
		t.Question = t.unanswered(turn)
	}
	if t.End != "" { // not even the good-bye: hang up without it
		t.Queue = nil
		return
	}
	switch {
	case !t.Voice && !r.Answer:
	case t.Failures >= t.Config.Failing && t.Voice:
		t.End = "error"
		t.say(t.pick("I am sorry, our system is not working right now. Please call again later. Goodbye.", "非常抱歉，系统暂时无法工作，请您稍后再来电，再见。"), false)
	case r.Answer:
		t.say(t.pick("I am sorry, I could not look that up just now. Please ask me again, or ask for a person.", "抱歉，刚才没能查到，请您再问一次，或者说“转人工”。"), false)
	}
}

// failed says that a part of the channel is gone.
func (t *step) failed(e dialog.Failed) {
	if e.Part == "asr" && e.Engine == "" && !t.Deaf && t.Voice {
		t.Deaf = true
		t.say(t.pick("I cannot hear you at the moment. Please type on the page, and I will answer you aloud.", "我现在暂时听不到您的声音，请在页面上打字，我会读给您听。"), false)
	}
}

func (t *step) unheard() {
	if t.Deaf {
		return
	}
	t.Deaf = true
	t.say(t.pick("I cannot understand spoken English on this line. Please type on the page, or use the keypad, and I will answer you aloud.",
		"这里暂时没有中文语音识别，请在页面上打字或使用按键，我会读给您听，也可以说明需要转人工。"), false)
}

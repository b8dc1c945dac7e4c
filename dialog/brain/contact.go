package brain

// LeftForm is the reason of a handoff that a customer left by a form, while nobody was there.
const LeftForm = "form"

// Noted says that what a customer left is kept: the text, where the answer goes, and when
// people are back in words, "" when that is not known.
func Noted(language, text, to, back string) string {
	text = clip(text, maxQuote)
	if back == "" {
		return pick(language, "I have noted for my colleagues: “"+text+"” They answer to "+to+" as soon as one of them is here. What else can I do for you meanwhile?",
			"已为您记下：“"+text+"”。同事到岗后会尽快答复到 "+to+"。这段时间还有什么我能帮您的吗？")
	}
	return pick(language, "I have noted for my colleagues: “"+text+"” They are back "+back+" and answer to "+to+". What else can I do for you meanwhile?",
		"已为您记下：“"+text+"”。同事"+back+"恢复服务，会答复到 "+to+"。这段时间还有什么我能帮您的吗？")
}

// SlotLabel is what people call what a form holds.
func SlotLabel(name, language string) string {
	switch name {
	case "message":
		return pick(language, "Message", "留言")
	case "email":
		return pick(language, "E-mail", "邮箱")
	case "phone":
		return pick(language, "Phone", "电话")
	}
	return name
}

package tool

// Confirm is the question that the customer answers before a change is made.
func (b *Box) Confirm(name, language string, args map[string]any) (string, error) {
	e, err := b.find(name)
	if err != nil {
		return "", err
	}
	if s, ok := e.confirm.say(language, map[string]any{"args": args}); ok {
		return s, nil
	}
	title := e.spec.title(language)
	if chinese(language) {
		return "请您确认：" + title + "（" + plain(args, "：", "，") + "），对吗？", nil
	}
	return "To confirm: " + title + " (" + plain(args, ": ", ", ") + "). Is that right?", nil
}

func (s Spec) title(language string) string {
	if t := s.Title.In(language); t != "" {
		return t
	}
	return s.Name
}

// Tell says a result in the company's words; ok is false when it has none that fit.
func (b *Box) Tell(name, language string, args map[string]any, r Result) (string, bool) {
	e, err := b.find(name)
	if err != nil {
		return "", false
	}
	return e.result.say(language, map[string]any{"args": args, "result": r.Data, "text": r.Text, "refused": r.Refused})
}

package ears

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/asr/sphinx/lexicon"
	"parley/asr/sphinx/lm"
	"parley/cmd/parley/config"
	"parley/tts/normal"
)

// LanguageModel writes into folder what a company's English sentences sound like, for
// the offline recogniser to mix with its general model, and how words are said that its
// dictionary lacks; "" is none. Words that could not be written are logged and left out.
func LanguageModel(ctx context.Context, folder string, written []string, log *slog.Logger) (model, words string, err error) {
	var sentences, said []string
	for _, x := range written {
		sentences = append(sentences, normal.Speakable(x, "en").Spoken)
	}
	if len(sentences) == 0 {
		return "", "", nil
	}
	sentences = append(sentences, smallTalk...)
	for _, x := range sentences {
		said = append(said, lm.Words(x)...)
	}
	if said, err = lexicon.Missing(said, sphinx.Dictionary); err != nil {
		return "", "", err
	}
	words = filepath.Join(folder, "en.words")
	err = write(words, func(w io.Writer) error { _, err := lexicon.Write(ctx, w, said); return err })
	if err != nil { // the words are left out
		log.Warn("the recogniser does not know the company's own words", "err", err)
		words = ""
	}
	model = filepath.Join(folder, "en.arpa")
	return model, words, write(model, func(w io.Writer) error { return lm.Write(w, sentences) })
}

func write(file string, f func(w io.Writer) error) error {
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(f(w), w.Close())
}

// smallTalk is what customers say to every company.
var smallTalk = []string{"hello", "hi", "yes", "no", "yes please", "no thank you", "thank you", "thanks", "okay", "goodbye", "bye", "stop", "wait", "hold on",
	"can you repeat that", "say that again", "please speak slower", "please speak louder", "no recording", "I want to speak to a person", "can I talk to a human",
	"I have a question", "I have a problem", "can you help me", "I need help", "that is all", "what did you say", "are you a robot",
	"stop, where is my order", "stop, how much is it", "wait, I have another question", "stop, can I return them"}

// Choices are the recognisers of a configuration in their order, the offline one last
// unless it is named; nil offline: it is not installed.
func Choices(c config.Config, offline asr.Recognizer) ([]asr.Choice, error) {
	list := c.ASR
	named := false
	for _, e := range list {
		named = named || e.Engine == "sphinx"
	}
	if !named {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "sphinx"})
	}
	names := Names(list)
	var out []asr.Choice
	for i, e := range list {
		choice := asr.Choice{Name: names[i], Languages: e.Languages}
		r, ok := New(e)
		switch {
		case ok:
			choice.Recognizer = r
		case e.Engine != "sphinx":
			return nil, errors.New("asr: unknown engine " + e.Engine)
		case offline == nil:
			continue
		default:
			if choice.Recognizer = offline; len(choice.Languages) == 0 {
				choice.Languages = []string{"en"}
			}
		}
		out = append(out, choice)
	}
	return out, nil
}

package ears

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

const (
	// mostWritten is how many sentences of a company are listened for: more teach little,
	// and cost a start half a minute.
	mostWritten = 20_000
	// quickly is how many of them are written down while one waits.
	quickly = 2_000
)

// Model is what the offline recogniser is told of a company, in files.
type Model struct {
	Sentences string // what they sound like, to mix with its general model; "" is none
	Words     string // how those are said that its dictionary lacks; "" is none
}

// LanguageModel gives the model of a company's English sentences, in a folder. What is there
// and is of the same sentences is taken as it is. When there are many, and a model of former ones
// is there, that is given, with what makes the new one; else later is nil.
// Words that could not be written are logged and left out.
func LanguageModel(ctx context.Context, folder string, written []string, log *slog.Logger) (m Model, later func(context.Context) error, err error) {
	if len(written) == 0 {
		return m, nil, nil
	}
	m = Model{filepath.Join(folder, "en.arpa"), filepath.Join(folder, "en.words")}
	sum := filepath.Join(folder, "en.sum")
	h := sha256.New()
	for _, x := range append(written[:len(written):len(written)], smallTalk...) {
		_, _ = io.WriteString(h, x+"\n")
	}
	want := hex.EncodeToString(h.Sum(nil))
	have, _ := os.ReadFile(sum)
	_, err1 := os.Stat(m.Sentences)
	_, err2 := os.Stat(m.Words)
	there := len(have) > 0 && err1 == nil && err2 == nil
	if there && string(have) == want {
		return m, nil, nil
	}
	if n := len(written); n > mostWritten {
		some := make([]string, mostWritten)
		for i := range some {
			some[i] = written[i*n/mostWritten]
		}
		log.Info("the recogniser listens for a part of the knowledge's sentences", "of", n, "are", mostWritten)
		written = some
	}
	write := func(ctx context.Context) error {
		spoken, err := m.write(ctx, written, log)
		if err != nil || !spoken {
			return errors.Join(err, os.RemoveAll(sum))
		}
		return write(sum, func(w io.Writer) error { _, err := io.WriteString(w, want); return err })
	}
	if there && len(written) > quickly {
		return m, write, nil
	}
	if err := write(ctx); err != nil {
		return Model{}, nil, err
	}
	if _, err := os.Stat(m.Words); err != nil {
		m.Words = ""
	}
	return m, nil, nil
}

// write makes the files; false: without the words, which are left out.
func (m Model) write(ctx context.Context, written []string, log *slog.Logger) (spoken bool, err error) {
	var sentences, said []string
	for _, x := range written {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		sentences = append(sentences, normal.Speakable(x, "en").Spoken)
	}
	sentences = append(sentences, smallTalk...)
	for _, x := range sentences {
		said = append(said, lm.Words(x)...)
	}
	if said, err = lexicon.Missing(said, sphinx.Dictionary); err != nil {
		return false, err
	}
	spoken = true
	if err := write(m.Words, func(w io.Writer) error { _, err := lexicon.Write(ctx, w, said); return err }); err != nil {
		log.Warn("the recogniser does not know the company's own words", "err", err)
		spoken = false
		if err := os.RemoveAll(m.Words); err != nil {
			return false, err
		}
	}
	return spoken, write(m.Sentences, func(w io.Writer) error { return lm.Write(w, sentences) })
}

// write writes a file as a whole: who reads it meanwhile reads the former one.
func write(file string, f func(w io.Writer) error) error {
	w, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(w.Name())
	if err := errors.Join(f(w), w.Close()); err != nil {
		return err
	}
	return os.Rename(w.Name(), file)
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

package brain_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/llm"
	"parley/dialog/rag"
)

func index() *rag.Index {
	ix := rag.New()
	for _, d := range demo.Documents() {
		ix.Put(d)
	}
	return ix
}

// said is a reply ranged over to its end.
type said struct {
	text    string
	sources []string
	actions []string
	err     error
}

func ask(b dialog.Brain, language, question string, history ...dialog.Turn) said {
	var out said
	c := dialog.Context{Via: dialog.ViaVoice, Language: language, History: history, Question: []dialog.Turn{{From: dialog.Customer, Text: question}}}
	for d, err := range b.Answer(c)(context.Background()) {
		if err != nil {
			out.err = err
			break
		}
		out.text += d.Text
		if d.Citation != nil {
			out.sources = append(out.sources, d.Citation.Title)
		}
		if d.Action != nil {
			out.actions = append(out.actions, d.Action.Kind)
		}
	}
	return out
}

func TestAnswersFromThePassages(t *testing.T) {
	b := brain.Extractive(brain.Options{Retriever: index()})
	for _, c := range []struct{ language, question, want string }{
		{"en", "can I return my headphones after three weeks", "30 days"},
		{"en", "how long does delivery take", "2 to 4 working days"},
		{"en", "my suitcase was lost by the airline", "$2,000"},
		{"en", "what does the warranty cover", "3 year"},
		{"en", "do you ship to canada", "Canada"},
		{"en", "how much is the speaker", "$249"},
		{"en", "when are you open on saturday", "10 am to 4 pm"},
		{"en", "my pipe burst what should I do", "Turn the water off"},
		{"zh-CN", "我上周买的耳机一直没到，是不是快递出问题了？", "订单号"},
		{"zh-CN", "旅行险赔行李丢失吗", "2000美元"},
		{"zh-CN", "多久能退款", "5个工作日"},
		{"zh-CN", "耳机可以开发票吗", "发票"},
		{"zh-CN", "怎么连蓝牙", "5秒"},
	} {
		got := ask(b, c.language, c.question)
		if !strings.Contains(got.text, c.want) || len(got.sources) == 0 || len(got.actions) > 0 {
			t.Errorf("%q: %+v", c.question, got)
		}
	}
}

func TestSaysWhatItDoesNotKnow(t *testing.T) {
	b := brain.Extractive(brain.Options{Retriever: index()})
	for language, questions := range map[string][]string{
		"en":    {"what is the capital of france", "who won the world cup", "can you write me a poem about the sea", "what is the weather tomorrow"},
		"zh-CN": {"法国的首都是哪里", "今天天气怎么样", "给我讲个笑话", "谁赢了世界杯"},
	} {
		for _, q := range questions {
			if got := ask(b, language, q); len(got.sources) > 0 {
				t.Errorf("%q is answered: %+v", q, got)
			}
		}
	}
	if got := ask(b, "en", "what is the capital of france"); len(got.actions) != 1 || got.actions[0] != "gap" {
		t.Errorf("no gap: %+v", got)
	}
	if got := ask(brain.New(brain.Options{Retriever: index()}), "zh-CN", "我要转人工"); len(got.actions) != 1 || got.actions[0] != "handoff" {
		t.Errorf("no person: %+v", got)
	}
	for _, q := range []string{"hello", "thank you", "谢谢", "are you a robot"} {
		if got := ask(b, "en", q); got.text == "" || len(got.sources)+len(got.actions) > 0 {
			t.Errorf("%q: %+v", q, got)
		}
	}
}

// Who is asked for a number says digits: the recogniser is to know.
func TestAsksForDigits(t *testing.T) {
	for text, want := range map[string]dialog.Expect{
		"I am sorry. What is your order number?":                dialog.ExpectDigits,
		"请告诉我订单号或下单手机号，我马上查。":                                   dialog.ExpectDigits,
		"Your order number stands in the e-mail.":               dialog.ExpectAnything,
		"What is your order number? Then I can tell you where.": dialog.ExpectAnything,
		"":    dialog.ExpectAnything,
		"好的。": dialog.ExpectAnything,
	} {
		b := brain.New(brain.Options{Retriever: index(), Model: model(nil, text+" ")})
		got := dialog.ExpectAnything
		c := dialog.Context{Via: dialog.ViaVoice, Language: "en", Question: []dialog.Turn{{From: dialog.Customer, Text: "where is it"}}}
		for d := range b.Answer(c)(context.Background()) {
			got = max(got, d.Expect)
		}
		if got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// What was spoken of before must not draw a question of its own to it.
func TestANewQuestionIsNew(t *testing.T) {
	b := brain.Extractive(brain.Options{Retriever: index()})
	first := ask(b, "en", "how long does delivery take")
	got := ask(b, "en", "where is my order", dialog.Turn{From: dialog.Customer, Text: "how long does delivery take"}, dialog.Turn{From: dialog.Bot, Text: first.text})
	if !strings.Contains(got.text, "tracking link") {
		t.Errorf("%+v", got)
	}
}

// model is a chat model of fixed words.
func model(err error, pieces ...string) llm.Model {
	return llm.Func(func(_ context.Context, r llm.Request) iter.Seq2[llm.Chunk, error] {
		return func(yield func(llm.Chunk, error) bool) {
			for _, p := range pieces {
				if !yield(llm.Chunk{Text: p}, nil) {
					return
				}
			}
			if err != nil {
				yield(llm.Chunk{}, err)
				return
			}
			yield(llm.Chunk{FinishReason: "stop", Model: "m"}, nil)
		}
	})
}

func TestModelsMarksBecomeCitations(t *testing.T) {
	b := brain.New(brain.Options{Retriever: index(), Model: model(nil, "Standard delivery takes 2 to 4 wor", "king days [", "1]", ". Standard delivery is free for orders over $50【", "1，9】. ", "Nobody", " knows [sic].")})
	got := ask(b, "en", "how long does delivery take")
	if got.text != "Standard delivery takes 2 to 4 working days. Standard delivery is free for orders over $50." || len(got.sources) != 2 || got.err != nil {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.sources[0], "How long") || !strings.Contains(got.sources[1], "How much") {
		t.Errorf("a wrong citation was not put right: %q", got.sources)
	}
}

func TestADeadModelIsReplacedByThePassages(t *testing.T) {
	dead := errors.New("dead")
	for _, pieces := range [][]string{nil, {"Standard delivery takes"}, {"Nobody knows. "}} {
		if got := ask(brain.New(brain.Options{Retriever: index(), Model: model(dead, pieces...)}), "en", "how long does delivery take"); got.err != nil || !strings.Contains(got.text, "2 to 4 working days") || strings.Contains(got.text, "Nobody") {
			t.Errorf("%q: %+v", pieces, got)
		}
	}
	said := "Standard delivery takes 2 to 4 working days."
	if got := ask(brain.New(brain.Options{Retriever: index(), Model: model(dead, said, " And")}), "en", "how long does delivery take"); !errors.Is(got.err, dead) || got.text != said {
		t.Errorf("another answer after something was said: %+v", got)
	}
}

package bench

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"parley/asr/asrtest"
	"parley/dialog/llm/llmtest"
	"parley/media"
	"parley/tts/ttstest"
)

// Delays of the scripted providers.
type Delays struct {
	Endpoint time.Duration `json:"-"` // of silence, that the server is told to wait
	ASR      time.Duration `json:"-"` // from the end of speech to the final text
	LLM      time.Duration `json:"-"` // to the first token
	Token    time.Duration `json:"-"` // between tokens
	TTS      time.Duration `json:"-"` // to the first audio
}

// span is when a provider was asked and when it answered.
type span struct{ from, to time.Time }

func (s span) whole() bool { return !s.from.IsZero() && !s.to.IsZero() }

// What the scripted voice is like.
const (
	voiceRate  = 24000
	voiceLevel = -20.0 // dB of full scale, all along
	perLetter  = 65 * time.Millisecond
	perWord    = 300 * time.Millisecond // of voice, until the recogniser has another word
	loudAt     = -45.0                  // dB: what the recogniser takes for a voice
)

// peers are the scripted providers, and what they were asked when. Each question
// and each answer carries a pair of words of its own, by which its way through the
// providers can be followed.
type peers struct {
	asr *asrtest.Server
	llm *llmtest.Server
	tts *ttstest.Server

	mu      sync.Mutex
	n       int
	heard   map[string]*span   // by question
	answers map[string]*answer // by the answer's own pair
}

// answer is one that the model gave, and the voice was asked for.
type answer struct {
	question string
	llm, tts span
}

func newPeers(d Delays) *peers {
	p := &peers{heard: map[string]*span{}, answers: map[string]*answer{}}
	voice := steady(ttstest.Speak(strings.Repeat("every parcel leaves the warehouse within one working day ", 3), voiceRate), voiceRate, voiceLevel)
	p.asr = asrtest.NewVosk(asrtest.Script{Final: d.ASR, Ear: func() asrtest.Ear { return &ear{p: p, key: p.pair(colours, animals)} }})
	p.llm = llmtest.NewServer(llmtest.Script{FirstToken: d.LLM, PerToken: d.Token, Reply: p.reply, First: p.token})
	p.tts = ttstest.NewOpenAI(ttstest.Script{FirstByte: d.TTS, Rate: voiceRate, First: p.sounded,
		Voice: func(text string, rate int) []int16 { p.asked(text); return speak(voice, text, rate) }})
	return p
}

func (p *peers) close() {
	p.asr.Close()
	p.llm.Close()
	p.tts.Close()
}

var (
	colours = strings.Fields("amber azure beige black blue bronze brown coral cream crimson cyan ebony emerald fawn ginger golden green grey hazel indigo ivory jade khaki lemon lilac lime magenta maroon mauve navy ochre olive orange peach pink plum purple red rose ruby russet rust sandy scarlet silver tan teal umber violet white yellow")
	animals = strings.Fields("adder badger beaver bison bobcat camel cobra condor coyote crane cricket dingo donkey eagle falcon ferret gecko gibbon giraffe gopher hamster heron hornet hyena iguana impala jackal jaguar kestrel lemur leopard lizard lobster lynx magpie marmot moose newt ocelot osprey otter panda panther parrot pelican penguin puffin python rabbit raven salmon sparrow squirrel tapir tiger toucan turtle viper walrus weasel wombat zebra")
)

// pair is the next pair of words, one of either list.
func (p *peers) pair(first, second []string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	return first[p.n%len(first)] + " " + second[p.n/len(first)%len(second)]
}

// lastPair finds the last pair in a text; "" is none.
func lastPair(text string, first, second map[string]bool) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' })
	for i := len(words) - 2; i >= 0; i-- {
		if first[words[i]] && second[words[i+1]] {
			return words[i] + " " + words[i+1]
		}
	}
	return ""
}

func set(words []string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

var isColour, isAnimal = set(colours), set(animals)

func question(text string) string { return lastPair(text, isColour, isAnimal) }
func reply(text string) string    { return lastPair(text, isAnimal, isColour) }

// ear is the recogniser of one utterance: a word comes with each stretch of voice.
type ear struct {
	p      *peers
	key    string
	part   []int16
	voiced time.Duration
}

var filler = strings.Fields("delivery question about the parcel that was sent from the warehouse last week and the lamp in it with the blue shade")

// Hear implements asrtest.Ear.
func (e *ear) Hear(pcm []int16) string {
	for e.part = append(e.part, pcm...); len(e.part) >= media.TickSamples; e.part = e.part[media.TickSamples:] {
		if level(e.part[:media.TickSamples]) > loudAt {
			e.voiced += media.Tick
		}
	}
	switch n := int(e.voiced / perWord); {
	case n == 0:
		return ""
	default:
		return e.key + " " + strings.Join(filler[:min(n-1, len(filler))], " ")
	}
}

// Over and Sent implement asrtest.Ear.
func (e *ear) Over() {
	e.p.mu.Lock()
	e.p.heard[e.key] = &span{from: time.Now()}
	e.p.mu.Unlock()
}

func (e *ear) Sent() {
	e.p.mu.Lock()
	e.p.heard[e.key].to = time.Now()
	e.p.mu.Unlock()
}

// reply is what the model answers.
func (p *peers) reply(ms []llmtest.Message) string {
	tag := p.pair(animals, colours)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[tag] = &answer{question: question(ms[len(ms)-1].Content), llm: span{from: time.Now()}}
	return fmt.Sprintf("The %s is on its way to you now. %s", tag, more[p.n%len(more)])
}

var more = []string{
	"It left the warehouse this morning, and the driver will bring it to your door before noon.",
	"You can send it back within thirty days, and we will pay for the way in both directions.",
	"The shop is open until six in the evening, and on Saturday until four.",
}

// token is told that the model's first words have left.
func (p *peers) token(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.answers[reply(text)]; a != nil {
		a.llm.to = time.Now()
	}
}

// asked is told that the voice is to say a text.
func (p *peers) asked(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.answers[reply(text)]; a != nil && a.tts.from.IsZero() {
		a.tts.from = time.Now()
	}
}

// sounded is told that the first audio of a text has left.
func (p *peers) sounded(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.answers[reply(text)]; a != nil && a.tts.to.IsZero() {
		a.tts.to = time.Now()
	}
}

// way is what the providers did for a question, as far as it was over by t.
func (p *peers) way(key string, t time.Time) (asr, llm, tts span, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.heard[key]
	if h == nil {
		return
	}
	for _, a := range p.answers {
		if a.question == key && a.tts.whole() && a.tts.to.Before(t) && a.tts.to.After(tts.to) {
			llm, tts = a.llm, a.tts
		}
	}
	return *h, llm, tts, h.whole() && tts.whole()
}

// speak is a text in the scripted voice: sound from the first sample to the last.
func speak(voice []int16, text string, rate int) []int16 {
	n := int(time.Duration(len([]rune(text))) * perLetter * time.Duration(rate) / time.Second)
	out := make([]int16, n)
	for i := range out {
		out[i] = voice[i%len(voice)]
	}
	return out
}

package bargein

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"parley/asr/words"
	"parley/dialog/floor"
	"parley/media"
	"parley/tts"
)

// echoTrial is one call whose microphone hears the loudspeaker.
type echoTrial struct {
	Language string        `json:"language"`
	Gain     float64       `json:"gain_db"`
	Delay    float64       `json:"delay_ms"`
	Small    bool          `json:"small_loudspeaker"`
	Bot      time.Duration `json:"bot"` // how long the bot spoke, or would have
	Yields   int           `json:"yields"`
	Turns    []string      `json:"turns,omitempty"` // that nobody said
	Trace    []string      `json:"trace,omitempty"` // when it fell silent, and why
	Ducked   time.Duration `json:"ducked"`
	Hushed   time.Duration `json:"hushed"`
	reply    string
}

// doubleTrial is a customer who speaks over the echo.
type doubleTrial struct {
	reaction
	Gain  float64 `json:"gain_db"`
	Delay float64 `json:"delay_ms"`
	Words bool    `json:"words"` // the recogniser tells the words
}

// mirror is a recogniser that hears the bot's own words in the echo: each some
// time after it was played, some of them wrong.
type mirror struct {
	*ears
	table []said
	play  []played // of the reply
	late  media.CallTime
	han   bool
}

// played says how much of the reply had been played by a call time.
type played struct {
	at  media.CallTime
	pos int64
}

// note that a tick of the reply was played: the words that end in it will be heard.
func (m *mirror) note(at media.CallTime) {
	var pos int64
	if n := len(m.play); n > 0 {
		pos = m.play[n-1].pos
	}
	next := pos + media.TickSamples
	m.play = append(m.play, played{at, next})
	for _, w := range m.table {
		if w.end > pos && w.end <= next && w.word != "" {
			m.script = append(m.script, heard{at: at + m.late, text: w.word})
		}
	}
}

// at joins the words heard since from, as a recogniser does within an utterance.
func (m *mirror) at(from, by media.CallTime) heard {
	var ws []string
	for _, h := range m.script {
		if h.at >= from && h.at <= by {
			ws = append(ws, h.text)
		}
	}
	if m.han {
		return heard{text: strings.Join(ws, "")}
	}
	return heard{text: strings.Join(ws, " ")}
}

// scene is what an echo trial happens in.
type scene struct {
	language, reply string
	path            *echoPath
	rng             *rand.Rand
	table           []said
}

func newScene(v *memo, pool map[string][]string, i int, seed uint64) (scene, echoTrial, error) {
	rng := rand.New(rand.NewPCG(seed, uint64(i)))
	x := echoTrial{Language: "en", Gain: -12 - 18*rng.Float64(), Delay: 40 + 310*rng.Float64(), Small: rng.IntN(2) == 0}
	if i%4 == 3 {
		x.Language = "zh"
	}
	s := scene{language: x.Language, rng: rng, path: newEcho(x.Gain, x.Delay, x.Small, rng)}
	s.reply = reply(pool[x.Language], x.Language, 4, rng)
	x.reply = s.reply
	var err error
	s.table, err = v.timetable(s.reply, s.language, tts.Voice{Language: s.language, Rate: 1})
	return s, x, err
}

// open begins the scene's call; the mirror hears the reply's words in its echo.
func (s scene) open(v *memo, seed uint64) (*rig, *mirror, error) {
	c, l := newClock(), newLine(seed)
	l.floor, l.echo = 12, s.path
	m := &mirror{ears: &ears{clock: c, final: 100 * time.Millisecond}, table: garble(s.table, s.rng),
		late: media.CallTime(s.path.delay) + media.At(wordsLate), han: s.language == "zh"}
	m.ears.belief = m.at
	r, err := newRig(setup{language: s.language, reply: s.reply, voice: v, line: l, clock: c, ears: m.ears})
	return r, m, err
}

// echoes runs one call in which nobody speaks but the bot.
func echoes(v *memo, s scene, x echoTrial, seed uint64) (echoTrial, error) {
	r, m, err := s.open(v, seed)
	if err != nil {
		return x, err
	}
	defer r.close()
	was := floor.State{}
	watch := func(st floor.State) {
		if st.Hushed && !was.Hushed || st.Reply.Cancelled && !was.Reply.Cancelled {
			x.Trace = append(x.Trace, fmt.Sprintf("%.2f s %v hushed %v cut %v %q %v", r.now.Duration().Seconds(), st.Reply.ID, st.Hushed, st.Reply.Cancelled, st.Words, st.Sound))
		}
		was = st
		if st.Ducked {
			x.Ducked += media.Tick
		}
		if st.Hushed {
			x.Hushed += media.Tick
		}
	}
	r.watcher = watch
	r.line.said = func(at media.CallTime, pcm []int16) {
		if len(pcm) > 0 {
			x.Bot += media.Tick
			if r.answering {
				m.note(at)
			}
		}
	}
	if err := r.ask(questions[s.language]); err != nil {
		return x, fmt.Errorf("echo %+v: %w", x, err)
	}
	_ = r.until(90*time.Second, func(st floor.State) bool { return st.Reply.ID == "" })
	for range 150 {
		r.tick()
	}
	for i, t := range r.log.turns() {
		switch {
		case t.From == "bot" && t.Cut:
			x.Yields++
		case t.From == "customer" && t.Text != questions[s.language]:
			x.Turns = append(x.Turns, fmt.Sprintf("%d: %s", i, t.Text))
		}
	}
	return x, nil
}

// double lets a customer speak over the bot and its echo.
func double(v *memo, s scene, x echoTrial, who sample, tells bool, seed uint64) (doubleTrial, error) {
	r, m, err := s.open(v, seed)
	if err != nil {
		return doubleTrial{}, err
	}
	defer r.close()
	r.line.said = func(at media.CallTime, pcm []int16) {
		if len(pcm) > 0 && r.answering {
			m.note(at)
		}
	}
	if err := r.ask(questions[s.language]); err != nil {
		return doubleTrial{}, fmt.Errorf("double talk %+v: %w", x, err)
	}
	at := r.now + media.At(time.Duration(1000+s.rng.IntN(4000))*time.Millisecond)
	r.line.sounds = append(r.line.sounds, sound{at - who.onset, who.pcm})
	m.ears.belief = func(from, by media.CallTime) heard {
		if by < at+media.At(wordsLate) || !tells {
			if by < at {
				return m.at(from, by)
			}
			return heard{}
		}
		var last heard
		for _, h := range lateWords(who.Text, at, at+who.end-who.onset, wordsLate) {
			if h.at <= by {
				last = h
			}
		}
		return last
	}
	out := doubleTrial{Gain: x.Gain, Delay: x.Delay, Words: tells}
	out.reaction = r.watch(at, at+who.end-who.onset)
	out.File, out.Language, out.Kind, out.Stop = who.File, s.language, who.kind(), true
	return out, nil
}

// hearEcho runs the calls with echo, and the double talk.
func hearEcho(ctx context.Context, o options, v *memo, r *Report) error {
	dir, err := generate(ctx, o.data, o.keep, o.seed)
	if err != nil {
		return err
	}
	all, err := load(dir)
	if err != nil {
		return err
	}
	var talk []sample
	for _, s := range all {
		if s.kind() == "hard onset" && s.Language == "en" && len(words.Split(s.Text)) > 0 || s.kind() == "command" && s.Language == "en" {
			talk = append(talk, s)
		}
	}
	pool := map[string][]string{"en": sentences("en"), "zh": sentences("zh")}
	return alone(func() error {
		for i := range o.trials {
			seed := uint64(o.seed*100000 + i)
			s, x, err := newScene(v, pool, i, seed)
			if err != nil {
				return err
			}
			if x, err = echoes(v, s, x, seed); err != nil {
				return err
			}
			r.Echo = append(r.Echo, x)
			for _, tells := range []bool{true, false} {
				s, x, err := newScene(v, pool, i*4, seed) // English: that is what the voices speak
				if err != nil {
					return err
				}
				d, err := double(v, s, x, talk[(i*7)%len(talk)], tells, seed)
				if err != nil {
					return err
				}
				r.Double = append(r.Double, d)
			}
			fmt.Fprintf(o.progress, "\recho and double talk: %d of %d", i+1, o.trials)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		fmt.Fprintln(o.progress)
		return nil
	})
}

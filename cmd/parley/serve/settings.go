package serve

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"parley/asr/backchannel"
	"parley/cmd/parley/config"
	"parley/dialog/brain"
	"parley/dialog/floor"
	"parley/dialog/hours"
	"parley/dialog/store"
	"parley/tts"
	"parley/tts/sentence"
)

// applied is what holds now: the configuration file, and over it what was set on the page.
type applied struct {
	mu      sync.Mutex
	c       config.Config // after the start under mu
	handoff brain.Handoff
	stamp   [2]int64

	applying sync.Mutex // one after another
}

func (a *applied) config() config.Config {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.c
}

// companyOf is whom the bot speaks for.
func companyOf(c config.Config) string {
	if c.Bot.Company == "" && c.Demo {
		return demoCompany
	}
	return c.Bot.Company
}

// floor is how conversations go that wake from now on.
func (s *server) floor(c config.Config) floor.Config {
	return floor.Config{Name: c.Bot.Name, Company: companyOf(c), Greeting: greeting(c), Drafts: c.Speech.Drafts,
		Record: c.Recording.On, RecordNotice: c.Recording.Notice, RecordAsk: c.Recording.Ask, NoMessage: c.SIP.Machine == "hangup", AskRating: c.SIP.Rating,
		Backchannel: backchannel.Is, Stop: backchannel.Stop}
}

// greeting is the company's own, by language; the demo company has a Chinese name.
func greeting(c config.Config) map[string]string {
	if !c.Demo || len(c.Bot.Greeting) > 0 || companyOf(c) != demoCompany {
		return c.Bot.Greeting
	}
	return map[string]string{"zh": "您好，我是明木音响的智能客服" + c.Bot.Name + "。"}
}

// settled is what the file and what was set on the page make together.
func (s *server) settled(ctx context.Context) (c config.Config, h brain.Handoff, err error) {
	c = s.c
	h = brain.Handoff(c.Bot.Handoff)
	v, err := s.store.Bot(ctx)
	if err != nil {
		return c, h, err
	}
	if v.Settings != nil {
		b := *v.Settings
		c.Bot = config.Bot{Procedures: c.Bot.Procedures, VerifyTool: c.Bot.VerifyTool, Handoff: c.Bot.Handoff, OnlyForms: b.Forms, OnlyTools: b.Tools, Name: b.Name, Company: b.Company, Languages: b.Languages, Greeting: b.Greeting, Persona: b.Persona, Rules: b.Rules, Recommend: b.Recommend}
		if c.Bot.Name == "" {
			c.Bot.Name = s.c.Bot.Name
		}
		if len(c.Bot.Languages) == 0 {
			c.Bot.Languages = s.c.Bot.Languages
		}
		c.Hours = (*config.Hours)(b.Hours)
		if b.Handoff != nil {
			h = brain.Handoff{Failures: b.Handoff.Failures, Topics: b.Handoff.Topics, VIP: b.Handoff.VIP, Emergency: b.Handoff.Emergency}
		}
	}
	roles, err := s.store.Engines(ctx)
	if err != nil {
		return c, h, err
	}
	for _, r := range roles {
		if list := roleOf(&c, r.Role); list != nil {
			*list = engineList(r)
			for i, e := range r.Engines {
				if err := (*list)[i].Check(r.Role); err != nil || e.Lost {
					s.log.Error("an engine that was set on the page cannot serve as it was meant: set it again", "role", r.Role, "engine", e.Engine, "key_lost", e.Lost, "err", err)
				}
			}
		}
	}
	return c, h, nil
}

// recallSettings finds out at the start what holds.
func (s *server) recallSettings(ctx context.Context) error {
	var err error
	if s.live.stamp, err = s.store.SettingsStamp(ctx); err != nil {
		return err
	}
	s.live.c, s.live.handoff, err = s.settled(ctx)
	return err
}

// apply makes what is kept what holds. What is being said and heard goes on as it began.
func (s *server) apply(ctx context.Context) error {
	s.live.applying.Lock()
	defer s.live.applying.Unlock()
	stamp, err := s.store.SettingsStamp(ctx)
	if err != nil {
		return err
	}
	c, h, err := s.settled(ctx)
	if err != nil {
		return err
	}
	before := s.live.config()
	if !reflect.DeepEqual(before.ASR, c.ASR) {
		if err := s.hear(c); err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(before.TTS, c.TTS) || !reflect.DeepEqual(before.Bot.Languages, c.Bot.Languages) {
		if err := s.speak(ctx, c); err != nil {
			return err
		}
	}
	if err := s.think(c, h); err != nil {
		return err
	}
	s.sight.Use(readers(c))
	s.find.embed(c, s.store, s.spend, s.log)
	s.hub.Retune(s.floor(c))
	s.live.mu.Lock()
	s.live.c, s.live.handoff, s.live.stamp = c, h, stamp
	s.live.mu.Unlock()
	s.log.Info("settings applied", "bot_version", stamp[0])
	return nil
}

// followSettings applies what another node has set, and what could not be applied at first.
func (s *server) followSettings() {
	t := time.NewTicker(2 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-s.stopping:
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		stamp, err := s.store.SettingsStamp(ctx)
		s.live.mu.Lock()
		same := stamp == s.live.stamp
		s.live.mu.Unlock()
		if err == nil && !same {
			err = s.apply(ctx)
		}
		if err != nil {
			s.log.Warn("settings are not followed", "err", err)
		}
		cancel()
	}
}

// hear makes the recognisers of a configuration those that hear.
func (s *server) hear(c config.Config) error {
	chain, err := recognisers(c, s.pool, &s.faults, s.log)
	if err == nil {
		s.ears.now.Store(chain)
	}
	return err
}

// speak makes the voices of a configuration those that speak, once they can say what must
// be sayable on the day every engine dies.
func (s *server) speak(ctx context.Context, c config.Config) error {
	voices, err := voices(c, &s.faults, s.log)
	if err != nil {
		return err
	}
	for _, l := range c.Bot.Languages {
		prime, cancel := context.WithTimeout(ctx, 15*time.Second)
		if err := voices.Prime(prime, tts.Voice{Language: l}, pieces(l, floor.Apologies(l)...)...); err != nil {
			s.log.Warn("apologies cannot be kept ready", "language", l, "err", err)
		}
		cancel()
	}
	s.mouth.now.Store(voices)
	return nil
}

// think makes the brain anew. Replies in the making are finished by the one before.
func (s *server) think(c config.Config, h brain.Handoff) error {
	m, err := model(c, s.spend, &s.faults, s.log)
	if err != nil {
		return err
	}
	box := brain.Only(s.box, c.Bot.OnlyTools)
	o := brain.Options{Profile: s.profile, Model: m, Retriever: &s.find, Name: c.Bot.Name, Company: companyOf(c), Persona: c.Bot.Persona,
		Rules: c.Bot.Rules, Handoff: h, Desk: colleagues{s}, Tools: box, ModelTools: brain.FromBox(box), Outbox: s.outbox, Identity: s.identity(c), Links: c.Messages.On(), Log: s.log}
	o.Sells, o.Recommends = s.shelf.sells, c.Bot.Recommend == nil || *c.Bot.Recommend
	if c.SIP.On() && slices.ContainsFunc(c.SIP.Trunks, func(t config.Trunk) bool { return t.Host != "" }) {
		o.Callable = s.callable
	}
	if h := c.Hours; h != nil {
		if o.Hours, err = hours.New(h.Zone, h.Open, h.Holidays); err != nil {
			return fmt.Errorf("hours: %w", err)
		}
	}
	if o.Forms, err = s.procedures(c); err != nil {
		return err
	}
	s.forms.Store(&o.Forms)
	s.mind.become(brain.New(o))
	return nil
}

// pieces are texts as a mouth speaks them, which is what a cache is asked for.
func pieces(language string, texts ...string) (out []string) {
	for _, t := range texts {
		split := sentence.New(language)
		out = append(append(out, split.Push(t)...), split.Flush()...)
	}
	return out
}

// roleOf is where a configuration keeps a role; nil: it has no such role.
func roleOf(c *config.Config, role string) *[]config.Engine {
	switch role {
	case "llm":
		return &c.LLM
	case "asr":
		return &c.ASR
	case "tts":
		return &c.TTS
	case "vision":
		return &c.Vision
	case "embed":
		return &c.Embed
	}
	return nil
}

func engineList(r store.EngineRole) []config.Engine {
	out := make([]config.Engine, len(r.Engines))
	for i, e := range r.Engines {
		out[i] = engineOf(e)
	}
	return out
}

func engineOf(e store.EngineSetting) config.Engine {
	return config.Engine{Engine: e.Engine, URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice, Languages: e.Languages, Preset: e.Preset,
		Price: config.Price(e.Price), Waits: config.Waits(e.Waits)}
}

func settingOf(e config.Engine) store.EngineSetting {
	return store.EngineSetting{Engine: e.Engine, URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice, Languages: e.Languages, Preset: e.Preset,
		Price: store.Price(e.Price), Waits: store.Waits(e.Waits)}
}

// Package config reads Parley's settings: one YAML file, overridden by the
// environment. It knows names and defaults, not what they do.
package config

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"parley/dialog/hours"
	"parley/dialog/tool"
)

// Config is every setting. parley.example.yaml explains each key.
type Config struct {
	Listen   string `yaml:"listen"`
	Data     string `yaml:"data"`
	TLS      TLS    `yaml:"tls"`
	RTC      RTC    `yaml:"rtc"`
	Database string `yaml:"database"`
	OIDC     SignOn `yaml:"oidc"`
	Redis    string `yaml:"redis"`

	LLM   []Engine `yaml:"llm"`
	Embed []Engine `yaml:"embed"`
	ASR   []Engine `yaml:"asr"`
	TTS   []Engine `yaml:"tts"`

	Vision []Engine `yaml:"vision"`

	Tools []tool.Config `yaml:"tools"`

	Bot       Bot       `yaml:"bot"`
	Hours     *Hours    `yaml:"hours"` // nil: people are always there
	Queues    []Queue   `yaml:"queues"`
	Desk      Desk      `yaml:"desk"`
	Wall      Wall      `yaml:"wall"`
	Alerts    Alerts    `yaml:"alerts"`
	Sites     []Site    `yaml:"sites"`
	Webhooks  []Webhook `yaml:"webhooks"`
	Rest      Rest      `yaml:"conversations"`
	Messages  Messages  `yaml:"messages"`
	SIP       SIP       `yaml:"sip"`
	Recording Recording `yaml:"recording"`
	Limits    Limits    `yaml:"limits"`
	Speech    Speech    `yaml:"speech"`

	AdminPassword string `yaml:"admin_password"`
	Demo          bool   `yaml:"-"` // by flag alone

	lines map[string]int // where in the file each place stands
}

// TLS says how HTTPS is served; empty is plain HTTP.
type TLS struct {
	Cert   string `yaml:"cert"`
	Key    string `yaml:"key"`
	Domain string `yaml:"domain"` // by ACME
}

// On reports whether HTTPS is served.
func (t TLS) On() bool { return t.Cert != "" || t.Domain != "" }

// RTC is where browser media goes.
type RTC struct {
	Addr     string `yaml:"addr"`
	PublicIP string `yaml:"public_ip"`
	TCP      bool   `yaml:"tcp"`
	TURN     string `yaml:"turn"`
}

// Engine is one engine of a role. The first of a list that works serves.
type Engine struct {
	Engine    string   `yaml:"engine"`
	URL       string   `yaml:"url"`
	Key       string   `yaml:"key"`
	Model     string   `yaml:"model"`
	Voice     string   `yaml:"voice"`
	Languages []string `yaml:"languages"`

	Preset string `yaml:"preset"` // of llm and embed: whose server it is
	Price  Price  `yaml:"price"`
	Waits  Waits  `yaml:"waits"`
}

// Price of a model, per million tokens.
type Price struct {
	In       float64 `yaml:"in"`
	Cached   float64 `yaml:"cached"` // 0 is as In
	Out      float64 `yaml:"out"`
	Currency string  `yaml:"currency"`
}

// Waits are how long a model is waited for, in milliseconds; 0 is the default.
type Waits struct {
	Connect    int `yaml:"connect_ms"`
	FirstToken int `yaml:"first_token_ms"`
	Between    int `yaml:"between_ms"`
}

// Bot is how the assistant presents itself.
type Bot struct {
	Name      string            `yaml:"name"`
	Company   string            `yaml:"company"`
	Languages []string          `yaml:"languages"`
	Greeting  map[string]string `yaml:"greeting"`
	Persona   string            `yaml:"persona"`
	Rules     []string          `yaml:"rules"`

	Procedures []string `yaml:"procedures"`  // files of forms
	VerifyTool string   `yaml:"verify_tool"` // the tool that checks who is speaking
	Handoff    Handoff  `yaml:"handoff"`

	Recommend *bool `yaml:"recommend"` // the bot tells customers of a product that fits, once; nil is true

	OnlyForms, OnlyTools []string `yaml:"-"` // those that may be used; nil is all
}

// Handoff says when a person is fetched, beside being asked for.
type Handoff struct {
	Failures  int               `yaml:"failures"`  // answers in a row that were none
	Topics    map[string]string `yaml:"topics"`    // words of customers, to the topic's name
	VIP       []string          `yaml:"vip"`       // customers by their signed id
	Emergency map[string]string `yaml:"emergency"` // what to call first, by language
}

// Hours are when people are there; dialog/hours reads them.
type Hours struct {
	Zone     string            `yaml:"zone"`
	Open     map[string]string `yaml:"open"`
	Holidays []string          `yaml:"holidays"`
}

// Site is a site whose pages may carry the widget.
type Site struct {
	Key     string   `yaml:"key"`
	Secret  string   `yaml:"secret"`
	Origins []string `yaml:"origins"`
}

// Recording of calls.
type Recording struct {
	On       bool `yaml:"on"`
	Notice   bool `yaml:"notice"`
	Ask      bool `yaml:"ask"`
	KeepDays int  `yaml:"keep_days"`
}

// Rest is when conversations in which nothing happens fall asleep and end; 0 is never.
type Rest struct {
	SleepHours int `yaml:"sleep_hours"`
	CloseDays  int `yaml:"close_days"`
}

// Limits protect the server.
type Limits struct {
	Calls           int `yaml:"calls"`
	CallsPerAddress int `yaml:"calls_per_address"`
	// RequestsPerAddress of the API a second, after a burst of ten times as many.
	RequestsPerAddress int `yaml:"requests_per_address"`
}

// Speech tunes listening.
type Speech struct {
	EndpointMS int  `yaml:"endpoint_ms"` // > 0: a fixed silence instead of the adaptive decision
	Patient    bool `yaml:"patient"`
	Drafts     bool `yaml:"drafts"`

	Pronounce map[string]map[string]string `yaml:"pronounce"` // by language, then by word
}

// Default is what is used where nothing is said.
func Default() Config {
	return Config{
		Listen:    ":8080",
		Data:      "./data",
		RTC:       RTC{Addr: ":8443", TCP: true},
		SIP:       SIP{Addr: ":5060", Ports: "20000-20999", Ring: 45, Machine: "message", Callbacks: Callbacks{After: 60, Tries: 3, Pause: 300}},
		Bot:       Bot{Name: "Parley", Languages: []string{"en", "zh-CN"}},
		Recording: Recording{On: true, Notice: true, KeepDays: 90},
		Wall:      Wall{Call: 20, Chat: 60},
		Alerts:    Alerts{Waiting: 10, Longest: 120, ServiceLevel: 80, Abandoned: 10, Risk: 80},
		Rest:      Rest{SleepHours: 24, CloseDays: 30},
		Limits:    Limits{Calls: 200, CallsPerAddress: 5, RequestsPerAddress: 60},
		Speech:    Speech{Drafts: true},
	}
}

// The engines that a role knows.
var engines = map[string][]string{
	"llm":   {"openai", "offline"},
	"embed": {"openai"},
	"asr":   {"sphinx", "openai", "realtime", "vosk", "funasr"},
	"tts":   {"local", "openai"},

	"vision": {"tesseract", "openai"},
}

// Environment is os.Getenv, but for a PARLEY_SIP_ADDR that is set and empty, which turns
// phones off.
func Environment(name string) string {
	v, set := os.LookupEnv(name)
	if set && v == "" && name == "PARLEY_SIP_ADDR" {
		return "off"
	}
	return v
}

// Load reads the file ("" is none), then the environment, and checks the result.
func Load(path string, getenv func(string) string) (Config, error) {
	c := Default()
	if path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("config: %w", err)
		}
		if err := parse(b, getenv, &c); err != nil {
			return c, fmt.Errorf("config: %s: %w", filepath.Base(path), err)
		}
	}
	if err := c.environment(getenv); err != nil {
		return c, fmt.Errorf("config: %w", err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("config: %w", err)
	}
	return c, nil
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// parse decodes YAML strictly; values may hold ${NAME} from the environment.
func parse(b []byte, getenv func(string) string, c *Config) error {
	var root yaml.Node
	if err := yaml.Unmarshal(b, &root); err != nil {
		return err
	}
	lines := map[string]int{}
	linesOf(&root, "", lines)
	if err := expand(&root, getenv); err != nil {
		return err
	}
	out, err := yaml.Marshal(&root)
	if err != nil {
		return err
	}
	// The strict decoder names lines, so it must see the file's own lines: decode the
	// original for errors, the expanded one for values.
	if err := strict(b, &Config{}); err != nil {
		return err
	}
	c.lines = lines
	return strict(out, c)
}

func strict(b []byte, c *Config) error {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	err := d.Decode(c)
	if errors.Is(err, io.EOF) {
		return nil
	}
	var t *yaml.TypeError
	if errors.As(err, &t) {
		return errors.New(plain(strings.Join(t.Errors, "; ")))
	}
	return err
}

var unknownField = regexp.MustCompile(`field (\S+) not found in type (?:config|tool)\.(\S+)`)

// plain says a decoder's complaint in the words of the file.
func plain(s string) string {
	s = unknownField.ReplaceAllString(s, "unknown key \"$1\" (see parley.example.yaml for the keys of $2)")
	s = strings.ReplaceAll(s, "cannot unmarshal !!str", "expected another type than text:")
	return strings.ReplaceAll(s, "cannot unmarshal", "wrong type:")
}

func expand(n *yaml.Node, getenv func(string) string) error {
	if n.Kind == yaml.ScalarNode {
		var missing string
		n.Value = reference.ReplaceAllStringFunc(n.Value, func(m string) string {
			v := getenv(m[2 : len(m)-1])
			if v == "" {
				missing = m
			}
			return v
		})
		if missing != "" {
			return fmt.Errorf("line %d: %s is not set in the environment", n.Line, missing)
		}
	}
	for _, k := range n.Content {
		if err := expand(k, getenv); err != nil {
			return err
		}
	}
	return nil
}

// environment overrides the file.
func (c *Config) environment(getenv func(string) string) error {
	for name, p := range map[string]*string{
		"PARLEY_LISTEN": &c.Listen, "PARLEY_DATA": &c.Data,
		"PARLEY_TLS_CERT": &c.TLS.Cert, "PARLEY_TLS_KEY": &c.TLS.Key, "PARLEY_TLS_DOMAIN": &c.TLS.Domain,
		"PARLEY_RTC_ADDR": &c.RTC.Addr, "PARLEY_RTC_PUBLIC_IP": &c.RTC.PublicIP, "PARLEY_TURN_ADDR": &c.RTC.TURN,
		"PARLEY_SIP_RTP_PORTS": &c.SIP.Ports, "PARLEY_SIP_PUBLIC_IP": &c.SIP.PublicIP,
		"DATABASE_URL": &c.Database, "REDIS_URL": &c.Redis, "PARLEY_ADMIN_PASSWORD": &c.AdminPassword,
	} {
		if v := getenv(name); v != "" {
			*p = v
		}
	}
	if v := getenv("PARLEY_RTC_TCP"); v != "" {
		on, err := parseBool(v)
		if err != nil {
			return fmt.Errorf("PARLEY_RTC_TCP: %q is neither on nor off", v)
		}
		c.RTC.TCP = on
	}
	switch v := getenv("PARLEY_SIP_ADDR"); strings.ToLower(v) {
	case "":
	case "off", "no":
		c.SIP.Addr = ""
	default:
		c.SIP.Addr = v
	}
	c.LLM = role("LLM", c.LLM, getenv)
	c.Embed = role("EMBED", c.Embed, getenv)
	c.ASR = role("ASR", c.ASR, getenv)
	c.TTS = role("TTS", c.TTS, getenv)
	c.Vision = role("VISION", c.Vision, getenv)
	return nil
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "on", "yes":
		return true, nil
	case "off", "no":
		return false, nil
	}
	return strconv.ParseBool(s)
}

// role puts the engine that the environment names before those of the file.
func role(name string, list []Engine, getenv func(string) string) []Engine {
	env := func(s string) string { return getenv("PARLEY_" + name + "_" + s) }
	e := Engine{Engine: env("ENGINE"), URL: env("URL"), Key: env("KEY"), Model: env("MODEL"), Voice: env("VOICE"), Preset: env("PRESET")}
	e.Languages = strings.FieldsFunc(env("LANGUAGES"), func(r rune) bool { return r == ',' || r == ' ' })
	named := e.Engine != "" || e.URL != "" || e.Key != "" || e.Model != "" || e.Preset != ""
	key, base := getenv("OPENAI_API_KEY"), getenv("OPENAI_BASE_URL")
	if !named && (len(list) > 0 || key == "" && base == "" || name == "EMBED") { // not every server embeds: it is asked for by name
		return list
	}
	if e.Engine == "" {
		e.Engine = "openai"
	}
	if (e.Engine == "openai" || e.Engine == "realtime") && e.Preset == "" {
		if e.Key == "" {
			e.Key = key
		}
		if e.URL == "" {
			e.URL = base
		}
	}
	return append([]Engine{e}, list...)
}

func (c *Config) check() error {
	var errs []error
	for name, list := range map[string][]Engine{"llm": c.LLM, "embed": c.Embed, "asr": c.ASR, "tts": c.TTS, "vision": c.Vision} {
		for i, e := range list {
			if !contains(engines[name], e.Engine) {
				errs = append(errs, fmt.Errorf("%s[%d]: engine %q is unknown; expected one of %s", name, i, e.Engine, strings.Join(engines[name], ", ")))
			}
			if err := errors.Join(e.check(), e.checkModel(name)); err != nil {
				errs = append(errs, fmt.Errorf("%s[%d]: %w", name, i, err))
			}
		}
	}
	errs = append(errs, c.tools(), c.queues(), c.wall(), c.hooks(), c.texts(), c.phones(), c.signOn())
	if h := c.Hours; h != nil {
		if _, err := hours.New(h.Zone, h.Open, h.Holidays); err != nil {
			errs = append(errs, fmt.Errorf("hours: %w", err))
		}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		errs = append(errs, errors.New("tls: cert and key go together"))
	} else if c.TLS.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			errs = append(errs, fmt.Errorf("tls: %w", err))
		}
	}
	for _, ip := range strings.FieldsFunc(c.RTC.PublicIP, func(r rune) bool { return r == ',' }) {
		if _, err := netip.ParseAddr(strings.TrimSpace(ip)); err != nil {
			errs = append(errs, fmt.Errorf("rtc.public_ip: %w", err))
		}
	}
	if c.Limits.Calls < 1 || c.Limits.CallsPerAddress < 1 || c.Limits.RequestsPerAddress < 1 {
		errs = append(errs, errors.New("limits: calls, calls_per_address and requests_per_address are at least 1"))
	}
	if r := c.Rest; r.SleepHours < 0 || r.CloseDays < 0 || r.CloseDays > 0 && (r.SleepHours == 0 || r.CloseDays*24 <= r.SleepHours) {
		errs = append(errs, errors.New(c.at("conversations")+"conversations: sleep_hours comes before close_days; 0 is never"))
	}
	if c.Speech.EndpointMS != 0 && (c.Speech.EndpointMS < 100 || c.Speech.EndpointMS > 5000) {
		errs = append(errs, fmt.Errorf("speech.endpoint_ms: %d is not between 100 and 5000", c.Speech.EndpointMS))
	}
	errs = append(errs, c.Speech.pronounceable())
	if d := c.Database; d != "" && !strings.HasPrefix(d, "postgres://") && !strings.HasPrefix(d, "postgresql://") {
		errs = append(errs, errors.New("database: expected postgres://…"))
	}
	errs = append(errs, c.nodes())
	return errors.Join(errs...)
}

// check says what is wrong with an engine's address or languages.
func (e Engine) check() error {
	sockets := map[string]bool{"vosk": true, "funasr": true, "realtime": true}[e.Engine]
	if e.URL == "" && (e.Engine == "vosk" || e.Engine == "funasr") {
		return fmt.Errorf("%s needs a url (ws:// or wss://)", e.Engine)
	}
	if e.URL != "" {
		u, err := url.Parse(e.URL)
		if err != nil || u.Host == "" {
			return fmt.Errorf("%s: url %q is no address", e.Engine, e.URL)
		}
		web, socket := u.Scheme == "http" || u.Scheme == "https", u.Scheme == "ws" || u.Scheme == "wss"
		switch {
		case e.Engine == "realtime" && (web || socket), e.Engine != "realtime" && (sockets && socket || !sockets && web):
		case sockets:
			return fmt.Errorf("%s: url %q begins with neither ws:// nor wss://", e.Engine, e.URL)
		default:
			return fmt.Errorf("%s: url %q begins with neither http:// nor https://", e.Engine, e.URL)
		}
	}
	for _, l := range e.Languages {
		if _, err := language.Parse(l); err != nil {
			return fmt.Errorf("%s: language %q is no BCP 47 tag, as en, zh-CN or yue", e.Engine, l)
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

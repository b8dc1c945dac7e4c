package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"parley/dialog/hours"
)

// SIP is how phones are reached. Without trunks and phones there are none.
type SIP struct {
	Addr     string `yaml:"addr"`
	Ports    string `yaml:"rtp_ports"` // "20000-20999"
	PublicIP string `yaml:"public_ip"`

	Region       string            `yaml:"region"` // ISO 3166-1: whose national numbers are understood
	Trunks       []Trunk           `yaml:"trunks"`
	Destinations []string          `yaml:"destinations"` // prefixes, as "+86"; all others are denied
	CallHours    map[string]string `yaml:"call_hours"`   // when phones are called, by the callee's clock
	PerNumber    int               `yaml:"calls_per_number"`
	CostPerDay   float64           `yaml:"cost_per_day"`
	Ring         int               `yaml:"ring_s"`
	Machine      string            `yaml:"voicemail"` // what an answering machine gets: message or hangup
	Phones       []Phone           `yaml:"phones"`
	Callbacks    Callbacks         `yaml:"callbacks"`
	Rating       bool              `yaml:"rating"` // ask how a call was, when the customer says good-bye
}

// Callbacks are how customers are called back who do not wait on the line.
type Callbacks struct {
	After int `yaml:"after_s"` // the expected wait from which a callback is offered; 0: none is
	Tries int `yaml:"tries"`   // calls, until it is given up
	Pause int `yaml:"pause_s"` // before the second call; each after it is three times as long
}

// On reports whether phones are served.
func (s SIP) On() bool { return s.Addr != "" && len(s.Trunks)+len(s.Phones) > 0 }

// Trunk is a carrier's line or a telephone system.
type Trunk struct {
	Name      string `yaml:"name"`
	Allow     Nets   `yaml:"allow"` // whose calls are taken
	Host      string `yaml:"host"`  // host or host:port of calls out
	Transport string `yaml:"transport"`
	Proxy     string `yaml:"proxy"` // host:port that calls out go by
	User      string `yaml:"user"`
	Password  string `yaml:"password"`
	Register  bool   `yaml:"register"`
	From      string `yaml:"from"` // caller id of calls out; "": the first of numbers
	Keepalive int    `yaml:"keepalive_s"`
	Refer     bool   `yaml:"refer"` // the other side takes calls that are handed on blindly
	SRTP      string `yaml:"srtp"`
	Codecs    Words  `yaml:"codecs"`

	Numbers map[string]Line    `yaml:"numbers"`
	Limits  TrunkLimits        `yaml:"limits"`
	Rates   map[string]float64 `yaml:"rates"`
}

// Words are a list of words.
type Words []string

// Nets are addresses and ranges of them.
type Nets []netip.Prefix

// UnmarshalYAML implements yaml.Unmarshaler.
func (n *Nets) UnmarshalYAML(v *yaml.Node) error {
	var list []string
	if err := v.Decode(&list); err != nil {
		return err
	}
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, err2 := netip.ParseAddr(s); err != nil && err2 == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil { // of one of these the decoder names the line
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is no address or range of addresses, as 203.0.113.0/24", v.Line, s)}}
		}
		*n = append(*n, p)
	}
	return nil
}

// Line is what is called by one number of ours.
type Line struct {
	Language string `yaml:"language"`
	Queue    string `yaml:"queue"`
}

// TrunkLimits bound what a trunk is used for; 0 is the default.
type TrunkLimits struct {
	PerSecond  int     `yaml:"per_second"`
	AtOnce     int     `yaml:"at_once"`
	PerDay     int     `yaml:"per_day"`
	CostPerDay float64 `yaml:"cost_per_day"`
	Calls      int     `yaml:"calls"`     // at once, in and out
	Full       string  `yaml:"full"`      // what a call in beyond that gets: "overload" (503, the carrier tries elsewhere) or "busy" (486)
	Longest    int     `yaml:"longest_s"` // a call in or out
}

// longestCall is how long a call may last where the trunk does not say.
const longestCall = 4 * 3600

// Phone may register here: a desk phone or softphone.
type Phone struct {
	User     string `yaml:"user"`
	Password string `yaml:"password"`
}

var (
	e164      = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`)
	prefix164 = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	word      = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,60}$`)
	region    = regexp.MustCompile(`^[A-Z]{2}$`)
)

var (
	transports = []string{"udp", "tcp", "tls"}
	phoneCodec = []string{"opus", "g722", "pcma", "pcmu"}
	srtps      = []string{"off", "optional", "required"}
	machines   = []string{"message", "hangup"}
)

// RTPPorts are the first and the last port of the phones' media.
func (s SIP) RTPPorts() (low, high int, err error) {
	a, b, ok := strings.Cut(s.Ports, "-")
	if ok {
		low, err = strconv.Atoi(a)
		if err == nil {
			high, err = strconv.Atoi(b)
		}
	}
	if !ok || err != nil || low < 1024 || high > 65535 || high-low < 3 {
		return 0, 0, fmt.Errorf("rtp_ports: %q is no range of ports between 1024 and 65535, as 20000-20999", s.Ports)
	}
	return low, high, nil
}

// phones says what is wrong with the phones, and fills in what follows from the rest.
func (c *Config) phones() error {
	s := &c.SIP
	var errs []error
	bad := func(place, format string, args ...any) {
		above, _, _ := strings.Cut(place, ".")
		errs = append(errs, errors.New(c.at("sip."+place, "sip."+above, "sip")+"sip: "+fmt.Sprintf(format, args...)))
	}
	queues := map[string]bool{}
	for _, q := range c.Queues {
		queues[q.Name] = true
	}
	if s.Addr != "" {
		if _, port, err := net.SplitHostPort(s.Addr); err != nil || !isPort(port) {
			bad("addr", "addr %q is no address with a port, as :5060", s.Addr)
		}
	}
	if _, _, err := s.RTPPorts(); err != nil {
		bad("rtp_ports", "%v", err)
	}
	if s.PublicIP != "" {
		if _, err := netip.ParseAddr(s.PublicIP); err != nil {
			bad("public_ip", "public_ip %q is no address", s.PublicIP)
		}
	}
	if s.Region != "" && !region.MatchString(s.Region) {
		bad("region", "region %q is no country as CN or US", s.Region)
	}
	if !slices.Contains(machines, s.Machine) {
		bad("voicemail", "voicemail %q is none of %s", s.Machine, strings.Join(machines, ", "))
	}
	for i, p := range s.Destinations {
		if !prefix164.MatchString(p) {
			bad(fmt.Sprintf("destinations[%d]", i), "destination %q is no prefix of numbers, as +86", p)
		}
	}
	if s.CallHours != nil {
		if _, err := hours.New("UTC", s.CallHours, nil); err != nil {
			bad("call_hours", "call_hours: %v", err)
		}
	}
	if s.PerNumber < 0 {
		bad("calls_per_number", "calls_per_number is below 0")
	}
	if s.Ring < 5 || s.Ring > 180 {
		bad("ring_s", "ring_s: %d is not between 5 and 180", s.Ring)
	}
	if k := s.Callbacks; k.After < 0 || k.Tries < 1 || k.Tries > 10 || k.Pause < 1 || k.Pause > 24*3600 {
		bad("callbacks", "callbacks: after_s is at least 0, tries 1 to 10 and pause_s 1 to 86400")
	}
	if s.CostPerDay < 0 {
		bad("cost_per_day", "cost_per_day is below 0")
	}
	names, numbers := map[string]bool{}, map[string]bool{}
	for i := range s.Trunks {
		t := &s.Trunks[i]
		t.check(func(key, format string, args ...any) {
			place := fmt.Sprintf("sip.trunks[%d]", i)
			errs = append(errs, errors.New(c.at(place+"."+key, place, "sip")+place+": "+fmt.Sprintf(format, args...)))
		}, queues, numbers)
		if names[t.Name] {
			bad(fmt.Sprintf("trunks[%d].name", i), "there are two trunks of the name %q", t.Name)
		}
		names[t.Name] = true
	}
	users := map[string]bool{}
	for i, p := range s.Phones {
		place := fmt.Sprintf("phones[%d].user", i)
		switch {
		case !word.MatchString(p.User):
			bad(place, "phones[%d]: user %q is no word of at most 60 letters and digits", i, p.User)
		case len(p.Password) < 8:
			bad(fmt.Sprintf("phones[%d].password", i), "phones[%d]: the password has less than 8 characters", i)
		case users[p.User]:
			bad(place, "phones[%d]: there are two of the user %q", i, p.User)
		}
		users[p.User] = true
	}
	return errors.Join(errs...)
}

func (t *Trunk) check(bad func(key, format string, args ...any), queues, numbers map[string]bool) {
	if !word.MatchString(t.Name) {
		bad("name", "name %q is no word of at most 60 letters and digits", t.Name)
	}
	if t.Transport == "" {
		t.Transport = "udp"
	}
	if t.SRTP == "" {
		t.SRTP = "off"
		if t.Transport == "tls" {
			t.SRTP = "optional"
		}
	}
	if len(t.Codecs) == 0 {
		t.Codecs = phoneCodec
	}
	for _, x := range []struct {
		key, is string
		of      []string
	}{{"transport", t.Transport, transports}, {"srtp", t.SRTP, srtps}} {
		if !slices.Contains(x.of, x.is) {
			bad(x.key, "%s %q is none of %s", x.key, x.is, strings.Join(x.of, ", "))
		}
	}
	for _, k := range t.Codecs {
		if !slices.Contains(phoneCodec, k) {
			bad("codecs", "codec %q is none of %s", k, strings.Join(phoneCodec, ", "))
		}
	}
	if t.Host == "" && len(t.Allow) == 0 {
		bad("name", "a trunk has allow (whose calls are taken), host (where calls go), or both")
	}
	for key, h := range map[string]string{"host": t.Host, "proxy": t.Proxy} {
		if h != "" && !hostPort(h) {
			bad(key, "%s %q is no host or host:port", key, h)
		}
	}
	if t.Register && (t.Host == "" || t.User == "" || t.Password == "") {
		bad("register", "register needs host, user and password")
	}
	if (t.Password != "") && t.User == "" {
		bad("password", "a password goes with a user")
	}
	for _, n := range sorted(t.Numbers) {
		l := t.Numbers[n]
		switch {
		case !e164.MatchString(n):
			bad("numbers."+n, "number %q is not written as +862112345678", n)
		case numbers[n]:
			bad("numbers."+n, "number %s is another trunk's too", n)
		}
		numbers[n] = true
		if t.From == "" {
			t.From = n
		}
		if l.Language != "" {
			if _, err := language.Parse(l.Language); err != nil {
				bad("numbers."+n, "language %q is no BCP 47 tag, as en or zh-CN", l.Language)
			}
		}
		if l.Queue != "" && len(queues) > 0 && !queues[l.Queue] {
			bad("numbers."+n, "there is no queue %q", l.Queue)
		}
	}
	if t.From != "" && !e164.MatchString(t.From) {
		bad("from", "from %q is not written as +862112345678", t.From)
	}
	if t.Keepalive < 0 || t.Keepalive > 3600 {
		bad("keepalive_s", "keepalive_s: %d is not between 0 and 3600", t.Keepalive)
	}
	l := t.Limits
	if t.Limits.Longest == 0 {
		t.Limits.Longest = longestCall
	}
	if !slices.Contains([]string{"", "overload", "busy"}, l.Full) {
		bad("limits", "limits: full %q is none of overload, busy", l.Full)
	}
	if l.Longest < 0 || l.Longest > 0 && l.Longest < 120 || l.Calls < 0 {
		bad("limits", "limits: longest_s is at least 120, and calls above 0")
	}
	if l.PerSecond < 0 || l.AtOnce < 0 || l.PerDay < 0 || l.CostPerDay < 0 {
		bad("limits", "limits are above 0")
	}
	for p, x := range t.Rates {
		if !prefix164.MatchString(p) || x < 0 {
			bad("rates", "rate %q: %v is no prefix of numbers, as +86, with a price of a minute", p, x)
		}
	}
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}

func hostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), "5060"
	}
	return host != "" && !strings.ContainsAny(host, " /@;?") && isPort(port) && port != "0"
}

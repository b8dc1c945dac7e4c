package config

import (
	"os"
	"strings"
	"testing"
)

const trunk = `sip:
  region: CN
  destinations: ["+86", "+1212"]
  trunks:
    - name: carrier
      allow: [203.0.113.0/24, 198.51.100.7]
      host: sip.example.com:5061
      transport: tls
      user: u
      password: "${PW}"
      register: true
      numbers:
        "+862112345678": {language: zh-CN, queue: sales}
        "+862112345679": {}
      limits: {per_second: 1, cost_per_day: 20}
      rates: {"+86": 0.1}
  phones: [{user: alice, password: "long enough"}]
queues: [{name: sales, default: true}]
`

func TestTrunksAreRead(t *testing.T) {
	c, err := Load(file(t, trunk), env("PW", "s", "PARLEY_SIP_RTP_PORTS", "30000-30099"))
	if err != nil {
		t.Fatal(err)
	}
	s := c.SIP
	x := s.Trunks[0]
	if !s.On() || s.Addr != ":5060" || x.From != "+862112345678" || x.Password != "s" || x.SRTP != "optional" || len(x.Allow) != 2 || x.Allow[1].Bits() != 32 ||
		x.Numbers["+862112345678"].Queue != "sales" || len(x.Codecs) != 4 {
		t.Errorf("%+v", s)
	}
	if low, high, err := s.RTPPorts(); err != nil || low != 30000 || high != 30099 {
		t.Error(low, high, err)
	}
	if c, err = Load(file(t, trunk), env("PW", "s", "PARLEY_SIP_ADDR", "off")); err != nil || c.SIP.On() {
		t.Error("phones that are switched off are on:", err)
	}
	if c, err = Load("", env()); err != nil || c.SIP.On() {
		t.Error("without a trunk there are no phones:", err)
	}
}

func TestAnEmptyAddressTurnsPhonesOff(t *testing.T) {
	t.Setenv("PARLEY_SIP_ADDR", "")
	if v := Environment("PARLEY_SIP_ADDR"); v != "off" {
		t.Errorf("%q", v)
	}
	if err := os.Unsetenv("PARLEY_SIP_ADDR"); err != nil {
		t.Fatal(err)
	}
	if v := Environment("PARLEY_SIP_ADDR"); v != "" {
		t.Errorf("%q", v)
	}
}

// What is wrong with a trunk is said with its line and with what was expected.
func TestWrongTrunksAreNamed(t *testing.T) {
	for change, want := range map[string]string{
		"allow: [203.0.113.0/24, 198.51.100.7]|allow: [nonsense]":     `line 6: "nonsense" is no address or range`,
		"host: sip.example.com:5061|host: \"http://x/\"":              "line 7: sip.trunks[0]: host",
		"transport: tls|transport: sctp":                              "line 8: sip.trunks[0]: transport",
		"user: u|user: \"\"":                                          "line 11: sip.trunks[0]: register needs",
		"\"+862112345679\": {}|\"021\": {}":                           "number \"021\" is not written as +862112345678",
		"queue: sales}|queue: none}":                                  "line 13: sip.trunks[0]: there is no queue \"none\"",
		"language: zh-CN|language: klingonisch-x":                     "line 13: sip.trunks[0]: language",
		"limits: {per_second: 1,|limits: {per_second: -1,":            "line 15: sip.trunks[0]: limits",
		"rates: {\"+86\": 0.1}|rates: {\"86\": 0.1}":                  "line 16: sip.trunks[0]: rate",
		"password: \"long enough\"|password: short":                   "line 17: sip: phones[0]: the password",
		"destinations: [\"+86\", \"+1212\"]|destinations: [\"0086\"]": "line 3: sip: destination",
		"region: CN|region: China":                                    "line 2: sip: region",
		"region: CN|regoin: CN":                                       "line 2: unknown key \"regoin\"",
		"region: CN|call_hours: {mon: noon}":                          "line 2: sip: call_hours",
		"region: CN|voicemail: shout":                                 "line 2: sip: voicemail",
		"region: CN|rtp_ports: 20000":                                 "line 2: sip: rtp_ports",
		"region: CN|addr: nowhere":                                    "line 2: sip: addr",
	} {
		from, to, _ := strings.Cut(change, "|")
		text := strings.Replace(trunk, from, to, 1)
		if text == trunk {
			t.Fatalf("%q is not there", from)
		}
		_, err := Load(file(t, text), env("PW", "s"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
}

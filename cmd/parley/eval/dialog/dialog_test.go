package dialog

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/dialog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every scenario that is not known to fail passes in chat, with no model.
func TestTheScenariosPassInChat(t *testing.T) {
	scenarios, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	zh, voice := 0, 0
	for _, s := range scenarios {
		if strings.HasPrefix(s.Language, "zh") {
			zh++
		}
		if s.Channel == dialog.ViaVoice {
			voice++
		}
	}
	if len(scenarios) < 30 || 2*zh < len(scenarios) || 3*voice < len(scenarios) {
		t.Errorf("%d scenarios, %d Chinese, %d by voice", len(scenarios), zh, voice)
	}
	th, err := build(t.Context(), options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			talk, err := th.perform(t.Context(), s, dialog.ViaChat, nil, 0, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case talk.Passed && s.Known != "":
				t.Logf("passes now; it was known to fail: %s", s.Known)
			case !talk.Passed && s.Known == "":
				var b strings.Builder
				talk.print(&b, true)
				t.Error(b.String())
			}
		})
	}
}

func TestStrictKeys(t *testing.T) {
	for _, c := range []struct{ yaml, want string }{
		{"name: a\nlanguage: en\nturns: [{say: hi, heers: [x]}]", "heers"},
		{"name: a\nlanguage: en\nturns: []", "no turns"},
		{"name: a\nturns: [{say: hi}]", "no language"},
		{"name: a\nlanguage: en\nchannel: fax\nturns: [{say: hi}]", "fax"},
		{"name: a\nlanguage: en\nturns: [{say: hi, hears: ['a|']}]", "empty"},
		{"name: a\nlanguage: en\nturns: [{say: hi, asks: money}]", "money"},
	} {
		if _, err := parse([]byte(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.yaml, err)
		}
	}
	f := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(f, []byte("name: a\nlanguage: en\nturns: [{say: hi}]\n---\nname: a\nlanguage: en\nturns: [{say: hi}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(f); err == nil || !strings.Contains(err.Error(), "two") {
		t.Errorf("%v", err)
	}
}

// Each kind of expectation can fail.
func TestWhatIsWrongIsFound(t *testing.T) {
	x := Exchange{Reply: "Your order 4815 is cancelled.", Citations: []string{"tool:track_order Where it is"}, Handoff: "anger",
		Uses: []used{{Tool: "track_order", Args: map[string]any{"order": "204815"}, Done: true}, {Tool: "cancel_order", Args: map[string]any{"order": "204815"}, Change: true, Done: true}}}
	order := map[string]Words{"order": {"4815"}}
	good := Turn{Hears: []Words{{"xyz", "order 4815"}}, Never: []Words{{"refund"}}, Cites: []Words{{"tool:track_order"}}, Reads: []Use{{"track_order", order}}, Changes: []Use{{"cancel_order", order}}, Asks: "anything", Handoff: "any"}
	if f := judge(good, x); len(f) > 0 {
		t.Error(f)
	}
	for want, bad := range map[string]func(*Turn){
		"does not say":       func(t *Turn) { t.Hears = []Words{{"refund"}} },
		"it says":            func(t *Turn) { t.Never = []Words{{"cancelled"}} },
		"not cite":           func(t *Turn) { t.Cites = []Words{{"returns"}} },
		"not looked up":      func(t *Turn) { t.Reads = []Use{{"get_order", nil}} },
		"not done":           func(t *Turn) { t.Changes = []Use{{"cancel_order", map[string]Words{"order": {"9"}}}} },
		"nobody should":      func(t *Turn) { t.Changes = nil },
		"asks for":           func(t *Turn) { t.Asks = "digits" },
		"a person was sent":  func(t *Turn) { t.Handoff = "none" },
		"expected emergency": func(t *Turn) { t.Handoff = "emergency" },
	} {
		turn := good
		bad(&turn)
		if f := strings.Join(judge(turn, x), "\n"); !strings.Contains(f, want) {
			t.Errorf("%s: %q", want, f)
		}
	}
	talk := Talk{Exchanges: []Exchange{x}, uses: x.Uses}
	if f := (Finally{Changes: map[string]int{"cancel_order": 1}, Handoff: "anger"}).judge(talk); len(f) > 0 {
		t.Error(f)
	}
	f := Finally{Never: []Words{{"4815"}}, Handoff: "none", Untouched: []Use{{"track_order", order}}, Packet: map[string]Words{"order": {"1"}}}.judge(talk)
	if len(f) != 5 {
		t.Errorf("%q", f)
	}
}

func TestAKnownSlotAskedAgain(t *testing.T) {
	th, err := build(t.Context(), options{})
	if err != nil {
		t.Fatal(err)
	}
	a := askersOf(th.forms)
	for _, c := range []struct {
		reply string
		known known
		uses  []used
		want  int
	}{
		{"What is the order number, or the phone you ordered with?", known{"order": "204815"}, nil, 1},
		{"Could you tell me your order number?", known{"order": "204815"}, nil, 1},
		{"请告诉我订单号。", known{"order": ""}, nil, 1},
		{"Shall I cancel the order number 204815?", known{"order": "204815"}, nil, 0},
		{"What is the order number, or the phone you ordered with?", known{"phone": "1"}, nil, 0},
		{"Your order number is on the invoice.", known{"order": "204815"}, nil, 0},
		{"What is the order number, or the phone you ordered with?", known{"order": "204815"}, []used{{Tool: "track_order", Args: map[string]any{"order": "204815"}}}, 0},
	} {
		if got := a.again(Exchange{Reply: c.reply, before: c.known, Uses: c.uses}); len(got) != c.want {
			t.Errorf("%q: %v", c.reply, got)
		}
	}
}

func TestPassHatK(t *testing.T) {
	ts := map[string]tally{"a": {4, 4}, "b": {4, 2}}
	for k, want := range map[int]float64{1: 0.75, 2: (1 + 1.0/6) / 2, 3: 0.5} {
		if got := hat(ts, k); math.Abs(got-want) > 1e-9 {
			t.Errorf("pass^%d is %g, expected %g", k, got, want)
		}
	}
}

func TestACutReplyIsShorter(t *testing.T) {
	for _, c := range []struct {
		text  string
		words int
		want  string
	}{{"What is the order number?", 2, "What is"}, {"请告诉我订单号。", 2, "请告诉我"}, {"Yes.", 5, "Yes."}} {
		if got := first(c.text, c.words); got != c.want {
			t.Errorf("%q, %d words: %q", c.text, c.words, got)
		}
	}
}

// The noise is 15 dB below the speech, half of it pink: it falls by 3 dB an octave.
func TestNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	speech, voice := make([]int16, 160_000), make([]int16, 32_000)
	for i := range speech {
		speech[i] = int16(8000 * math.Sin(float64(i)*0.2))
	}
	for i := range voice {
		voice[i] = int16(r.IntN(2000) - 1000)
	}
	var noise float64
	got := noisy(speech, [][]int16{voice}, r)
	for i := range got {
		d := float64(got[i]) - float64(speech[i])
		noise += d * d
	}
	if db := 20 * math.Log10(rms(speech)/math.Sqrt(noise/float64(len(got)))); math.Abs(db-snr) > 0.5 {
		t.Errorf("%.1f dB", db)
	}
	p := pink(1<<17, r)
	var low, high float64 // differences of neighbours, at two rates
	for i := 32; i < len(p); i++ {
		a, b := p[i]-p[i-1], p[i]-p[i-32]
		high, low = high+a*a, low+b*b
	}
	if white := low / high; white < 1.5 {
		t.Errorf("the noise has no more of the low: %.2f", white)
	}
}

// By voice, what is understood is what the brain is given.
func TestVoiceGoesThroughTheSpeaker(t *testing.T) {
	th, err := build(t.Context(), options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Scenario{Name: "x", Language: "en", Now: mustParse(t, "name: a\nlanguage: en\nturns: [{say: hi}]").Now, Turns: []Turn{{Say: "nobody hears this"}}}
	talk, err := th.perform(t.Context(), s, dialog.ViaVoice, heard("how long does delivery take"), 0, t.TempDir())
	if err != nil || !strings.Contains(talk.Exchanges[0].Reply, "2 to 4 working days") || talk.Exchanges[0].Heard == "" {
		t.Errorf("%+v, %v", talk, err)
	}
}

type heard string

func (h heard) Hear(context.Context, string, string, bool, uint64) (string, float64, error) {
	return string(h), 0.9, nil
}

func mustParse(t *testing.T, y string) Scenario {
	t.Helper()
	s, err := parse([]byte(y))
	if err != nil {
		t.Fatal(err)
	}
	return s[0]
}

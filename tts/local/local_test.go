package local

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/media"
	"parley/tts"
	"parley/tts/ttstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func engine(t testing.TB) *Synthesizer {
	t.Helper()
	s := New(Options{})
	if err := s.Available(); err != nil {
		t.Skip("flite and espeak-ng are not both installed: ", err)
	}
	return s
}

func TestConformance(t *testing.T) { ttstest.Conformance(t, engine(t), "en", "zh-CN") }

func TestHeardOfRandomTexts(t *testing.T) { ttstest.HeardProperties(t, engine(t), 6) }

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"Hello. How are you?":   "e:Hello.|e: How are you?",
		"您的VIP订单。谢谢":            "h:您的|e:VIP|h:订单。|h:谢谢",
		"It costs 3.5 dollars.": "e:It costs 3.5 dollars.",
		"":                      "",
		"...":                   "e:...",
		"One, two.":             "e:One, two.",
	} {
		var got []string
		for _, p := range split(text) {
			script := "e:"
			if p.han {
				script = "h:"
			}
			got = append(got, script+p.text)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

func TestPinyin(t *testing.T) {
	for text, want := range map[string]string{
		"银行在重庆。": "yin2 hang2 zai4 chong2 qing4.",
		"不是，一个":  "bu2 shi4, yi2 ge4",
		"一二三":    "yi1 er4 san1",
		"第一天":    "di4 yi1 tian1",
		"一天":     "yi4 tian1",
		"绿色的":    "lv4 se4 de5",
		"利率":     "li4 lv4",
	} {
		if got := spell(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestCancelKills(t *testing.T) {
	s := New(Options{Flite: script(t, "exec sleep 60")})
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	sp, err := s.Synthesize(ctx, "Hello.", tts.Voice{})
	if err != nil {
		t.Fatal(err)
	}
	cancel(gone)
	if _, err := ttstest.Read(sp); !errors.Is(err, gone) {
		t.Errorf("%v, want the cause", err)
	}
	sp.Close()
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		does string
		want error
	}{
		"fails":    {"exit 3", tts.ErrBroken},
		"silent":   {"cat >/dev/null", tts.ErrBroken},
		"no audio": {"echo no such voice", tts.ErrBroken},
		"endless":  {"exec cat /dev/zero", tts.ErrTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			sp, err := New(Options{Flite: script(t, c.does)}).Synthesize(t.Context(), "Hello.", tts.Voice{})
			if err != nil {
				t.Fatal(err)
			}
			defer sp.Close()
			if _, err := ttstest.Read(sp); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if _, err := New(Options{Flite: "no-such-program"}).Synthesize(t.Context(), "Hello.", tts.Voice{}); !errors.Is(err, tts.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := New(Options{}).Synthesize(t.Context(), "Bonjour.", tts.Voice{Language: "fr"}); !errors.Is(err, tts.ErrLanguage) {
		t.Error(err)
	}
}

// The two voices are equally loud, and begin at once.
func TestLevel(t *testing.T) {
	s := engine(t)
	for language, text := range map[string]string{"en": "How can I help you today?", "zh-CN": "请问有什么可以帮您？"} {
		sp, err := s.Synthesize(t.Context(), text, tts.Voice{Language: language})
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := ttstest.Read(sp)
		sp.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r := rms(pcm); r < 1000 || r > 4000 {
			t.Errorf("%s: RMS %.0f", language, r)
		}
		if rms(pcm[:media.SampleRate/10]) < quiet {
			t.Errorf("%s: begins with 100 ms of silence", language)
		}
	}
}

func FuzzWAV(f *testing.F) {
	if b, err := exec.Command("flite", "-t", "a", "-o", "/dev/stdout").Output(); err == nil {
		f.Add(b)
	}
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if pcm, rate, err := wav(b); err == nil && (rate < 8000 || 2*len(pcm) > len(b)) {
			t.Errorf("%d samples at %d Hz of %d bytes", len(pcm), rate, len(b))
		}
	})
}

func BenchmarkFirstSound(b *testing.B) {
	s := engine(b)
	for name, c := range map[string][2]string{
		"en": {"en", "Your order ships within three to five days, and you can return it for thirty days after that."},
		"zh": {"zh-CN", "您的订单将在三到五个工作日内送达，三十天内可以退货。"},
	} {
		b.Run(name, func(b *testing.B) {
			var f media.Frame
			for b.Loop() {
				sp, err := s.Synthesize(b.Context(), c[1], tts.Voice{Language: c[0]})
				if err != nil {
					b.Fatal(err)
				}
				if err := sp.ReadFrame(&f); err != nil {
					b.Fatal(err)
				}
				sp.Close()
			}
		})
	}
}

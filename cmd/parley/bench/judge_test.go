package bench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/media/mediatest"
)

func at(ms int) time.Time { return time.Unix(100, 0).Add(time.Duration(ms) * time.Millisecond) }

// A wait of which endpointing and three providers, overlapping, are taken out.
func TestOwnTimeIsWhatNobodyElseHad(t *testing.T) {
	w := wait{from: at(0), to: at(450), busy: []span{{at(0), at(300)}, {at(180), at(330)}, {at(190), at(290)}, {at(340), at(430)}},
		marks: [3]time.Time{at(180), at(190), at(340)}}
	if w.own() != 30*time.Millisecond {
		t.Errorf("%v of our own, want 10 before the voice was asked and 20 after it spoke", w.own())
	}
	if s := w.stages(); s != [4]time.Duration{0, 0, 10 * time.Millisecond, 20 * time.Millisecond} {
		t.Error(s)
	}
	// A provider that answers after the reply was heard, as of a later sentence, adds nothing.
	w.busy = append(w.busy, span{at(440), at(900)})
	if w.own() != 20*time.Millisecond {
		t.Error(w.own())
	}
}

func TestHowTheBotGaveWay(t *testing.T) {
	l := &listening{}
	say := func(from, to int, level float64) {
		for ms := from; ms < to; ms += 20 {
			l.log = append(l.log, sound{at(ms), level})
		}
	}
	say(0, 1000, -20)
	say(1000, 1200, -32) // ducked
	say(1200, 1260, -90) // fades out, then nothing
	say(2000, 2100, -20) // the next reply
	f := l.gaveWay(at(910), time.Second)
	if !f.hasDucked || f.ducked != 90*time.Millisecond || !f.hasHush || f.hushed != 290*time.Millisecond {
		t.Errorf("%+v", f)
	}
	l.log = nil
	say(0, 3000, -20)
	if f := l.gaveWay(at(910), time.Second); f.hasDucked || f.hasHush {
		t.Errorf("it never gave way: %+v", f)
	}
	if l.speaking(at(3200)) || !l.speaking(at(500)) {
		t.Error("speaking")
	}
}

func TestTrimEndsWhereSpeechEnds(t *testing.T) {
	pcm := slices.Concat(make([]int16, 5000), mediatest.Tone(300, 8000, 16000), make([]int16, 9000))
	got := trim(pcm, 30)
	if len(got)%media.TickSamples != 0 || len(got) < 15600 || len(got) > 16400 {
		t.Errorf("%d samples of 16000", len(got))
	}
	if l := levels(got); l[0] < -30 || l[len(l)-1] < -30 {
		t.Errorf("it begins at %.0f and ends at %.0f dB", l[0], l[len(l)-1])
	}
	if usable(mediatest.Tone(300, 8000, 4000)) != nil {
		t.Error("a quarter of a second was taken for speech")
	}
	gap := slices.Concat(mediatest.Tone(300, 8000, 16000), make([]int16, 6400), mediatest.Tone(300, 8000, 16000))
	if usable(gap) != nil || longestPause(gap, 30) != 40 {
		t.Error("a pause of 400 ms was taken", longestPause(gap, 30))
	}
}

func TestTheScriptedVoiceIsSteady(t *testing.T) {
	p := newPeers(Delays{})
	defer p.close()
	pcm := steady(slices.Concat(mediatest.Tone(200, 2000, 8000), make([]int16, 3000), mediatest.Tone(300, 9000, 8000)), 16000, -20)
	for i := 320; i+640 <= len(pcm); i += 320 {
		if l := level(pcm[i : i+320]); math.Abs(l+20) > 3 {
			t.Fatalf("%.1f dB at %d", l, i)
		}
	}
}

func TestPairs(t *testing.T) {
	p := &peers{heard: map[string]*span{}, answers: map[string]*answer{}}
	seen := map[string]bool{}
	for range 2000 {
		seen[p.pair(colours, animals)] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d pairs of 2000", len(seen))
	}
	if got := question("Amber falcon delivery, teal newt the parcel"); got != "teal newt" {
		t.Error(got)
	}
	if reply("the way home") != "" || reply("The newt teal is") != "newt teal" {
		t.Error("reply")
	}
	for w := range isColour {
		if isAnimal[w] || strings.Contains(strings.Join(more, " "), w) && w != "cream" {
			t.Errorf("%q is ambiguous", w)
		}
	}
}

func TestMetrics(t *testing.T) {
	a := parseMetrics("# HELP x y\nlate_bucket{le=\"0.001\"} 5\nlate_bucket{le=\"0.002\"} 10\nlate_bucket{le=\"+Inf\"} 10\nlate_count 10\nn 3\n")
	b := parseMetrics("late_bucket{le=\"0.001\"} 55\nlate_bucket{le=\"0.002\"} 105\nlate_bucket{le=\"+Inf\"} 110\nlate_count 110\nn 7\n")
	g := b.gained(a)
	if g["n"] != 4 || g["late_count"] != 100 {
		t.Error(g)
	}
	for q, want := range map[float64]float64{0.5: 0.001, 0.25: 0.0005, 0.9: 0.00188889, 0.99: 0.002} {
		if got := g.quantile("late", q); math.Abs(got-want) > 1e-6 {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
}

func TestTheMachinesPaceIsTold(t *testing.T) {
	if s := <-paced(t.Context(), 400*time.Millisecond); s < 1 {
		t.Errorf("%v times the least", s)
	}
}

// A recording whose own noise reaches the edge of its speech says nothing about
// when a voice set in.
func TestNoisyRecordingsAreLeftOut(t *testing.T) {
	voice := tone(16000*2, 1000)
	for _, c := range []struct {
		noise float64
		want  bool
	}{{-80, true}, {-40, false}} {
		pcm := append(noise(8000, c.noise), voice...)
		if got := usable(pcm) != nil; got != c.want {
			t.Errorf("noise of %v dB: usable %v, want %v", c.noise, got, c.want)
		}
	}
}

// tone is a tone of so many samples.
func tone(n int, hz float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/media.SampleRate))
	}
	return pcm
}

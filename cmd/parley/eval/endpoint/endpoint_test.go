package endpoint

import (
	"math"
	"testing"

	"parley/asr/endpoint"
	"parley/asr/vad"
)

// spoken is a turn of two stretches of speech with a pause of 1 s between them.
func spoken() *heard {
	t := &turn{Base: "b", Language: "en", start: 1, end: 4, pauses: []span{{2, 3}}, words: []word{{"hello", span{1, 2}}, {"world", span{3, 4}}}}
	h := &heard{turn: t}
	var last bool
	since := 0
	for i := range 350 {
		s := float64(i) * frameS
		speech := s >= 1 && s < 2 || s >= 3 && s < 4
		if since++; speech != last {
			since = 1
		}
		h.frames = append(h.frames, vad.Activity{Speech: speech, Onset: speech && !last, Offset: !speech && last, Since: since})
		last = speech
	}
	h.texts = knownWords(t, len(h.frames), 0.2)
	return h
}

func TestATimerCutsWhatPausesLonger(t *testing.T) {
	h := spoken()
	for ms, want := range map[float64]bool{600: true, 980: true, 1200: false} {
		o := h.replay(fixed(h, ms))
		cut, delay := o.judge(h.end)
		if cut != want || math.Abs(delay-ms/1000) > 0.03 {
			t.Errorf("a timer of %.0f ms: cut %v, %.3f s late", ms, cut, delay)
		}
		if got := o.noticed(h.end, 0.3); got != (ms == 600) { // 400 ms were left
			t.Errorf("a timer of %.0f ms and a reply after 300: noticed %v", ms, got)
		}
	}
}

func TestWordsComeLate(t *testing.T) {
	h := spoken()
	if h.texts[105] != 0 || h.texts[112] != 1 || h.texts[349] != 2 {
		t.Errorf("known after 2.1, 2.26 and 7 s: %d %d %d", h.texts[105], h.texts[112], h.texts[349])
	}
	if got := h.said(2.5, 5); got != "world" {
		t.Errorf("said since the pause: %q", got)
	}
}

func TestParseTurn(t *testing.T) {
	row := map[string]string{"file": "a.wav", "language": "zh", "text": "你好 吗", "speech_start_s": "1.00", "speech_end_s": "3.00", "pauses": "2.00-2.50"}
	got, err := parseTurn(row)
	if err != nil || len(got.words) != 3 || !got.guessed || math.Abs(got.words[2].to-3) > 0.3 {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []map[string]string{{"pauses": "x"}, {"speech_end_s": ""}, {"words": "a:1.0"}, {"words": "nothing"}, {"pauses": "1.0"}} {
		r := map[string]string{}
		for k, v := range row {
			r[k] = v
		}
		for k, v := range bad {
			r[k] = v
		}
		if _, err := parseTurn(r); err == nil {
			t.Errorf("%v is no error", bad)
		}
	}
}

func TestLearnsWhatTellsAnEnd(t *testing.T) {
	var all []sample
	for i := range 400 {
		var s sample
		s.weight, s.x[0] = 1, 1
		s.end = i%2 == 0
		s.lasted = 0.4
		if s.end == (i%10 != 0) { // right in nine of ten
			s.x[1] = 1
		}
		all = append(all, s)
	}
	var w endpoint.Weights
	for range 20 {
		step(&w, &endpoint.Weights{}, all, ridge)
	}
	if w.W[1] < 1.5 || w.W[2] != 0 {
		t.Errorf("weights %v", w.W[:3])
	}
	if d := step(&w, &endpoint.Weights{}, all, ridge); d > 1e-6 {
		t.Errorf("not at rest: %v", d)
	}
}

func TestIntervalHoldsTheValue(t *testing.T) {
	tl := newTally([]float64{1, 2}, []string{"a", "b", "c"})
	for i, b := range tl.bases {
		tl.add(0, b, i == 0, 0.2)
		tl.add(1, b, false, 0.6+0.1*float64(i))
	}
	got := bootstrap(3, func(times []int) float64 { return delayAt(tl.points(times), 0.2) })
	if math.Abs(got.Value-700) > 1 || got.Low >= got.Value || got.High < got.Value {
		t.Errorf("%+v", got)
	}
	if d := delayAt(tl.points(nil), 0.5); math.Abs(d-200) > 1 {
		t.Errorf("half may be cut: %v", d)
	}
}

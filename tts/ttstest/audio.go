package ttstest

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"unicode"
)

// template is some seconds of a voice without words at 24 kHz: harmonics of a
// wandering pitch through two wandering formants. It is made once.
var template = sync.OnceValue(func() []int16 {
	const rate, seconds = 24000, 8
	rng := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, rate*seconds)
	var phase, pitch, f1, f2 float64 = 0, 120, 500, 1500
	var tp, t1, t2 float64 = 120, 500, 1500
	for i := range pcm {
		if i%(rate/8) == 0 {
			tp, t1, t2 = 95+50*rng.Float64(), 300+500*rng.Float64(), 900+1400*rng.Float64()
		}
		pitch += (tp - pitch) / 2400
		f1 += (t1 - f1) / 1200
		f2 += (t2 - f2) / 1200
		phase += pitch / rate
		var v float64
		for h := 1.0; h*pitch < 3800 && h < 24; h++ {
			v += math.Sin(2*math.Pi*h*phase) * (bump(h*pitch, f1, 120) + 0.5*bump(h*pitch, f2, 160) + 0.02)
		}
		pcm[i] = int16(5200*v + 120*(rng.Float64()-0.5))
	}
	return pcm
})

func bump(f, centre, width float64) float64 {
	d := (f - centre) / width
	return 1 / (1 + d*d)
}

// Speak is speech-like sound of a text: voiced in syllables, quiet between
// words, silent at punctuation.
func Speak(text string, rate int) []int16 {
	t := template()
	step := float64(24000) / float64(rate)
	var pcm []int16
	at := 0.0
	emit := func(ms int, loud float64) {
		n := ms * rate / 1000
		for i := range n {
			e := loud * math.Sqrt(math.Sin(math.Pi*(float64(i)+0.5)/float64(n)))
			pcm = append(pcm, int16(e*float64(t[int(at)%len(t)])))
			at += step
		}
	}
	emit(40, 0)
	letters := 0
	word := func() {
		for ; letters > 0; letters -= 3 {
			emit(75*min(letters, 3), 1)
		}
		letters = 0
	}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			word()
			emit(220, 1)
		case unicode.IsLetter(r), unicode.IsDigit(r):
			letters++
		case strings.ContainsRune(".!?。！？;；:：", r):
			word()
			emit(250, 0)
		case strings.ContainsRune(",，、", r):
			word()
			emit(150, 0)
		default:
			word()
			emit(75, 0.02)
		}
	}
	word()
	emit(80, 0)
	return pcm
}

var spoken = struct {
	sync.Mutex
	m    map[key][]byte
	size int
}{m: map[key][]byte{}}

type key struct {
	text string
	rate int
}

// audioOf is the bytes of a text; the usual voice's are kept, for a bench that
// asks for the same sentences again and again.
func audioOf(s Script, q Request) []byte {
	rate := s.Rate
	if q.Speed > 0 {
		rate = int(float64(rate) / q.Speed)
	}
	if s.Voice != nil {
		return little(s.Voice(q.Input, rate))
	}
	k := key{q.Input, rate}
	spoken.Lock()
	b, ok := spoken.m[k]
	spoken.Unlock()
	if ok {
		return b
	}
	b = little(Speak(q.Input, rate))
	spoken.Lock()
	if spoken.size+len(b) > 32<<20 {
		clear(spoken.m)
		spoken.size = 0
	}
	spoken.m[k] = b
	spoken.size += len(b)
	spoken.Unlock()
	return b
}

func little(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// header is that of a WAV file of unknown length.
func header(rate int) []byte {
	b := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(2*rate))
	return append(b, "\x02\x00\x10\x00data\xff\xff\xff\xff"...)
}
